// What becomes of a process and of what waits for it: updates, stops, plugins that do not play by the rules.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
import TestKit
import Testing

@testable import SandboxWorkers

private let here = GuildID(1001)

private let slow = """
  import time
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_event("message_create")
  def said(ctx, event):
      time.sleep(0.2)

  plugin.run()
  """

/// Speaks the protocol by hand: `after` is run when an event came, `answer` is what is said to the boot.
private func unruly(answer: String = #"{"id": message["id"], "result": None}"#, after: String) -> String {
  """
  import json, os, sys, time
  def say(message): sys.stdout.write(json.dumps(message) + "\\n"); sys.stdout.flush()
  say({"method": "plugin.log", "params": {"level": "info", "message": "SDK plugin process started"}})
  for line in sys.stdin:
      message = json.loads(line)
      if message["method"] == "host.boot":
          say(\(answer))
      elif message["method"].startswith("event."):
          event = message["params"]["event_id"]
          \(after)
  """
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct LifeTests {
  /// Puts another version into the server.
  private func update(_ stage: Stage, _ plugin: String, to version: String) throws {
    let before = try #require(stage.directory.installation(of: plugin, in: here))
    var manifest = GuestManifest(id: plugin, name: plugin, version: version)
    manifest.capabilities = before.release.manifest.capabilities
    stage.directory.set(
      GuestInstallation(
        guild: here, release: GuestRelease(manifest: manifest, digest: version), grants: before.grants,
        isEnabled: true, installedAt: before.installedAt), of: plugin, in: here)
  }

  @Test(arguments: [true, false])
  func `what waits for a version goes to the one that takes its place`(isLast: Bool) async throws {
    var limits = GuestWorkerLimits()
    limits.workersPerRelease = 1
    try await Stage.run(["slow": slow], limits: limits) { stage in
      stage.install("slow", in: here)
      #expect(await stage.send("message_create", to: "slow", in: here) == .acknowledged(isFailed: false))
      let old = try #require(stage.directory.installation(of: "slow", in: here)).release
      let ends = await withTaskGroup(of: GuestDeliveryEnd.self) { group in
        for _ in 0..<20 { group.addTask { await stage.send("message_create", to: "slow", in: here) } }
        try? await eventually("some wait") { await stage.workers.status(of: old)?.waiting ?? 0 > 5 }
        try? update(stage, "slow", to: "2.0.0")
        if isLast {
          await stage.workers.replace(old)
        } else {
          await stage.workers.update(plugin: "slow", in: here)
        }
        var ends: [GuestDeliveryEnd] = []
        for await end in group { ends.append(end) }
        return ends
      }
      #expect(ends == Array(repeating: .acknowledged(isFailed: false), count: 20))
      #expect(stage.launcher.startedCount == 2)
    }
  }

  @Test func `after the stop nothing is begun`() async throws {
    try await Stage.run(["slow": slow]) { stage in
      stage.install("slow", in: here)
      _ = await stage.send("message_create", to: "slow", in: here)
      await stage.workers.close()
      guard case .dropped = await stage.send("message_create", to: "slow", in: here) else {
        Issue.record("it was brought all the same")
        return
      }
      #expect(stage.launcher.startedCount == 1 && stage.launcher.running.isEmpty)
    }
  }

  @Test func `a plugin that floods is not heard for long, holds up nobody, and can be stopped`() async throws
  {
    let flood = unruly(
      after: """
        for number in range(1, 10**9): say({"id": number, "method": "kv.get", "params": {"_event_id": event, "key": "k"}})
        """)
    let long = JSONValue.string(String(repeating: "x", count: 60_000))
    let methods = RecordingMethods { _ in ["value": long] }
    try await Stage.run(["flood": flood, "slow": slow], methods: methods) { stage in
      for plugin in ["flood", "slow"] { stage.install(plugin, in: here) }
      await stage.workers.deliver(
        GuestDelivery(
          guild: here, plugin: "flood", type: "message_create", payload: JSONObject(),
          cause: .event("message_create")))
      // Fewer answers than that wait unread before it is not heard any more.
      try await eventually("it floods") { stage.methods.calls.count > 10 }
      for _ in 0..<3 {
        #expect(await stage.send("message_create", to: "slow", in: here) == .acknowledged(isFailed: false))
      }
      #expect(stage.methods.calls.count < 6_000)
      await stage.workers.close()
      #expect(stage.launcher.running.isEmpty)
    }
  }

  @Test func `what waits to be read by a process has a bound`() {
    let outbox = Outbox()
    let line = [UInt8](repeating: 120, count: 1 << 20)
    for _ in 0..<32 { #expect(outbox.add(line)) }
    #expect(!outbox.add([1]) && outbox.isFull)
  }

  @Test func `reading waits for what is beyond the budget, and for no longer`() {
    var budget = ReadBudget(at: .zero)
    budget.spend(lines: 5_000, bytes: 0, at: .zero)
    #expect(budget.wait(at: .zero) == .zero)
    budget.spend(lines: 500, bytes: 0, at: .zero)
    #expect(budget.wait(at: .zero) == .milliseconds(500))
    #expect(budget.wait(at: .milliseconds(500)) == .zero)
    budget.spend(lines: 1, bytes: 36 << 20, at: .seconds(10))
    #expect(budget.wait(at: .seconds(10)) == .seconds(1))
  }

  @Test func `a plugin that refuses to start is ended, and nothing is brought to it`() async throws {
    let refusing = unruly(
      answer: #"{"id": message["id"], "error": {"message": "no database"}}"#,
      after: #"say({"method": "event.ack", "params": {"event_ids": [event]}})"#)
    try await Stage.run(["refusing": refusing]) { stage in
      stage.install("refusing", in: here)
      await stage.workers.deliver(
        GuestDelivery(
          guild: here, plugin: "refusing", type: "message_create", payload: JSONObject(),
          cause: .event("message_create")))
      try await eventually("the log says why") {
        stage.journal.lines.contains { $0.message == "the plugin did not start: no database" }
      }
      try await eventually("it counts as an end that nobody wanted") {
        await stage.workers.status.first?.restarts ?? 0 > 0
      }
      #expect(await stage.workers.status.allSatisfy { $0.ready == 0 })
    }
  }

  @Test(arguments: [
    #"{"id":{"a":1},"method":"kv.get"}"#, #"{"id":[1],"method":"kv.get"}"#, #"{"id":true,"method":"kv.get"}"#,
    #"{"id":1.5,"method":"kv.get"}"#,
    "{\"id\":\"\(String(repeating: "x", count: 201))\",\"method\":\"kv.get\"}",
  ])
  func `an id that is none is not sent back`(line: String) {
    guard case .unknown = WorkerMessage(line: Array(line.utf8)) else {
      Issue.record("\(line) was taken for a call")
      return
    }
  }
}
