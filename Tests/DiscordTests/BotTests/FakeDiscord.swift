// A few routes of Discord's REST API that record what they are asked.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordREST
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import Telemetry
import TestKit
import Vault

/// Answers like Discord as far as a bot without a gateway needs it.
final class FakeDiscord: Sendable {
  /// One request.
  struct Call: Sendable {
    let line: String
    let body: JSONValue?
  }

  static let application = ApplicationID(900_000_000_000_000_000)
  /// Three parts, the first of which is the bot's user id.
  static let token = "\(Base64URL.encode(Array("900000000000000000".utf8))).AbCdEf.0123456789abcdefghij"

  let calls = Recorder<Call>()
  let loop: EventLoop
  let key = Ed25519PrivateKey()
  /// What `/applications/@me` has as flags.
  let flags = Mutex<Int>(0)
  /// Statuses with which calls beginning with a line are refused: `POST /webhooks` → 404.
  let refusals = Mutex<[(prefix: String, status: Int, code: Int, times: Int)]>([])
  private let server: Mutex<HTTPServer?> = Mutex(nil)
  let base: Mutex<String> = Mutex("")

  init() throws {
    loop = try EventLoop(name: "fake")
    var router = Router()
    addRoutes(to: &router)
    let server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, metrics: .init(), writesAccessLog: false)
    if case .tcp(let host, let port) = try server.start() {
      base.withLock { $0 = "http://\(host):\(port)/api/v10" }
    }
    self.server.withLock { $0 = server }
  }

  private func addRoutes(to router: inout Router) {
    let answer: @Sendable (HTTPRequest) async throws -> HTTPResponse = { [weak self] request in
      guard let self else { return HTTPResponse(status: .serviceUnavailable) }
      return try await self.answer(request)
    }
    router.get("/api/v10/applications/@me", name: "me") { try await answer($0) }
    router.put("/api/v10/applications/{a}/commands", .text, name: "commands") { request, _ in
      try await answer(request)
    }
    router.post("/api/v10/interactions/{i}/{t}/callback", .text, .text, name: "callback") { request, _, _ in
      try await answer(request)
    }
    router.post("/api/v10/webhooks/{a}/{t}", .text, .text, name: "followup") { request, _, _ in
      try await answer(request)
    }
    for (method, name) in [(HTTPMethod.patch, "edit"), (.delete, "delete")] {
      router.on(method, "/api/v10/webhooks/{a}/{t}/messages/{m}", .text, .text, .text, name: name) {
        request, _, _, _ in try await answer(request)
      }
    }
    router.get("/api/v10/guilds/{g}/members/{u}", .text, .text, name: "member") { request, _, _ in
      try await answer(request)
    }
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
    let bytes = try await request.body.collect()
    let line = "\(request.method.rawValue) /\(request.path.segments.dropFirst(2).joined(separator: "/"))"
    calls.record(Call(line: line, body: bytes.isEmpty ? nil : try JSONValue(parsing: bytes)))
    if let refusal = refuse(line) {
      return json(refusal.status, ["message": "No.", "code": .integer(Int64(refusal.code))])
    }
    if line.hasSuffix("/callback") || request.method == .delete { return HTTPResponse(status: .noContent) }
    if line.hasPrefix("GET /applications") {
      return json(
        200,
        [
          "id": .id(Self.application), "name": "Fake", "flags": .integer(Int64(flags.withLock { $0 })),
          "verify_key": .string(Hex.encode(key.publicKey.bytes)),
          "bot": ["id": .id(Self.application), "username": "fake", "bot": true],
        ])
    }
    if line.hasPrefix("PUT") { return json(200, []) }
    if line.hasPrefix("GET /guilds") {
      return json(
        200,
        ["user": ["id": "55", "username": "ada"], "roles": ["8"], "joined_at": "2024-01-01T00:00:00+00:00"])
    }
    return json(
      200,
      [
        "id": "777", "channel_id": "3", "content": "",
        "author": ["id": .id(Self.application), "username": "fake"],
        "timestamp": "2026-01-01T00:00:00+00:00", "type": 0,
      ])
  }

  private func refuse(_ line: String) -> (status: Int, code: Int)? {
    refusals.withLock { list in
      guard let index = list.firstIndex(where: { line.hasPrefix($0.prefix) && $0.times > 0 }) else {
        return nil
      }
      list[index].times -= 1
      return (list[index].status, list[index].code)
    }
  }

  private func json(_ status: Int, _ value: JSONValue) -> HTTPResponse {
    var response = HTTPResponse(contentType: "application/json", bytes: (try? value.encoded()) ?? [])
    response.status = HTTPStatus(status)
    return response
  }

  func stop() async {
    let server = server.withLock { $0 }
    await server?.shutdown(grace: .seconds(1))
    loop.shutdown()
  }
}

/// A bot of the fake's, without a gateway, whose clock stands still until it is moved.
struct FakeBot {
  let discord: FakeDiscord
  let time = ManualTime()
  let loop: EventLoop
  let commands = InteractionTable()
  let bot: Bot

  init(_ discord: FakeDiscord, usesGateway: Bool = false, set: (inout BotConfiguration) -> Void = { _ in })
    throws
  {
    self.discord = discord
    loop = try EventLoop(name: "bot")
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = discord.base.withLock { $0 }
    environment.time = time
    environment.budget = AddressBudget(metrics: .init())
    var configuration = BotConfiguration()
    configuration.usesGateway = usesGateway
    set(&configuration)
    bot = try Bot(
      token: Secret(utf8: FakeDiscord.token), configuration: configuration, routing: commands,
      environment: environment)
  }

  func end() async {
    await bot.stop()
    loop.shutdown()
    await discord.stop()
  }
}
