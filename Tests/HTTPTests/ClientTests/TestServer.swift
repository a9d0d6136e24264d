// The foreign servers of these tests: aiohttp and bare streams in Python, and nghttpd.

import CSystem
import EventLoop
import Glibc
@testable import HTTPClient
import TestKit

/// One Python server for all suites, started by the first that asks.
final class TestServer: Sendable {
  private static let starting = Task { try await TestServer() }

  static var shared: TestServer {
    get async throws { try await starting.value }
  }

  /// Holds `cert.pem` (self-signed, for `localhost` only), `key.pem` and `http.socket`.
  let folder: TemporaryDirectory
  private let process: ChildProcess
  private let ports: [String: String]

  private init() async throws {
    folder = try TemporaryDirectory()
    try await Self.makeCertificate(in: folder)
    process = try await ChildProcess.start([testPython, testFixture("server.py"), folder.path])
    var ports: [String: String] = [:]
    while let line = await process.nextLine(), line != "ready" {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 2 { ports[words[0]] = words[1] }
    }
    guard ports.count == 6 else { throw TestKitError("the Python server did not start") }
    self.ports = ports
  }

  static func makeCertificate(in folder: TemporaryDirectory) async throws {
    let openssl = try await ChildProcess.start(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem"), "-days", "2", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
      ], mergesErrors: true)
    guard await openssl.wait() == 0 else { throw TestKitError("openssl made no certificate") }
  }

  var certificate: String { folder.file("cert.pem") }
  var unixSocket: String { folder.file("http.socket") }

  /// `http`, `raw`, `mute`, `upgrade`: all without TLS.
  func url(_ server: String = "http", _ path: String) -> String {
    "http://127.0.0.1:\(ports[server] ?? "0")\(path)"
  }

  /// `https`, `mute`, `upgrades`, by the name in the certificate unless told.
  func secureURL(_ server: String = "https", _ path: String, host: String = "localhost") -> String {
    "https://\(host):\(ports[server] ?? "0")\(path)"
  }

  func port(_ server: String) -> Int { ports[server].flatMap(Int.init) ?? 0 }

  /// How often the server counted `name`.
  func count(_ name: String, _ client: HTTPClient) async throws -> Int {
    Int(try await client.send(.init(url("/count/\(name)"))).text) ?? -1
  }

  /// Waits until the server has noted `event`.
  func sees(_ event: String, _ client: HTTPClient) async throws {
    try await eventually("the server notes '\(event)'") {
      try await client.send(.init(url("/events"))).text.split(separator: "\n").contains { $0 == event }
    }
  }
}

/// The path of a file beside the tests.
func testFixture(_ name: String, of file: String = #filePath) -> String {
  "\(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])/Fixtures/\(name)"
}

/// A loop and a client for one test; the loop ends with it.
final class TestClient: Sendable {
  let loop: EventLoop
  let client: HTTPClient

  init(_ configure: (inout HTTPClient.Configuration) -> Void = { _ in }) throws {
    loop = try EventLoop(name: "client-test")
    var configuration = HTTPClient.Configuration()
    configure(&configuration)
    client = try HTTPClient(loop: loop, configuration: configuration)
  }

  deinit {
    client.shutdown()
    loop.execute { [loop] in loop.shutdown() }
  }
}

/// The error a call ends with; nil when it succeeds.
func failure(of body: () async throws -> some Any) async -> HTTPError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? HTTPError ?? HTTPError(.library)
  }
}
