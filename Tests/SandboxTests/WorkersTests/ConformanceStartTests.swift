// Conformance with the real SDK (plugin-host contract, section 25): how a process begins, items 1 to 6.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let here = GuildID(1001)

private let simple = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_event("message_create")
  def said(ctx, event):
      ctx.kv.set("said", event.get("content"))
      ctx.kv.set("who", [ctx.plugin_id, ctx.version])

  @plugin.on_dashboard("barrier")
  def barrier(ctx, params):
      return {"value": 1}

  plugin.run()
  """

@Suite(.inContainers, .timeLimit(.minutes(5)), .serialized) struct ConformanceStartTests {
  @Test func `item 01: the banner comes first, and nothing is said to a process before it`() async throws {
    try await Stage.play(["simple": simple]) { stage, _ in
      stage.install("simple", in: here)
      await stage.send("message_create", to: "simple", in: here)
      let first = try #require(stage.launcher.transcript.first)
      #expect(first.speaker == .plugin)
      #expect(first.params["message"]?.string == "SDK plugin process started")
      #expect(stage.launcher.transcript.dropFirst().first?.method == "host.boot")
    }
  }

  @Test func `item 01: a process that never says it is not booted, and ended after 20 seconds`() async throws
  {
    let mute = """
      import sys
      print("almost")
      sys.stdin.read()
      """
    try await Stage.play(["mute": mute]) { stage, time in
      stage.install("mute", in: here)
      async let end = stage.send("message_create", to: "mute", in: here)
      try await eventually("it speaks") { stage.journal.lines.contains { $0.message == "almost" } }
      let child = try #require(stage.launcher.channels.first)
      try await time.pass(.seconds(20))
      try await eventually("that was looked at") { time.sleeperCount == 1 }
      #expect(child.isRunning)
      try await time.pass(.seconds(1))
      #expect(try await child.wait() == nil)
      try await eventually("it is told") {
        stage.journal.lines.contains { $0.message.contains("did not start within 20 seconds") }
      }
      #expect(!stage.launcher.transcript.contains { $0.speaker == .host })
      await stage.workers.retire(plugin: "mute", in: here)
      #expect(await end == .dropped("the plugin left the server"))
    }
  }

  @Test func `item 02: what a plugin prints is its log, wherever it prints it`() async throws {
    let chatty = """
      import json, sys
      from yourbot_sdk import Plugin
      plugin = Plugin()
      print("before the banner")

      @plugin.on_event("message_create")
      def said(ctx, event):
          for line in ["words", "[1, 2]", "{broken", "42", "null", '"text"', "", "   "]:
              print(line)
          print(json.dumps({"hello": "an object"}))
          print(json.dumps({"method": "no.such.notification", "params": {}}))
          print(json.dumps({"id": "h-nobody-asked", "result": 1}))
          print(json.dumps({"method": "event.ack", "params": {"event_ids": ["h-forged"]}}))
          ctx.kv.set("said", ctx.kv.get("x"))

      plugin.run()
      """
    let methods = RecordingMethods { $0.method == "kv.get" ? ["value": "y"] : ["ok": true] }
    try await Stage.play(["chatty": chatty], methods: methods) { stage, _ in
      stage.install("chatty", in: here)
      #expect(await stage.send("message_create", to: "chatty", in: here) == .acknowledged(isFailed: false))
      #expect(stage.stored("said") == ["y"])
      let printed = stage.journal.lines.filter {
        $0.source == .plugin && $0.level == .info && $0.guild == here
      }.map(\.message)
      #expect(printed == ["before the banner", "words", "[1, 2]", "{broken", "42", "null", "\"text\""])
      #expect(!stage.journal.lines.contains { $0.level == .error })
      #expect(stage.launcher.startedCount == 1)
    }
  }

  @Test func `item 03: an event before the boot would be acknowledged and lost, and the host sends none`()
    async throws
  {
    try await Wire.run(simple) { wire in
      wire.notify("event.message_create", Wire.event("early", ["content": "lost"]))
      let ack = try await wire.hear("the acknowledgement") { $0["method"]?.string == "event.ack" }
      #expect(ack["params"] == ["event_id": "early"])
      try await wire.boot()
      _ = try await wire.ask("dashboard.barrier")
      #expect(!wire.unheard.contains { $0["method"]?.string == "kv.put" })
    }
    try await Stage.play(["simple": simple]) { stage, _ in
      stage.install("simple", in: here)
      await withDiscardingTaskGroup { group in
        for _ in 0..<8 {
          group.addTask { await stage.send("message_create", ["content": "x"], to: "simple", in: here) }
        }
      }
      #expect(stage.stored("said").count == 8)
      let boot = try #require(stage.host("host.boot").first)
      let booted = try stage.place { $0.speaker == .plugin && $0.id == boot.id }
      #expect(try stage.place { $0.method == "event.message_create" } > booted)
    }
  }

  @Test func `item 04: the probe event.ws_closed tells a booted process from one that is not`() async throws {
    try await Wire.run(simple) { wire in
      let before = try await wire.ask("event.ws_closed")
      #expect(before["error"]?["message"]?.string == "unknown method: event.ws_closed")
      #expect(before["result"] == nil)
      guard case .answer("h-1", .failure(let failure)) = WorkerMessage(line: try bytes(before)) else {
        Issue.record("the host does not read it as a failure")
        return
      }
      #expect(failure.message == "unknown method: event.ws_closed")
      try await wire.boot()
      let after = try await wire.ask("event.ws_closed")
      #expect(after["result"] == .null)
      guard case .answer(_, .success(.null)) = WorkerMessage(line: try bytes(after)) else {
        Issue.record("the host does not read it as done")
        return
      }
    }
  }

  @Test func `item 05: the boot is a request with the release in it, and its answer opens the door`()
    async throws
  {
    try await Stage.play(["simple": simple]) { stage, _ in
      stage.install("simple", in: here, [.storageKV], asks: [.storageKV, .banMembers, .read])
      await stage.send("message_create", to: "simple", in: here)
      let boot = try #require(stage.host("host.boot").first)
      #expect(boot.object?["jsonrpc"] == "2.0")
      #expect(boot.id?.string?.hasPrefix("h-") == true)
      #expect(boot.params["mode"] == "pool")
      #expect(boot.params["discord_srv_id"] == "")
      #expect(boot.params["plugin_id"] == "simple")
      #expect(boot.params["version"] == "1.0.0")
      #expect(boot.params["capabilities"] == ["storage:kv", "discord:ban_members", "discord:read"])
      let answer = try #require(stage.answer(to: boot))
      #expect(answer.object?["result"] == .null)
      #expect(stage.stored("who") == [["simple", "1.0.0"]])
    }
  }

  @Test func `item 06: a second boot changes nothing, and the host sends one`() async throws {
    try await Wire.run(simple) { wire in
      try await wire.boot()
      try await wire.boot(["plugin_id": "other", "version": "2.0.0", "mode": "single"])
      var event = Wire.event("e-1", ["content": "x"]).object ?? JSONObject()
      event["plugin_id"] = nil
      event["version"] = nil
      wire.notify("event.message_create", .object(event))
      for _ in 0..<2 {
        let call = try await wire.hearCall("kv.put")
        if call["params"]?["key"] == "who" { #expect(call["params"]?["value"] == ["wired", "1.0.0"]) }
        wire.say(HostLine.result(try #require(call["id"]), ["ok": true]))
      }
      _ = try await wire.hear("the acknowledgement") { $0["method"]?.string == "event.ack" }
      // A handler that was registered twice would have called twice before that.
      #expect(!wire.unheard.contains { $0["method"]?.string == "kv.put" })
    }
    let pretending = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          ctx.log("SDK plugin process started")

      plugin.run()
      """
    try await Stage.play(["pretending": pretending]) { stage, _ in
      stage.install("pretending", in: here)
      for _ in 0..<2 { await stage.send("message_create", to: "pretending", in: here) }
      #expect(stage.host("host.boot").count == 1)
      #expect(stage.journal.lines.count { $0.message == "SDK plugin process started" } == 2)
    }
  }
}

private func bytes(_ message: JSONObject) throws -> [UInt8] { try JSONValue.object(message).encoded() }
