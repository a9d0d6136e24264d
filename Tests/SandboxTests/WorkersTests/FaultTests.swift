// What plugins break, and what that is to others: ends with something under way, floods, hostile names, starts that fail.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
import Synchronization
import TestKit
import Testing

@testable import SandboxWorkers

private let here = GuildID(1001)
private let there = GuildID(1002)

/// Ends at every event but those of `calm`.
private let mortal = """
  import os
  from yourbot_sdk import Plugin
  plugin = Plugin()

  def die(ctx, event):
      if not event.get("calm"):
          os._exit(3)

  for kind in ["message_create", "interaction_create", "cron"]:
      plugin.on_event(kind)(die)

  @plugin.on_dashboard("barrier")
  def barrier(ctx, params):
      return {"value": 1}

  plugin.run()
  """

/// A process that is not there any more.
private final class LostChannel: GuestChannel {
  let label = "lost"
  private let ends = Mutex(0)
  var endCount: Int { ends.withLock { $0 } }
  func read() async throws -> GuestOutput? { nil }
  func write(_ bytes: [UInt8]) async throws { throw TestKitError("it is gone") }
  func closeInput() async {}
  func end(isGentle: Bool) async { ends.withLock { $0 += 1 } }
  func usage() async -> GuestUsage? { nil }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct FaultTests {
  @Test(arguments: ["interaction_create", "cron"])
  func `what a person waits for, and a task, is brought once`(type: String) async throws {
    try await Stage.run(["mortal": mortal]) { stage in
      stage.install("mortal", in: here)
      let end = await stage.send(
        type, to: "mortal", in: here, cause: type == "cron" ? .cron("daily") : .event(type))
      guard case .dropped = end else {
        Issue.record("\(end)")
        return
      }
      // An event behind it starts another process, which would get it again.
      try await eventually("another process answers", within: .seconds(20)) {
        await stage.send("message_create", ["calm": true], to: "mortal", in: here)
          == .acknowledged(isFailed: false)
      }
      #expect(stage.host("event.\(type)").count == 1)
    }
  }

  @Test func `an event that ends its process is brought five times, and the server it is of pauses alone`()
    async throws
  {
    try await Stage.run(["mortal": mortal]) { stage in
      for guild in [here, there] { stage.install("mortal", in: guild) }
      let end = await stage.send("message_create", to: "mortal", in: here)
      #expect(end == .dropped("given up after 5 attempts"))
      #expect(stage.host("event.message_create").count == 5)
      #expect(
        await stage.send("message_create", ["calm": true], to: "mortal", in: here)
          == .dropped("the plugin failed too often"))
      let lines = stage.journal.lines.filter { $0.message.contains("5 times within 10 minutes") }
      #expect(Set(lines.map(\.guild)) == [here])
      try await eventually("the other server is served", within: .seconds(20)) {
        await stage.send("message_create", ["calm": true], to: "mortal", in: there)
          == .acknowledged(isFailed: false)
      }
    }
  }

  @Test func `whoever gives a command while no process may start is told at once`() async throws {
    try await Stage.play(["mortal": mortal]) { stage, time in
      stage.install("mortal", in: here)
      #expect(
        await stage.send("cron", to: "mortal", in: here, cause: .cron("daily"))
          != .acknowledged(isFailed: false))
      // The clock stands still, and with it the pause before the next start.
      #expect(
        await stage.send("interaction_create", ["calm": true], to: "mortal", in: here)
          == .dropped("the plugin failed too often"))
      #expect(stage.launcher.startedCount == 1)
    }
  }

  @Test func `a number that JSON does not have is refused, and nobody waits for the answer`() async throws {
    let odd = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          try:
              ctx.kv.set("x", float("nan"))
          except Exception as error:
              ctx.kv.set("refused", f"{type(error).__name__}: {error}")

      plugin.run()
      """
    try await Stage.play(["odd": odd]) { stage, _ in
      stage.install("odd", in: here)
      #expect(await stage.send("message_create", to: "odd", in: here) == .acknowledged(isFailed: false))
      let said = try #require(stage.stored("refused").first?.string)
      #expect(said.contains("NaN") && said.hasPrefix("ValidationError"))
      #expect(stage.methods.calls.count == 1)
    }
  }

  @Test func `the people of a server read why its plugin does not start`() async throws {
    try await Stage.run(["broken": "print('No module named flowers', flush=True)\nraise SystemExit(1)\n"]) {
      stage in
      for guild in [here, there] { stage.install("broken", in: guild) }
      await stage.workers.deliver(
        GuestDelivery(
          guild: here, plugin: "broken", type: "message_create", payload: JSONObject(),
          cause: .event("message_create")))
      for guild in [here, there] {
        try await eventually("the traceback is there") {
          stage.journal.lines.contains { $0.guild == guild && $0.message.contains("No module named") }
        }
      }
    }
  }

  @Test func `what is lost is not full, and the one who reads it hears of its end`() async throws {
    let (outbox, channel) = (Outbox(), LostChannel())
    #expect(outbox.add([UInt8](repeating: 120, count: 4 << 20)) && outbox.isFull)
    await outbox.write(to: channel)
    #expect(!outbox.isFull && channel.endCount == 1)
    for _ in 0..<64 { #expect(outbox.add([UInt8](repeating: 120, count: 1 << 20))) }
    #expect(!outbox.isFull)
  }

  @Test func `a process of somebody else's plugin gets nothing once another of its name took the place`()
    async throws
  {
    let holding = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          ctx.kv.get("held")
          ctx.secrets.get("token")

      plugin.run()
      """
    let gate = Gate()
    let methods = RecordingMethods { call in
      if call.method == "kv.get" { await gate.pass() }
      return ["ok": true, "value": "v"]
    }
    try await Stage.play(["holding": holding], methods: methods) { stage, _ in
      defer { gate.open() }
      let all: [GuestCapability] = [.storageKV, .secrets]
      stage.install("holding", in: here, Set(all), asks: all)
      let event = Task { await stage.send("message_create", to: "holding", in: here) }
      try await eventually("the handler is held") { !stage.methods.calls.isEmpty }
      let before = try #require(stage.directory.installation(of: "holding", in: here))
      stage.directory.set(
        GuestInstallation(
          guild: here,
          release: GuestRelease(
            manifest: before.release.manifest, digest: "another", origin: .guild(here)),
          grants: before.grants, isEnabled: true, installedAt: before.installedAt),
        of: "holding", in: here)
      gate.open()
      #expect(await event.value == .acknowledged(isFailed: true))
      #expect(stage.methods.calls.map(\.method) == ["kv.get"])
    }
  }

  @Test func `what a version could not finish goes to the one that takes its place`() async throws {
    let slow = """
      import time
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          if ctx.kv.get("slow"):
              time.sleep(60)

      plugin.run()
      """
    let isSlow = Mutex(true)
    let methods = RecordingMethods { _ in isSlow.withLock { $0 } ? ["value": true] : ["value": .null] }
    var limits = GuestWorkerLimits()
    limits.drainTime = .milliseconds(200)
    try await Stage.run(["slow": slow], limits: limits, methods: methods) { stage in
      stage.install("slow", in: here)
      let event = Task { await stage.send("message_create", to: "slow", in: here) }
      try await eventually("it is under way") { !stage.methods.calls.isEmpty }
      let before = try #require(stage.directory.installation(of: "slow", in: here))
      isSlow.withLock { $0 = false }
      stage.directory.set(
        GuestInstallation(
          guild: here, release: GuestRelease(manifest: before.release.manifest, digest: "2"),
          grants: before.grants, isEnabled: true, installedAt: before.installedAt), of: "slow", in: here)
      await stage.workers.replace(before.release)
      #expect(await event.value == .acknowledged(isFailed: false))
      #expect(stage.host("event.message_create").count == 2)
    }
  }

  @Test func `a page gets its answer while other servers keep every process busy`() async throws {
    let busy = """
      import time
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          time.sleep(0.05)

      @plugin.on_dashboard("barrier")
      def barrier(ctx, params):
          return {"value": 1}

      plugin.run()
      """
    var limits = GuestWorkerLimits()
    limits.workersPerRelease = 1
    try await Stage.run(["busy": busy], limits: limits) { stage in
      for guild in 1001...1004 { stage.install("busy", in: GuildID(UInt64(guild))) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for guild in 1002...1004 {
          group.addTask {
            while !Task.isCancelled {
              _ = await stage.send("message_create", to: "busy", in: GuildID(UInt64(guild)))
            }
          }
        }
        try await eventually("they are busy") { stage.host("event.message_create").count > 20 }
        #expect(try await stage.ask("barrier", of: "busy", in: here) == ["value": 1])
        group.cancelAll()
      }
    }
  }

  private func job(_ number: Int, _ kind: GuestJob.Kind) -> GuestJob {
    GuestJob(number: number, kind: kind, guild: here, isUrgent: false, waitsSince: .zero) { _ in }
  }

  @Test func `frames that wait for a quiet process hold up no event of their server`() throws {
    var queue = TurnQueue()
    let frame = GuestJob.Kind.request(
      method: "event.ws_message", params: JSONObject(), cause: .socket("feed"), pinned: nil)
    let event = GuestJob.Kind.event(
      GuestDelivery(
        guild: here, plugin: "p", type: "message_create", payload: JSONObject(),
        cause: .event("message_create")))
    for (number, kind) in [frame, event, frame, event].enumerated() { queue.append(job(number, kind)) }
    #expect(queue.waiting(in: here) == 4 && queue.quietGuild { _ in true } == here)
    #expect(queue.next { !$0.needsQuiet }?.number == 1)
    #expect(queue.next { !$0.needsQuiet }?.number == 3)
    #expect(queue.next { _ in true }?.number == 0)
    #expect(queue.next { _ in true }?.number == 2)
    #expect(queue.count == 0 && queue.next { _ in true } == nil)
  }

  @Test func `grants of the last moment end with the patience for it`() throws {
    var book = LeaseBook()
    let pinned = GuestInstallation(
      guild: here,
      release: GuestRelease(manifest: GuestManifest(id: "p", name: "p", version: "1"), digest: "1"),
      grants: GuestGrants(), isEnabled: true, installedAt: Timestamp(milliseconds: 0))
    book.open(
      Lease(
        id: "h-1", guild: here, cause: .lifecycle("uninstall"), pinned: pinned, openedAt: .zero, closedAt: nil
      ))
    var params = JSONObject()
    params["_event_id"] = "h-1"
    #expect(try book.resolve(params, at: .zero).pinned != nil)
    book.unpin("h-1")
    let lease = try book.resolve(params, at: .zero)
    #expect(lease.pinned == nil && book.turn == here)
  }

  @Test func `text without a line's end is cut, and nothing behind it is lost`() {
    var reader = LineReader(limit: 10)
    let lines =
      reader.takeAll(Array("short\n0123456789abcdefghijk".utf8)) + reader.takeAll(Array("l\nlast\n".utf8))
    #expect(
      lines.map { String(decoding: $0, as: UTF8.self) } == [
        "short", "0123456789", "abcdefghij", "kl", "last",
      ])
  }
}
