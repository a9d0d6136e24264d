// A simulator for one test, and raw clients of it: what goes over the wire is what is looked at.

import DiscordCore
import DiscordTestKit
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
import WebSocket

/// A running simulator with a guild of its own: an owner, two people, one bot with every permission, two channels.
struct Stage {
  let simulator: Simulator
  let http: HTTPClient
  let loop: EventLoop
  let owner: UserID
  let anna: UserID
  let ben: UserID
  let bot: ApplicationID
  let guild: GuildID
  /// Everybody may write.
  let open: ChannelID
  /// The owner and the bot only.
  let secret: ChannelID
  let token: String

  /// Runs `body` with a fresh stage, and takes it down.
  static func with(
    seed: UInt64? = nil, isFrozen: Bool = false, _ body: (Stage) async throws -> Void
  ) async throws {
    var configuration = SimulatorConfiguration()
    configuration.seed = nil
    configuration.isFrozen = isFrozen
    // The requests are written by hand here, wrong ones on purpose: the answers are what is proved.
    try await withSimulator(configuration, proof: ExchangeProof(checksRequests: false)) { simulator in
      let loop = try EventLoop(name: "client")
      let client = try HTTPClient(loop: loop)
      defer {
        client.shutdown()
        loop.shutdown()
      }
      try await body(try await build(simulator, client, loop))
    }
  }

  private static func build(_ simulator: Simulator, _ http: HTTPClient, _ loop: EventLoop) async throws
    -> Stage
  {
    let ids = try await simulator.withWorld {
      world throws(RESTFailure) -> (UserID, UserID, UserID, ApplicationID, GuildID, [ChannelID], String) in
      let people = ["olive", "anna", "ben"].map { world.makeUser($0).id }
      let application = world.makeApplication("Test Bot", owner: people[0])
      let guild = world.makeGuild("Stage", owner: people[0])
      try world.join(people[1], guild.id)
      try world.join(people[2], guild.id)
      try world.join(application.botID, guild.id, permissions: .all, addedBy: people[0])
      let open = try world.createChannel(in: guild.id, by: people[0], body: ["name": "open"], reason: nil)
      let secret = try world.createChannel(
        in: guild.id, by: people[0],
        body: [
          "name": "secret",
          "permission_overwrites": [
            ["id": .id(guild.everyoneRole), "type": 0, "deny": "1024", "allow": "0"]
          ],
        ], reason: nil)
      return (
        people[0], people[1], people[2], application.id, guild.id, [open.id, secret.id], application.botToken
      )
    }
    await simulator.computeKeys()
    return Stage(
      simulator: simulator, http: http, loop: loop, owner: ids.0, anna: ids.1, ben: ids.2, bot: ids.3,
      guild: ids.4,
      open: ids.5[0], secret: ids.5[1], token: ids.6)
  }

  // MARK: REST

  /// A response of the API.
  struct Answer {
    let status: Int
    let fields: HTTPFields
    let json: JSONValue
  }

  /// Calls the API. `token`: as in `Authorization`, the bot's unless told; empty for none.
  func call(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, as token: String? = nil)
    async throws -> Answer
  {
    var request = HTTPClient.Request(simulator.apiBase + path, method: method)
    request.version = .http1
    let token = token ?? "Bot \(self.token)"
    if !token.isEmpty { request.fields["Authorization"] = token }
    if let body {
      request.fields["Content-Type"] = "application/json"
      request.body = .bytes(try body.encoded())
    }
    let response = try await http.send(request)
    let json = (try? JSONValue(parsing: response.body)) ?? .string(response.text)
    return Answer(status: response.status.code, fields: response.fields, json: json)
  }

  /// Any address of the simulator.
  func get(_ path: String) async throws -> HTTPClient.Response {
    var request = HTTPClient.Request("http://\(simulator.authority)\(path)")
    request.version = .http1
    return try await http.send(request)
  }

  // MARK: The gateway

  /// A raw connection to the gateway, with everything that arrived on it.
  final class Connection: Sendable {
    let socket: WebSocketConnection
    let payloads = Recorder<JSONValue>()
    let closes = Recorder<WebSocketClose>()
    private let reader: Task<Void, Never>

    init(_ socket: WebSocketConnection) {
      self.socket = socket
      reader = Task { [payloads, closes] in
        for await message in socket.messages {
          let bytes =
            switch message {
            case .text(let text): Array(text.utf8)
            case .binary(let bytes): bytes
            }
          if let json = try? JSONValue(parsing: bytes) { payloads.record(json) }
        }
        closes.record(await socket.closed())
      }
    }

    func send(_ opcode: Int64, _ data: JSONValue) async throws {
      let payload: JSONValue = ["op": .integer(opcode), "d": data]
      try await socket.send(text: String(decoding: try payload.encoded(), as: UTF8.self))
    }

    /// The first payload that fits, past or to come.
    func payload(_ condition: @escaping @Sendable (JSONValue) -> Bool) async throws -> JSONValue {
      try await eventually("a payload arrives") { self.payloads.values.contains(where: condition) }
      return payloads.values.first(where: condition) ?? .null
    }

    /// `d` of the first event of that name that fits.
    func event(_ name: String, _ condition: @escaping @Sendable (JSONValue) -> Bool = { _ in true })
      async throws -> JSONValue
    {
      try await payload { $0["t"]?.string == name && condition($0["d"] ?? .null) }["d"] ?? .null
    }

    /// The code that the server closed with.
    func closeCode() async throws -> UInt16 {
      try await eventually("the server closes") { !self.closes.values.isEmpty }
      return closes.values.first?.code.rawValue ?? 0
    }

    var events: [String] { payloads.values.compactMap { $0["t"]?.string } }

    func close(_ code: UInt16 = 4000) async {
      await socket.close(code: WebSocketCloseCode(code))
      reader.cancel()
    }
  }

  /// Connects, and waits for hello.
  func connect(_ query: String = "?v=10&encoding=json", _ options: WebSocketOptions = WebSocketOptions())
    async throws -> Connection
  {
    var request = WebSocketClient.Request("ws://\(simulator.authority)/gateway\(query)")
    request.options = options
    let connection = Connection(try await WebSocketClient.connect(request, over: http))
    _ = try await connection.payload { $0["op"]?.int64 == 10 }
    return connection
  }

  /// Connects and identifies; returns when the session is there.
  func session(token: String? = nil, intents: UInt32 = 0x331_FFFF, shard: [JSONValue]? = nil) async throws
    -> Connection
  {
    let connection = try await connect()
    try await connection.send(2, identify(token: token, intents: intents, shard: shard))
    _ = try await connection.event("READY")
    return connection
  }

  func identify(token: String? = nil, intents: UInt32 = 0x331_FFFF, shard: [JSONValue]? = nil) -> JSONValue {
    var json = JSONObject()
    json["token"] = .string(token ?? self.token)
    json["intents"] = .integer(Int64(intents))
    json["properties"] = ["os": "linux", "browser": "test", "device": "test"]
    if let shard { json["shard"] = .array(shard) }
    return .object(json)
  }

  func person(_ user: UserID) -> String { "user.\(user)" }

  /// A person writes.
  @discardableResult
  func say(_ text: String, by user: UserID, in channel: ChannelID? = nil) async throws -> JSONValue {
    try await call(
      .post, "/channels/\(channel ?? open)/messages", ["content": .string(text)], as: person(user)
    ).json
  }
}
