// Events, commands, components and timers through the dispatcher, against the simulator.

import PlatformSchedule
import DiscordBot
import HTTPTypes
import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import JSON
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PluginTestKit
import PlatformTenancy
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct DispatcherTests {
  private func answers(_ stage: PluginStage, _ text: String) async throws -> Int {
    try await stage.messages().count { PluginStage.text($0) == text }
  }

  @Test(arguments: Engine.allCases)
  func `a plugin hears what happens where it is switched on, under the settings of the moment`(
    _ engine: Engine
  ) async throws {
    try await PluginStage.run([PluginUnit(Sample.self)], on: engine) { stage in
      try await stage.say("hello")
      try await stage.quiet()
      try await stage.enable("sample")
      let second = try await stage.say("hello")
      try await stage.eventually("the second is answered") { try await answers(stage, "hello yourself") == 1 }
      #expect(try await stage.decisions(about: second).map(\.key) == ["greeted"])
      try await stage.configure(Sample.self) { $0.word = "moin" }
      try await stage.say("hello")
      try await stage.say("moin")
      try await stage.eventually("the new word is answered") {
        try await answers(stage, "moin yourself") == 1
      }
      #expect(try await answers(stage, "hello yourself") == 1)
      try await stage.enable("sample", false)
      try await stage.say("moin")
      try await stage.quiet()
      try await stage.enable("sample")
      try await stage.say("moin")
      try await stage.eventually("the last is answered") { try await answers(stage, "moin yourself") == 2 }
      #expect(try await stage.audit("settings.change").count == 1)
    }
  }

  @Test func `an event that comes twice changes nothing the second time`() async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      let json = try #require(
        try await stage.act(
          .post, "/channels/\(stage.channel)/messages", ["content": "quiet"], as: stage.member))
      var object = try #require(json.object)
      for index in object.fields.indices where object.fields[index].key == "content" {
        object.fields[index].value = "hello"
      }
      object.fields.append(.init(key: "guild_id", value: .id(stage.guild)))
      let event = GuildEvent(
        name: .messageCreate, guild: stage.guild, bot: stage.bot.id, key: "replayed:1",
        receivedAt: stage.time.now,
        json: try JSONValue.object(object).encoded())
      for _ in 0..<3 { try await stage.dispatcher.inject(event) }
      try await stage.say("hello")
      try await stage.eventually("both are answered") { try await answers(stage, "hello yourself") >= 2 }
      #expect(try await answers(stage, "hello yourself") == 2)
    }
  }

  @Test func `a plugin that keeps failing is left alone, and the owner is told once`() async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      for _ in 0..<6 { try await stage.say("fail") }
      try await stage.eventually("the owner is told") { stage.notices.count == 1 }
      let ignored = try await stage.say("hello")
      try await stage.eventually("the breaker is on record") {
        try await stage.decisions(about: ignored).contains { $0.outcome == .breakerOpen }
      }
      #expect(try await answers(stage, "hello yourself") == 0)
      await stage.advance(by: .seconds(61))
      try await stage.say("hello")
      try await stage.eventually("it works again") { try await answers(stage, "hello yourself") == 1 }
      #expect(stage.notices.count == 1)
    }
  }

  @Test func `a server that was erased is forgotten in every process, its open breakers too`() async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      stage.dispatcher.memory(of: stage.guild).set("kept", 1)
      for _ in 0..<5 { try await stage.say("fail") }
      try await stage.eventually("the breaker is open") { stage.notices.count == 1 }
      // As another process says it.
      await stage.dispatcher.configurations.forget(Tenant(stage.guild))
      try await stage.eventually("the memory is gone") {
        stage.dispatcher.memory(of: stage.guild).existing("kept", as: Int.self) == nil
      }
      try await stage.say("hello")
      try await stage.eventually("the breaker is gone") { try await answers(stage, "hello yourself") == 1 }
    }
  }

  @Test func `a plugin that does not return is cut off, and the lane goes on`() async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      let stalled = try await stage.say("stall")
      try await stage.say("hello")
      // In small steps: the next message is not to be late as well.
      try await stage.eventually("it is cut off") {
        await stage.advance(by: .seconds(1))
        return try await stage.decisions(about: stalled).contains { $0.outcome == .tooSlow }
      }
      try await stage.eventually("the next is answered") { try await answers(stage, "hello yourself") == 1 }
    }
  }

  @Test func `a timer fires when its time has come, once`() async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      try await stage.say("remind")
      try await stage.eventually("the timer is set") {
        try await stage.dispatcher.schedule.pending(Tenant(stage.guild)).contains {
          $0.name.kind == "sample.later"
        }
      }
      await stage.advance(by: .seconds(3601))
      try await stage.eventually("it fires") { try await answers(stage, "later on") == 1 }
    }
  }

  @Test func `a component is refused where another server signed it`() async throws {
    try await PluginStage.run([PluginUnit(Sample.self)]) { stage in
      try await stage.enable("sample")
      try await stage.slash("button")
      try await stage.eventually("the button is there") { try await answers(stage, "press") == 1 }
      let message = try #require(try await stage.messages().first)
      let id = MessageID(try #require(message["id"]?.snowflake))
      let customID = try #require(PluginStage.customIDs(message).first)
      try await stage.press(customID, on: id)
      try await stage.eventually("it answers") { try await answers(stage, "pressed 42") == 1 }
      // The same text under another server's key.
      let stranger = try await stage.dispatcher.signer(of: GuildID(4_242))
      let forged = try #require(
        stranger.customID(ComponentState(plugin: "sample", route: "pressed", state: "42")))
      #expect(forged != customID)
      let own = try await stage.dispatcher.signer(of: stage.guild)
      #expect(own.read(forged) == nil)
      #expect(own.read(customID)?.state == "42")
    }
  }
}
