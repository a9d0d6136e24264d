// Conformance with the real SDK (plugin-host contract, section 25): what bears no event's id, items 15 to 19.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import TestKit
import Testing

private let (here, there) = (GuildID(1001), GuildID(2002))

private let pages = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_event("message_create")
  def said(ctx, event):
      ctx.kv.set("said", ctx.server_id)

  @plugin.on_dashboard("sum")
  def total(ctx, params):
      ctx.kv.set("asked", ctx.server_id)
      ctx.kv.set("params", params)
      return {"value": params["a"] + params["b"]}

  @plugin.on_dashboard("where")
  def where(ctx, params):
      ctx.kv.set("asked", ctx.server_id)
      return {"value": ctx.server_id}

  @plugin.on_dashboard("broken")
  def broken(ctx, params):
      raise ValueError("broken on purpose")

  @plugin.on_dashboard("held")
  def held(ctx, params):
      return {"value": ctx.kv.get("held")}

  plugin.run()
  """

private let sockets = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_ws_message("rust:*")
  def message(ctx, frame):
      ctx.kv.set("frame", ["any", ctx.server_id, frame["name"], frame["conn_id"], frame["data"]])

  @plugin.on_ws_message("rust:one")
  def one(ctx, frame):
      ctx.kv.set("frame", ["one", ctx.server_id, frame["name"], frame["conn_id"], frame["data"]])

  @plugin.on_ws_open("rust:*")
  def opened(ctx):
      ctx.kv.set("frame", ["open", ctx.server_id, sorted(ctx.capabilities)])

  @plugin.on_ws_close("rust:*")
  def closed(ctx, info):
      ctx.kv.set("frame", ["close", ctx.server_id, info["reason"], info["will_reconnect"]])
      raise ValueError("closed badly")

  plugin.run()
  """

@Suite(.inContainers, .timeLimit(.minutes(5)), .serialized) struct ConformancePageTests {
  @Test func `item 15: a page's request is answered, with the host's own keys`() async throws {
    try await Stage.play(["pages": pages]) { stage, _ in
      stage.install("pages", in: here)
      let forged: JSONValue = [
        "a": 2, "b": 3, "discord_srv_id": "9", "plugin_id": "9", "viewer_user_id": "9", "user_id": "9",
        "discord_user_id": "9", "viewer_role": "owner", "viewer_username": "9", "_event_id": "9",
      ]
      #expect(try await stage.ask("sum", forged, of: "pages", in: here) == ["value": 5])
      let request = try #require(stage.host("dashboard.sum").first)
      #expect(request.id?.string?.hasPrefix("h-") == true)
      let seen = try #require(stage.stored("params").first)
      #expect(seen["discord_srv_id"] == "1001" && seen["plugin_id"] == "pages")
      for key in ["viewer_user_id", "discord_user_id", "user_id"] { #expect(seen[key] == "7") }
      #expect(seen["viewer_role"] == "manager" && seen["viewer_username"] == "ada")
    }
  }

  @Test func `item 15: a page's handler that raises answers an error, and is logged`() async throws {
    try await Stage.play(["pages": pages]) { stage, _ in
      stage.install("pages", in: here)
      #expect(
        try await stage.ask("broken", of: "pages", in: here) == ["error": "broken on purpose"])
      let request = try #require(stage.host("dashboard.broken").first)
      #expect(stage.answer(to: request)?.object?["error"] == nil)
      #expect(
        stage.journal.lines.contains {
          $0.level == .error && $0.guild == here && $0.message.contains("ValueError: broken on purpose")
        })
    }
  }

  @Test func `item 15: a page's request that nobody handles is a failure`() async throws {
    try await Stage.play(["pages": pages]) { stage, _ in
      stage.install("pages", in: here)
      await #expect(throws: RPCError(.upstream, "unknown method: dashboard.unheard")) {
        try await stage.ask("unheard", of: "pages", in: here)
      }
    }
  }

  @Test func `item 15: a page's request that takes ten seconds is given up`() async throws {
    let gate = Gate()
    defer { gate.open() }
    let methods = RecordingMethods { call in
      await gate.pass()
      return ["value": "late"]
    }
    try await Stage.play(["pages": pages], methods: methods) { stage, time in
      stage.install("pages", in: here)
      let asking = Task { try await stage.ask("held", of: "pages", in: here) }
      try await eventually("it is under way") { !stage.methods.calls.isEmpty }
      // The request, and whoever looks after the workers.
      try await time.pass(.seconds(9), waiting: 2)
      try await eventually("that was looked at") { time.sleeperCount == 2 }
      time.advance(by: .seconds(1))
      await #expect(throws: RPCError(.upstream, "the plugin did not answer in time")) {
        try await asking.value
      }
      gate.open()
      // Its late answer is nobody's, and the process goes on.
      let late = try #require(stage.host("dashboard.held").first)
      try await eventually("it answers") { stage.answer(to: late) != nil }
      #expect(await stage.send("message_create", to: "pages", in: here) == .acknowledged(isFailed: false))
      #expect(stage.launcher.startedCount == 1)
    }
  }

  @Test func `item 16: calls for a page bear no id, and are the server's whose page it is`() async throws {
    var limits = GuestWorkerLimits()
    limits.workersPerRelease = 1
    try await Stage.play(["pages": pages], limits: limits) { stage, time in
      for guild in [here, there] { stage.install("pages", in: guild) }
      await stage.send("message_create", to: "pages", in: there)
      let asking = Task { try await stage.ask("where", of: "pages", in: here) }
      // A straggler of the other server's could not be told from it: it waits until none can come.
      let release = try #require(stage.directory.installation(of: "pages", in: here)).release
      try await eventually("it waits") { await stage.workers.status(of: release)?.waiting == 1 }
      try await time.pass(.seconds(2), waiting: 2)
      try await eventually("that was looked at") { time.sleeperCount == 2 }
      #expect(stage.host("dashboard.where").isEmpty)
      time.advance(by: .milliseconds(250))
      #expect(try await asking.value == ["value": "1001"])
      let calls = stage.plugin("kv.put").filter { $0.params["key"] == "asked" }
      #expect(calls.count == 1)
      #expect(calls.allSatisfy { $0.params["_event_id"] == nil })
      #expect(stage.methods.calls.filter { $0.params["key"] == "asked" }.map(\.guild) == [here])
    }
  }

  @Test func `item 17: a frame goes to the handler of its name, or of its beginning`() async throws {
    try await Stage.play(["sockets": sockets]) { stage, _ in
      stage.install("sockets", in: here)
      func frame(_ kind: String, _ name: String, _ rest: [String: JSONValue] = [:]) async {
        var params = JSONObject()
        params["name"] = .string(name)
        for (key, value) in rest { params[key] = value }
        await stage.workers.deliverFrame("event.ws_\(kind)", params, name: name, to: "sockets", in: here)
      }
      await frame("open", "rust:eu1")
      await frame("message", "rust:eu1", ["conn_id": "c1", "data": "a", "binary": false])
      await frame("message", "rust:one", ["conn_id": "c2", "data": "b", "binary": false])
      await frame("message", "other", ["conn_id": "c3", "data": "c", "binary": false])
      await frame("closed", "rust:eu1", ["reason": "gone", "will_reconnect": true])
      let expected: [JSONValue] = [
        ["open", "1001", ["storage:kv"]], ["any", "1001", "rust:eu1", "c1", "a"],
        ["one", "1001", "rust:one", "c2", "b"], ["close", "1001", "gone", true],
      ]
      #expect(stage.stored("frame") == expected)
      let requests = ["event.ws_open", "event.ws_message", "event.ws_closed"].flatMap { stage.host($0) }
      #expect(requests.count == 5)
      for request in requests {
        #expect(request.params["discord_srv_id"] == "1001" && request.params["version"] == "1.0.0")
        #expect(request.params["event_id"] == nil)
        // Each is done before the next: that is what keeps them in order.
        #expect(stage.answer(to: request)?.object?["result"] == .null)
      }
      #expect(stage.plugin("event.ack").isEmpty)
      #expect(stage.journal.lines.contains { $0.level == .error && $0.message.contains("closed badly") })
    }
  }

  @Test func `item 18: calls for a frame bear no id, and are the server's whose socket it is`() async throws {
    try await Stage.play(["sockets": sockets]) { stage, time in
      for guild in [here, there] { stage.install("sockets", in: guild) }
      var params = JSONObject()
      params["name"] = "rust:eu1"
      for guild in [here, there] {
        await stage.workers.deliverFrame("event.ws_open", params, name: "rust:eu1", to: "sockets", in: guild)
        try await time.pass(.seconds(3))
      }
      let calls = stage.plugin("kv.put")
      #expect(calls.count == 2)
      #expect(calls.allSatisfy { $0.params["_event_id"] == nil })
      #expect(stage.methods.calls.map(\.guild) == [here, there])
    }
  }

  @Test func `item 19: calls of a plugin's own thread bear no id, and are the only server's there is`()
    async throws
  {
    let threaded = """
      import threading
      from yourbot_sdk import Plugin
      plugin = Plugin()

      @plugin.on_event("message_create")
      def said(ctx, event):
          thread = threading.Thread(target=lambda: ctx.kv.set("thread", ctx.server_id))
          thread.start()
          thread.join()
          ctx.kv.set("handler", ctx.server_id)

      plugin.run()
      """
    try await Stage.play(["threaded": threaded]) { stage, time in
      for guild in [here, there] {
        stage.install("threaded", in: guild)
        await stage.send("message_create", to: "threaded", in: guild)
        try await time.pass(.seconds(3))
      }
      let lines = stage.plugin("kv.put")
      #expect(lines.map { $0.params["key"] } == ["thread", "handler", "thread", "handler"])
      #expect(lines.map { $0.params["_event_id"] == nil } == [true, false, true, false])
      #expect(stage.methods.calls.map(\.guild) == [here, here, there, there])
    }
  }
}
