// The door to a container engine: Docker's API over a Unix socket, as Docker and Podman both speak it.

package import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Synchronization

/// A client of one engine. Calls may come from any task.
package final class EngineClient: Sendable {
  /// Whose engine it is; they differ in a few corners.
  package enum Kind: String, Sendable, Hashable { case docker, podman }

  /// The path of the engine's socket.
  package let socket: String
  package let kind: Kind
  /// The engine's own version, for logs.
  package let version: String
  /// The version of the API that both sides speak, such as `v1.41`.
  package let api: String
  let http: HTTPClient
  let loop: EventLoop
  let profiles: SeccompProfiles
  /// By the names of images that were prepared, the tars that they come from.
  let imageTars = Mutex<[String: String]>([:])
  let imageWork = SharedWork()
  private let hasEnded = Atomic(false)

  /// Versions of the API that we understand.
  private static let known = (oldest: APIVersion(1, 40), newest: APIVersion(1, 47))

  private init(
    socket: String, http: HTTPClient, loop: EventLoop, hello: Hello, profiles: SeccompProfiles
  ) {
    (self.socket, self.http, self.loop, self.profiles) = (socket, http, loop, profiles)
    (kind, version, api) = (hello.kind, hello.version, "v\(hello.api)")
  }

  /// Asks an engine who it is, and agrees with it on a version of the API.
  ///
  /// - Parameters:
  ///   - socket: an absolute path.
  ///   - folder: exists; where Podman, which runs on this machine, reads the filters of system calls.
  ///   - loop: where the connections live.
  ///   - patience: how long the engine may take to answer.
  /// - Returns: a client with connections of its own; end them with `close`.
  /// - Throws: `EngineError`: `.unreachable` when nobody answers at that path, `.tooOld`, `.protocolViolation`,
  ///   `.fileSystem`; `CancellationError`.
  package static func connect(
    socket: String, folder: String, loop: EventLoop, patience: Duration = .seconds(5)
  ) async throws -> EngineClient {
    var configuration = HTTPClient.Configuration()
    configuration.maximumConcurrentCalls = 64
    configuration.maximumIdleConnections = 8
    let http = try HTTPClient(loop: loop, configuration: configuration)
    do {
      var request = HTTPClient.Request("http://engine/version")
      request.unixSocket = socket
      request.version = .http1
      request.responseLimit = 256 << 10
      request.timeouts = .init(connect: patience, firstByte: patience, total: patience)
      let response = try await http.send(request)
      guard response.status == .ok else {
        throw EngineError(.protocolViolation, reason: "the version", status: response.status.code)
      }
      let hello = try Hello(try Self.json(response.body), known: known)
      let profiles = try await SeccompProfiles(for: hello.kind, in: folder)
      return EngineClient(socket: socket, http: http, loop: loop, hello: hello, profiles: profiles)
    } catch {
      http.shutdown()
      guard let failure = error as? HTTPError else { throw error }
      if failure.code == .cancelled { throw CancellationError() }
      throw EngineError(.unreachable, reason: failure.code.description)
    }
  }

  /// Ends its connections; attached streams stay with their owners.
  package func close() {
    hasEnded.store(true, ordering: .relaxed)
    http.shutdown()
  }

  /// Whether it was closed: then no call succeeds any more.
  var isClosed: Bool { hasEnded.load(ordering: .relaxed) }

  /// Whether the engine answers.
  package func ping() async -> Bool {
    // Any failure means the same to who asks.
    (try? await call(.get, "/_ping", timeout: .seconds(5))) != nil
  }
}

/// What the engine says about itself.
private struct Hello {
  let kind: EngineClient.Kind
  let version: String
  let api: APIVersion

  init(_ json: JSONValue, known: (oldest: APIVersion, newest: APIVersion)) throws {
    guard let newest = json["ApiVersion"]?.string.flatMap(APIVersion.init(parsing:)) else {
      throw EngineError(.protocolViolation, reason: "it does not say which version it speaks")
    }
    let oldest = json["MinAPIVersion"]?.string.flatMap(APIVersion.init(parsing:)) ?? newest
    guard newest >= known.oldest, oldest <= known.newest else {
      throw EngineError(
        .tooOld, reason: "it speaks \(oldest) to \(newest); we need \(known.oldest) to \(known.newest)")
    }
    api = min(newest, known.newest)
    version = json["Version"]?.string ?? "unknown"
    let names = (json["Components"]?.array ?? []).compactMap { $0["Name"]?.string }
    kind = names.contains { $0.hasPrefix("Podman") } ? .podman : .docker
  }
}

/// `1.41`.
struct APIVersion: Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int

  init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

  init?(parsing text: String) {
    let parts = text.split(separator: ".").map { Int($0) }
    guard parts.count >= 2, let major = parts[0], let minor = parts[1] else { return nil }
    self.init(major, minor)
  }

  var description: String { "\(major).\(minor)" }

  static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

// MARK: Calls

extension EngineClient {
  /// Longest answer that is read: lists and inspections are some kilobytes.
  private static let answerLimit = 4 << 20

  /// Calls the engine and returns the body of an answer below 400.
  ///
  /// - Throws: `EngineError`; `.notFound` for 404, `.conflict` for 409 and what Podman says instead of it.
  @discardableResult
  func call(
    _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], json: JSONValue? = nil,
    upload: RequestBody? = nil, timeout: Duration = .seconds(60)
  ) async throws -> [UInt8] {
    var request = HTTPClient.Request("http://engine" + resource(path, query), method: method)
    request.unixSocket = socket
    request.version = .http1
    request.responseLimit = Self.answerLimit
    request.decompresses = false
    request.timeouts = .init(connect: .seconds(5), firstByte: timeout, total: timeout)
    if let json {
      request.fields["Content-Type"] = "application/json"
      request.body = .bytes(try json.encoded())
    } else if let upload {
      request.fields["Content-Type"] = "application/x-tar"
      request.body = upload
    }
    let response: HTTPClient.Response
    do { response = try await http.send(request) } catch {
      if error.code == .cancelled { throw CancellationError() }
      throw EngineError(.unreachable, reason: error.code.description, detail: error.debugDescription)
    }
    guard response.status.code < 400 else { throw Self.failure(response.status.code, response.body) }
    return response.body
  }

  /// Path and query below the agreed version.
  func resource(_ path: String, _ query: [(String, String)]) -> String {
    let text = query.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    return "/\(api)\(path)" + (text.isEmpty ? "" : "?\(text)")
  }

  static func json(_ bytes: [UInt8]) throws -> JSONValue {
    do { return try JSONValue(parsing: bytes) } catch {
      throw EngineError(.protocolViolation, reason: "no JSON")
    }
  }

  /// The engine's failure as ours.
  static func failure(_ status: Int, _ body: [UInt8]) -> EngineError {
    // An answer that is no JSON is kept as text.
    let message =
      (try? JSONValue(parsing: body))?["message"]?.string ?? String(decoding: body.prefix(500), as: UTF8.self)
    let code: EngineError.Code =
      switch status {
      case 404: .notFound
      case 409: .conflict
      // Podman's answer while a container is on its way from one state to the next.
      case 500 where message.contains("container state improper") || message.contains("is being removed"):
        .conflict
      default: .refused
      }
    return EngineError(code, status: status, detail: String(message.prefix(1000)))
  }
}
