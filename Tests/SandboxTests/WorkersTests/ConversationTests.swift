// The conversation with the real SDK: the list of the contract's section 25, as far as it is the workers'.

import DiscordCore
import EventLoop
import JSON
import PlatformAccess
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let (here, there) = (GuildID(1001), GuildID(2002))

private let echo = """
  import threading, time, os, signal
  from yourbot_sdk import Plugin
  plugin = Plugin()
  print("stray words")

  @plugin.on_ready
  def ready(ctx):
      ctx.kv.set("ready", ctx.server_id)

  @plugin.on_event("message_create")
  def said(ctx, event):
      ctx.kv.set("said", event.get("content"))

  @plugin.on_event("role_create")
  def raising(ctx, event):
      raise ValueError("no")

  @plugin.on_event("role_delete")
  def banning(ctx, event):
      try:
          ctx.discord.ban_member(user_id="5", reason="x")
      except Exception as error:
          ctx.kv.set("error", type(error).__name__ + " " + str(getattr(error, "code", "")))

  @plugin.on_event("channel_create")
  def dying(ctx, event):
      os.kill(os.getpid(), signal.SIGKILL)

  @plugin.on_event("cron")
  def ticking(ctx, event):
      ctx.kv.set("cron", event["name"])

  @plugin.on_dashboard("sum")
  def total(ctx, params):
      ctx.kv.set("seen", params)
      return {"value": params["a"] + params["b"]}

  @plugin.on_dashboard("broken")
  def broken(ctx, params):
      raise ValueError("broken on purpose")

  @plugin.on_dashboard("slow")
  def slow(ctx, params):
      time.sleep(30)

  plugin.run()
  """

@Suite(.timeLimit(.minutes(3)), .serialized) struct ConversationTests {
  private func values(_ stage: Stage, _ key: String) -> [JSONValue] {
    stage.methods.calls.filter { $0.method == "kv.put" && $0.params["key"]?.string == key }
      .compactMap { $0.params["value"] }
  }

  @Test func `an event reaches its handler, whose calls are the server's`() async throws {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      stage.install("echo", in: there)
      for (guild, text) in [(here, "one"), (there, "two"), (here, "three")] {
        var payload = JSONObject()
        payload["content"] = .string(text)
        #expect(
          await stage.send("message_create", payload, to: "echo", in: guild) == .acknowledged(isFailed: false)
        )
      }
      let calls = stage.methods.calls.filter { $0.params["key"]?.string == "said" }
      #expect(calls.map(\.guild) == [here, there, here])
      #expect(calls.compactMap { $0.params["value"]?.string } == ["one", "two", "three"])
      #expect(calls.allSatisfy { $0.params["_event_id"] == nil && $0.params["_pool_discord_srv_id"] == nil })
      // Once for each server, before its first event.
      #expect(values(stage, "ready").compactMap(\.string) == ["1001", "2002"])
      #expect(stage.launcher.startedCount == 1)
      #expect(stage.journal.lines.contains { $0.message == "stray words" && $0.source == .plugin })
    }
  }

  @Test func `a handler that raises is acknowledged, logged, and counted`() async throws {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      #expect(await stage.send("role_create", to: "echo", in: here) == .acknowledged(isFailed: true))
      #expect(stage.journal.lines.contains { $0.level == .error && $0.guild == here })
      for _ in 0..<9 { _ = await stage.send("role_create", to: "echo", in: here) }
      guard case .dropped = await stage.send("message_create", to: "echo", in: here) else {
        Issue.record("the breaker did not open")
        return
      }
      stage.install("echo", in: there)
      #expect(await stage.send("message_create", to: "echo", in: there) == .acknowledged(isFailed: false))
    }
  }

  @Test func `what nobody handles is acknowledged`() async throws {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      #expect(await stage.send("member_join", to: "echo", in: here) == .acknowledged(isFailed: false))
    }
  }

  @Test func `a capability that was not granted is an exception in the plugin and a line for the owner`()
    async throws
  {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      _ = await stage.send("role_delete", to: "echo", in: here)
      #expect(values(stage, "error").first?.string == "CapabilityError CAPABILITY_DENIED")
      #expect(!stage.methods.calls.contains { $0.method == "discord.ban_member" })
      #expect(
        stage.journal.lines.contains {
          $0.source == .host && $0.guild == here && $0.message.contains("discord:ban_members")
        })
    }
  }

  @Test(
    arguments: [
      (RPCError(.rateLimited, "slow down", retryAfter: 2), "RateLimitError RATE_LIMITED"),
      (RPCError(.quotaExceeded, "too many"), "RateLimitError QUOTA_EXCEEDED"),
      (RPCError(.kvQuotaExceeded, "full"), "KvQuotaError KV_QUOTA_EXCEEDED"),
      (RPCError(.discordAPI, "Discord API error 404: Unknown User"), "DiscordApiError DISCORD_API_ERROR"),
      (
        RPCError(.botMissingPermission, "no", permission: "ban_members"),
        "SdkPermissionError BOT_MISSING_PERMISSION"
      ),
      (RPCError(.validation, "bad"), "ValidationError VALIDATION_ERROR"),
    ])
  func `each code arrives as its exception`(error: RPCError, seen: String) async throws {
    let methods = RecordingMethods { call in
      if call.method == "discord.ban_member" { throw error }
      return ["ok": true]
    }
    try await Stage.run(["echo": echo], methods: methods) { stage in
      stage.install("echo", in: here, [.storageKV, .banMembers])
      _ = await stage.send("role_delete", to: "echo", in: here)
      #expect(values(stage, "error").first?.string == seen)
    }
  }

  @Test func `an event whose process dies is brought five times, and an interaction never again`()
    async throws
  {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      #expect(
        await stage.send("channel_create", to: "echo", in: here) == .dropped("given up after 5 attempts"))
      #expect(stage.launcher.startedCount == 5)
      #expect(stage.journal.lines.contains { $0.message.contains("given up") && $0.guild == here })
    }
  }

  @Test func `tasks go by their name`() async throws {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      var payload = JSONObject()
      payload["name"] = "daily"
      payload["spec"] = "0 9 * * *"
      _ = await stage.send("cron", payload, to: "echo", in: here, cause: .cron("daily"))
      #expect(values(stage, "cron").first?.string == "daily")
    }
  }

  @Test func `a page's request is answered, with the host's own keys`() async throws {
    var limits = GuestWorkerLimits()
    limits.dashboardTime = .seconds(2)
    try await Stage.run(["echo": echo], limits: limits) { stage in
      stage.install("echo", in: here)
      func ask(_ name: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        try await stage.workers.request(
          dashboard: name, params: params.object ?? JSONObject(), viewer: UserID(7), viewerName: "ada",
          role: .manager, plugin: "echo", guild: here)
      }
      #expect(
        try await ask("sum", ["a": 2, "b": 3, "discord_srv_id": "9", "viewer_user_id": "9"])["value"]?.int64
          == 5)
      let seen = values(stage, "seen").first
      #expect(seen?["discord_srv_id"]?.string == "1001")
      #expect(seen?["viewer_user_id"]?.string == "7")
      #expect(seen?["viewer_role"]?.string == "manager")
      let broken = try await ask("broken")["error"]?.string ?? ""
      #expect(broken.contains("broken on purpose"))
      await #expect(throws: RPCError.self) { try await ask("unheard") }
      await #expect(throws: RPCError.self) { try await ask("slow") }
    }
  }

  @Test func `what was switched off gets nothing and may nothing`() async throws {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      _ = await stage.send("message_create", to: "echo", in: here)
      stage.directory.set(nil, of: "echo", in: here)
      guard case .dropped = await stage.send("message_create", to: "echo", in: here) else {
        Issue.record("it was brought all the same")
        return
      }
    }
  }

  @Test func `a replaced release ends its process and its input`() async throws {
    try await Stage.run(["echo": echo]) { stage in
      stage.install("echo", in: here)
      _ = await stage.send("message_create", to: "echo", in: here)
      let release = try #require(stage.directory.installation(of: "echo", in: here)).release
      await stage.workers.replace(release)
      #expect(stage.launcher.running.isEmpty)
    }
  }
}

private let stormy = """
  import threading, time, random
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_event("message_create")
  def said(ctx, event):
      if random.random() < 0.2:
          time.sleep(random.random() * 0.01)
      ctx.kv.set("storm", event["server"])
      def later():
          try:
              ctx.kv.set("thread", event["server"])
          except Exception:
              pass
      if random.random() < 0.3:
          thread = threading.Thread(target=later)
          thread.start()
          thread.join()

  plugin.run()
  """

@Suite(.timeLimit(.minutes(5))) struct StormTests {
  @Test func `no call of forty servers is taken for another's, whoever is killed meanwhile`() async throws {
    try await Stage.run(["storm": stormy]) { stage in
      let guilds = (1...40).map { GuildID(UInt64($0)) }
      for guild in guilds { stage.install("storm", in: guild) }
      await withDiscardingTaskGroup { group in
        for guild in guilds {
          group.addTask {
            var payload = JSONObject()
            payload["server"] = .string("\(guild)")
            for _ in 0..<125 { _ = await stage.send("message_create", payload, to: "storm", in: guild) }
          }
        }
        group.addTask {
          for _ in 0..<4 {
            // A failure of the clock would be the test's own.
            try? await Task.sleep(for: .milliseconds(900))
            stage.launcher.running.randomElement()?.kill()
          }
        }
      }
      let calls = stage.methods.calls
      #expect(calls.count >= 4_000)
      let wrong = calls.filter { $0.params["value"]?.string != "\($0.guild)" }
      #expect(wrong.isEmpty, "\(wrong.count) of \(calls.count) calls were another server's")
    }
  }
}
