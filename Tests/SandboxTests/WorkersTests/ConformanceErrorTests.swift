// Conformance with the real SDK (plugin-host contract, section 25): errors, items 20 to 28 and 36.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let here = GuildID(1001)

private let trying = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  def described(attempt):
      try:
          attempt()
      except Exception as error:
          names = ["code", "retry_after", "status_code", "permission"]
          seen = {name: getattr(error, name) for name in names if hasattr(error, name)}
          seen["type"] = type(error).__name__
          seen["text"] = str(error)
          seen["is runtime"] = isinstance(error, RuntimeError)
          return seen

  @plugin.on_event("role_delete")
  def banning(ctx, event):
      ctx.kv.set("error", described(lambda: ctx.discord.ban_member(user_id="5", reason="x")))

  @plugin.on_event("role_create")
  def inventing(ctx, event):
      ctx.kv.set("error", described(lambda: plugin._transport.call("no.such", {})))

  @plugin.on_dashboard("get")
  def get(ctx, params):
      return described(lambda: ctx.kv.get("x"))

  plugin.run()
  """

private struct Odd: Error, CustomStringConvertible {
  let description = "quota exceeded: the password is 1234"
}

@Suite(.inContainers, .timeLimit(.minutes(5)), .serialized) struct ConformanceErrorTests {
  /// What a plugin sees of an error of a method.
  private func seen(
    _ error: (any Error)?, granted: Set<GuestCapability> = [.storageKV, .banMembers],
    asks: [GuestCapability] = [.storageKV, .banMembers], event: String = "role_delete"
  ) async throws -> JSONValue {
    let methods = RecordingMethods { call in
      if call.method == "discord.ban_member", let error { throw error }
      return ["ok": true]
    }
    let found = Recorder<JSONValue>()
    try await Stage.play(["trying": trying], methods: methods) { stage, _ in
      stage.install("trying", in: here, granted, asks: asks)
      await stage.send(event, to: "trying", in: here)
      for value in stage.stored("error") { found.record(value) }
      let failures = stage.launcher.transcript.compactMap { $0.object?["error"] }
      #expect(failures.count == 1)
      // A code that is no text would be passed over.
      #expect(failures.allSatisfy { $0["code"]?.string != nil && $0["message"]?.string != nil })
    }
    return try #require(found.values.first)
  }

  @Test func `item 20: RATE_LIMITED is a RateLimitError with the time to wait`() async throws {
    let seen = try await seen(RPCError(.rateLimited, "slow down", retryAfter: 2.5))
    #expect(seen["type"] == "RateLimitError" && seen["code"] == "RATE_LIMITED")
    #expect(seen["retry_after"] == 2.5)
  }

  @Test func `item 21: QUOTA_EXCEEDED is a RateLimitError, and says that it is a quota`() async throws {
    let seen = try await seen(RPCError(.quotaExceeded, "60 a minute", retryAfter: 30))
    #expect(seen["type"] == "RateLimitError" && seen["code"] == "QUOTA_EXCEEDED")
    #expect(seen["retry_after"]?.double == 30)
  }

  @Test func `item 22: CAPABILITY_DENIED is a CapabilityError, and says who has to act`() async throws {
    let ungranted = try await seen(nil, granted: [.storageKV])
    #expect(ungranted["type"] == "CapabilityError" && ungranted["code"] == "CAPABILITY_DENIED")
    let text = try #require(ungranted["text"]?.string)
    #expect(text.hasPrefix("this server did not grant the capability discord:ban_members"))
    let undeclared = try await seen(nil, granted: [.storageKV], asks: [.storageKV])
    #expect(undeclared["type"] == "CapabilityError")
    #expect(undeclared["text"] == "the manifest does not ask for the capability discord:ban_members")
  }

  @Test func `item 23: KV_QUOTA_EXCEEDED is a KvQuotaError`() async throws {
    let seen = try await seen(RPCError(.kvQuotaExceeded, "full"))
    #expect(seen["type"] == "KvQuotaError" && seen["code"] == "KV_QUOTA_EXCEEDED")
  }

  @Test func `item 24: DISCORD_API_ERROR is a DiscordApiError with Discord's status`() async throws {
    let seen = try await seen(RPCError(.discordAPI, "Discord API error 404: Unknown User"))
    #expect(seen["type"] == "DiscordApiError" && seen["code"] == "DISCORD_API_ERROR")
    #expect(seen["status_code"] == 404)
  }

  @Test func `item 25: BOT_MISSING_PERMISSION is a SdkPermissionError with the permission`() async throws {
    let seen = try await seen(RPCError(.botMissingPermission, "no", permission: "ban_members"))
    #expect(seen["type"] == "SdkPermissionError" && seen["code"] == "BOT_MISSING_PERMISSION")
    #expect(seen["permission"] == "ban_members")
  }

  @Test func `item 26: VALIDATION_ERROR is a ValidationError`() async throws {
    let seen = try await seen(RPCError(.validation, "bad"))
    #expect(seen["type"] == "ValidationError" && seen["code"] == "VALIDATION_ERROR")
  }

  @Test(arguments: [RPCError.Code.upstream, .notFound, .internalFault])
  func `item 27: any other code is an RpcError, which is a RuntimeError`(code: RPCError.Code) async throws {
    let seen = try await seen(RPCError(code, "it cannot be had"))
    #expect(seen["type"] == "RpcError" && seen["is runtime"] == true)
    #expect(seen["text"] == "RPC error (discord.ban_member): it cannot be had")
  }

  @Test func `item 27: a fault of the host's own is an RpcError that tells nothing`() async throws {
    let seen = try await seen(Odd())
    #expect(seen["type"] == "RpcError")
    let text = try #require(seen["text"]?.string)
    #expect(!text.contains("password"))
  }

  @Test func `item 27: a method that there is not is an RpcError`() async throws {
    let seen = try await seen(nil, event: "role_create")
    #expect(seen["type"] == "RpcError")
    #expect(seen["text"] == "RPC error (no.such): unknown method: no.such")
  }

  @Test(arguments: [
    (#"{"message":"no","code":-32000}"#, "RpcError"),
    (#"{"message":"quota exceeded","code":429}"#, "RateLimitError"),
    (#"{"message":"a capability","code":"RATE_LIMITED"}"#, "RateLimitError"),
    (#""rate limit""#, "RateLimitError"),
  ])
  func `item 28: a code that is a number is passed over for the words`(error: String, type: String)
    async throws
  {
    try await Wire.run(trying) { wire in
      try await wire.boot()
      wire.say(HostLine.request("h-get", "dashboard.get", JSONObject()))
      let id = try #require(try await wire.hearCall("kv.get")["id"]?.int64)
      wire.say(#"{"jsonrpc":"2.0","id":\#(id),"error":\#(error)}"#)
      let answer = try await wire.hear("the answer") { $0["id"] == "h-get" }
      #expect(answer["result"]?["type"]?.string == type)
    }
  }

  @Test func `item 28: a plugin's error is read, whatever its code is`() {
    for error in [#"{"message":"boom","code":-32000}"#, #"{"message":"boom"}"#, #""boom""#] {
      let line = #"{"jsonrpc":"2.0","id":"h-1","error":\#(error)}"#
      guard case .answer("h-1", .failure(let failure)) = WorkerMessage(line: Array(line.utf8)) else {
        Issue.record("not read: \(error)")
        continue
      }
      #expect(failure.message == "boom")
    }
  }

  @Test func `item 36: refusals are told three times an hour for each method, by the SDK and by the host`()
    async throws
  {
    let stubborn = """
      import time
      hour = [0]
      time.time = lambda: hour[0] * 3600.0 + 1
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          hour[0] = event["hour"]
          for _ in range(5):
              for attempt in [ctx.discord.ban_member, ctx.discord.kick_member]:
                  try:
                      attempt(user_id="5", reason="x")
                  except Exception:
                      pass

      plugin.run()
      """
    var limits = GuestWorkerLimits()
    limits.idle = .seconds(86_400)
    try await Stage.play(["stubborn": stubborn], limits: limits) { stage, time in
      stage.install("stubborn", in: here)
      func told(_ source: GuestLogLine.Source, _ method: String) -> [GuestLogLine] {
        stage.journal.lines.filter {
          $0.source == source && $0.guild == here && $0.level == .warning && $0.message.contains(method)
        }
      }
      for hour in 1...2 {
        await stage.send("message_create", ["hour": .integer(Int64(hour))], to: "stubborn", in: here)
        for method in ["discord.ban_member", "discord.kick_member"] {
          let own = told(.plugin, method)
          #expect(own.count == 3 * hour)
          #expect(own.allSatisfy { $0.tags == ["sdk", "rejected"] })
          #expect(own.allSatisfy { $0.extra == ["method": method, "code": "CAPABILITY_DENIED"] })
          let prefix = "SDK call \(method) was rejected by the platform: "
          #expect(own.allSatisfy { $0.message.hasPrefix(prefix) })
          let end = "(further rejections this hour are counted, not logged)"
          #expect(own.last?.message.hasSuffix(end) == true)
          let hosts = told(.host, method)
          #expect(hosts.count == 3 * hour)
          #expect(hosts.allSatisfy { $0.method == method && $0.extra == ["code": "CAPABILITY_DENIED"] })
        }
        try await time.pass(.seconds(3_600))
      }
      #expect(stage.launcher.startedCount == 1)
    }
  }
}
