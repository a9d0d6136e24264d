// Nobody changes the world without the permission for it.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld
import Testing

/// Something a member can do, and what it takes.
struct Deed: Sendable, CustomTestStringConvertible {
  let name: String
  let needs: Permissions
  let act: @Sendable (Town) throws(RESTFailure) -> Void

  init(_ name: String, _ needs: Permissions, _ act: @escaping @Sendable (Town) throws(RESTFailure) -> Void) {
    (self.name, self.needs, self.act) = (name, needs, act)
  }

  var testDescription: String { name }

  static let all: [Deed] = guild + channels + messages + members + moderation

  private static let guild: [Deed] = [
    Deed("rename the guild", .manageGuild) { town throws(RESTFailure) in
      _ = try town.world.modifyGuild(town.guild.id, by: town.actor, body: ["name": "Other"], reason: nil)
    },
    Deed("disable invites", .manageGuild) { town throws(RESTFailure) in
      _ = try town.world.setIncidentActions(
        town.guild.id, by: town.actor,
        body: ["invites_disabled_until": .string((town.world.now + .seconds(60)).wire)])
    },
    Deed("make a role", .manageRoles) { town throws(RESTFailure) in
      _ = try town.world.createRole(in: town.guild.id, by: town.actor, body: ["name": "x"], reason: nil)
    },
    Deed("change a role", .manageRoles) { town throws(RESTFailure) in
      _ = try town.world.modifyRole(
        town.lowRole, in: town.guild.id, by: town.actor, body: ["color": 5], reason: nil)
    },
    Deed("delete a role", .manageRoles) { town throws(RESTFailure) in
      try town.world.deleteRole(town.lowRole, in: town.guild.id, by: town.actor, reason: nil)
    },
    Deed("give a role", .manageRoles) { town throws(RESTFailure) in
      try town.world.setRole(
        town.lowRole, of: town.target, to: true, in: town.guild.id, by: town.actor, reason: nil)
    },
    Deed("make an emoji", .createGuildExpressions) { town throws(RESTFailure) in
      _ = try town.world.createEmoji(
        in: town.guild.id, by: town.actor, body: ["name": "dot", "image": "data:image/png;base64,AAAA"],
        reason: nil)
    },
    Deed("make a template", .manageGuild) { town throws(RESTFailure) in
      _ = try town.world.setTemplate(nil, of: town.guild.id, by: town.actor, body: ["name": "x"])
    },
    Deed("set the welcome screen", .manageGuild) { town throws(RESTFailure) in
      _ = try town.world.setWelcomeScreen(
        of: town.guild.id, by: town.actor, body: ["enabled": true], reason: nil)
    },
    Deed("set the onboarding", [.manageGuild, .manageRoles]) { town throws(RESTFailure) in
      _ = try town.world.setOnboarding(of: town.guild.id, by: town.actor, body: ["mode": 1], reason: nil)
    },
    Deed("read the audit log", .viewAuditLog) { town throws(RESTFailure) in
      _ = try town.world.auditLog(of: town.guild.id, by: town.actor, .init())
    },
  ]

  private static let channels: [Deed] = [
    Deed("make a channel", .manageChannels) { town throws(RESTFailure) in
      _ = try town.world.createChannel(in: town.guild.id, by: town.actor, body: ["name": "x"], reason: nil)
    },
    Deed("rename a channel", .manageChannels) { town throws(RESTFailure) in
      _ = try town.world.modifyChannel(town.text.id, by: town.actor, body: ["name": "x"], reason: nil)
    },
    Deed("delete a channel", .manageChannels) { town throws(RESTFailure) in
      _ = try town.world.deleteChannel(town.text.id, by: town.actor, reason: nil)
    },
    Deed("move channels", .manageChannels) { town throws(RESTFailure) in
      try town.world.moveChannels(
        in: town.guild.id, by: town.actor, body: [["id": .id(town.text.id), "position": 9]], reason: nil)
    },
    Deed("set an overwrite", .manageRoles) { town throws(RESTFailure) in
      try town.world.setOverwrite(
        town.text.id, target: town.target.rawValue, by: town.actor, body: ["type": 1, "deny": "2048"],
        reason: nil)
    },
    Deed("make an invite", .createInstantInvite) { town throws(RESTFailure) in
      _ = try town.world.createInvite(to: town.text.id, by: town.actor, body: nil, reason: nil)
    },
    Deed("start a thread", .createPublicThreads) { town throws(RESTFailure) in
      _ = try town.world.startThread(
        from: town.message, in: town.text.id, by: town.actor, body: ["name": "x"], reason: nil)
    },
    Deed("start a private thread", .createPrivateThreads) { town throws(RESTFailure) in
      _ = try town.world.startThread(
        in: town.text.id, by: town.actor, body: ["name": "x", "type": 12], reason: nil)
    },
    Deed("start a post", .sendMessages) { town throws(RESTFailure) in
      _ = try town.world.startThread(
        in: town.forum.id, by: town.actor, body: ["name": "x", "message": ["content": "y"]], reason: nil)
    },
    Deed("open a stage", [.manageChannels, .muteMembers, .moveMembers]) { town throws(RESTFailure) in
      _ = try town.world.createStage(
        by: town.actor, body: ["channel_id": .id(town.stage.id), "topic": "x"], reason: nil)
    },
    Deed("set a voice status", [.setVoiceChannelStatus, .manageChannels]) { town throws(RESTFailure) in
      try town.world.setVoiceStatus(of: town.voice.id, by: town.actor, body: ["status": "x"], reason: nil)
    },
    Deed("connect", .connect) { town throws(RESTFailure) in
      try town.world.setVoice(of: town.actor, in: town.guild.id, to: town.voice.id)
    },
  ]

  private static let messages: [Deed] = [
    Deed("write", .sendMessages) { town throws(RESTFailure) in
      _ = try town.world.createMessage(in: town.text.id, by: town.actor, body: ["content": "x"])
    },
    Deed("attach a file", [.sendMessages, .attachFiles]) { town throws(RESTFailure) in
      let file = UploadedPart(field: "files[0]", fileName: "a.txt", contentType: nil, bytes: [1])
      _ = try town.world.createMessage(in: town.text.id, by: town.actor, body: nil, files: [file])
    },
    Deed("embed", [.sendMessages, .embedLinks]) { town throws(RESTFailure) in
      _ = try town.world.createMessage(
        in: town.text.id, by: town.actor, body: ["embeds": [["title": "x"]]])
    },
    Deed("answer", [.sendMessages, .readMessageHistory]) { town throws(RESTFailure) in
      _ = try town.world.createMessage(
        in: town.text.id, by: town.actor,
        body: ["content": "x", "message_reference": ["message_id": .id(town.message)]])
    },
    Deed("ask for votes", [.sendMessages, .sendPolls]) { town throws(RESTFailure) in
      _ = try town.world.createMessage(
        in: town.text.id, by: town.actor,
        body: ["poll": ["question": ["text": "q"], "answers": [["poll_media": ["text": "a"]]]]])
    },
    Deed("react first", .addReactions) { town throws(RESTFailure) in
      try town.world.react(to: town.message, in: town.text.id, with: "🔥", by: town.actor)
    },
    Deed("delete another's message", .manageMessages) { town throws(RESTFailure) in
      try town.world.deleteMessage(town.message, in: town.text.id, by: town.actor, reason: nil)
    },
    Deed("hide another's embeds", .manageMessages) { town throws(RESTFailure) in
      _ = try town.world.editMessage(town.message, in: town.text.id, by: town.actor, body: ["flags": 4])
    },
    Deed("delete many messages", .manageMessages) { town throws(RESTFailure) in
      try town.world.bulkDelete(
        in: town.text.id, by: town.actor, body: ["messages": [.id(town.message), .id(town.own)]], reason: nil)
    },
    Deed("pin", .pinMessages) { town throws(RESTFailure) in
      try town.world.setPin(of: town.message, in: town.text.id, to: true, by: town.actor, reason: nil)
    },
    Deed("clear reactions", .manageMessages) { town throws(RESTFailure) in
      try town.world.clearReactions(town.message, in: town.text.id, with: nil, by: town.actor)
    },
    Deed("type", .sendMessages) { town throws(RESTFailure) in
      try town.world.type(in: town.text.id, by: town.actor)
    },
  ]

  private static let members: [Deed] = [
    Deed("rename oneself", .changeNickname) { town throws(RESTFailure) in
      _ = try town.world.modifySelf(in: town.guild.id, by: town.actor, body: ["nick": "x"], reason: nil)
    },
    Deed("rename another", .manageNicknames) { town throws(RESTFailure) in
      _ = try town.world.modifyMember(
        town.target, in: town.guild.id, by: town.actor, body: ["nick": "x"], reason: nil)
    },
    Deed("time out", .moderateMembers) { town throws(RESTFailure) in
      let until = (town.world.now + .seconds(60)).wire
      _ = try town.world.modifyMember(
        town.target, in: town.guild.id, by: town.actor,
        body: ["communication_disabled_until": .string(until)], reason: nil)
    },
    Deed("set roles", .manageRoles) { town throws(RESTFailure) in
      _ = try town.world.modifyMember(
        town.target, in: town.guild.id, by: town.actor, body: ["roles": [.id(town.lowRole)]], reason: nil)
    },
    Deed("kick", .kickMembers) { town throws(RESTFailure) in
      try town.world.kick(town.target, from: town.guild.id, by: town.actor, reason: nil)
    },
    Deed("ban", .banMembers) { town throws(RESTFailure) in
      try town.world.ban(town.target, from: town.guild.id, by: town.actor, body: nil, reason: nil)
    },
    Deed("ban many", [.banMembers, .manageGuild]) { town throws(RESTFailure) in
      _ = try town.world.bulkBan(
        from: town.guild.id, by: town.actor, body: ["user_ids": [.id(town.target)]], reason: nil)
    },
    Deed("prune", [.kickMembers, .manageGuild]) { town throws(RESTFailure) in
      _ = try town.world.prune(town.guild.id, by: town.actor, .init(), reason: nil)
    },
  ]

  private static let moderation: [Deed] = [
    Deed("make a rule", .manageGuild) { town throws(RESTFailure) in
      _ = try town.world.createRule(
        in: town.guild.id, by: town.actor,
        body: [
          "name": "x", "event_type": 1, "trigger_type": 1,
          "trigger_metadata": ["keyword_filter": ["bad"]], "actions": [["type": 1]],
        ], reason: nil)
    },
    Deed("make a rule that times out", [.manageGuild, .moderateMembers]) { town throws(RESTFailure) in
      _ = try town.world.createRule(
        in: town.guild.id, by: town.actor,
        body: [
          "name": "x", "event_type": 1, "trigger_type": 1,
          "trigger_metadata": ["keyword_filter": ["bad"]],
          "actions": [["type": 3, "metadata": ["duration_seconds": 60]]],
        ], reason: nil)
    },
    Deed("plan an event", [.createEvents, .manageEvents]) { town throws(RESTFailure) in
      _ = try town.world.createEvent(
        in: town.guild.id, by: town.actor,
        body: [
          "name": "x", "privacy_level": 2, "entity_type": 3,
          "scheduled_start_time": .string((town.world.now + .seconds(60)).wire),
          "scheduled_end_time": .string((town.world.now + .seconds(120)).wire),
          "entity_metadata": ["location": "here"],
        ], reason: nil)
    },
  ]
}

@Suite struct `Permissions are enforced` {
  @Test(arguments: Deed.all)
  func `what is allowed is done`(deed: Deed) throws {
    let town = try Town()
    #expect(town.refusal { () throws(RESTFailure) in try deed.act(town) } == nil)
  }

  @Test(arguments: Deed.all)
  func `without a needed permission nothing changes`(deed: Deed) throws {
    // Events can be planned with either of two permissions: both are taken away at once.
    let isEither = deed.name == "plan an event"
    let missing =
      isEither ? [deed.needs] : Permissions.named.map(\.permission).filter { deed.needs.contains($0) }
    try #require(!missing.isEmpty)
    for permission in missing {
      let town = try Town(permissions: .all.subtracting(.administrator).subtracting(permission))
      if permission == .readMessageHistory {
        town.guild.roles[town.guild.everyoneRole]?.permissions = .viewChannel
      }
      let before = try town.fingerprint()
      let refusal = try #require(
        town.refusal { () throws(RESTFailure) in try deed.act(town) }, "lacking \(permission.names)")
      #expect([50013, 160002].contains(refusal.code), "\(refusal.message)")
      #expect(refusal.status == 403)
      #expect(try town.fingerprint() == before, "lacking \(permission.names)")
    }
  }

  @Test(arguments: Deed.all)
  func `a timed-out member changes nothing`(deed: Deed) throws {
    let town = try Town()
    town.guild.members[town.actor]?.timedOutUntil = town.world.now + .seconds(60)
    let before = try town.fingerprint()
    #expect(town.refusal { () throws(RESTFailure) in try deed.act(town) } != nil)
    #expect(try town.fingerprint() == before)
  }

  @Test(arguments: Deed.all)
  func `a stranger changes nothing`(deed: Deed) throws {
    let town = try Town()
    town.world.removeMember(town.actor, from: town.guild)
    let before = try town.fingerprint()
    let refusal = town.refusal { () throws(RESTFailure) in try deed.act(town) }
    #expect(refusal?.code == 50001)
    #expect(try town.fingerprint() == before)
  }
}
