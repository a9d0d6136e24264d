// Conformance with the real SDK (plugin-host contract, section 25): events and lifecycle, items 7 to 14.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let (here, there) = (GuildID(1001), GuildID(2002))

private let eager = """
  import time
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_ready
  def ready(ctx):
      # Long enough for an event that does not wait for it to be told first.
      time.sleep(0.3)
      ctx.kv.set("order", ["ready", ctx.server_id])

  @plugin.on_ready
  def unready(ctx):
      raise ValueError("not ready at all")

  @plugin.on_event("message_create")
  def said(ctx, event):
      ctx.kv.set("order", ["said", ctx.server_id])
      ctx.kv.set("said", event.get("content"))
      ctx.kv.set("granted", sorted(ctx.capabilities))
      ctx.kv.set("may ban", ctx.has_capability("discord:ban_members"))

  @plugin.on_event("role_create")
  def raising(ctx, event):
      raise ValueError("no such thing")

  @plugin.on_event("role_create")
  def second(ctx, event):
      ctx.kv.set("second", True)

  @plugin.on_event("role_delete")
  def banning(ctx, event):
      try:
          ctx.discord.ban_member(user_id="5", reason="x")
      except Exception as error:
          ctx.kv.set("error", type(error).__name__ + " " + str(getattr(error, "code", "")))

  plugin.run()
  """

@Suite(.inContainers, .timeLimit(.minutes(5)), .serialized) struct ConformanceEventTests {
  @Test func `item 07: a handler's calls bear the event's id, and then it is acknowledged in a list`()
    async throws
  {
    try await Stage.play(["eager": eager]) { stage, _ in
      for guild in [here, there] { stage.install("eager", in: guild) }
      for (guild, text) in [(here, "one"), (there, "two"), (here, "three")] {
        #expect(
          await stage.send("message_create", ["content": .string(text)], to: "eager", in: guild)
            == .acknowledged(isFailed: false))
      }
      let events = stage.host("event.message_create")
      #expect(Set(events.compactMap { $0.params["event_id"]?.string }).count == 3)
      for event in events {
        #expect(event.id == nil)
        let id = try #require(event.params["event_id"])
        let calls = stage.plugin("kv.put").filter { $0.params["_event_id"] == id }
        #expect(calls.contains { $0.params["key"] == "said" })
        #expect(calls.allSatisfy { $0.params["_pool_discord_srv_id"] == event.params["discord_srv_id"] })
        let acks = stage.plugin("event.ack").filter { $0.params["event_ids"] == [id] }
        #expect(acks.count == 1)
      }
      let said = stage.methods.calls.filter { $0.params["key"] == "said" }
      #expect(said.map(\.guild) == [here, there, here])
      #expect(said.compactMap { $0.params["value"]?.string } == ["one", "two", "three"])
      // They are the host's business, and no method's.
      #expect(
        stage.methods.calls.allSatisfy {
          $0.params["_event_id"] == nil && $0.params["_pool_discord_srv_id"] == nil
        })
    }
  }

  @Test func `item 08: a capability above the boot's ceiling is refused by the SDK, and by the host`()
    async throws
  {
    try await Stage.play(["eager": eager]) { stage, _ in
      // Granted once, and not asked for by this release any more.
      stage.install("eager", in: here, [.storageKV, .banMembers], asks: [.storageKV])
      stage.install("eager", in: there, [.storageKV], asks: [.storageKV])
      await stage.send("message_create", to: "eager", in: here)
      let sent = stage.host("event.message_create").first?.params["capabilities"]?.array ?? []
      #expect(Set(sent) == ["storage:kv", "discord:ban_members"])
      #expect(stage.stored("granted") == [["storage:kv"]])
      #expect(stage.stored("may ban") == [false])
      await stage.send("role_delete", to: "eager", in: here)
      #expect(stage.stored("error") == ["CapabilityError CAPABILITY_DENIED"])
      #expect(!stage.methods.calls.contains { $0.method == "discord.ban_member" })
    }
  }

  @Test func `item 08: a capability that is granted here is not there`() async throws {
    try await Stage.play(["eager": eager]) { stage, _ in
      stage.install("eager", in: here, [.storageKV, .banMembers])
      stage.install("eager", in: there, [.storageKV])
      for guild in [here, there] {
        await stage.send("message_create", to: "eager", in: guild)
        await stage.send("role_delete", to: "eager", in: guild)
      }
      #expect(stage.stored("may ban") == [true, false])
      #expect(stage.methods.calls.filter { $0.method == "discord.ban_member" }.map(\.guild) == [here])
      #expect(stage.stored("error") == ["CapabilityError CAPABILITY_DENIED"])
    }
  }

  @Test func `item 09: on_ready runs once for each server, before its first event`() async throws {
    try await Stage.play(["eager": eager]) { stage, time in
      for guild in [here, there] { stage.install("eager", in: guild) }
      // At once: whoever comes first, the others wait for it to be ready.
      await withDiscardingTaskGroup { group in
        for _ in 0..<4 { group.addTask { await stage.send("message_create", to: "eager", in: here) } }
      }
      // What is logged bears no id, and is no server's while stragglers of another may come.
      try await time.pass(.seconds(3))
      await stage.send("message_create", to: "eager", in: there)
      let expected: [JSONValue] = [
        ["ready", "1001"], ["said", "1001"], ["said", "1001"], ["said", "1001"], ["said", "1001"],
        ["ready", "2002"], ["said", "2002"],
      ]
      #expect(stage.stored("order") == expected)
      let order = stage.methods.calls.filter { $0.params["key"] == "order" }
      #expect(order.map { "\($0.guild)" } == order.compactMap { $0.params["value"]?.array?.last?.string })
      // One that fails is told, and neither tried again nor the event's failure.
      let failures = stage.journal.lines.filter { $0.message.contains("not ready at all") }
      #expect(failures.map(\.guild) == [here, there])
      #expect(failures.allSatisfy { $0.level == .error })
    }
  }

  @Test func `item 10: a handler that raises is logged, reported, and acknowledged, in this order`()
    async throws
  {
    try await Stage.play(["eager": eager]) { stage, _ in
      stage.install("eager", in: here)
      #expect(await stage.send("role_create", to: "eager", in: here) == .acknowledged(isFailed: true))
      let id = try #require(stage.host("event.role_create").first?.params["event_id"])
      let logged = try stage.place {
        $0.method == "plugin.log" && $0.params["message"]?.string?.contains("no such thing") == true
      }
      let failed = try stage.place { $0.method == "event.fail" && $0.params["event_id"] == id }
      let acknowledged = try stage.place { $0.method == "event.ack" && $0.params["event_ids"] == [id] }
      #expect(logged < failed && failed < acknowledged)
      #expect(stage.launcher.transcript[failed].params["reason"] == "handler_exception")
      #expect(stage.stored("second") == [true])
      #expect(
        stage.journal.lines.contains {
          $0.level == .error && $0.guild == here && $0.message.contains("ValueError: no such thing")
        })
      // Never again: only a process that dies makes an event come back.
      #expect(stage.host("event.role_create").count == 1)
      #expect(await stage.send("message_create", to: "eager", in: here) == .acknowledged(isFailed: false))
    }
  }

  @Test func `item 11: a type that nobody handles is acknowledged by its one id`() async throws {
    try await Stage.play(["eager": eager]) { stage, _ in
      stage.install("eager", in: here)
      #expect(await stage.send("member_join", to: "eager", in: here) == .acknowledged(isFailed: false))
      let id = try #require(stage.host("event.member_join").first?.params["event_id"])
      var one = JSONObject()
      one["event_id"] = id
      #expect(stage.plugin("event.ack").map(\.params) == [one])
      #expect(stage.methods.calls.isEmpty)
    }
  }

  @Test func `item 12: an event that is sent as a request is acknowledged and answered null`() async throws {
    try await Wire.run(eager) { wire in
      try await wire.boot()
      wire.say(
        HostLine.request("h-event", "event.role_create", Wire.event("e-1").object ?? JSONObject()))
      for _ in 0..<2 {
        let call = try await wire.hearCall("kv.put")
        wire.say(HostLine.result(try #require(call["id"]), ["ok": true]))
      }
      let answer = try await wire.hear("the answer") { $0["id"] == "h-event" }
      #expect(answer["result"] == .null && answer["error"] == nil)
      let ack = try await wire.hear("the acknowledgement") { $0["method"]?.string == "event.ack" }
      #expect(ack["params"] == ["event_ids": ["e-1"]])
      let line = try JSONValue.object(answer).encoded()
      guard case .answer("h-event", .success(.null)) = WorkerMessage(line: line) else {
        Issue.record("the host does not read it as done")
        return
      }
    }
  }

  @Test func `item 13: a task is found by its name, and by its times when nothing has that name`()
    async throws
  {
    let clockwork = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.cron("0 9 * * *")
      def daily(ctx):
          ctx.kv.set("ran", ["daily", ctx.server_id])

      @plugin.cron("*/15 * * * *")
      def often(ctx):
          ctx.kv.set("ran", ["often", ctx.server_id])

      @plugin.on_event("cron")
      def ticking(ctx, event):
          ctx.kv.set("ticked", event["name"])

      plugin.run()
      """
    try await Stage.play(["clockwork": clockwork]) { stage, _ in
      for guild in [here, there] { stage.install("clockwork", in: guild) }
      func fire(_ name: String, _ spec: String, in guild: GuildID) async -> GuestDeliveryEnd {
        await stage.send(
          "cron", ["name": .string(name), "spec": .string(spec)], to: "clockwork", in: guild,
          cause: .cron(name))
      }
      #expect(await fire("daily", "*/15 * * * *", in: here) == .acknowledged(isFailed: false))
      #expect(await fire("often", "*/15 * * * *", in: there) == .acknowledged(isFailed: false))
      #expect(await fire("renamed", "0 9 * * *", in: there) == .acknowledged(isFailed: false))
      #expect(await fire("unknown", "1 1 1 1 1", in: here) == .acknowledged(isFailed: false))
      #expect(stage.stored("ran") == [["daily", "1001"], ["often", "2002"], ["daily", "2002"]])
      #expect(stage.stored("ticked") == ["daily", "often", "renamed", "unknown"])
      let ran = stage.methods.calls.filter { $0.params["key"] == "ran" }
      #expect(ran.map(\.guild) == [here, there, there])
      #expect(stage.plugin("kv.put").allSatisfy { $0.params["_event_id"]?.string != nil })
    }
  }

  @Test func `item 14: each change of its life is a request, and the calls for it bear its id`() async throws
  {
    let living = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_install
      def install(ctx):
          ctx.kv.set("life", ["install", ctx.server_id])

      @plugin.on_enable
      def enable(ctx):
          ctx.kv.set("life", ["enable", ctx.server_id])
          raise ValueError("not today")

      @plugin.on_disable
      def disable(ctx):
          ctx.kv.set("life", ["disable", ctx.server_id])

      @plugin.on_uninstall
      def uninstall(ctx):
          ctx.kv.set("life", ["uninstall", ctx.server_id])

      plugin.run()
      """
    try await Stage.play(["living": living]) { stage, _ in
      stage.install("living", in: there)
      stage.install("living", in: here)
      let installation = try #require(stage.directory.installation(of: "living", in: here))
      for kind in [GuestLifecycle.install, .enable] { await stage.workers.lifecycle(kind, installation) }
      // The row is gone by then; what was pinned says whose calls these are.
      stage.directory.set(nil, of: "living", in: here)
      for kind in [GuestLifecycle.disable, .uninstall] { await stage.workers.lifecycle(kind, installation) }
      let kinds = ["install", "enable", "disable", "uninstall"]
      #expect(stage.stored("life") == kinds.map { [.string($0), "1001"] })
      #expect(stage.methods.calls.map(\.guild) == [here, here, here, here])
      for (kind, call) in zip(kinds, stage.plugin("kv.put")) {
        let request = try #require(stage.host("host.\(kind)").first)
        #expect(request.id?.string?.hasPrefix("h-") == true)
        #expect(request.params["lifecycle"] == .string(kind))
        #expect(request.params["discord_srv_id"] == "1001")
        #expect(request.params["_event_id"]?.string != nil)
        #expect(call.params["_event_id"] == request.params["_event_id"])
        // A handler that raises is no failure: such a change is advice.
        #expect(stage.answer(to: request)?.object?["result"] == .null)
      }
      #expect(stage.journal.lines.contains { $0.level == .error && $0.message.contains("not today") })
    }
  }
}
