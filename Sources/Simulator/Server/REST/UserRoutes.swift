// Users, their guilds and direct messages.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  /// The user a request speaks for, an OAuth2 token with that scope included.
  private static func speaker(_ call: RESTCall, _ scope: String) throws(RESTFailure) -> UserID {
    guard case .bearer(let user, _, let scopes) = call.caller else { return try call.actor }
    guard let user, scopes.contains(scope) else { throw .missingAccess }
    return user
  }

  static let userRoutes: [RESTRoute] = [
    RESTRoute(.get, "/users/@me") { call, world throws(RESTFailure) in
      let id = try speaker(call, "identify")
      var withEmail = false
      if case .bearer(_, _, let scopes) = call.caller { withEmail = scopes.contains("email") }
      return .ok(world.json(me: try world.user(id), withEmail: withEmail))
    },
    RESTRoute(.patch, "/users/@me") { call, world throws(RESTFailure) in
      let id = try call.actor
      var reader = try BodyReader(call.body)
      let name = reader.text("username", 2...32, trims: true)
      let avatar = reader.picture("avatar")
      let banner = reader.picture("banner")
      try reader.finish()
      let (face, back) = (world.keep(avatar), world.keep(banner))
      world.changeUser(id) { user in
        if let name = name.value { user.username = name }
        if face.isGiven { user.avatar = face.value }
        if back.isGiven { user.banner = back.value }
      }
      return .ok(world.json(me: try world.user(id)))
    },
    RESTRoute(.get, "/users/{user.id}") { call, world throws(RESTFailure) in
      .ok(world.json(try world.user(try call.userID)))
    },
    RESTRoute(.get, "/users/@me/guilds") { call, world throws(RESTFailure) in
      let id = try speaker(call, "guilds")
      let before: GuildID? = try call.queryID("before")
      let after: GuildID? = try call.queryID("after")
      let limit = try call.number("limit", in: 1...200, default: 200)
      let withCounts = call.flag("with_counts")
      let guilds = world.guilds.values.filter { guild in
        guild.members[id] != nil && (before.map { guild.id < $0 } ?? true)
          && (after.map { guild.id > $0 } ?? true)
      }.sorted { $0.id < $1.id }
      return .ok(
        .array(guilds.prefix(limit).map { world.json(mine: $0, for: id, withCounts: withCounts) }))
    },
    RESTRoute(.get, "/users/@me/guilds/{guild.id}/member") { call, world throws(RESTFailure) in
      let id = try speaker(call, "guilds.members.read")
      let guild = try world.guild(try call.guildID, for: id)
      return .ok(world.json(try world.member(id, in: guild)))
    },
    RESTRoute(.delete, "/users/@me/guilds/{guild.id}") { call, world throws(RESTFailure) in
      try world.leave(try call.guildID, try call.actor)
      return .noContent
    },
    RESTRoute(.post, "/users/@me/channels") { call, world throws(RESTFailure) in
      let caller = try call.actor
      var reader = try BodyReader(call.body)
      reader.require("recipient_id")
      let other = reader.id("recipient_id", Entity.User.self).value
      try reader.finish()
      guard let other else { throw .unknown(.user) }
      return .ok(world.json(try world.openDirectMessages(caller, with: other), for: caller))
    },
    // Discord's own client lists its direct messages; bots get none.
    RESTRoute(.get, "/users/@me/channels") { call, world throws(RESTFailure) in
      let caller = try call.actor
      guard !call.isBot else { return .ok([]) }
      let mine = world.channels.values.filter { $0.kind.isDirect && $0.recipients.contains(caller) }
      return .ok(.array(mine.sorted { $0.id < $1.id }.map { world.json($0, for: caller) }))
    },
    RESTRoute(.get, "/users/@me/connections") { call, _ throws(RESTFailure) in
      guard case .bearer(_, _, let scopes) = call.caller, scopes.contains("connections") else {
        throw .missingAccess
      }
      return .ok([])
    },
  ]
}
