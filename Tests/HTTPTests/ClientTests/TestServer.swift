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
  func url(_ path: String, on server: String = "http") -> String {
    "http://127.0.0.1:\(ports[server] ?? "0")\(path)"
  }

  /// `https`, `mute`, `upgrades`, by the name in the certificate unless told.
  func secureURL(_ path: String, on server: String = "https", host: String = "localhost") -> String {
    "https://\(host):\(ports[server] ?? "0")\(path)"
  }

  func port(_ server: String) -> Int { ports[server].flatMap(Int.init) ?? 0 }

  /// How often the server counted `name`.
  func count(_ name: String, _ client: HTTPClient) async throws -> Int {
    Int(try await client.send(.init(url("/count?name=\(name)"))).text) ?? -1
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

/// A port that nobody listens on; another program may take it any moment.
func freePort() throws -> Int {
  try LoopbackListener().port
}

/// A port that refuses whoever connects: it is ours until the process ends, so that no other test's server gets it.
func refusingPort() throws -> Int {
  try Unmanaged.passRetained(LoopbackListener(listens: false)).takeUnretainedValue().port
}

/// A socket that listens on a port of 127.0.0.1 and ::1 and tells whether anyone connected.
final class LoopbackListener {
  private var sockets: [CInt] = []
  private var connections: [CInt] = []
  private(set) var port = 0

  init(listens: Bool = true) throws {
    for family in [AF_INET, AF_INET6] {
      let descriptor = socket(
        family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
      guard descriptor >= 0 else { continue }
      sockets.append(descriptor)
      guard bind(descriptor, family), !listens || listen(descriptor, 64) == 0 else {
        throw TestKitError("cannot listen")
      }
    }
  }

  deinit { for descriptor in sockets + connections { close(descriptor) } }

  /// Connections since the last time.
  func accepted() -> Int {
    var count = 0
    for descriptor in sockets {
      while case let connection = accept(descriptor, nil, nil), connection >= 0 {
        count += 1
        connections.append(connection)
      }
    }
    return count
  }

  /// How many of the accepted connections the other side has closed.
  var ended: Int {
    connections.count { connection in
      var byte: UInt8 = 0
      return recv(connection, &byte, 1, CInt(MSG_DONTWAIT)) == 0
    }
  }

  private func bind(_ descriptor: CInt, _ family: CInt) -> Bool {
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
          guard Glibc.bind(descriptor, generic, size) == 0, getsockname(descriptor, generic, &size) == 0
          else { return false }
          port = Int(UInt16(bigEndian: pointer.pointee.sin_port))
          return true
        }
      }
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    address.sin6_port = UInt16(port).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, size) == 0 }
    }
  }
}
