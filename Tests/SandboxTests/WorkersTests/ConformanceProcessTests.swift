// Conformance with the real SDK (plugin-host contract, section 25): ids, order and ends of processes, items 29 to 35.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxDiscord
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let here = GuildID(1001)

private let holding = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_event("message_create")
  def said(ctx, event):
      ctx.kv.set("got", ctx.kv.get("held"))

  @plugin.on_event("role_create")
  def quick(ctx, event):
      ctx.kv.set("quick", True)

  @plugin.on_dashboard("barrier")
  def barrier(ctx, params):
      return {"value": 1}

  plugin.run()
  """

@Suite(.inContainers, .timeLimit(.minutes(5)), .serialized) struct ConformanceProcessTests {
  /// Has `holding` held by a gate in its first call.
  private func held(
    _ body: @escaping @Sendable (Stage, ManualTime, Gate) async throws -> Void
  ) async throws {
    let gate = Gate()
    let methods = RecordingMethods { call in
      guard call.method == "kv.get" else { return ["ok": true] }
      await gate.pass()
      return ["value": "held back"]
    }
    try await Stage.play(["holding": holding], methods: methods) { stage, time in
      // A test that fails must not leave a call that never ends.
      defer { gate.open() }
      stage.install("holding", in: here)
      try await body(stage, time, gate)
    }
  }

  private func isHeld(_ stage: Stage) async throws {
    try await eventually("the handler is held") { stage.methods.calls.contains { $0.method == "kv.get" } }
  }

  @Test func `item 29: a request with a call's id would be its answer, and none of the host's has one`()
    async throws
  {
    try await Wire.run(holding) { wire in
      try await wire.boot()
      wire.notify("event.message_create", Wire.event("e-1"))
      let id = try #require(try await wire.hearCall("kv.get")["id"])
      wire.say(#"{"jsonrpc":"2.0","id":\#(id.int64 ?? 0),"method":"dashboard.barrier","params":{}}"#)
      #expect(try await wire.hearCall("kv.put")["params"]?["value"] == .null)
      #expect(!wire.unheard.contains { $0["id"] == id && $0["result"] != nil })
    }
    try await held { stage, _, gate in
      async let end = stage.send("message_create", to: "holding", in: here)
      try await isHeld(stage)
      for _ in 0..<3 {
        #expect(try await stage.ask("barrier", of: "holding", in: here) == ["value": 1])
      }
      gate.open()
      #expect(await end == .acknowledged(isFailed: false))
      #expect(stage.stored("got") == ["held back"])
      let requests = stage.launcher.transcript.filter {
        $0.speaker == .host && $0.method != nil && $0.id != nil
      }
      #expect(requests.count == 4)
      #expect(requests.allSatisfy { $0.id?.string?.hasPrefix("h-") == true })
      #expect(Set(requests.compactMap(\.id)).count == 4)
    }
  }

  @Test func `item 29: a call whose id is one of the host's is a call all the same`() async throws {
    let sly = """
      import json
      from yourbot_sdk import Plugin
      from yourbot_sdk._transport import _current_event
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          own = _current_event.get()[0]
          call = {"id": own, "method": "kv.put", "params": {"key": "sly", "value": 1, "_event_id": own}}
          print(json.dumps(call))
          ctx.kv.set("honest", 1)

      plugin.run()
      """
    try await Stage.play(["sly": sly]) { stage, _ in
      stage.install("sly", in: here)
      #expect(await stage.send("message_create", to: "sly", in: here) == .acknowledged(isFailed: false))
      #expect(stage.stored("sly") == [1] && stage.stored("honest") == [1])
      let acknowledged = try stage.place { $0.method == "event.ack" }
      #expect(try stage.place { $0.method == "kv.put" && $0.params["key"] == "honest" } < acknowledged)
    }
  }

  @Test func `item 30: an answer whose id is a text would be passed over, and the host's are numbers`()
    async throws
  {
    try await Wire.run(holding) { wire in
      try await wire.boot()
      wire.notify("event.message_create", Wire.event("e-1"))
      let id = try #require(try await wire.hearCall("kv.get")["id"]?.int64)
      wire.say(HostLine.result(.string("\(id)"), ["value": "wrong"]))
      _ = try await wire.ask("dashboard.barrier")
      #expect(!wire.unheard.contains { $0["method"]?.string == "kv.put" })
      wire.say(HostLine.result(.integer(id), ["value": "right"]))
      #expect(try await wire.hearCall("kv.put")["params"]?["value"] == "right")
    }
    try await held { stage, _, gate in
      gate.open()
      await stage.send("message_create", to: "holding", in: here)
      await stage.send("role_create", to: "holding", in: here)
      let calls = stage.launcher.transcript.filter {
        $0.speaker == .plugin && $0.method != nil && $0.id != nil
      }
      #expect(calls.compactMap { $0.id?.int64 } == [1, 2, 3])
      for call in calls { #expect(stage.answer(to: call)?.object?["result"] != nil) }
    }
  }

  @Test func `item 31: events of one server end in any order, and each end is its own`() async throws {
    try await held { stage, _, gate in
      // A server's first event goes alone.
      await stage.send("role_create", to: "holding", in: here)
      let first = Task { await stage.send("message_create", to: "holding", in: here) }
      try await isHeld(stage)
      #expect(await stage.send("role_create", to: "holding", in: here) == .acknowledged(isFailed: false))
      let greeting = try #require(stage.host("event.role_create").first?.params["event_id"])
      let (slow, fast) = (
        try #require(stage.host("event.message_create").first?.params["event_id"]),
        try #require(stage.host("event.role_create").last?.params["event_id"])
      )
      #expect(stage.plugin("event.ack").map { $0.params["event_ids"] } == [[greeting], [fast]])
      #expect(stage.stored("got").isEmpty)
      gate.open()
      #expect(await first.value == .acknowledged(isFailed: false))
      #expect(stage.plugin("event.ack").map { $0.params["event_ids"] } == [[greeting], [fast], [slow]])
      let last = try #require(stage.plugin("kv.put").last)
      #expect(last.params["key"] == "got" && last.params["_event_id"] == slow)
    }
  }

  @Test func `item 32: host.shutdown ends nothing, and what is under way is finished`()
    async throws
  {
    try await Wire.run(holding) { wire in
      try await wire.boot()
      wire.notify("host.shutdown")
      for _ in 0..<8 {
        #expect(try await wire.ask("dashboard.barrier")["result"] == ["value": 1])
      }
      #expect(wire.worker.isRunning)
    }
    try await held { stage, time, gate in
      let event = Task { await stage.send("message_create", to: "holding", in: here) }
      try await isHeld(stage)
      let release = try #require(stage.directory.installation(of: "holding", in: here)).release
      let replacing = Task { await stage.workers.replace(release) }
      try await eventually("it is told") { !stage.host("host.shutdown").isEmpty }
      let child = try #require(stage.launcher.channels.first)
      #expect(child.isRunning)
      gate.open()
      #expect(await event.value == .acknowledged(isFailed: false))
      #expect(stage.stored("got") == ["held back"])
      #expect(try await child.wait() == 0)
      await keepingTime(time) { await replacing.value }
      // Each one ends a thread of the SDK's for good.
      #expect(stage.host("host.shutdown").count == 1)
      #expect(stage.host("host.shutdown").first?.id == nil)
    }
  }

  @Test func `item 33: a process whose input ends goes with code 0, and so do the host's`() async throws {
    let waiting = """
      import threading
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          def attempt():
              for _ in range(2):
                  try:
                      ctx.kv.get("x")
                  except Exception as error:
                      print(type(error).__name__, error)
          threading.Thread(target=attempt, daemon=False).start()

      plugin.run()
      print("run is over")
      """
    try await Wire.run(waiting) { wire in
      try await wire.boot()
      wire.notify("event.message_create", Wire.event("e-1"))
      _ = try await wire.hearCall("kv.get")
      wire.closeInput()
      #expect(try await wire.worker.wait() == 0)
      let rest = try await wire.printed()
      #expect(rest.contains("run is over"))
      // What waits fails at once, and so does what comes after.
      #expect(rest.contains("transport closed (host disconnected)"))
      #expect(rest.contains("RpcTimeoutError RPC aborted: transport closed (kv.get)"))
    }
    try await Stage.play(["holding": holding]) { stage, time in
      stage.install("holding", in: here)
      await stage.send("role_create", to: "holding", in: here)
      let release = try #require(stage.directory.installation(of: "holding", in: here)).release
      let child = try #require(stage.launcher.channels.first)
      let replacing = Task { await stage.workers.replace(release) }
      #expect(try await child.wait() == 0)
      await keepingTime(time) { await replacing.value }
      #expect(!stage.journal.lines.contains { $0.message.contains("ended by itself") })
    }
  }

  @Test func `item 34: tasks on an interval run in single mode, and never in the host's pools`()
    async throws
  {
    let scheduled = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_ready
      def ready(ctx):
          ctx.kv.set("ready", ctx.server_id)

      @plugin.schedule(0)
      def tick(ctx):
          ctx.kv.set("tick", ctx.server_id)

      @plugin.on_event("message_create")
      def said(ctx, event):
          ctx.kv.set("said", ctx.server_id)

      plugin.run()
      """
    try await Wire.run(scheduled) { wire in
      try await wire.boot(["mode": "single", "discord_srv_id": "1001"])
      for key in ["ready", "tick", "tick"] {
        let call = try await wire.hearCall("kv.put")
        #expect(call["params"]?["key"]?.string == key && call["params"]?["value"] == "1001")
        #expect(call["params"]?["_event_id"] == nil)
        wire.say(HostLine.result(try #require(call["id"]), ["ok": true]))
      }
    }
    try await Stage.play(["scheduled": scheduled]) { stage, _ in
      stage.install("scheduled", in: here)
      for _ in 0..<3 { await stage.send("message_create", to: "scheduled", in: here) }
      #expect(stage.methods.calls.map { $0.params["key"] } == ["ready", "said", "said", "said"])
    }
  }

  @Test func `item 35: an answer to an interaction without an interaction is a ValidationError`() async throws
  {
    let answering = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          attempts = [
              lambda: ctx.interaction.respond(content="x"), lambda: ctx.interaction.defer(),
              lambda: ctx.interaction.followup(content="x"),
          ]
          for attempt in attempts:
              try:
                  attempt()
                  ctx.kv.set("seen", "nothing")
              except Exception as error:
                  ctx.kv.set("seen", type(error).__name__ + " " + error.code)

      plugin.run()
      """
    try await Stage.play(
      ["answering": answering], others: { [InteractionMethods(GuestInteractionDesk(time: $1))] }
    ) { stage, _ in
      stage.install("answering", in: here, [.storageKV, .respond], asks: [.storageKV, .respond])
      await stage.send("message_create", to: "answering", in: here)
      for method in ["respond", "defer", "followup"] {
        #expect(stage.plugin("interaction.\(method)").map { $0.params["_interaction_id"] } == [""])
      }
      let refused: JSONValue = "ValidationError VALIDATION_ERROR"
      #expect(stage.stored("seen") == [refused, refused, refused])
    }
  }
}
