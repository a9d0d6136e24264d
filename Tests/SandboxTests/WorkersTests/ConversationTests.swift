// The conversation with the real SDK beyond the list of the contract's section 25, which the conformance tests cover.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let (here, there) = (GuildID(1001), GuildID(2002))

private let echo = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_event("message_create")
  def said(ctx, event):
      ctx.kv.set("said", event.get("content"))

  @plugin.on_event("role_create")
  def raising(ctx, event):
      raise ValueError("no")

  plugin.run()
  """

@Suite(.timeLimit(.minutes(3)), .serialized) struct ConversationTests {
  @Test func `a plugin that fails ten times in a server gets nothing there, and goes on elsewhere`()
    async throws
  {
    try await Stage.play(["echo": echo]) { stage, _ in
      for guild in [here, there] { stage.install("echo", in: guild) }
      for _ in 0..<10 {
        #expect(await stage.send("role_create", to: "echo", in: here) == .acknowledged(isFailed: true))
      }
      #expect(
        await stage.send("message_create", to: "echo", in: here) == .dropped("the plugin failed too often"))
      #expect(await stage.send("message_create", to: "echo", in: there) == .acknowledged(isFailed: false))
    }
  }

  @Test func `what was switched off gets nothing`() async throws {
    try await Stage.play(["echo": echo]) { stage, _ in
      stage.install("echo", in: here)
      await stage.send("message_create", to: "echo", in: here)
      stage.directory.set(nil, of: "echo", in: here)
      guard case .dropped = await stage.send("message_create", to: "echo", in: here) else {
        Issue.record("it was brought all the same")
        return
      }
      #expect(stage.host("event.message_create").count == 1)
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
            let payload: JSONValue = ["server": .string("\(guild)")]
            for _ in 0..<125 { await stage.send("message_create", payload, to: "storm", in: guild) }
          }
        }
        group.addTask {
          for _ in 0..<4 {
            // A failure of the clock would be the test's own.
            try? await Task.sleep(for: .milliseconds(900))
            await stage.launcher.running.randomElement()?.kill()
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
