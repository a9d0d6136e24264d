// The REST API over HTTP: the main flows, refusals, files, control.

import DiscordCore
import DiscordTestKit
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
import Testing

/// A running simulator and a client for it.
struct RunningSimulator: Sendable {
  let simulator: Simulator
  let client: HTTPClient
  let token: String
  let guild: GuildID
  let general: ChannelID
  let exchanges: Recorder<RESTExchange>

  struct Answer: Sendable {
    let status: Int
    let json: JSONValue
    let bytes: [UInt8]
  }

  /// Sends a request as the demo bot, or with another `Authorization` (empty: none).
  func send(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, as authorization: String? = nil,
    reason: String? = nil, below base: String? = nil
  ) async throws -> Answer {
    var request = HTTPClient.Request((base ?? simulator.apiBase) + path, method: method)
    let authorization = authorization ?? "Bot \(token)"
    if !authorization.isEmpty { request.fields["Authorization"] = authorization }
    if let reason { request.fields["X-Audit-Log-Reason"] = reason }
    if let body {
      request.fields["Content-Type"] = "application/json"
      request.body = .bytes(try body.encoded())
    }
    return try await answer(to: request)
  }

  func answer(to request: HTTPClient.Request) async throws -> Answer {
    let response = try await client.send(request)
    let json = response.body.isEmpty ? JSONValue.null : (try? JSONValue(parsing: response.body)) ?? .null
    return Answer(status: response.status.code, json: json, bytes: response.body)
  }
}

/// Starts a seeded simulator for the length of `body`.
func withSimulator(
  _ body: @Sendable (RunningSimulator) async throws -> Void
) async throws {
  let exchanges = Recorder<RESTExchange>()
  var configuration = SimulatorConfiguration()
  configuration.onExchange = { exchanges.record($0) }
  // The requests are written by hand here, wrong ones on purpose: the answers are what is proved.
  try await DiscordTestKit.withSimulator(configuration, proof: ExchangeProof(checksRequests: false)) {
    simulator in
    try await run(body, with: simulator, recording: exchanges)
  }
}

private func run(
  _ body: @Sendable (RunningSimulator) async throws -> Void, with simulator: Simulator,
  recording exchanges: Recorder<RESTExchange>
) async throws {
  let loop = try EventLoop(name: "rest-tests")
  let client = try HTTPClient(loop: loop)
  let found = await simulator.withWorld { world in
    let guild = world.guilds.values.first { $0.name == "Lanternfall" }
    let general = guild?.channels.first { world.channels[$0]?.name == "general" }
    return (world.demoApplication?.botToken, guild?.id, general)
  }
  let running = RunningSimulator(
    simulator: simulator, client: client, token: try #require(found.0), guild: try #require(found.1),
    general: try #require(found.2), exchanges: exchanges)
  let outcome: Result<Void, any Error>
  do {
    try await body(running)
    outcome = .success(())
  } catch {
    outcome = .failure(error)
  }
  client.shutdown()
  loop.shutdown()
  try outcome.get()
}

@Suite(.timeLimit(.minutes(1))) struct `REST over HTTP` {
  @Test func `a bot knows itself, its guilds and the gateway`() async throws {
    try await withSimulator { sim in
      let me = try await sim.send(.get, "/users/@me")
      #expect(me.status == 200)
      #expect(me.json["bot"]?.bool == true)
      #expect(try await sim.send(.get, "/users/@me/guilds").json.array?.count == 2)
      #expect(
        try await sim.send(.get, "/gateway/bot").json["url"]?.string?.hasPrefix("ws://127.0.0.1") == true)
      #expect(try await sim.send(.get, "/guilds/\(sim.guild)/channels").json.array?.isEmpty == false)
    }
  }

  @Test func `what nobody may is refused as Discord refuses it`() async throws {
    try await withSimulator { sim in
      let cases: [(HTTPMethod, String, JSONValue?, String?, Int, Int64)] = [
        (.get, "/users/@me", nil, "", 401, 0), (.get, "/users/@me", nil, "Bot wrong", 401, 0),
        (.get, "/nowhere", nil, nil, 404, 0), (.put, "/gateway", nil, nil, 405, 0),
        (.get, "/channels/1", nil, nil, 404, 10003), (.get, "/guilds/1", nil, nil, 404, 10004),
        (.get, "/channels/abc", nil, nil, 400, 50035),
        (.get, "/guilds/\(sim.guild)/members/1", nil, nil, 404, 10013),
        (.get, "/channels/\(sim.general)/messages?limit=101", nil, nil, 400, 50035),
        (.post, "/channels/\(sim.general)/messages", [:], nil, 400, 50006),
        (.post, "/channels/\(sim.general)/messages", ["content": 5.5], nil, 400, 50035),
        (.post, "/invites/lanternfall", nil, nil, 403, 20001),
      ]
      for (method, path, body, authorization, status, code) in cases {
        let answer = try await sim.send(method, path, body, as: authorization)
        #expect(answer.status == status, "\(method) \(path)")
        #expect(answer.json["code"]?.int64 == code, "\(method) \(path)")
      }
    }
  }

  @Test func `a message is written, read, edited, reacted to and deleted`() async throws {
    try await withSimulator { sim in
      let path = "/channels/\(sim.general)/messages"
      let sent = try await sim.send(.post, path, ["content": "hello", "nonce": "n1"])
      #expect(sent.status == 200)
      #expect(sent.json["nonce"]?.string == "n1")
      let id = try #require(sent.json["id"]?.string)
      let edited = try await sim.send(.patch, "\(path)/\(id)", ["content": "hullo"])
      #expect(edited.json["content"]?.string == "hullo")
      #expect(edited.json["edited_timestamp"]?.string != nil)
      #expect(try await sim.send(.put, "\(path)/\(id)/reactions/%F0%9F%94%A5/@me").status == 204)
      let read = try await sim.send(.get, "\(path)/\(id)")
      #expect(read.json["reactions"]?.array?.first?["me"]?.bool == true)
      #expect(try await sim.send(.delete, "\(path)/\(id)").status == 204)
      #expect(try await sim.send(.get, "\(path)/\(id)").json["code"]?.int64 == 10008)
    }
  }

  @Test func `a person is a client like a bot`() async throws {
    try await withSimulator { sim in
      let person = try #require(
        await sim.simulator.withWorld { $0.users.values.first { $0.username == "elio" }?.id })
      let me = "user.\(person)"
      #expect(try await sim.send(.get, "/users/@me", as: me).json["username"]?.string == "elio")
      let sent = try await sim.send(
        .post, "/channels/\(sim.general)/messages", ["content": "hi all"], as: me)
      #expect(sent.json["author"]?["id"] == .id(person))
      let kick = try await sim.send(.delete, "/guilds/\(sim.guild)/members/1", as: me)
      #expect(kick.json["code"]?.int64 == 50013)
    }
  }

  @Test func `files come as multipart and are kept`() async throws {
    try await withSimulator { sim in
      let text = """
        --b\r
        Content-Disposition: form-data; name="payload_json"\r
        \r
        {"content":"with a file","attachments":[{"id":"0","description":"d"}]}\r
        --b\r
        Content-Disposition: form-data; name="files[0]"; filename="../note.txt"\r
        Content-Type: text/plain\r
        \r
        words\r
        --b--\r

        """
      var request = HTTPClient.Request(
        "\(sim.simulator.apiBase)/channels/\(sim.general)/messages", method: .post)
      request.fields["Authorization"] = "Bot \(sim.token)"
      request.fields["Content-Type"] = "multipart/form-data; boundary=b"
      request.body = .text(text)
      let answer = try await sim.answer(to: request)
      #expect(answer.status == 200)
      let attachment = try #require(answer.json["attachments"]?.array?.first)
      #expect(attachment["size"]?.int64 == 5)
      #expect(attachment["description"]?.string == "d")
      #expect(attachment["filename"]?.string?.contains("/") == false)
      let id = try #require(attachment["id"]?.snowflake.map { AttachmentID($0) })
      let bytes = await sim.simulator.withWorld { world in
        world.attachments[id].flatMap {
          world.channels[$0.channel]?.messages[$0.message]?.attachments.first?.bytes
        }
      }
      #expect(bytes == Array("words".utf8))
    }
  }

  @Test func `a reason reaches the audit log`() async throws {
    try await withSimulator { sim in
      let made = try await sim.send(
        .post, "/guilds/\(sim.guild)/roles", ["name": "temporary"], reason: "caf%C3%A9 %26 more")
      #expect(made.status == 200)
      let log = try await sim.send(.get, "/guilds/\(sim.guild)/audit-logs?action_type=30&limit=1")
      let entry = try #require(log.json["audit_log_entries"]?.array?.first)
      #expect(entry["reason"]?.string == "café & more")
      #expect(entry["target_id"] == made.json["id"])
    }
  }

  @Test func `every exchange is reported with its template`() async throws {
    try await withSimulator { sim in
      _ = try await sim.send(.post, "/channels/\(sim.general)/messages", ["content": "x"], reason: "why")
      let exchange = try #require(sim.exchanges.values.last)
      #expect(exchange.template == "/channels/{channel.id}/messages")
      #expect(exchange.status == 200)
      #expect(exchange.requestContentType == "application/json")
      #expect(exchange.reason == "why")
      #expect(!exchange.request.isEmpty && !exchange.response.isEmpty)
    }
  }

  @Test func `time, people and the world itself are controlled below sim`() async throws {
    try await withSimulator { sim in
      let base = "http://\(sim.simulator.authority)"
      func control(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws
        -> RunningSimulator.Answer
      {
        try await sim.send(method, path, body, as: "", below: base)
      }
      let made = try await control(.post, "/sim/people", ["username": "zara"])
      #expect(made.status == 201)
      let id = try #require(made.json["id"]?.string)
      #expect(try await control(.put, "/sim/guilds/\(sim.guild)/members/\(id)").status == 204)
      #expect(try await sim.send(.get, "/guilds/\(sim.guild)/members/\(id)").status == 200)
      #expect(try await control(.delete, "/sim/guilds/\(sim.guild)/members/\(id)").status == 204)
      let before = try await control(.get, "/sim/time").json["now"]?.string.flatMap { Timestamp(iso8601: $0) }
      let after = try await control(.post, "/sim/time/advance", ["seconds": 3_600]).json["now"]?.string
        .flatMap { Timestamp(iso8601: $0) }
      let moved = try #require(after) - (try #require(before))
      #expect(moved >= .seconds(3_600))
      #expect(try await control(.post, "/sim/reset", ["seed": .null]).status == 204)
      #expect(try await control(.get, "/sim/guilds").json.array?.isEmpty == true)
    }
  }
}

@Suite struct `The table of routes` {
  @Test func `prefers words to parameters and names what it captures`() throws {
    let table = RouteTable.discord
    guard case .route(let me, _) = table.match(.get, ["users", "@me"][...]) else {
      Issue.record("no route")
      return
    }
    #expect(me.template == "/users/@me")
    guard case .route(let message, let values) = table.match(.get, ["channels", "1", "messages", "2"][...])
    else {
      Issue.record("no route")
      return
    }
    #expect(message.template == "/channels/{channel.id}/messages/{message.id}")
    #expect(values == ["channel.id": "1", "message.id": "2"])
    guard case .otherMethods = table.match(.delete, ["gateway"][...]) else {
      Issue.record("not told from a missing route")
      return
    }
  }

  @Test func `has no row twice`() {
    let rows = RouteTable.discord.routes.map { "\($0.method) \($0.template)" }
    #expect(Set(rows).count == rows.count)
  }
}
