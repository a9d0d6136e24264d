// Our server against clients that others wrote.

import Compression
import EventLoop
import HTTPServer
import HTTPTypes
import TestKit
import Testing
import WebSocket

/// A server of ours with the routes the clients call.
private final class OwnServer: Sendable {
  let base: String
  private let server: HTTPServer
  private let closes = Recorder<WebSocketClose>()

  init(loop: EventLoop) throws {
    let closes = closes
    var router = Router()
    router.get("/echo", name: "echo") { request in
      var handshake = WebSocketServerHandshake()
      handshake.subprotocols = ["chat"]
      var options = WebSocketOptions()
      options.maximumMessageSize = (1 << 20) + 1
      return .webSocket(for: request, handshake: handshake, options: options) { connection in
        connection.start(Echo())
        closes.record(await connection.closed())
      }
    }
    router.get("/bye", name: "bye") { request in
      .webSocket(for: request) { connection in
        closes.record(await connection.close(code: WebSocketCloseCode(4004), reason: "bye"))
      }
    }
    router.get("/private", name: "private") { request in
      var handshake = WebSocketServerHandshake()
      handshake.allowsOrigin = { _ in false }
      return .webSocket(for: request, handshake: handshake) { _ in }
    }
    for format in [CompressionFormat.zlib, .zstd] {
      router.get("/\(format)", name: "\(format)") { request in
        var options = WebSocketOptions()
        options.outgoingCompression = format
        return .webSocket(for: request, options: options) { connection in
          for index in 0..<50 {
            try await connection.send(
              text: "{\"s\":\(index),\"d\":\"\(String(repeating: "guild", count: index))\"}")
          }
        }
      }
    }
    server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, writesAccessLog: false)
    guard case .tcp(let host, let port) = try server.start() else { throw TestKitError("no TCP address") }
    base = "ws://\(host):\(port)"
  }

  /// The `count`th close, as soon as it happened.
  func close(_ count: Int) async throws -> WebSocketClose {
    try await eventually("a close") { self.closes.values.count >= count }
    return closes.values[count - 1]
  }

  func stop() async {
    await server.shutdown(grace: .seconds(1))
  }
}

/// Sends back what comes, on the loop.
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

private func run(_ library: String, _ url: String, _ scenario: String) async throws -> String? {
  let process = try await ChildProcess.start([testPython, fixture("ws_client.py"), library, url, scenario])
  defer { process.kill() }
  return await process.nextLine()
}

private func withOwnServer(_ body: (OwnServer) async throws -> Void) async throws {
  try await withLoop { loop in
    let server = try OwnServer(loop: loop)
    do {
      try await body(server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct AgainstForeignClients {
  @Test func `websockets: everything it can say`() async throws {
    try await withOwnServer { (server: OwnServer) async throws in
      let echo = server.base + "/echo"
      #expect(try await run("websockets", echo, "echo") == "κόσμε True fragmented [] chat")
      #expect(try await server.close(1).code == .normal)
      #expect(try await run("websockets", echo, "close") == "closed 4001")
      #expect(
        try await server.close(2)
          == WebSocketClose(code: WebSocketCloseCode(4001), reason: "mine", origin: .peer))
      #expect(try await run("websockets", echo, "invalid") == "closed 1007")
      #expect(try await server.close(3) == WebSocketClose(code: .invalidPayload, origin: .violation))
      #expect(try await run("websockets", echo, "big") == "closed 1009")
      #expect(try await server.close(4) == WebSocketClose(code: .messageTooBig, origin: .violation))
      #expect(try await run("websockets", echo, "drop") == "dropped")
      #expect(try await server.close(5) == WebSocketClose(code: .abnormal, origin: .lost))
      #expect(try await run("websockets", server.base + "/bye", "wait") == "closed 4004 bye")
      #expect(try await server.close(6).origin == .local)
      #expect(try await run("websockets", server.base + "/private", "wait") == "status 403")
    }
  }

  @Test func `aiohttp: everything it can say`() async throws {
    try await withOwnServer { (server: OwnServer) async throws in
      // It offers permessage-deflate and gets none.
      #expect(try await run("aiohttp", server.base + "/echo", "echo") == "κόσμε True 0")
      #expect(try await run("aiohttp", server.base + "/echo", "close") == "closed 4001")
      #expect(try await server.close(2).code.rawValue == 4001)
      #expect(try await run("aiohttp", server.base + "/bye", "wait") == "closed 4004 bye")
      #expect(try await run("aiohttp", server.base + "/private", "wait") == "status 403")
    }
  }

  @Test func `an unmasked frame is 1002, an older version 426`() async throws {
    try await withOwnServer { (server: OwnServer) async throws in
      #expect(try await run("raw", server.base + "/echo", "unmasked") == "closed 1002")
      #expect(try await run("raw", server.base + "/echo", "version") == "426 True")
    }
  }

  @Test(arguments: ["zlib", "zstd"])
  func `fifty chained messages inflate in Python`(format: String) async throws {
    try await withOwnServer { (server: OwnServer) async throws in
      #expect(try await run("websockets", "\(server.base)/\(format)", format) == "True")
    }
  }
}
