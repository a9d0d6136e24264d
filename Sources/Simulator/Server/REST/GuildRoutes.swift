// Guilds themselves, their audit log, and what makes them a community.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let guildRoutes: [RESTRoute] =
    [
      RESTRoute(.get, "/guilds/{guild.id}") { call, world throws(RESTFailure) in
        let id = try call.guildID
        // A guild one is not in might as well not exist.
        guard world.guilds[id]?.members[try call.actor] != nil else { throw .unknown(.guild) }
        let guild = try world.guild(id, for: try call.actor)
        return .ok(world.json(guild, withCounts: call.flag("with_counts")))
      },
      RESTRoute(.patch, "/guilds/{guild.id}") { call, world throws(RESTFailure) in
        .ok(
          world.json(
            try world.modifyGuild(
              try call.guildID, by: try call.actor, body: call.body, reason: call.reason)))
      },
      RESTRoute(.get, "/guilds/{guild.id}/audit-logs") { call, world throws(RESTFailure) in
        var query = World.AuditLogQuery()
        query.user = try call.queryID("user_id")
        query.action = call.query("action_type").flatMap { Int($0) }
        query.target = call.query("target_id")
        query.before = try call.queryID("before")
        query.after = try call.queryID("after")
        query.limit = try call.number("limit", in: 1...100, default: 50)
        return .ok(try world.auditLog(of: try call.guildID, by: try call.actor, query))
      },
      RESTRoute(.put, "/guilds/{guild.id}/incident-actions") { call, world throws(RESTFailure) in
        .ok(try world.setIncidentActions(try call.guildID, by: try call.actor, body: call.body))
      },
      RESTRoute(.get, "/guilds/{guild.id}/onboarding") { call, world throws(RESTFailure) in
        .ok(try world.onboarding(of: try call.guildID, for: try call.actor))
      },
      RESTRoute(.put, "/guilds/{guild.id}/onboarding") { call, world throws(RESTFailure) in
        .ok(
          try world.setOnboarding(
            of: try call.guildID, by: try call.actor, body: call.body, reason: call.reason))
      },
      RESTRoute(.get, "/guilds/{guild.id}/welcome-screen") { call, world throws(RESTFailure) in
        .ok(try world.welcomeScreen(of: try call.guildID, for: try call.actor))
      },
      RESTRoute(.patch, "/guilds/{guild.id}/welcome-screen") { call, world throws(RESTFailure) in
        .ok(
          try world.setWelcomeScreen(
            of: try call.guildID, by: try call.actor, body: call.body, reason: call.reason))
      },
      RESTRoute(.get, "/guilds/{guild.id}/new-member-welcome") { call, world throws(RESTFailure) in
        // 204 without a guide, which no guild of this world has.
        let guild = try world.guild(try call.guildID, for: try call.actor)
        return guild.newMemberWelcome.map { .ok($0) } ?? .noContent
      },
      RESTRoute(.get, "/guilds/{guild.id}/vanity-url") { call, world throws(RESTFailure) in
        _ = try world.guild(try call.guildID, for: try call.actor, needing: .manageGuild)
        return .ok(["code": .null, "uses": 0])
      },
      RESTRoute(.get, "/guilds/{guild.id}/regions") { call, world throws(RESTFailure) in
        _ = try world.guild(try call.guildID, for: try call.actor)
        return .ok(voiceRegions)
      },
      RESTRoute(.get, "/voice/regions") { _, _ throws(RESTFailure) in .ok(voiceRegions) },
    ] + templateRoutes + integrationRoutes + joinRequestRoutes

  private static let templateRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/templates/{template.code}", isPublic: true) { call, world throws(RESTFailure) in
      let code = call.parameters["template.code"] ?? ""
      for guild in world.guilds.values {
        if let template = guild.templates[code] { return .ok(world.json(template, guild.id)) }
      }
      throw .unknown(.guildTemplate)
    },
    RESTRoute(.get, "/guilds/{guild.id}/templates") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .manageGuild)
      return .ok(.array(guild.templates.values.map { world.json($0, guild.id) }))
    },
    RESTRoute(.post, "/guilds/{guild.id}/templates") { call, world throws(RESTFailure) in
      .ok(try world.setTemplate(nil, of: try call.guildID, by: try call.actor, body: call.body))
    },
    RESTRoute(.put, "/guilds/{guild.id}/templates/{template.code}") { call, world throws(RESTFailure) in
      .ok(
        try world.setTemplate(
          call.parameters["template.code"], of: try call.guildID, by: try call.actor, body: nil, syncs: true))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/templates/{template.code}") { call, world throws(RESTFailure) in
      .ok(
        try world.setTemplate(
          call.parameters["template.code"], of: try call.guildID, by: try call.actor, body: call.body))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/templates/{template.code}") { call, world throws(RESTFailure) in
      .ok(
        try world.deleteTemplate(
          call.parameters["template.code"] ?? "", of: try call.guildID, by: try call.actor))
    },
  ]

  private static let integrationRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/integrations") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .manageGuild)
      let list = guild.integrations.values.sorted { $0.id < $1.id }
      return .ok(.array(list.map { world.json($0, withUser: true) }))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/integrations/{integration.id}") {
      call, world throws(RESTFailure) in
      try world.deleteIntegration(
        try call.id("integration.id"), of: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
  ]

  private static let joinRequestRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/requests") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .kickMembers)
      let status = call.query("status")
      let list = guild.joinRequests.values.sorted { $0.id < $1.id }
        .filter { request in status.map { request.status == $0 } ?? true }
      return .ok([
        "total": .integer(Int64(list.count)),
        "guild_join_requests": .array(list.map { world.json($0, guild.id) }),
      ])
    },
    RESTRoute(.patch, "/guilds/{guild.id}/requests/{request.id}") { call, world throws(RESTFailure) in
      .ok(
        try world.reviewJoinRequest(
          try call.id("request.id"), of: try call.guildID, by: try call.actor, body: call.body))
    },
  ]

  private static let voiceRegions: JSONValue = .array(
    [("rotterdam", "Rotterdam", true), ("us-east", "US East", false), ("japan", "Japan", false)].map {
      id, name, isOptimal in
      [
        "id": .string(id), "name": .string(name), "custom": false, "deprecated": false,
        "optimal": .bool(isOptimal),
      ]
    })
}
