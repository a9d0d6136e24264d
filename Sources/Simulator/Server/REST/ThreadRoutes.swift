// Threads.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let threadRoutes: [RESTRoute] = [
    RESTRoute(.post, "/channels/{channel.id}/messages/{message.id}/threads") {
      call, world throws(RESTFailure) in
      let caller = try call.actor
      let thread = try world.startThread(
        from: try call.messageID, in: try call.channelID, by: caller, body: call.body, reason: call.reason)
      return .created(world.json(thread, for: caller))
    },
    RESTRoute(.post, "/channels/{channel.id}/threads") { call, world throws(RESTFailure) in
      let caller = try call.actor
      let (thread, message) = try world.startThread(
        in: try call.channelID, by: caller, body: call.body, files: call.files, reason: call.reason)
      var json = Fields()
      json.append(world.json(thread, for: caller))
      if let message { json.put("message", world.render(message, for: caller)) }
      return .created(json.value)
    },
    RESTRoute(.get, "/guilds/{guild.id}/threads/active") { call, world throws(RESTFailure) in
      .ok(try world.activeThreads(in: try call.guildID, for: try call.actor))
    },
    RESTRoute(.get, "/channels/{channel.id}/threads/archived/public") { call, world throws(RESTFailure) in
      try archived(.public, call, world)
    },
    RESTRoute(.get, "/channels/{channel.id}/threads/archived/private") { call, world throws(RESTFailure) in
      try archived(.private, call, world)
    },
    RESTRoute(.get, "/channels/{channel.id}/threads/search") { call, world throws(RESTFailure) in
      .ok(
        try world.searchThreads(
          of: try call.channelID, for: try call.actor, name: call.query("name"),
          tags: Set(call.query.filter { $0.name == "tag" }.compactMap { ForumTagID($0.value) }),
          archived: call.query("archived").map { _ in call.flag("archived") },
          offset: try call.number("offset", in: 0...9_975, default: 0),
          limit: try call.number("limit", in: 1...25, default: 25)))
    },
    RESTRoute(.get, "/channels/{channel.id}/users/@me/threads/archived/private") {
      call, world throws(RESTFailure) in
      try archived(.joinedPrivate, call, world)
    },
    RESTRoute(.put, "/channels/{channel.id}/thread-members/@me") { call, world throws(RESTFailure) in
      let caller = try call.actor
      try world.joinThread(try call.channelID, caller, by: caller)
      return .noContent
    },
    RESTRoute(.put, "/channels/{channel.id}/thread-members/{user.id}") { call, world throws(RESTFailure) in
      try world.joinThread(try call.channelID, try call.userID, by: try call.actor)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/thread-members/@me") { call, world throws(RESTFailure) in
      let caller = try call.actor
      try world.leaveThread(try call.channelID, caller, by: caller)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/thread-members/{user.id}") { call, world throws(RESTFailure) in
      try world.leaveThread(try call.channelID, try call.userID, by: try call.actor)
      return .noContent
    },
    RESTRoute(.get, "/channels/{channel.id}/thread-members/{user.id}") { call, world throws(RESTFailure) in
      let (channel, members) = try threadMembers(call, world)
      let user = call.parameters["user.id"] == "@me" ? try call.actor : try call.userID
      guard let joined = members[user] else { throw .unknown(.member) }
      let member =
        call.flag("with_member") ? channel.guildID.flatMap { world.guilds[$0]?.members[user] } : nil
      return .ok(world.json(threadMember: user, of: channel, joined: joined, member: member))
    },
    RESTRoute(.get, "/channels/{channel.id}/thread-members") { call, world throws(RESTFailure) in
      let (channel, members) = try threadMembers(call, world)
      let withMember = call.flag("with_member")
      let after: UserID? = try call.queryID("after")
      let limit = try call.number("limit", in: 1...100, default: 100)
      let page = members.keys.sorted().filter { user in after.map { user > $0 } ?? true }
      return .ok(
        .array(
          (withMember ? Array(page.prefix(limit)) : page).map { user in
            world.json(
              threadMember: user, of: channel, joined: members[user] ?? world.now,
              member: withMember ? channel.guildID.flatMap { world.guilds[$0]?.members[user] } : nil)
          }))
    },
  ]

  private static func threadMembers(_ call: RESTCall, _ world: World) throws(RESTFailure) -> (
    Channel, [UserID: Timestamp]
  ) {
    let channel = try world.channel(try call.channelID, for: try call.actor)
    guard let thread = channel.thread else { throw .wrongChannelType }
    return (channel, thread.members)
  }

  private static func archived(_ which: World.ArchivedThreads, _ call: RESTCall, _ world: World)
    throws(RESTFailure) -> RESTAnswer
  {
    let limit = try call.number("limit", in: 2...100, default: 50)
    return .ok(
      try world.archivedThreads(
        of: try call.channelID, which, for: try call.actor, before: call.query("before"), limit: limit))
  }
}
