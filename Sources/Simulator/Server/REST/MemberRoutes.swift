// Members, bans, roles and voice.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let memberRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/members") { call, world throws(RESTFailure) in
      .ok(
        try world.members(
          of: try call.guildID, for: try call.actor, after: try call.queryID("after"),
          limit: try call.number("limit", in: 1...1_000, default: 1)))
    },
    RESTRoute(.get, "/guilds/{guild.id}/members/search") { call, world throws(RESTFailure) in
      guard let query = call.query("query"), !query.isEmpty else {
        throw .invalid("query", code: "BASE_TYPE_REQUIRED", "This field is required")
      }
      return .ok(
        try world.searchMembers(
          of: try call.guildID, for: try call.actor, query: query,
          limit: try call.number("limit", in: 1...1_000, default: 1)))
    },
    RESTRoute(.get, "/guilds/{guild.id}/members/{user.id}") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(world.json(try world.member(try call.userID, in: guild)))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/members/@me") { call, world throws(RESTFailure) in
      let caller = try call.actor
      let id = try call.guildID
      let member = try world.modifySelf(in: id, by: caller, body: call.body, reason: call.reason)
      return .ok(world.json(member))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/members/{user.id}") { call, world throws(RESTFailure) in
      let member = try world.modifyMember(
        try call.userID, in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(member))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/members/{user.id}") { call, world throws(RESTFailure) in
      try world.kick(try call.userID, from: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.put, "/guilds/{guild.id}/members/{user.id}/roles/{role.id}") {
      call, world throws(RESTFailure) in
      try world.setRole(
        try call.roleID, of: try call.userID, to: true, in: try call.guildID, by: try call.actor,
        reason: call.reason)
      return .noContent
    },
    RESTRoute(.delete, "/guilds/{guild.id}/members/{user.id}/roles/{role.id}") {
      call, world throws(RESTFailure) in
      try world.setRole(
        try call.roleID, of: try call.userID, to: false, in: try call.guildID, by: try call.actor,
        reason: call.reason)
      return .noContent
    },
    RESTRoute(.get, "/guilds/{guild.id}/prune") { call, world throws(RESTFailure) in
      var prune = World.Prune()
      prune.days = try call.number("days", in: 1...30, default: 7)
      prune.roles = (call.query("include_roles") ?? "").split(separator: ",").compactMap { RoleID($0) }
      let count = try world.pruneCandidates(in: try call.guildID, by: try call.actor, prune).count
      return .ok(["pruned": .integer(Int64(count))])
    },
    RESTRoute(.post, "/guilds/{guild.id}/prune") { call, world throws(RESTFailure) in
      var reader = try BodyReader(call.body)
      var prune = World.Prune()
      prune.days = reader.int("days", 1...30).value ?? 7
      prune.computesCount = reader.bool("compute_prune_count").value ?? true
      prune.roles = reader.ids("include_roles", upTo: 250).value ?? []
      try reader.finish()
      let count = try world.prune(
        try call.guildID, by: try call.actor, prune, reason: call.reason)
      return .ok(["pruned": prune.computesCount ? .integer(Int64(count)) : .null])
    },
  ]

  /// With an access token that has `guilds.join`, a bot brings its owner in.
  static let joinRoutes: [RESTRoute] = [
    RESTRoute(.put, "/guilds/{guild.id}/members/{user.id}") { call, world throws(RESTFailure) in
      let (id, user, bot) = (try call.guildID, try call.userID, try call.actor)
      let guild = try world.guild(id, for: bot, needing: .createInstantInvite)
      var reader = try BodyReader(call.body)
      reader.require("access_token")
      let token = reader.text("access_token", 1...10_240).value ?? ""
      let (nick, roles) = (reader.text("nick", 0...32), reader.ids("roles", upTo: 250, Entity.Role.self))
      try reader.finish()
      guard case .bearer(user, let application, let scopes)? = world.bearer(token),
        scopes.contains("guilds.join"),
        case .bot(application) = call.caller
      else { throw RESTFailure(status: 403, code: 50025, message: "Invalid OAuth2 access token") }
      guard guild.members[user] == nil else { return .noContent }
      try world.join(user, id, roles: roles.value ?? [], addedBy: bot)
      if let nick = nick.value, !nick.isEmpty { guild.members[user]?.nick = nick }
      guard let member = guild.members[user] else { throw .unknown(.member) }
      return .created(world.json(member))
    }
  ]

  static let banRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/bans") { call, world throws(RESTFailure) in
      .ok(
        try world.bans(
          of: try call.guildID, by: try call.actor, before: try call.queryID("before"),
          after: try call.queryID("after"), limit: try call.number("limit", in: 1...1_000, default: 1_000)))
    },
    RESTRoute(.get, "/guilds/{guild.id}/bans/{user.id}") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .banMembers)
      guard let ban = guild.bans[try call.userID] else { throw .unknown(.ban) }
      return .ok(world.json(ban))
    },
    RESTRoute(.put, "/guilds/{guild.id}/bans/{user.id}") { call, world throws(RESTFailure) in
      try world.ban(
        try call.userID, from: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.delete, "/guilds/{guild.id}/bans/{user.id}") { call, world throws(RESTFailure) in
      try world.unban(try call.userID, from: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.post, "/guilds/{guild.id}/bulk-ban") { call, world throws(RESTFailure) in
      .ok(
        try world.bulkBan(
          from: try call.guildID, by: try call.actor, body: call.body, reason: call.reason))
    },
  ]

  static let roleRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/roles") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(.array(guild.sortedRoles.map { world.json($0) }))
    },
    RESTRoute(.get, "/guilds/{guild.id}/roles/member-counts") { call, world throws(RESTFailure) in
      .ok(try world.roleMemberCounts(in: try call.guildID, by: try call.actor))
    },
    RESTRoute(.get, "/guilds/{guild.id}/roles/{role.id}") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(world.json(try world.role(try call.roleID, in: guild)))
    },
    RESTRoute(.post, "/guilds/{guild.id}/roles") { call, world throws(RESTFailure) in
      .ok(
        world.json(
          try world.createRole(
            in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/roles") { call, world throws(RESTFailure) in
      let roles = try world.moveRoles(
        in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(.array(roles.map { world.json($0) }))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/roles/{role.id}") { call, world throws(RESTFailure) in
      .ok(
        world.json(
          try world.modifyRole(
            try call.roleID, in: try call.guildID, by: try call.actor, body: call.body,
            reason: call.reason)))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/roles/{role.id}") { call, world throws(RESTFailure) in
      try world.deleteRole(
        try call.roleID, in: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
  ]

  static let voiceRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/voice-states/@me") { call, world throws(RESTFailure) in
      let caller = try call.actor
      return .ok(try world.voiceState(of: caller, in: try call.guildID, for: caller))
    },
    RESTRoute(.get, "/guilds/{guild.id}/voice-states/{user.id}") { call, world throws(RESTFailure) in
      .ok(try world.voiceState(of: try call.userID, in: try call.guildID, for: try call.actor))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/voice-states/@me") { call, world throws(RESTFailure) in
      let caller = try call.actor
      try world.modifyVoiceState(of: caller, in: try call.guildID, by: caller, body: call.body)
      return .noContent
    },
    RESTRoute(.patch, "/guilds/{guild.id}/voice-states/{user.id}") { call, world throws(RESTFailure) in
      try world.modifyVoiceState(
        of: try call.userID, in: try call.guildID, by: try call.actor, body: call.body)
      return .noContent
    },
    RESTRoute(.post, "/stage-instances") { call, world throws(RESTFailure) in
      .ok(try world.createStage(by: try call.actor, body: call.body, reason: call.reason))
    },
    RESTRoute(.get, "/stage-instances/{channel.id}") { call, world throws(RESTFailure) in
      .ok(try world.stageInstance(of: try call.channelID, for: try call.actor))
    },
    RESTRoute(.patch, "/stage-instances/{channel.id}") { call, world throws(RESTFailure) in
      .ok(
        try world.modifyStage(
          of: try call.channelID, by: try call.actor, body: call.body, reason: call.reason))
    },
    RESTRoute(.delete, "/stage-instances/{channel.id}") { call, world throws(RESTFailure) in
      try world.deleteStage(of: try call.channelID, by: try call.actor, reason: call.reason)
      return .noContent
    },
  ]
}
