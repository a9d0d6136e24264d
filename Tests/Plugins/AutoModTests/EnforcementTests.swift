// Messages that come to a server with AutoMod: what goes, who is held, who is told, what is left alone.

@testable import AutoModPlugin
import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import HTTPTypes
import JSON
import PlatformPlugins
import PluginTestKit
import Simulator
import Storage
import StorageTestKit
import Testing

private let scam = "free nitro at https://dlscord-nitro.com/claim"

@Suite(.timeLimit(.minutes(3)), .serialized) struct EnforcementTests {
  @Test(arguments: Engine.allCases)
  func `a scam disappears, its author gets a case, and the log says so`(_ engine: Engine) async throws {
    try await PluginStage.withAutoMod(on: engine) { stage in
      let log = stage.secondChannel
      try await stage.configure(AutoMod.self) { $0.alertChannel = log }
      let message = try await stage.say(scam)
      try await stage.isRemoved(message)
      try await stage.eventually("there is a case") { stage.cases.count == 1 }
      let sanction = try #require(stage.cases.first)
      #expect(sanction.kind == .timeout && sanction.target == stage.member && sanction.points == 3)
      #expect(sanction.duration == .seconds(3_600) && sanction.notifies == true)
      #expect(sanction.message?.message == message && sanction.message?.content == scam)
      #expect(sanction.actor == .automatic(plugin: "automod", rule: "scams"))
      #expect(sanction.reason.hasPrefix("Scams: ") && !sanction.reason.contains("⟦"))
      try await stage.eventually("it is logged") {
        try await stage.newest(in: log)?.contains("Messages deleted: 1") ?? false
      }
      #expect(try await stage.newest(in: log)?.contains("⟦") == false)
      #expect(try await stage.decisions(about: message).map(\.outcome) == [.acted])
      try await stage.eventually("nothing is left to do") {
        try await OrderStore(store: stage.store).nextDue() == nil
      }
    }
  }

  @Test func `a member is told when something is removed and moderation says nothing`() async throws {
    try await PluginStage.withAutoMod({
      $0.words.words = ["rude"]
      $0.words.response = FilterResponse([.delete], tellsMember: true)
    }) { stage in
      try await stage.isRemoved(try await stage.say("how r u d e"))
      let bot = stage.bot.id
      try await stage.eventually("she is told") {
        let channel = try await stage.act(
          .post, "/users/@me/channels", ["recipient_id": .string("\(bot)")], as: stage.member)
        let place = ChannelID(try #require(channel?["id"]?.snowflake))
        return try await stage.newest(in: place, as: stage.member)?.contains("Banned words") ?? false
      }
      #expect(stage.cases.isEmpty)
    }
  }

  @Test func `an invite to this very server passes, another does not`() async throws {
    try await PluginStage.withAutoMod({ $0.markSettling() }) { stage in
      let invite = try await stage.act(
        .post, "/channels/\(stage.channel)/invites", ["max_age": 0], as: stage.owner)
      let code = try #require(invite?["code"]?.string)
      let own = try await stage.say("come to https://discord.gg/\(code)")
      let other = try await stage.say("come to https://discord.gg/elsewhere")
      try await stage.isRemoved(other)
      #expect(try await stage.stands(own))
    }
  }

  @Test func `roles, channels and moderators that are exempt are left alone, on record`() async throws {
    try await PluginStage.withAutoMod({ $0.markSettling() }) { stage in
      let role = try await stage.newRole("Trusted")
      try await stage.act(
        .put, "/guilds/\(stage.guild)/members/\(stage.member)/roles/\(role)", as: stage.owner)
      try await stage.configure(AutoMod.self) { settings in
        settings.exemptRoles = [role]
        settings.exemptChannels = [stage.secondChannel]
      }
      let stranger = try await stage.newcomer("sam")
      let byRole = try await stage.say(scam)
      let byChannel = try await stage.say(scam, as: stranger, in: stage.secondChannel)
      let byModerator = try await stage.say(scam, as: stage.moderator)
      let removed = try await stage.say(scam, as: stranger)
      try await stage.isRemoved(removed)
      for message in [byRole, byModerator] { #expect(try await stage.stands(message)) }
      #expect(try await stage.stands(byChannel, in: stage.secondChannel))
      for message in [byRole, byModerator, byChannel] {
        #expect(try await stage.decisions(about: message).map(\.outcome) == [.exempt])
      }
    }
  }

  @Test func `what is edited is looked at again, unless that is switched off`() async throws {
    try await PluginStage.withAutoMod({ $0.markSettling() }) { stage in
      let message = try await stage.say("hello")
      try await stage.act(
        .patch, "/channels/\(stage.channel)/messages/\(message)", ["content": .string(scam)],
        as: stage.member)
      try await stage.isRemoved(message)
      try await stage.configure(AutoMod.self) { $0.checksEdits = false }
      let second = try await stage.say("hello again")
      try await stage.act(
        .patch, "/channels/\(stage.channel)/messages/\(second)", ["content": .string(scam)],
        as: stage.member)
      try await stage.say("?settled")
      try await stage.settleDown()
      #expect(try await stage.stands(second))
    }
  }

  @Test func `a rule on trial is put on record and does nothing`() async throws {
    try await PluginStage.withAutoMod({
      $0.markSettling()
      $0.scams.response.isDryRun = true
      $0.spam.isOn = false
      $0.duplicates.isOn = false
      $0.heat.isOn = false
    }) { stage in
      let message = try await stage.say(scam)
      try await stage.settleDown()
      #expect(try await stage.stands(message))
      #expect(try await stage.decisions(about: message).map(\.outcome) == [.dryRun])
      #expect(stage.cases.isEmpty)
    }
  }

  @Test func `a flood goes as a whole, with one case`() async throws {
    try await PluginStage.withAutoMod({
      $0.heat.isOn = false
      $0.duplicates.isOn = false
    }) { stage in
      var ids: [MessageID] = []
      for index in 0..<9 { ids.append(try await stage.say("message number \(index) of mine, with words")) }
      for id in ids { try await stage.isRemoved(id) }
      #expect(stage.cases.map(\.kind) == [.timeout])
      #expect(stage.cases.first?.points == 1)
    }
  }

  @Test func `what is deleted alone is written down only while Discord puts it off, and goes then`()
    async throws
  {
    try await PluginStage.withAutoMod({
      $0.words.words = ["rude"]
      $0.words.response = FilterResponse([.delete])
    }) { stage in
      let store = OrderStore(store: stage.store)
      let first = try await stage.say("rude")
      try await stage.isRemoved(first)
      #expect(try await store.nextDue() == nil)
      // Longer than a call may wait for its turn.
      await stage.simulator.faults.order(
        FaultOrder(
          .rateLimit(scope: .user, retryAfter: .seconds(7)),
          route: "DELETE /channels/{channel.id}/messages/{message.id}"))
      let second = try await stage.say("rude again")
      try await stage.eventually("it is written down", within: .seconds(20)) {
        try await store.nextDue() != nil
      }
      #expect(try await stage.stands(second))
      try await stage.eventually("it goes when Discord lets it", within: .seconds(60)) {
        await stage.advance(by: .seconds(1))
        return try await !stage.stands(second)
      }
      try await stage.eventually("nothing is left") { try await store.nextDue() == nil }
    }
  }

  @Test func `without the permission to delete the owner is told once, and nothing is tried for ever`()
    async throws
  {
    try await PluginStage.withAutoMod({ $0.words.words = ["rude"] }) { stage in
      let guild = stage.guild
      let role = try #require(stage.bot.cache.ownMember(in: guild)?.roles.first)
      try await stage.act(
        .patch, "/guilds/\(guild)/roles/\(role)", ["permissions": .integer(1 << 10 | 1 << 11)],
        as: stage.owner)
      try await stage.eventually("the bot knows") {
        stage.bot.cache.ownPermissions(in: guild).permissions?.contains(.administrator) == false
      }
      let message = try await stage.say("rude")
      try await stage.eventually("the owner is told") {
        stage.notices.contains { $0.key == "notice.cannotDelete" }
      }
      #expect(try await stage.stands(message))
      try await stage.eventually("it is given up") {
        try await OrderStore(store: stage.store).nextDue() == nil
      }
    }
  }
}
