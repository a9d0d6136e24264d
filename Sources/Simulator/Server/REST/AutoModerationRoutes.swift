// Rules of AutoMod.

internal import DiscordCore
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let autoModerationRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/auto-moderation/rules") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let rules = try world.autoModerationRules(of: id, for: try call.actor)
      return .ok(.array(rules.map { world.json($0, id) }))
    },
    RESTRoute(.get, "/guilds/{guild.id}/auto-moderation/rules/{rule.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let rule: AutoModerationRuleID = try call.id("rule.id")
      let rules = try world.autoModerationRules(of: id, for: try call.actor)
      guard let found = rules.first(where: { $0.id == rule }) else {
        throw RESTFailure(status: 404, code: 10_066, message: "Unknown Auto Moderation Rule")
      }
      return .ok(world.json(found, id))
    },
    RESTRoute(.post, "/guilds/{guild.id}/auto-moderation/rules") { call, world throws(RESTFailure) in
      let id = try call.guildID
      return .ok(
        world.json(
          try world.createRule(in: id, by: try call.actor, body: call.body, reason: call.reason), id))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/auto-moderation/rules/{rule.id}") {
      call, world throws(RESTFailure) in
      let id = try call.guildID
      let rule = try world.modifyRule(
        try call.id("rule.id"), in: id, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(rule, id))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/auto-moderation/rules/{rule.id}") {
      call, world throws(RESTFailure) in
      try world.deleteRule(
        try call.id("rule.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
  ]
}
