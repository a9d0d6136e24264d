// Interactions from a person's click to what the person sees, with a plugin played by the test.

import DiscordBot
import DiscordCore
import EventLoop
import JSON
import SandboxContract
import Synchronization
import TestKit
import Testing

@testable import SandboxDiscord

@Suite(.timeLimit(.minutes(2)), .serialized) struct InteractionsPayloadTests {
  /// What the plugin got, once it was answered.
  private func payload(
    _ stage: InteractionsStage, _ use: () async throws -> Void
  ) async throws -> JSONObject {
    let got = Recorder<GuestDelivery>()
    stage.attend { delivery in
      got.record(delivery)
      do { try await stage.call("respond", InteractionsStage.params(delivery, ["content": "ok"])) } catch {
        Issue.record("\(error)")
      }
      return .acknowledged(isFailed: false)
    }
    let before = stage.attended.values.count
    try await use()
    try await eventually("the plugin has answered") { stage.attended.values.count > before }
    #expect(stage.wire == ["callback 4"])
    let delivery = try #require(got.values.first)
    #expect(delivery.type == "interaction_create")
    #expect(delivery.plugin == "tickets")
    guard case .interaction(let received, let permissions, let user) = delivery.cause else {
      throw RPCError(.internalFault, "no interaction")
    }
    #expect(user == stage.stage.member)
    #expect(permissions.contains(.sendMessages))
    let made = GuestInteractionPayload.make(
      received.interaction, command: delivery.payload["command_name"]?.string)
    #expect(made.unknownFields(of: "interaction_create") == [])
    // The plugin has no grant to read messages, and gets everything that was given to it all the same.
    #expect(delivery.payload == made)
    return delivery.payload
  }

  @Test func `a command comes with its options and everything about the person`() async throws {
    try await InteractionsStage.run { stage in
      let payload = try await payload(stage) { try await stage.useCommand() }
      #expect(payload["interaction_type"] == 2 && payload["type"] == 2)
      #expect(payload["interaction_id"]?.string != nil)
      #expect(payload["command_name"] == "open" && payload["command_type"] == 1)
      #expect(payload["options"] == [["name": "why", "type": 3, "value": "help"]])
      #expect(payload["command_options"] == payload["options"])
      #expect(payload["channel_id"] == .id(stage.stage.channel))
      #expect(payload["guild_id"] == .id(stage.stage.guild))
      #expect(payload["user_id"] == .id(stage.stage.member))
      for name in ["user_name", "user_username", "username"] { #expect(payload[name] == "mia") }
      #expect(payload["display_name"] == "Mia M.")
      let permissions = try #require(payload["permissions"]?.string)
      #expect(UInt64(permissions) != nil)
      #expect(
        payload["member"] == [
          "permissions": .string(permissions), "roles": [], "nick": .null,
          "user": ["id": .id(stage.stage.member), "username": "mia"],
        ])
      #expect(payload["locale"]?.string != nil && payload["guild_locale"]?.string != nil)
    }
  }

  @Test func `a button comes with the id that the plugin gave it`() async throws {
    try await InteractionsStage.run { stage in
      let payload = try await payload(stage) { try await stage.pressButton() }
      #expect(payload["interaction_type"] == 3)
      #expect(payload["custom_id"] == "close:17")
      #expect(payload["values"] == [])
      #expect(payload["message_id"]?.string != nil)
      #expect(payload["command_name"] == nil)
    }
  }

  @Test func `a form comes with what was written into it`() async throws {
    try await InteractionsStage.run { stage in
      try await stage.sendForm()
      let payload = try await payload(stage) { try await stage.submitForm() }
      #expect(payload["interaction_type"] == 5)
      #expect(payload["custom_id"] == "form")
      #expect(payload["modal_values"] == ["text": "hi"])
    }
  }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct InteractionsTests {
  /// The plugin's part where it does nothing until it is let go.
  private final class Silence: Sendable {
    let deliveries = Recorder<GuestDelivery>()
    private let stream = AsyncStream<GuestDeliveryEnd>.makeStream()

    func play(_ delivery: GuestDelivery) async -> GuestDeliveryEnd {
      deliveries.record(delivery)
      for await end in stream.stream { return end }
      return .dropped("over")
    }

    func end(_ end: GuestDeliveryEnd) { stream.continuation.yield(end) }

    /// The interaction, once it is there.
    func delivery() async throws -> GuestDelivery {
      try await eventually("the plugin got it") { !deliveries.values.isEmpty }
      return try #require(deliveries.values.first)
    }
  }

  @Test(arguments: [
    (nil as Bool?, 2_200), (false, 2_800),
  ])
  func `a silent plugin is given more time at the last moment`(defers: Bool?, moment: Int) async throws {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(defers: defers, silence.play)
      try await stage.useCommand()
      _ = try await silence.delivery()
      try await stage.passInVain(.milliseconds(moment - 1), waiting: 1)
      stage.stage.time.advance(by: .milliseconds(1))
      try await eventually("it is deferred") { stage.wire == ["callback 5"] }
      silence.end(.dropped("test"))
    }
  }

  @Test func `a command that says so is deferred before the plugin gets it`() async throws {
    try await InteractionsStage.run { stage in
      let wire = Recorder<[String]>()
      stage.attend(defers: true) { _ in
        wire.record(stage.wire)
        return .dropped("test")
      }
      try await stage.useCommand()
      try await eventually("it was delivered") { !wire.values.isEmpty }
      #expect(wire.values == [["callback 5"]])
    }
  }

  @Test func `a person who gets no answer is told after ten seconds, and a late answer takes its place`()
    async throws
  {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.useCommand()
      let delivery = try await silence.delivery()
      silence.end(.acknowledged(isFailed: false))
      try await stage.passInVain(.milliseconds(2_199), waiting: 2)
      stage.stage.time.advance(by: .milliseconds(1))
      try await eventually("it is deferred") { stage.wire == ["callback 5"] }
      try await stage.passInVain(.milliseconds(7_799), waiting: 1)
      stage.stage.time.advance(by: .milliseconds(1))
      try await eventually("the person is told") { stage.wire == ["callback 5", "edit original"] }
      #expect(try await stage.stage.messages().first?["content"] == "Nothing to say.")
      try await stage.call("respond", InteractionsStage.params(delivery, ["content": "At last"]))
      let shown = try await stage.stage.messages().compactMap { $0["content"]?.string }
      #expect(shown.first == "At last")
      #expect(!shown.contains("Nothing to say."))
    }
  }

  @Test func `a plugin may answer by a thread of its own after it was done`() async throws {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.useCommand()
      let delivery = try await silence.delivery()
      silence.end(.acknowledged(isFailed: false))
      try await stage.pass(.milliseconds(2_200), waiting: 2)
      try await eventually("it is deferred") { stage.wire == ["callback 5"] }
      try await stage.call("respond", InteractionsStage.params(delivery, ["content": "Done"]))
      try await stage.passInVain(.seconds(20), waiting: 0)
      #expect(stage.wire == ["callback 5", "edit original"])
      #expect(try await stage.stage.messages().first?["content"] == "Done")
    }
  }

  @Test func `a button that is pressed to no effect shows nothing`() async throws {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.pressButton()
      _ = try await silence.delivery()
      silence.end(.acknowledged(isFailed: false))
      try await stage.pass(.milliseconds(2_200), waiting: 2)
      try await eventually("it is deferred") { stage.wire == ["callback 6"] }
      try await stage.pass(.seconds(20), waiting: 1)
      try await eventually("the desk is done") { !stage.attended.values.isEmpty }
      #expect(stage.wire == ["callback 6"])
      #expect(try await stage.stage.messages().first?["content"] == "A ticket")
    }
  }

  @Test(arguments: [
    (GuestDeliveryEnd.dropped("not running"), "Not running."),
    (.acknowledged(isFailed: true), "Nothing to say."),
  ])
  func `where no answer can follow, the person is told at once`(end: GuestDeliveryEnd, text: String)
    async throws
  {
    try await InteractionsStage.run { stage in
      stage.attend { _ in end }
      try await stage.useCommand()
      try await eventually("the person is told") { stage.wire == ["callback 4 private"] }
      #expect(try await stage.stage.messages().first?["content"]?.string == text)
    }
  }

  @Test func `a plugin that is given up while people wait takes the waiting away`() async throws {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.useCommand()
      _ = try await silence.delivery()
      try await stage.pass(.milliseconds(2_200), waiting: 1)
      try await eventually("it is deferred") { stage.wire == ["callback 5"] }
      silence.end(.dropped("hung"))
      try await eventually("the person is told") { stage.wire == ["callback 5", "edit original"] }
    }
  }

  @Test func `an interaction is answered by its plugin in its server, and for fifteen minutes`()
    async throws
  {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.useCommand()
      let delivery = try await silence.delivery()
      let params = InteractionsStage.params(delivery, ["content": "x"])
      var empty = params
      empty["_interaction_id"] = ""
      var unknown = params
      unknown["_interaction_id"] = "1"
      var missing = params
      missing["_interaction_id"] = nil
      func refusal(_ body: () async throws -> JSONValue) async -> RPCError.Code? {
        do {
          _ = try await body()
          return nil
        } catch { return (error as? RPCError)?.code }
      }
      for wrong in [empty, unknown, missing] {
        #expect(await refusal { try await stage.call("respond", wrong) } == .validation)
      }
      #expect(await refusal { try await stage.call("respond", params, plugin: "other") } == .validation)
      #expect(
        await refusal { try await stage.call("respond", params, guild: GuildID(99)) } == .validation)
      #expect(stage.wire == [])
      try await stage.call("respond", params)
      silence.end(.acknowledged(isFailed: false))
      stage.stage.time.advance(by: .seconds(15 * 60 - 1))
      try await stage.call("followup", params)
      stage.stage.time.advance(by: .seconds(1))
      #expect(await refusal { try await stage.call("followup", params) } == .validation)
      #expect(stage.desk.openCount == 1)
    }
  }

  @Test func `a plugin that left the server answers nothing more`() async throws {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.useCommand()
      let delivery = try await silence.delivery()
      await stage.methods.withdrew("tickets", from: GuildID(1))
      #expect(stage.desk.openCount == 1)
      await stage.methods.withdrew("tickets", from: stage.stage.guild)
      await #expect(throws: RPCError.self) {
        try await stage.call("respond", InteractionsStage.params(delivery, ["content": "x"]))
      }
      silence.end(.dropped("left"))
      try await eventually("the person is told") { stage.wire == ["callback 4 private"] }
    }
  }

  @Test func `texts are cut, mentions notify nobody, and follow-ups tell their ids`() async throws {
    try await InteractionsStage.run { stage in
      let silence = Silence()
      stage.attend(silence.play)
      try await stage.useCommand()
      let delivery = try await silence.delivery()
      let long = String(repeating: "a", count: 2_500)
      let many = JSONValue.array((0..<11).map { _ in ["title": "x"] })
      await #expect(throws: RPCError.self) {
        try await stage.call("respond", InteractionsStage.params(delivery, ["embeds": many]))
      }
      await #expect(throws: RPCError.self) {
        try await stage.call("respond", InteractionsStage.params(delivery, ["content": ""]))
      }
      let first = try await stage.call(
        "followup", InteractionsStage.params(delivery, ["content": .string(long)]))
      #expect(first == [:])
      #expect(try await stage.stage.messages().first?["content"]?.string?.count == 2_000)
      let second = try await stage.call(
        "followup", InteractionsStage.params(delivery, ["content": "@everyone"]))
      let newest = try #require(try await stage.stage.messages().first)
      #expect(second["message_id"] == newest["id"])
      #expect(second["channel_id"] == .id(stage.stage.channel))
      #expect(newest["mention_everyone"] == false)
      silence.end(.acknowledged(isFailed: false))
    }
  }

  @Test func `calls of several threads are answered in their order`() async throws {
    let queue = CallQueue(bound: 2)
    let order = Recorder<Int>()
    let (gate, open) = AsyncStream<Void>.makeStream()
    let waiting = Recorder<Int>()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await queue.inTurn {
          waiting.record(0)
          for await _ in gate {}
          order.record(0)
        }
      }
      while waiting.values.isEmpty { await Task.yield() }
      for number in 1...2 {
        group.addTask { await queue.inTurn { order.record(number) } }
        while queue.waitingCount < number { await Task.yield() }
      }
      // The third one is one too many.
      #expect(await queue.inTurn { 3 } == nil)
      open.finish()
    }
    #expect(order.values == [0, 1, 2])
  }
}
