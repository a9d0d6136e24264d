// WebSocket rows: what an idle connection weighs, and how many messages go back and forth.

import BenchmarkHarness
import CSystem
import EventLoop
import HTTPClient
import HTTPServer
import TestKit
import WebSocket

let webSocketBenchmarks: [Benchmark] = [
  Benchmark("websocket: 500 idle TLS connections") { try await idleConnections() },
  Benchmark("websocket: round trips") { try await roundTrips() },
]

/// 500 connections over TLS, verified, to a server of Python's, at rest after one message each.
private func idleConnections() async throws -> [BenchmarkRow] {
  let folder = try TemporaryDirectory()
  let (certificate, key) = (folder.file("cert.pem"), folder.file("key.pem"))
  let openssl = try await ChildProcess.start(
    [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2",
      "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ], mergesErrors: true)
  guard await openssl.wait() == 0 else { throw TestKitError("openssl made no certificate") }
  return try await withPythonEcho(arguments: [certificate, key]) { port in
    let loop = try EventLoop(name: "bench")
    defer { loop.shutdown() }
    var configuration = HTTPClient.Configuration()
    configuration.certificateAuthorities = certificate
    let client = try HTTPClient(loop: loop, configuration: configuration)
    var connections: [WebSocketConnection] = []
    func connect(_ count: Int) async throws {
      for _ in 0..<count {
        let connection = try await WebSocketClient.connect(
          .init("wss://127.0.0.1:\(port)/echo"), over: client)
        var iterator = connection.messages.makeAsyncIterator()
        try await connection.send(text: "hello")
        guard await iterator.next() == .text("hello") else { throw TestKitError("no echo") }
        connections.append(connection)
      }
    }
    // The first few pay for libraries and the parsed authorities.
    try await connect(10)
    let before = csystem_resident_bytes()
    try await connect(500)
    let mebibytes = Double(csystem_resident_bytes() - before) / 1_048_576
    for connection in connections { loop.execute { connection.startClosing() } }
    return [
      BenchmarkRow(
        name: "WebSocket: 500 idle TLS connections", unit: "MiB", ours: mebibytes, peer: "bound",
        peerValue: 50,
        goal: .atMost(1))
    ]
  }
}

/// One message at a time over one connection, our client: our server against Python's `websockets`.
private func roundTrips() async throws -> [BenchmarkRow] {
  try await withPythonEcho(arguments: []) { port in
    let clientLoop = try EventLoop(name: "bench-client")
    let serverLoop = try EventLoop(name: "bench-server")
    defer {
      clientLoop.shutdown()
      serverLoop.shutdown()
    }
    var router = Router()
    router.get("/echo", name: "echo") { request in
      .webSocket(for: request) { connection in
        connection.start(Echo())
        _ = await connection.closed()
      }
    }
    let server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: serverLoop, writesAccessLog: false)
    guard case .tcp(_, let ownPort) = try server.start() else { throw TestKitError("no TCP address") }
    let client = try HTTPClient(loop: clientLoop)
    let result = try await paired {
      try await tripsPerSecond(to: "ws://127.0.0.1:\(ownPort)/echo", over: client, count: 20_000)
    } _: {
      try await tripsPerSecond(to: "ws://127.0.0.1:\(port)/echo", over: client, count: 5_000)
    }
    await server.shutdown(grace: .seconds(1))
    return [
      BenchmarkRow(
        name: "WebSocket: round trips on one connection", unit: "round trips/s", ours: result.ours,
        peer: "Python websockets as server", peerValue: result.peer, goal: .atLeast(1))
    ]
  }
}

private func tripsPerSecond(to url: String, over client: HTTPClient, count: Int) async throws -> Double {
  let connection = try await WebSocketClient.connect(.init(url), over: client)
  let volley = Volley(count: count)
  let time = await seconds {
    await withCheckedContinuation { continuation in
      connection.loop.execute { volley.begin(connection, continuation) }
    }
  }
  await connection.close()
  return Double(count) / time
}

/// Sends the next message when the last has come back. Confined to the connection's loop.
private final class Volley: WebSocketHandler, @unchecked Sendable {
  private var left: Int
  private var continuation: CheckedContinuation<Void, Never>?

  init(count: Int) {
    left = count
  }

  func begin(_ connection: WebSocketConnection, _ continuation: CheckedContinuation<Void, Never>) {
    self.continuation = continuation
    connection.start(self)
    serve(connection)
  }

  private func serve(_ connection: WebSocketConnection) {
    do {
      try connection.enqueue(text: "{\"op\":1,\"d\":251}")
    } catch {
      finish()
    }
  }

  private func finish() {
    continuation?.resume()
    continuation = nil
  }

  func webSocket(_ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind)
  {
    left -= 1
    if left > 0 { serve(connection) } else { finish() }
  }

  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
    finish()
  }
}

/// Sends back what comes.
private final class Echo: WebSocketHandler {
  func webSocket(_ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind)
  {
    do {
      try connection.enqueue(message, as: kind)
    } catch {
      connection.startClosing(code: .tryAgainLater)
    }
  }

  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {}
}

/// Python's `websockets` as an echo server, for the time of `body`, which is given its port.
private func withPythonEcho<Result>(arguments: [String], _ body: (String) async throws -> Result) async throws
  -> Result
{
  let script = "Tests/HTTPTests/WebSocketTests/Fixtures/ws_server.py"
  let process = try await ChildProcess.start([testPython, script, "websockets"] + arguments)
  defer { process.kill() }
  guard let port = await process.nextLine() else { throw TestKitError("Python's server did not start") }
  return try await body(port)
}
