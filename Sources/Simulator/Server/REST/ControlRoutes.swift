// The control of the simulated world, below /sim: people, time, and beginning anew.

internal import HTTPTypes
internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  /// Open to whoever reaches the simulator, which listens on loopback.
  static let controlRoutes: [RESTRoute] = [
    RESTRoute(.get, "/sim/people", isPublic: true) { _, world throws(RESTFailure) in
      .ok(.array(world.users.values.sorted { $0.id < $1.id }.map { person($0, world) }))
    },
    RESTRoute(.post, "/sim/people", isPublic: true) { call, world throws(RESTFailure) in
      var reader = try BodyReader(call.body)
      reader.require("username")
      let name = reader.text("username", 2...32, trims: true).value ?? ""
      let shown = reader.text("global_name", 1...32, trims: true).value
      try reader.finish()
      let user = world.makeUser(name.lowercased(), globalName: shown)
      world.setPresence(status: "online", of: user.id)
      return .created(person(try world.user(user.id), world))
    },
    RESTRoute(.put, "/sim/guilds/{guild.id}/members/{user.id}", isPublic: true) {
      call, world throws(RESTFailure) in
      let id = try call.guildID
      try world.join(
        try call.userID, id,
        permissions: call.query("permissions").flatMap { Permissions($0) } ?? [])
      return .noContent
    },
    RESTRoute(.delete, "/sim/guilds/{guild.id}/members/{user.id}", isPublic: true) {
      call, world throws(RESTFailure) in
      try world.leave(try call.guildID, try call.userID)
      return .noContent
    },
    RESTRoute(.get, "/sim/guilds", isPublic: true) { _, world throws(RESTFailure) in
      .ok(
        .array(
          world.guilds.values.sorted { $0.id < $1.id }.map { guild in
            [
              "id": .id(guild.id), "name": .string(guild.name),
              "icon": guild.icon.map { .string($0) } ?? .null,
              "owner_id": .id(guild.ownerID), "member_count": .integer(Int64(guild.members.count)),
            ]
          }))
    },
    RESTRoute(.get, "/sim/applications", isPublic: true) { _, world throws(RESTFailure) in
      .ok(
        .array(
          world.applications.values.sorted { $0.id < $1.id }.map { application in
            [
              "id": .id(application.id), "name": .string(application.name),
              "bot_token": .string(application.botToken),
              "client_secret": .string(application.clientSecret),
              "verify_key": .string(application.verifyKey),
            ]
          }))
    },
    RESTRoute(.get, "/sim/time", isPublic: true) { _, world throws(RESTFailure) in .ok(time(world)) },
    RESTRoute(.post, "/sim/time/advance", isPublic: true) { call, world throws(RESTFailure) in
      var reader = try BodyReader(call.body)
      reader.require("seconds")
      // Ten years: far enough for every deadline there is.
      let seconds = reader.int("seconds", 0...315_360_000).value ?? 0
      try reader.finish()
      world.advance(by: .seconds(seconds))
      return .ok(time(world))
    },
    RESTRoute(.post, "/sim/time/freeze", isPublic: true) { call, world throws(RESTFailure) in
      world.freeze(call.body?["frozen"]?.bool ?? true)
      return .ok(time(world))
    },
    RESTRoute(.post, "/sim/reset", isPublic: true) { call, world throws(RESTFailure) in
      let seed = call.body?["seed"]
      world.onReset?(seed?.isNull == true ? nil : UInt64(clamping: seed?.int64 ?? 1))
      return .noContent
    },
  ]

  private static func person(_ user: User, _ world: World) -> JSONValue {
    var json = Fields()
    json.append(world.json(user))
    json.put("bio", user.bio)
    json.put("status", user.presence.status)
    json.put("guild_ids", world.guilds.values.filter { $0.members[user.id] != nil }.map(\.id).sorted())
    if !user.isBot { json.put("token", "user.\(user.id)") }
    return json.value
  }

  private static func time(_ world: World) -> JSONValue {
    var json = Fields()
    json.put("now", world.now)
    json.put("frozen", world.clock.isFrozen)
    json.put("next_due", world.agenda.next)
    return json.value
  }
}
