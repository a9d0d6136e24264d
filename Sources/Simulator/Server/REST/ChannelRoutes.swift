// Channels, their overwrites and invites, threads.

internal import HTTPTypes
internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let channelRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(.array(world.sortedChannels(of: guild).map { world.json($0) }))
    },
    RESTRoute(.post, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      .created(
        world.json(
          try world.createChannel(
            in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      try world.moveChannels(
        in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.get, "/channels/{channel.id}") { call, world throws(RESTFailure) in
      let caller = try call.actor
      return .ok(world.json(try world.channel(try call.channelID, for: caller), for: caller))
    },
    RESTRoute(.patch, "/channels/{channel.id}") { call, world throws(RESTFailure) in
      let caller = try call.actor
      let channel = try world.modifyChannel(
        try call.channelID, by: caller, body: call.body, reason: call.reason)
      return .ok(world.json(channel, for: caller))
    },
    RESTRoute(.delete, "/channels/{channel.id}") { call, world throws(RESTFailure) in
      .ok(try world.deleteChannel(try call.channelID, by: try call.actor, reason: call.reason))
    },
    RESTRoute(.put, "/channels/{channel.id}/permissions/{overwrite.id}") { call, world throws(RESTFailure) in
      try world.setOverwrite(
        try call.channelID, target: try call.id("overwrite.id", Entity.Role.self).rawValue,
        by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/permissions/{overwrite.id}") { call, world throws(RESTFailure) in
      try world.deleteOverwrite(
        try call.channelID, target: try call.id("overwrite.id", Entity.Role.self).rawValue,
        by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.put, "/channels/{channel.id}/voice-status") { call, world throws(RESTFailure) in
      try world.setVoiceStatus(
        of: try call.channelID, by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.post, "/channels/{channel.id}/typing") { call, world throws(RESTFailure) in
      try world.type(in: try call.channelID, by: try call.actor)
      return .noContent
    },
  ]

  static let threadRoutes: [RESTRoute] = [
    RESTRoute(.post, "/channels/{channel.id}/messages/{message.id}/threads") { call, world throws(RESTFailure) in
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
      let member = call.flag("with_member") ? channel.guildID.flatMap { world.guilds[$0]?.members[user] } : nil
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

  static let inviteRoutes: [RESTRoute] = [
    RESTRoute(.get, "/channels/{channel.id}/invites") { call, world throws(RESTFailure) in
      let channel = try world.channel(try call.channelID, for: try call.actor, needing: .manageChannels)
      return .ok(world.invites(of: try world.guild(of: channel), channel: channel.id))
    },
    RESTRoute(.post, "/channels/{channel.id}/invites") { call, world throws(RESTFailure) in
      let invite = try world.createInvite(
        to: try call.channelID, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(invite, isFull: true))
    },
    RESTRoute(.get, "/guilds/{guild.id}/invites") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .manageGuild)
      return .ok(world.invites(of: guild, channel: nil))
    },
    RESTRoute(.get, "/invites/{invite.code}", isPublic: true) { call, world throws(RESTFailure) in
      let invite = try world.invite(call.parameters["invite.code"] ?? "")
      return .ok(world.json(invite, isFull: false, withCounts: call.flag("with_counts")))
    },
    RESTRoute(.delete, "/invites/{invite.code}") { call, world throws(RESTFailure) in
      .ok(
        try world.deleteInvite(
          call.parameters["invite.code"] ?? "", by: try call.actor, reason: call.reason))
    },
    // What Discord's own client does to join; bots cannot.
    RESTRoute(.post, "/invites/{invite.code}") { call, world throws(RESTFailure) in
      guard !call.isBot else { throw .notForBots }
      return .ok(try world.accept(call.parameters["invite.code"] ?? "", by: try call.actor))
    },
    RESTRoute(.get, "/invites/{invite.code}/target-users") { call, world throws(RESTFailure) in
      let invite = try world.invite(call.parameters["invite.code"] ?? "")
      _ = try world.guild(invite.guild, for: try call.actor, needing: .manageGuild)
      let lines = (invite.targetUsers ?? []).map { "\($0)\n" }.joined()
      var answer = RESTAnswer(status: 200)
      answer.bytes = ("text/csv", Array("user_id\n\(lines)".utf8))
      return answer
    },
    RESTRoute(.put, "/invites/{invite.code}/target-users") { call, world throws(RESTFailure) in
      let text = call.files.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
      try world.setTargetUsers(
        of: call.parameters["invite.code"] ?? "", csv: text, by: try call.actor)
      return .noContent
    },
    RESTRoute(.get, "/invites/{invite.code}/target-users/job-status") { call, world throws(RESTFailure) in
      let invite = try world.invite(call.parameters["invite.code"] ?? "")
      _ = try world.guild(invite.guild, for: try call.actor, needing: .manageGuild)
      var json = Fields()
      json.put("status", 2)
      json.put("total_users", invite.targetUsers?.count ?? 0)
      json.put("processed_users", invite.targetUsers?.count ?? 0)
      json.put("created_at", invite.createdAt)
      json.put("completed_at", invite.createdAt)
      json.put("error_message", JSONValue.null)
      return .ok(json.value)
    },
  ]
}
