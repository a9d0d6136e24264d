// Conformance with the real SDK (plugin-host contract, section 25): what only the host can see to, items h1 to h10.
//
// Four of them belong to other rooms, which run them without a process:
//   h1  foreign ids: `MethodsAttackTests` and `MethodsRulesTests` (Tests/SandboxTests/DiscordTests)
//   h4  the table of addresses: `OutboundPolicyTests` (Tests/HTTPTests/ClientTests), `ProxyTests`
//   h5  the table of statements: `RuleTests`, `IsolationTests`, `DatabaseTests` (Tests/SandboxTests/SQLTests)
//   h6  the budget of changes: `forty changes in the first hour, then five within any hour` (SQLTests/ValueTests),
//       `changes of the schema have a budget, rows have none` (SQLTests/DatabaseTests)

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SandboxContract
import SandboxData
import SandboxTestKit
@testable import SandboxWorkers
import Storage
import TestKit
import Testing

private let (here, there) = (GuildID(1001), GuildID(2002))

private let forging = """
  import threading
  from yourbot_sdk import Plugin
  from yourbot_sdk._transport import _current_event
  plugin = Plugin()
  known = []

  def described(attempt):
      try:
          attempt()
          return "nothing"
      except Exception as error:
          return type(error).__name__ + ": " + str(error)

  def call(ctx, **more):
      params = {"key": "forged", "value": ctx.server_id}
      params.update(more)
      return described(lambda: plugin._transport.call("kv.put", params))

  @plugin.on_event("message_create")
  def said(ctx, event):
      known.append(_current_event.get()[0])
      ids = {"made up": "h-made-up", "number": 7, "list": ["h-1"], "empty": "", "first": known[0]}
      ctx.kv.set("seen", call(ctx, _event_id=ids[event["id"]]))

  @plugin.on_event("role_create")
  def hinting(ctx, event):
      ctx.kv.set("seen", call(ctx, _pool_discord_srv_id=event["server"], discord_srv_id=event["server"]))

  @plugin.on_event("role_delete")
  def threading_(ctx, event):
      seen = []
      thread = threading.Thread(target=lambda: seen.append(call(ctx)))
      thread.start()
      thread.join()
      ctx.kv.set("seen", seen[0])

  @plugin.on_event("channel_create")
  def leaving(ctx, event):
      def later():
          ctx.kv.get("held")
          call(ctx)
      threading.Thread(target=later).start()

  plugin.run()
  """

@Suite(.inContainers, .timeLimit(.minutes(5)), .serialized) struct ConformanceHostTests {
  @Test(arguments: ["made up", "number", "list", "empty"])
  func `item h2: an event's id that nobody handed out is refused`(id: String) async throws {
    try await Stage.play(["forging": forging]) { stage, _ in
      stage.install("forging", in: here)
      await stage.send("message_create", ["id": .string(id)], to: "forging", in: here)
      #expect(stage.stored("seen") == ["ValidationError: unknown event context"])
      #expect(stage.stored("forged").isEmpty)
    }
  }

  @Test func `item h2: an event's id is worth nothing two seconds after its end`() async throws {
    try await Stage.play(["forging": forging]) { stage, time in
      for guild in [here, there] { stage.install("forging", in: guild) }
      await stage.send("message_create", ["id": "first"], to: "forging", in: here)
      #expect(stage.stored("forged") == ["1001"])
      try await time.pass(.milliseconds(2_001))
      await stage.send("message_create", ["id": "first"], to: "forging", in: there)
      #expect(stage.stored("seen") == ["nothing", "ValidationError: unknown event context"])
      #expect(stage.stored("forged") == ["1001"])
    }
  }

  @Test func `item h2: the server that a call names is not looked at`() async throws {
    try await Stage.play(["forging": forging]) { stage, _ in
      for guild in [here, there] { stage.install("forging", in: guild) }
      await stage.send("role_create", ["server": "2002"], to: "forging", in: here)
      #expect(stage.stored("seen") == ["nothing"])
      #expect(stage.methods.calls.allSatisfy { $0.guild == here })
    }
  }

  @Test func `item h3: a thread's call is refused while it might be another server's`() async throws {
    try await Stage.play(["forging": forging]) { stage, time in
      for guild in [here, there] { stage.install("forging", in: guild) }
      await stage.send("role_delete", to: "forging", in: here)
      #expect(stage.stored("seen") == ["nothing"])
      await stage.send("role_delete", to: "forging", in: there)
      #expect(stage.stored("seen").last == "ValidationError: no server context for this call")
      try await time.pass(.seconds(3))
      await stage.send("role_delete", to: "forging", in: there)
      #expect(stage.stored("seen").last == "nothing")
      let forged = stage.methods.calls.filter { $0.params["key"] == "forged" }
      #expect(forged.map(\.guild) == [here, there])
      #expect(forged.map { $0.params["value"] } == ["1001", "2002"])
    }
  }

  @Test func `item h3: a thread's call is refused when nothing is under way`() async throws {
    let gate = Gate()
    let methods = RecordingMethods { call in
      if call.method == "kv.get" { await gate.pass() }
      return ["ok": true]
    }
    try await Stage.play(["forging": forging], methods: methods) { stage, time in
      defer { gate.open() }
      stage.install("forging", in: here)
      await stage.send("channel_create", to: "forging", in: here)
      try await eventually("the thread is held") { !stage.methods.calls.isEmpty }
      try await time.pass(.seconds(3))
      gate.open()
      try await eventually("it goes on") { !stage.plugin("kv.put").isEmpty }
      let call = try #require(stage.plugin("kv.put").first)
      try await eventually("it is answered") { stage.answer(to: call) != nil }
      let error = stage.answer(to: call)?.object?["error"]
      #expect(error?["code"] == "VALIDATION_ERROR")
      #expect(error?["message"] == "no server context for this call")
      #expect(stage.stored("forged").isEmpty)
      // A thread that still writes when the interpreter ends takes it down.
      try await eventually("the SDK has told it") {
        stage.plugin("plugin.log").contains { $0.params["tags"] == ["sdk", "rejected"] }
      }
    }
  }

  @Test func `item h7: the 10,001st key is a KvQuotaError, in its server alone`() async throws {
    let hoarding = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_dashboard("put")
      def put(ctx, params):
          try:
              ctx.kv.set(params["key"], 1)
              return {"value": "kept"}
          except Exception as error:
              return {"value": type(error).__name__ + " " + error.code}

      @plugin.on_dashboard("fill")
      def fill(ctx, params):
          for start in range(0, 10_000, 25):
              ctx.kv.set_many({f"k{number}": 1 for number in range(start, start + 25)})
          return {"value": ctx.kv.count()}

      plugin.run()
      """
    let schema = Schema(
      platform: [DataSchema.owner] + SandboxDataSchema.platform, guild: SandboxDataSchema.guild)
    try await Stage.play(
      ["hoarding": hoarding], schema: schema, others: { GuestData(storage: $0, time: $1).methods }
    ) { stage, time in
      for guild in [here, there] { stage.install("hoarding", in: guild) }
      func ask(_ name: String, _ key: String, in guild: GuildID = here) async throws -> JSONValue? {
        try await stage.ask(name, ["key": .string(key)], of: "hoarding", in: guild)["value"]
      }
      #expect(try await ask("fill", "") == 10_000)
      #expect(try await ask("put", "one more") == "KvQuotaError KV_QUOTA_EXCEEDED")
      #expect(try await ask("put", "k1") == "kept")
      try await time.pass(.seconds(3))
      #expect(try await ask("put", "one more", in: there) == "kept")
    }
  }

  @Test func `item h8: a line of 12 MiB is read, and one of more than 16 MiB ends the process`() async throws
  {
    let verbose = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_dashboard("put")
      def put(ctx, params):
          ctx.kv.set("big", "x" * params["size"])
          return {"value": True}

      plugin.run()
      """
    try await Stage.play(["verbose": verbose]) { stage, _ in
      stage.install("verbose", in: here)
      let large = 12 << 20
      let fits: JSONValue = ["size": .integer(Int64(large))]
      let answer = try await stage.ask("put", fits, of: "verbose", in: here)
      #expect(answer["value"]?.bool == true)
      let sizes = stage.stored("big").compactMap { $0.string?.utf8.count }
      #expect(sizes == [large])
      await #expect(throws: RPCError(.upstream, "the plugin's process ended")) {
        try await stage.ask("put", ["size": 16_777_216], of: "verbose", in: here)
      }
      #expect(stage.stored("big").count == 1)
      try await eventually("it is ended") { stage.launcher.running.isEmpty }
      #expect(stage.journal.lines.contains { $0.message.contains("a line of more than 16 MiB") })
    }
  }

  @Test func `item h9: a call is answered after 25 seconds, whatever becomes of it`() async throws {
    let patient = """
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          try:
              ctx.kv.get("held")
          except Exception as error:
              ctx.kv.set("seen", type(error).__name__ + ": " + str(error))

      plugin.run()
      """
    let gone = ManualTime()
    let methods = RecordingMethods { call in
      // Another clock, which nobody moves.
      if call.method == "kv.get" { try await gone.sleep(for: .seconds(1)) }
      return ["ok": true]
    }
    try await Stage.play(["patient": patient], methods: methods) { stage, time in
      stage.install("patient", in: here)
      let event = Task { await stage.send("message_create", to: "patient", in: here) }
      try await eventually("the call is under way") { gone.sleeperCount == 1 }
      try await time.pass(.seconds(24))
      try await eventually("that was looked at") { time.sleeperCount == 1 }
      let call = try #require(stage.plugin("kv.get").first)
      #expect(stage.answer(to: call) == nil)
      time.advance(by: .seconds(1))
      #expect(await event.value == .acknowledged(isFailed: false))
      #expect(stage.stored("seen") == ["RpcError: RPC error (kv.get): the call took too long"])
      #expect(stage.answer(to: call)?.object?["error"]?["code"] == "INTERNAL")
      try await eventually("the method is told") { gone.sleeperCount == 0 }
    }
  }

  @Test func `item h10: an event whose process dies is brought five times, and then given up`() async throws {
    let dying = """
      import os
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("channel_create")
      def dying(ctx, event):
          os._exit(9)

      @plugin.on_event("message_create")
      def said(ctx, event):
          ctx.kv.set("said", ctx.server_id)

      plugin.run()
      """
    try await Stage.play(["dying": dying]) { stage, time in
      for guild in [here, there] { stage.install("dying", in: guild) }
      let release = try #require(stage.directory.installation(of: "dying", in: here)).release
      func restarts() async -> Int? { await stage.workers.status(of: release)?.restarts }
      let event = Task { await stage.send("channel_create", ["n": 1], to: "dying", in: here) }
      for attempt in 1...4 {
        // Asked of the pool itself: a line of the log is there before the pause after it is decided.
        try await eventually("process \(attempt) ends") { await restarts() == attempt }
        // Each start waits longer than the one before.
        try await time.pass(.seconds(4))
      }
      #expect(await event.value == .dropped("given up after 5 attempts"))
      #expect(stage.launcher.startedCount == 5)
      let events = stage.host("event.channel_create")
      #expect(events.count == 5)
      #expect(Set(events.compactMap { $0.params["event_id"]?.string }).count == 5)
      #expect(events.allSatisfy { $0.params["event"] == ["n": 1] })
      #expect(stage.journal.lines.count { $0.message.contains("was given up") && $0.guild == here } == 1)
      let letter = try #require(stage.journal.deadLetters.first)
      #expect(stage.journal.deadLetters.count == 1 && letter.attempts == 5)
      #expect(letter.delivery.type == "channel_create" && letter.delivery.payload["n"] == 1)
      #expect(letter.delivery.guild == here && letter.delivery.plugin == "dying")
      // One bad event is one fault: the other servers go on.
      #expect(await restarts() == 5)
      let other = Task { await stage.send("message_create", to: "dying", in: there) }
      try await time.pass(.seconds(4))
      #expect(await other.value == .acknowledged(isFailed: false))
    }
  }
}
