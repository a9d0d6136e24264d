// A server that answers like Discord, as each test wants it.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import Telemetry
import TestKit
import Vault

/// What a call looked like when it arrived.
struct Received: Sendable {
  let number: Int
  let method: HTTPMethod
  let path: String
  let query: String
  let fields: HTTPFields
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
}

/// An HTTP server on loopback whose answers a closure gives.
final class FakeDiscord: Sendable {
  typealias Answer = @Sendable (Received) async throws -> HTTPResponse

  let received: Recorder<Received>
  let base: String
  private let server: HTTPServer

  init(loop: EventLoop, _ answer: @escaping Answer) throws {
    let recorder = Recorder<Received>()
    let counter = Mutex(0)
    received = recorder
    var router = Router()
    router.useAroundAll { request, _ in
      let number = counter.withLock { count in
        count += 1
        return count
      }
      let call = Received(
        number: number, method: request.method, path: "/" + request.path.segments.joined(separator: "/"),
        query: request.path.rawQuery ?? "", fields: request.fields, body: try await request.body.collect())
      recorder.record(call)
      return try await answer(call)
    }
    server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, metrics: MetricRegistry(),
      writesAccessLog: false)
    guard case .tcp(_, let port) = try server.start() else { throw TestKitError("no port") }
    base = "http://127.0.0.1:\(port)"
  }

  func stop() async { await server.shutdown(grace: .zero) }
}

/// A bot's door and the server behind it.
struct Bench: Sendable {
  let rest: RESTClient
  let discord: FakeDiscord
  let loop: EventLoop
  let http: HTTPClient
  let budget: AddressBudget
  let metrics: MetricRegistry

  /// Another bot of the same process.
  func anotherBot() -> RESTClient {
    RESTClient(
      loop: loop, http: http, token: Secret(utf8: "other-token"), configuration: rest.configuration,
      budget: budget, metrics: metrics)
  }
}

/// Runs `body` with a bot before a server that answers so. Waits between repeats are not spread.
func withDiscord(
  budget bound: Int = 10_000, configure: (inout RESTClient.Configuration) -> Void = { _ in },
  answer: @escaping FakeDiscord.Answer, _ body: (Bench) async throws -> Void
) async throws {
  let loop = try EventLoop(name: "rest-test")
  defer { loop.execute { loop.shutdown() } }
  let http = try HTTPClient(loop: loop)
  let discord = try FakeDiscord(loop: loop, answer)
  var configuration = RESTClient.Configuration()
  configuration.base = discord.base
  configuration.random = { 0 }
  configure(&configuration)
  let metrics = MetricRegistry()
  let budget = AddressBudget(budget: bound, metrics: metrics)
  let rest = RESTClient(
    loop: loop, http: http, token: Secret(utf8: "secret-token"), configuration: configuration, budget: budget,
    metrics: metrics)
  let result: Result<Void, any Error>
  do {
    try await body(
      Bench(rest: rest, discord: discord, loop: loop, http: http, budget: budget, metrics: metrics))
    result = .success(())
  } catch { result = .failure(error) }
  await rest.shutdown()
  http.shutdown()
  await discord.stop()
  try result.get()
}

/// A model with one field.
struct Named: WireDecodable, Equatable {
  let name: String

  init(from json: JSONView) throws(JSONError) { name = try json.require("name").asString() }
}

/// Answers as Discord gives them.
enum Answers {
  static func json(_ text: String, status: Int = 200, _ fields: HTTPFields = [:]) -> HTTPResponse {
    var response = HTTPResponse(status: HTTPStatus(status), contentType: "application/json", text: text)
    for field in fields.fields { response.fields.append(field.name, field.value) }
    return response
  }

  static var none: HTTPResponse { HTTPResponse(status: .noContent) }

  static func error(_ status: Int, _ code: Int, _ message: String = "Something") -> HTTPResponse {
    json(#"{"message": "\#(message)", "code": \#(code)}"#, status: status)
  }

  static func tooMany(_ seconds: Double, scope: String) -> HTTPResponse {
    json(
      #"{"message": "You are being rate limited.", "retry_after": \#(seconds), "global": \#(scope == "global")}"#,
      status: 429, ["Retry-After": "\(Int(seconds.rounded(.up)))", "X-RateLimit-Scope": scope])
  }

  /// The head of an answer, and then nothing: the connection is cut.
  static var lost: HTTPResponse {
    .stream(contentType: "application/json", length: 100) { _ in throw TestKitError("cut") }
  }
}

/// The error a call fails with.
func failure<Value>(_ body: () async throws(RESTError) -> Value) async -> RESTError? {
  do {
    _ = try await body()
    return nil
  } catch { return error }
}
