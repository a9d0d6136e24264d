// Tests of ordered faults and of limits, over the wire.

import DiscordCore
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
import Testing
import WebSocket

@Suite(.timeLimit(.minutes(1))) struct FaultServerTests {
  @Test func `connections are struck at once`() async throws {
    try await Stage.with { stage async throws in
      await stage.simulator.limitsIdentify(false)
      let first = try await stage.session()
      await stage.simulator.faults.order(FaultOrder(.dropConnection, application: stage.bot))
      #expect(try await first.closeCode() == 1006)
      let second = try await stage.session()
      await stage.simulator.faults.order(FaultOrder(.reconnect))
      _ = try await second.payload { $0["op"]?.int64 == 7 }
      await stage.simulator.faults.order(FaultOrder(.closeConnection(code: 4000)))
      #expect(try await second.closeCode() == 4000)
      let third = try await stage.session()
      await stage.simulator.faults.order(FaultOrder(.invalidSession(resumable: true)))
      _ = try await third.payload { $0["op"]?.int64 == 9 && $0["d"] == true }
      #expect(await stage.simulator.faults.standing.isEmpty)
    }
  }

  @Test func `events come twice, late, strange and large`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      _ = try await bot.event("GUILD_CREATE")
      func order(_ fault: Fault) async {
        await stage.simulator.faults.order(FaultOrder(fault, application: stage.bot, event: "MESSAGE_CREATE"))
      }
      await order(.duplicateEvents)
      try await stage.say("twice", by: stage.anna)
      try await eventually("it comes twice") {
        bot.payloads.values.count { $0["d"]?["content"] == "twice" } == 2
      }
      await order(.unknownFields)
      try await stage.say("strange", by: stage.anna)
      #expect(
        try await bot.event("MESSAGE_CREATE") { $0["content"] == "strange" }["field_of_tomorrow"] != nil)
      await order(.unknownEvents)
      try await stage.say("news", by: stage.anna)
      _ = try await bot.event("EVENT_OF_TOMORROW")
      await order(.hugePayloads(bytes: 100_000))
      try await stage.say("large", by: stage.anna)
      #expect(
        try await bot.event("MESSAGE_CREATE") { $0["content"] == "large" }["padding"]?.string?.utf8.count
          == 100_000)
      await order(.delayEvents(.milliseconds(200)))
      try await stage.say("late", by: stage.anna)
      try await stage.say("behind it", by: stage.anna)
      _ = try await bot.event("MESSAGE_CREATE") { $0["content"] == "behind it" }
      let order = bot.payloads.values.compactMap { $0["d"]?["content"]?.string }
      #expect(Array(order.suffix(2)) == ["late", "behind it"], "order holds")
    }
  }

  @Test func `heartbeats go unanswered`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      await stage.simulator.faults.order(FaultOrder(.swallowAcknowledgements, application: stage.bot))
      try await bot.send(1, .null)
      try await bot.send(3, ["status": "idle", "activities": [], "since": .null, "afk": false])
      _ = try await bot.event("PRESENCE_UPDATE") { $0["status"] == "idle" }
      #expect(!bot.payloads.values.contains { $0["op"]?.int64 == 11 })
    }
  }

  @Test func `requests fail as ordered`() async throws {
    try await Stage.with { stage async throws in
      let route = "POST /channels/{channel.id}/messages"
      let path = "/channels/\(stage.open)/messages"
      await stage.simulator.faults.order(FaultOrder(.serverError(status: 503), route: route))
      #expect(try await stage.call(.post, path, ["content": "a"]).status == 503)
      await stage.simulator.faults.order(
        FaultOrder(
          .rateLimit(scope: .shared, retryAfter: .milliseconds(1_500)), application: stage.bot, route: route))
      let limited = try await stage.call(.post, path, ["content": "b"])
      #expect(limited.status == 429)
      #expect(limited.fields["X-RateLimit-Scope"] == "shared")
      #expect(limited.json["retry_after"] == 1.5)
      await stage.simulator.faults.order(FaultOrder(.lostAnswer(status: 502), route: route))
      #expect(try await stage.call(.post, path, ["content": "done all the same"]).status == 502)
      let last = try await stage.call(.get, "\(path)?limit=1").json.array?.first
      #expect(last?["content"] == "done all the same")
      await stage.simulator.faults.order(FaultOrder(.slowBody(.milliseconds(100))))
      #expect(try await stage.call(.get, "/users/@me").json["bot"] == true)
      await stage.simulator.faults.order(FaultOrder(.cutBody))
      await #expect(throws: HTTPError.self) { try await stage.call(.get, "/users/@me") }
      #expect(try await stage.call(.get, "/users/@me").status == 200)
    }
  }

  @Test func `the bucket is told, and full is full`() async throws {
    try await Stage.with(isFrozen: true) { stage async throws in
      for left in (0..<5).reversed() {
        let answer = try await stage.call(.post, "/channels/\(stage.open)/messages", ["content": "x"])
        #expect(answer.status == 200)
        #expect(answer.fields["X-RateLimit-Remaining"] == String(left))
        #expect(answer.fields["X-RateLimit-Bucket"]?.utf8.count == 32)
      }
      let refused = try await stage.call(.post, "/channels/\(stage.open)/messages", ["content": "x"])
      #expect(refused.status == 429)
      #expect(refused.fields["Retry-After"] == "5")
      #expect(refused.fields["X-RateLimit-Scope"] == "user")
      #expect(
        try await stage.call(.post, "/channels/\(stage.secret)/messages", ["content": "x"]).status == 200)
      await stage.simulator.advance(by: .seconds(5))
      #expect(try await stage.call(.post, "/channels/\(stage.open)/messages", ["content": "x"]).status == 200)
      for _ in 1...10 { try await stage.say("people are not limited", by: stage.anna) }
    }
  }

  @Test func `a channel is renamed twice in ten minutes`() async throws {
    try await Stage.with(isFrozen: true) { stage async throws in
      let path = "/channels/\(stage.open)"
      for name in ["one", "two"] {
        #expect(try await stage.call(.patch, path, ["name": .string(name)]).status == 200)
      }
      let third = try await stage.call(.patch, path, ["name": "three"])
      #expect(third.status == 429)
      #expect(third.json["retry_after"] == 600.0)
      #expect(try await stage.call(.patch, path, ["nsfw": true]).status == 200)
    }
  }

  @Test func `the inspector tells what passes, without tokens`() async throws {
    try await Stage.with { stage async throws in
      let lines = Recorder<String>()
      var request = HTTPClient.Request("http://\(stage.simulator.authority)/sim/inspector")
      request.version = .http1
      request.timeouts.total = .seconds(20)
      let watching = request
      let http = stage.http
      let watcher = Task {
        // Ends with the test.
        try? await http.stream(watching) { response in
          for try await chunk in response.body { lines.record(String(decoding: chunk, as: UTF8.self)) }
        }
      }
      try await eventually("the stream opens") { !lines.values.isEmpty }
      let bot = try await stage.session()
      try await stage.say("look", by: stage.anna)
      _ = try await bot.event("MESSAGE_CREATE")
      try await eventually("the inspector tells") { lines.values.joined().contains("MESSAGE_CREATE") }
      let text = lines.values.joined()
      #expect(text.contains(#""title":"POST /channels/{channel.id}/messages""#))
      #expect(text.contains(#""kind":"gateway_in""#))
      #expect(!text.contains(stage.token))
      watcher.cancel()
    }
  }

  @Test func `faults are ordered over HTTP as well`() async throws {
    try await Stage.with { stage async throws in
      func sim(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws
        -> HTTPClient.Response
      {
        var request = HTTPClient.Request("http://\(stage.simulator.authority)/sim\(path)", method: method)
        request.version = .http1
        if let body {
          request.fields["Content-Type"] = "application/json"
          request.body = .bytes(try body.encoded())
        }
        return try await stage.http.send(request)
      }
      let made = try await sim(
        .post, "/faults", ["fault": "server_error", "status": 500, "route": "/users/@me", "count": 2])
      #expect(made.status.code == 201)
      #expect(try await stage.call(.get, "/users/@me").status == 500)
      let id = try #require(try JSONValue(parsing: made.body)["id"]?.int64)
      #expect(try await sim(.delete, "/faults/\(id)").status.code == 204)
      #expect(try await stage.call(.get, "/users/@me").status == 200)
      #expect(try await sim(.post, "/faults", ["fault": "earthquake"]).status.code == 400)
    }
  }
}
