// Invites.

internal import DiscordCore
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
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
