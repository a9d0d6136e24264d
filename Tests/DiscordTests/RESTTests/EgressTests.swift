// The egress against a server that behaves like Discord.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

private let channel = ChannelID(11)

private func post(_ content: String = "hi") -> Endpoint<Named> {
  Endpoint(.post, "/channels/{channel.id}/messages", channel).json { json in
    json.object { $0.field("content", content) }
  }
}

private let ban = Endpoint<Empty>(.put, "/guilds/{guild.id}/bans/{user.id}", GuildID(1), UserID(2))

@Suite(.timeLimit(.minutes(1))) struct `Calls to Discord` {
  @Test func `a call arrives with its token, reason and body, and its answer is read`() async throws {
    try await withDiscord { _ in
      Answers.json(#"{"name": "General"}"#)
    } _: { bench in
      let endpoint = post().because("spam & more").query("wait", true)
      let answer = try await bench.rest.send(endpoint)
      #expect(answer.name == "General")
      let call = try #require(bench.discord.received.values.first)
      #expect(call.method == .post && call.path == "/channels/11/messages" && call.query == "wait=true")
      #expect(call.fields["Authorization"] == "Bot secret-token")
      #expect(call.fields["X-Audit-Log-Reason"] == "spam%20%26%20more")
      #expect(call.fields["Content-Type"] == "application/json")
      #expect(call.fields["User-Agent"]?.hasPrefix("DiscordBot (") == true)
      #expect(call.text == #"{"content":"hi"}"#)
    }
  }

  @Test func `interactions, bearers and clients carry their own authorization or none`() async throws {
    try await withDiscord { _ in
      Answers.none
    } _: { bench in
      let user = RESTToken(Secret(utf8: "user-token"))
      let client = RESTToken(Secret(utf8: "id:secret"))
      let callback = Endpoint<Empty>(
        .post, "/interactions/{interaction.id}/{interaction.token}/callback", InteractionID(1), "tok")
      _ = try await bench.rest.send(callback)
      _ = try await bench.rest.send(Endpoint<Empty>(.get, "/users/@me").authorized(by: .bearer(user)))
      _ = try await bench.rest.send(
        Endpoint<Empty>(.post, "/oauth2/token").authorized(by: .basic(client)).urlEncoded([("a b", "c&d")]))
      let calls = bench.discord.received.values
      #expect(calls.map { $0.fields["Authorization"] } == [nil, "Bearer user-token", "Basic aWQ6c2VjcmV0"])
      #expect(calls.last?.text == "a%20b=c%26d")
    }
  }

  @Test func `files travel beside the message`() async throws {
    try await withDiscord { _ in
      Answers.json(#"{"name": "x"}"#)
    } _: { bench in
      let file = OutgoingFile("a.txt", Array("content of the file".utf8), contentType: "text/plain")
      _ = try await bench.rest.send(post("with file").attaching([file]))
      let call = try #require(bench.discord.received.values.first)
      #expect(call.fields["Content-Type"]?.hasPrefix("multipart/form-data; boundary=") == true)
      #expect(call.text.contains(#"name="payload_json""#) && call.text.contains(#"{"content":"with file"}"#))
      #expect(call.text.contains(#"name="files[0]"; filename="a.txt""#))
      #expect(call.text.contains("content of the file"))
    }
  }

  @Test func `a call whose turn comes while it is arriving at its wait is not forgotten`() async throws {
    try await withDiscord { _ in
      Answers.json(#"{"name": "x"}"#)
    } _: { bench in
      let answered = Recorder<Int>()
      for round in 0..<100 {
        // A new bot knows no bucket: what comes second waits for the first one's answer.
        let rest = bench.anotherBot()
        let send: @Sendable () -> Void = {
          Task { if (try? await rest.send(post())) != nil { answered.record(round) } }
        }
        bench.loop.execute(send)
        // Not to wait for anything: to hit another moment in each round.
        try await Task.sleep(for: .microseconds(20 * round))
        bench.loop.execute(send)
        try await eventually("both are answered") { answered.values.count == 2 * round + 2 }
      }
      #expect(bench.discord.received.values.count == 200)
    }
  }

  @Test func `a bucket learnt from headers is never overrun`() async throws {
    let window = Mutex((start: ContinuousClock.now, count: 0))
    try await withDiscord { _ in
      let (remaining, reset) = window.withLock { window -> (Int, Double) in
        let now = ContinuousClock.now
        if window.count == 0 || now >= window.start + .milliseconds(200) { window = (now, 0) }
        window.count += 1
        let left = now.duration(to: window.start + .milliseconds(200))
        return (3 - window.count, Double(left.components.attoseconds) / 1e18)
      }
      guard remaining >= 0 else { return Answers.tooMany(reset, scope: "user") }
      return Answers.json(
        #"{"name": "x"}"#,
        [
          "X-RateLimit-Limit": "3", "X-RateLimit-Remaining": "\(remaining)", "X-RateLimit-Bucket": "abc",
          "X-RateLimit-Reset-After": "\(reset)", "X-RateLimit-Reset": "1",
        ])
    } _: { bench in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 { group.addTask { _ = try await bench.rest.send(post()) } }
        try await group.waitForAll()
      }
      #expect(bench.discord.received.values.count == 16, "no call was refused")
      #expect(await bench.rest.state.underway == 0)
    }
  }

  @Test(arguments: ["user", "shared", "global"])
  func `a 429 is waited out and the call repeated, whatever it is`(_ scope: String) async throws {
    try await withDiscord { call in
      call.number == 1 ? Answers.tooMany(0.15, scope: scope) : Answers.json(#"{"name": "x"}"#)
    } _: { bench in
      let start = ContinuousClock.now
      _ = try await bench.rest.send(post())
      #expect(start.duration(to: .now) >= .milliseconds(150))
      #expect(bench.discord.received.values.count == 2)
      #expect(bench.budget.count == (scope == "shared" ? 0 : 1))
      let text = PrometheusText.write(bench.metrics)
      #expect(text.contains(#"discord_rest_rate_limited_total{scope="\#(scope)"} 1"#))
      #expect(
        text.contains(
          #"discord_rest_requests_total{route="POST /channels/{channel.id}/messages",status="429"} 1"#))
    }
  }

  @Test func `a 429 without end becomes an error that says how long`() async throws {
    try await withDiscord { _ in
      Answers.tooMany(500, scope: "user")
    } _: { bench in
      let error = await failure { () async throws(RESTError) in
        try await bench.rest.send(post(), deadline: .seconds(5))
      }
      #expect(error?.code == .rateLimited)
      let after = try #require(error?.retryAfter)
      #expect(after > .seconds(490))
      #expect(bench.discord.received.values.count == 1)
    }
  }

  @Test func `a page of Cloudflare's stops the address`() async throws {
    try await withDiscord { _ in
      HTTPResponse(status: .tooManyRequests, fields: ["Retry-After": "900"], body: .none)
    } _: { bench in
      let error = await failure { () async throws(RESTError) in
        try await bench.rest.send(post(), deadline: .milliseconds(300))
      }
      #expect(error != nil)
      let other = await failure { () async throws(RESTError) in
        try await bench.rest.send(ban, deadline: .milliseconds(100))
      }
      #expect(other?.code == .waitedTooLong)
      #expect(bench.discord.received.values.count == 1)
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Repeating calls` {
  @Test(arguments: [500, 502, 503])
  func `a failure of Discord is repeated where that is harmless`(_ status: Int) async throws {
    try await withDiscord { call in
      call.number < 3 ? HTTPResponse(status: HTTPStatus(status)) : Answers.none
    } _: { bench in
      _ = try await bench.rest.send(ban)
      #expect(bench.discord.received.values.count == 3)
    }
  }

  @Test func `a message without a nonce is not sent twice`() async throws {
    try await withDiscord { _ in
      HTTPResponse(status: .badGateway)
    } _: { bench in
      let error = await failure { () async throws(RESTError) in try await bench.rest.send(post()) }
      #expect(error?.code == .unavailable && error?.kind == .unavailable && error?.status == 502)
      #expect(bench.discord.received.values.count == 1)
    }
  }

  @Test func `a lost connection is repeated only where that is harmless`() async throws {
    try await withDiscord { call in
      call.number % 2 == 1 ? Answers.lost : Answers.json(#"{"name": "x"}"#)
    } _: { bench in
      _ = try await bench.rest.send(post().repeatable())
      #expect(bench.discord.received.values.count == 2)
      let error = await failure { () async throws(RESTError) in try await bench.rest.send(post()) }
      #expect(error?.code == .unavailable && error?.status == nil)
      #expect(bench.discord.received.values.count == 3)
    }
  }

  @Test func `a delete that found nothing after a lost answer has done its work`() async throws {
    try await withDiscord { call in
      call.number == 1 ? Answers.lost : Answers.error(404, 10008)
    } _: { bench in
      let delete = Endpoint<Empty>(
        .delete, "/channels/{channel.id}/messages/{message.id}", channel, MessageID(5))
      _ = try await bench.rest.send(delete)
      #expect(bench.discord.received.values.count == 2)
      let again = await failure { () async throws(RESTError) in try await bench.rest.send(delete) }
      #expect(again?.kind == .gone)
    }
  }

  @Test func `nobody listening is tried again, then said`() async throws {
    try await withDiscord { _ in
      Answers.none
    } _: { bench in
      await bench.discord.stop()
      let error = await failure { () async throws(RESTError) in try await bench.rest.send(post()) }
      #expect(error?.code == .unavailable)
      let text = PrometheusText.write(bench.metrics)
      #expect(text.contains("discord_rest_repeats_total \(EgressRetry.failureBound)"))
    }
  }

  @Test func `a server that does not answer in time fails the call, not the bot`() async throws {
    try await withDiscord { call in
      if call.number == 1 { try await Task.sleep(for: .seconds(20)) }
      return Answers.json(#"{"name": "x"}"#)
    } _: { bench in
      let error = await failure { () async throws(RESTError) in
        try await bench.rest.send(post(), deadline: .milliseconds(150))
      }
      #expect(error?.code == .unavailable)
      let answer = try await bench.rest.send(post())
      #expect(answer.name == "x")
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Protecting bot and address` {
  @Test func `a rejected token fails every call at once, until there is a new one`() async throws {
    try await withDiscord { call in
      call.fields["Authorization"] == "Bot better" ? Answers.none : Answers.error(401, 0)
    } _: { bench in
      for _ in 0..<3 {
        let error = await failure { () async throws(RESTError) in try await bench.rest.send(ban) }
        #expect(error?.code == .tokenRejected && error?.kind == .operatorAction)
      }
      #expect(bench.discord.received.values.count == 1)
      await bench.rest.setToken(Secret(utf8: "better"))
      _ = try await bench.rest.send(ban)
    }
  }

  @Test func `the budget of refused calls is one for all bots`() async throws {
    try await withDiscord(budget: 10) { call in
      call.method == .put ? Answers.none : Answers.error(403, 50013)
    } _: { bench in
      for _ in 0..<5 {
        let error = await failure { () async throws(RESTError) in try await bench.rest.send(post()) }
        #expect(error?.kind == .missingPermission)
      }
      let other = bench.anotherBot()
      let error = await failure { () async throws(RESTError) in try await other.send(post()) }
      #expect(error?.code == .budgetSpent)
      let after = try #require(error?.retryAfter)
      #expect(after > .seconds(500))
      _ = try await other.send(ban, priority: .containment)
      #expect(bench.discord.received.values.count == 6)
    }
  }

  @Test func `a webhook that is gone is not called again`() async throws {
    try await withDiscord { _ in
      Answers.error(404, 10015)
    } _: { bench in
      let execute = Endpoint<Empty>(
        .post, "/webhooks/{webhook.id}/{webhook.token}", WebhookID(1), "token-of-it")
      for _ in 0..<3 {
        let error = await failure { () async throws(RESTError) in try await bench.rest.send(execute) }
        #expect(error?.kind == .gone)
        #expect(error?.description.contains("token-of-it") == false)
      }
      #expect(bench.discord.received.values.count == 1)
    }
  }

  @Test func `a cancelled caller leaves the queue`() async throws {
    let gate = AsyncStream<Void>.makeStream()
    try await withDiscord { call in
      if call.number == 1 { for await _ in gate.stream { break } }
      return Answers.json(#"{"name": "x"}"#)
    } _: { bench in
      let first = Task { try await bench.rest.send(post()) }
      try await eventually("the first call is there") { bench.discord.received.values.count == 1 }
      let second = Task {
        await failure { () async throws(RESTError) in try await bench.rest.send(post("second")) }
      }
      try await eventually("the second waits") { await bench.rest.state.waiting[.reply] == 1 }
      second.cancel()
      #expect(await second.value?.code == .cancelled)
      #expect(await bench.rest.state.waiting[.reply] == 0)
      gate.continuation.yield()
      _ = try await first.value
      #expect(bench.discord.received.values.count == 1)
    }
  }

  @Test func `edits of old messages go one at a time, and hold up no others`() async throws {
    let gate = AsyncStream<Void>.makeStream()
    let now = SystemTime().now
    let (old, new) = (MessageID(earliestAt: now - .seconds(7_200)), MessageID(earliestAt: now - .seconds(60)))
    try await withDiscord { call in
      if call.path.hasSuffix("\(old)") { for await _ in gate.stream { break } }
      return Answers.none
    } _: { bench in
      let edits: [Endpoint<Empty>] = [old, new].map {
        Endpoint(.patch, "/channels/{channel.id}/messages/{message.id}", channel, $0)
      }
      let (oldEdit, newEdit) = (edits[0], edits[1])
      _ = try await bench.rest.send(newEdit)
      let slow = (0..<2).map { _ in Task { try await bench.rest.send(oldEdit) } }
      try await eventually("one edit is there, one waits") {
        let waiting = await bench.rest.state.waiting[.reply]
        return waiting == 1 && bench.discord.received.values.count == 2
      }
      _ = try await bench.rest.send(newEdit)
      #expect(bench.discord.received.values.count == 3)
      // Both are let through: which of them came first is not known.
      for _ in slow { gate.continuation.yield() }
      for edit in slow { _ = try await edit.value }
    }
  }

  @Test func `shutting down ends what waits`() async throws {
    let gate = AsyncStream<Void>.makeStream()
    try await withDiscord { _ in
      for await _ in gate.stream { break }
      return Answers.none
    } _: { bench in
      let first = Task { await failure { () async throws(RESTError) in try await bench.rest.send(post()) } }
      try await eventually("the first call is there") { bench.discord.received.values.count == 1 }
      let second = Task { await failure { () async throws(RESTError) in try await bench.rest.send(post()) } }
      try await eventually("the second waits") { await bench.rest.state.waiting[.reply] == 1 }
      await bench.rest.shutdown()
      #expect(await second.value?.code == .closed)
      let late = await failure { () async throws(RESTError) in try await bench.rest.send(post()) }
      #expect(late?.code == .closed)
      gate.continuation.finish()
      _ = await first.value
    }
  }
}
