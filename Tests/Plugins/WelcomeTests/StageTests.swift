// Newcomers on a stage: the real dispatcher and bot against the simulated Discord.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import HTML
import HTTPTypes
import JSON
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import PluginTestKit
import Simulator
import SimulatorWorld
import StorageTestKit
import Testing

@testable import WelcomePlugin

/// Runs `body` on a stage that has Welcome on, greeting in the first channel.
private func onStage(
  on engine: Engine = .embedded, _ change: @escaping @Sendable (inout WelcomeSettings) -> Void = { _ in },
  _ body: @escaping @Sendable (PluginStage) async throws -> Void
) async throws {
  try await PluginStage.run([PluginUnit(Welcome.self)], on: engine) { stage in
    try await stage.enable("welcome")
    let channel = stage.channel
    try await stage.configure(Welcome.self) { settings in
      (settings.join.channel, settings.leave.channel, settings.boost.channel) = (channel, channel, channel)
      change(&settings)
    }
    try await body(stage)
  }
}

extension PluginStage {
  /// How many messages in the first channel have the text in them.
  fileprivate func count(_ text: String) async throws -> Int {
    try await messages().count { PluginStage.text($0).contains(text) }
  }

  /// An event about a member, as Discord would send it.
  fileprivate func memberEvent(
    _ name: GatewayEventName, _ user: UserID, key: String, isPending: Bool = false,
    premiumSince: String? = nil
  ) throws -> GuildEvent {
    let json: JSONValue = [
      "guild_id": .id(guild),
      "user": ["id": .id(user), "username": "nova", "discriminator": "0", "global_name": "Nova"],
      "roles": [], "joined_at": "2026-01-01T00:00:00Z", "pending": .bool(isPending),
      "premium_since": premiumSince.map { .string($0) } ?? .null,
    ]
    return GuildEvent(
      name: name, guild: guild, bot: bot.id, key: key, receivedAt: time.now, json: try json.encoded())
  }
}

@Suite(.timeLimit(.minutes(4)), .serialized) struct WelcomeStageTests {
  @Test(arguments: Engine.allCases)
  func `a newcomer is greeted with a card, once, and gets a role at once and another later`(
    _ engine: Engine
  ) async throws {
    try await onStage(on: engine) { stage in
      let (member, regular) = (try await stage.newRole("Member"), try await stage.newRole("Regular"))
      try await stage.configure(Welcome.self) {
        $0.autoRoles = [AutoRole(member), AutoRole(regular, delay: .seconds(600))]
      }
      let ada = try await stage.newcomer("ada")
      try await stage.eventually("she is greeted") { try await stage.count("<@\(ada)>") == 1 }
      let message = try #require(try await stage.messages().first)
      #expect(message["attachments"]?.array?.first?["filename"]?.string == "welcome.png")
      #expect(message["mentions"]?.array?.compactMap { $0["id"]?.snowflake } == [ada.rawValue])
      try await stage.eventually("she has the first role") { await stage.roles(of: ada) == [member] }
      try await stage.memberEvent(.guildMemberAdd, ada, key: "again").send(to: stage, times: 2)
      try await stage.eventually("she is greeted again") { try await stage.count("<@\(ada)>") == 2 }
      await stage.advance(by: .seconds(601))
      try await stage.eventually("she has both") {
        await stage.roles(of: ada).map(Set.init) == [member, regular]
      }
      // The event of another key is another arrival; the same key twice is one.
      #expect(try await stage.count("<@\(ada)>") == 2)
      try await stage.eventually("it is on record why") {
        Set(try await stage.decisions(about: ada).map(\.key)).isSuperset(of: ["greeted.join", "roles"])
      }
    }
  }

  @Test func `in a rush a few are greeted alone and the others together`() async throws {
    try await onStage({ ($0.join.hasCard, $0.rush.perMinute) = (false, 2) }) { stage in
      var people: [UserID] = []
      for number in 0..<6 { people.append(try await stage.newcomer("rush\(number)")) }
      try await stage.eventually("two are greeted") { try await stage.count("You are our") == 2 }
      try await stage.eventually("the others wait") {
        try await stage.context(Welcome.self).rows.waiting(.join, limit: 10).count == 4
      }
      await stage.advance(by: RushPlan.collection + .seconds(1))
      try await stage.eventually("the others are") {
        try await stage.messages().contains { message in
          people.count { PluginStage.text(message).contains("<@\($0)>") } == 4
        }
      }
      for person in people { #expect(try await stage.count("<@\(person)>") == 1) }
    }
  }

  @Test func `who leaves is missed, and comes back with the roles they had`() async throws {
    try await onStage({ settings in
      settings.leave.isOn = true
      settings.sticky.isOn = true
    }) { stage in
      let (red, blue) = (try await stage.newRole("Red"), try await stage.newRole("Blue"))
      let staff = try await stage.newRole("Staff", permissions: .banMembers)
      let ada = try await stage.newcomer("ada")
      for role in [red, blue, staff] {
        try await stage.act(.put, "/guilds/\(stage.guild)/members/\(ada)/roles/\(role)", as: stage.owner)
      }
      try await stage.eventually("the bot has seen her roles") {
        try await stage.bot.member(ada, in: stage.guild)?.roles.count == 3
      }
      try await stage.act(.delete, "/users/@me/guilds/\(stage.guild)", as: ada)
      try await stage.eventually("she is missed") { try await stage.count("has left") == 1 }
      let (guild, id) = (stage.guild, ada)
      try await stage.simulator.withWorld { world throws in try world.join(id, guild) }
      try await stage.eventually("her roles are back") {
        await stage.roles(of: ada).map(Set.init) == [red, blue]
      }
      #expect(try await stage.context(Welcome.self).rows.left(ada) == nil)
    }
  }

  @Test func `the button under the rules gives and takes in one change, and keeps other roles`() async throws
  {
    try await onStage { stage in
      let (guest, member) = (try await stage.newRole("Guest"), try await stage.newRole("Member"))
      let other = try await stage.newRole("Other")
      try await stage.configure(Welcome.self) { settings in
        settings.join.isOn = false
        (settings.rules.gives, settings.rules.takes) = (member, guest)
      }
      let ada = try await stage.newcomer("ada")
      for role in [guest, other] {
        try await stage.act(.put, "/guilds/\(stage.guild)/members/\(ada)/roles/\(role)", as: stage.owner)
      }
      try await stage.slash("welcome rules")
      try await stage.eventually("the rules are there") { try await stage.count("Be kind") == 1 }
      let panel = try #require(
        try await stage.messages().first { PluginStage.text($0).contains("Be kind") })
      let button = try #require(PluginStage.customIDs(panel).first)
      let message = MessageID(try #require(panel["id"]?.snowflake))
      try await stage.press(button, on: message, as: ada)
      try await stage.eventually("she is a member") {
        await stage.roles(of: ada).map(Set.init) == [member, other]
      }
      #expect(try await stage.audit("welcome.rules.publish").count == 1)
      try await stage.configure(Welcome.self) { $0.rules.phrase = "I agree" }
      let ben = try await stage.newcomer("ben")
      try await stage.press(button, on: message, as: ben)
      #expect(await stage.roles(of: ben) == [])
    }
  }

  @Test func `a message that is to go goes`() async throws {
    try await onStage({ ($0.join.hasCard, $0.join.deletesAfter) = (false, .seconds(60)) }) { stage in
      let ada = try await stage.newcomer("ada")
      try await stage.eventually("she is greeted") { try await stage.count("<@\(ada)>") == 1 }
      await stage.advance(by: .seconds(61))
      try await stage.eventually("the message is gone") { try await stage.count("<@\(ada)>") == 0 }
    }
  }

  @Test func `what waits for the screening comes when it is passed`() async throws {
    try await onStage { stage in
      let role = try await stage.newRole("Member")
      let nova = try await stage.newcomer("nova", joins: false)
      try await stage.configure(Welcome.self) { settings in
        settings.join.waitsForScreening = true
        settings.join.hasCard = false
        settings.autoRoles = [AutoRole(role, moment: .screening)]
      }
      try await stage.memberEvent(.guildMemberAdd, nova, key: "s:1", isPending: true).send(to: stage)
      try await stage.eventually("she waits") {
        try await stage.context(Welcome.self).rows.pending(nova).waitsForScreening
      }
      #expect(try await stage.count("<@\(nova)>") == 0)
      let guild = stage.guild
      try await stage.enable("welcome", false)
      try await stage.simulator.withWorld { world throws in try world.join(nova, guild) }
      try await stage.enable("welcome")
      try await stage.memberEvent(.guildMemberUpdate, nova, key: "s:2").send(to: stage, times: 2)
      try await stage.eventually("she is greeted and has the role") {
        let roles = await stage.roles(of: nova)
        return try await stage.count("<@\(nova)>") == 1 && roles == [role]
      }
    }
  }

  @Test func `a boost is thanked for once, however Discord tells of it`() async throws {
    try await onStage({ settings in
      settings.boost.isOn = true
      settings.join.isOn = false
    }) { stage in
      let nova = try await stage.newcomer("nova")
      let since = Timestamp(milliseconds: stage.time.now.milliseconds - 1_000)
      let text = since.iso8601
      try await stage.memberEvent(.guildMemberUpdate, nova, key: "b:1", premiumSince: text).send(to: stage)
      try await stage.memberEvent(.guildMemberUpdate, nova, key: "b:2", premiumSince: text).send(to: stage)
      let notice: JSONValue = [
        "id": "1", "type": 8, "guild_id": .id(stage.guild), "channel_id": .id(stage.channel),
        "author": ["id": .id(nova), "username": "nova", "discriminator": "0"],
      ]
      try await GuildEvent(
        name: .messageCreate, guild: stage.guild, bot: stage.bot.id, key: "b:3", receivedAt: stage.time.now,
        json: try notice.encoded()
      ).send(to: stage)
      try await stage.eventually("she is thanked") { try await stage.count("Thank you for the boost") >= 1 }
      let ada = try await stage.newcomer("ada")
      try await stage.memberEvent(.guildMemberUpdate, ada, key: "b:4", premiumSince: text).send(to: stage)
      try await stage.eventually("the next is, too") { try await stage.count("<@\(ada)>") == 1 }
      #expect(try await stage.count("Thank you for the boost, <@\(nova)>") == 1)
    }
  }

  @Test func `where nothing can be sent the owners are told, and nothing is stuck`() async throws {
    try await onStage({ settings in
      settings.join.channel = ChannelID(42)
      settings.join.hasCard = false
    }) { stage in
      let ada = try await stage.newcomer("ada")
      try await stage.eventually("the owners know") {
        stage.notices.contains { $0.key == "notice.noChannel" }
      }
      try await stage.eventually("nothing waits") {
        try await stage.context(Welcome.self).rows.waiting(.join, limit: 5).isEmpty
      }
      try await stage.eventually("it is on record why") {
        try await stage.decisions(about: ada).map(\.key).contains("noChannel")
      }
    }
  }

  @Test func `roles that nobody may get by themselves are refused, by command and in doing`() async throws {
    try await onStage { stage in
      let staff = try await stage.newRole("Staff", permissions: .banMembers)
      let member = try await stage.newRole("Member")
      try await stage.slash("welcome role add", ["role": .id(staff)])
      try await stage.eventually("it is refused") { try await stage.count("lets its holders moderate") == 1 }
      try await stage.slash("welcome role add", ["role": .id(member), "after": "joining"])
      try await stage.eventually("it is set") { try await stage.count("From now on") == 1 }
      #expect(try await stage.audit("settings.change").isEmpty == false)
      try await stage.configure(Welcome.self) { settings in
        settings.join.isOn = false
        settings.autoRoles.append(AutoRole(staff))
      }
      let ada = try await stage.newcomer("ada")
      try await stage.eventually("she has the harmless one") { await stage.roles(of: ada) == [member] }
      try await stage.eventually("the owners know") {
        stage.notices.contains { $0.key == "notice.roleRefused" }
      }
    }
  }

  @Test func `a test shows the message to whoever asks, and the page shows all`() async throws {
    try await onStage({ $0.leave.form = .embed }) { stage in
      try await stage.slash("welcome test", ["what": "join"])
      try await stage.eventually("it is shown") {
        try await stage.messages().contains { message in
          PluginStage.text(message).contains("<@\(stage.owner)>")
            && message["attachments"]?.array?.first?["filename"]?.string == "welcome.png"
        }
      }
      let page = try await Pages.preview(
        try await stage.context(Welcome.self), PageRequest(user: stage.owner, role: .viewer))
      let html = String(decoding: stage.html(page), as: UTF8.self)
      #expect(html.contains("@olive") && html.contains("Welcome to Stage") && html.contains("has left"))
    }
  }
}

extension PluginStage {
  /// A page as the dashboard writes it.
  fileprivate func html(_ page: PageContent) -> [UInt8] {
    let words = ComponentStrings { $0.rawValue }
    return HTMLWriter.bytes(strings: words) { page.write(&$0) }
  }
}

extension GuildEvent {
  fileprivate func send(to stage: PluginStage, times: Int = 1) async throws {
    for _ in 0..<times { try await stage.dispatcher.inject(self) }
  }
}
