// Our client against servers that others wrote.

import Compression
import EventLoop
import HTTPClient
import HTTPTypes
import TestKit
import Testing
import WebSocket

/// A Python server and a client of ours on a loop.
private struct ForeignServer {
  let loop: EventLoop
  let client: HTTPClient
  let base: String
  let process: ChildProcess

  func connect(
    _ path: String, _ change: (inout WebSocketClient.Request) -> Void = { _ in }
  ) async throws -> WebSocketConnection {
    var request = WebSocketClient.Request(base + path)
    change(&request)
    return try await WebSocketClient.connect(request, over: client)
  }

  /// The next close the server reports.
  func seenClose() async -> String? {
    await process.nextLine()
  }
}

private func withForeignServer(
  _ library: String, secure: Bool = false, _ body: (ForeignServer) async throws -> Void
) async throws {
  let folder = try TemporaryDirectory()
  var arguments = [testPython, fixture("ws_server.py"), library]
  var configuration = HTTPClient.Configuration()
  if secure {
    let (certificate, key) = try await makeCertificate(in: folder)
    arguments += [certificate, key]
    configuration.certificateAuthorities = certificate
  }
  let process = try await ChildProcess.start(arguments)
  defer { process.kill() }
  let port = try #require(await process.nextLine())
  try await withLoop { loop in
    let client = try HTTPClient(loop: loop, configuration: configuration)
    let base = "\(secure ? "wss" : "ws")://127.0.0.1:\(port)"
    try await body(ForeignServer(loop: loop, client: client, base: base, process: process))
  }
}

func fixture(_ name: String, file: String = #filePath) -> String {
  file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    + "/Fixtures/\(name)"
}

/// A certificate for 127.0.0.1 that vouches for itself.
private func makeCertificate(in folder: TemporaryDirectory) async throws -> (certificate: String, key: String)
{
  let (certificate, key) = (folder.file("cert.pem"), folder.file("key.pem"))
  let process = try await ChildProcess.start(
    [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2",
      "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ], mergesErrors: true)
  guard await process.wait() == 0 else { throw TestKitError("openssl made no certificate") }
  return (certificate, key)
}

private func collect(_ connection: WebSocketConnection) async -> [WebSocketMessage] {
  var messages: [WebSocketMessage] = []
  for await message in connection.messages { messages.append(message) }
  return messages
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct AgainstForeignServers {
  @Test(arguments: [("websockets", false), ("websockets", true), ("aiohttp", false), ("aiohttp", true)])
  func `text, binary and closes agree`(library: String, secure: Bool) async throws {
    try await withForeignServer(library, secure: secure) { server in
      let connection = try await server.connect("/echo")
      var iterator = connection.messages.makeAsyncIterator()
      try await connection.send(text: "κόσμε")
      #expect(await iterator.next() == .text("κόσμε"))
      let big = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try await connection.send(binary: big)
      #expect(await iterator.next() == .binary(big))
      // aiohttp answers a close with a code of its own.
      let close = await connection.close(code: WebSocketCloseCode(4001))
      #expect(close.code.rawValue == (library == "aiohttp" ? 1000 : 4001))
      #expect(close.origin == .local)
      #expect(await server.seenClose() == "closed 4001")

      let closing = try await server.connect("/close/4004")
      #expect(await collect(closing).isEmpty)
      #expect(
        await closing.closed() == WebSocketClose(code: WebSocketCloseCode(4004), reason: "bye", origin: .peer)
      )
      #expect(await server.seenClose() == "closed 4004")

      for status in [403, 503] {
        await #expect(throws: WebSocketError(.rejected, status: HTTPStatus(status))) {
          _ = try await server.connect("/reject/\(status)")
        }
      }
    }
  }

  @Test func `fragments, pings, subprotocols`() async throws {
    try await withForeignServer("websockets") { server in
      let fragments = try await server.connect("/fragments") { $0.subprotocols = ["other", "chat"] }
      #expect(fragments.subprotocol == "chat")
      var iterator = fragments.messages.makeAsyncIterator()
      #expect(await iterator.next() == .text("fragmented"))
      try await fragments.send(text: "thanks")
      #expect(await server.seenClose() == "got thanks")
      #expect(await iterator.next() == nil)
      #expect(await server.seenClose() == "closed 1000")

      let pinged = try await server.connect("/ping") { $0.options.pingInterval = .milliseconds(5) }
      var next = pinged.messages.makeAsyncIterator()
      #expect(await next.next() == .text("ponged"))
      await pinged.close()
    }
  }

  @Test func `broken text is 1007, a message over the cap 1009, an abrupt end 1006`() async throws {
    try await withForeignServer("websockets") { server in
      for (path, code, seen) in [("/invalid", 1007, "closed 1007"), ("/big/2000", 1009, "closed 1009")] {
        let connection = try await server.connect(path) { $0.options.maximumMessageSize = 1000 }
        #expect(await collect(connection).isEmpty)
        let close = await connection.closed()
        #expect(close.code.rawValue == UInt16(code))
        #expect(close.origin == .violation)
        #expect(await server.seenClose() == seen)
      }
      let dropped = try await server.connect("/drop")
      _ = await collect(dropped)
      #expect(await dropped.closed() == WebSocketClose(code: .abnormal, origin: .lost))
    }
  }

  @Test(arguments: [("zlib", CompressionFormat.zlib), ("zstd", .zstd)])
  func `fifty chained messages of a compressed connection`(path: String, format: CompressionFormat)
    async throws
  {
    try await withForeignServer("websockets") { server in
      let connection = try await server.connect("/\(path)") { $0.options.incomingCompression = format }
      let texts = await collect(connection).map { message -> String in
        guard case .binary(let bytes) = message else { return "" }
        return String(decoding: bytes, as: UTF8.self)
      }
      #expect(
        texts
          == (0..<50).map { "{\"op\":0,\"s\":\($0),\"d\":\"\(String(repeating: "guild", count: $0 * 20))\"}" }
      )
    }
  }

  @Test func `a server that does not read holds us back`() async throws {
    try await withForeignServer("websockets") { server in
      let connection = try await server.connect("/deaf") { $0.options.writeBound = 1 << 20 }
      let sender = Task {
        for _ in 0..<10_000 { try await connection.send(binary: [UInt8](repeating: 1, count: 64 << 10)) }
      }
      try await eventually("the queue is full") {
        await onLoop(server.loop) { connection.pendingBytes } > 900_000
      }
      #expect(await onLoop(server.loop) { connection.pendingBytes } <= (1 << 20) + 70_000)
      sender.cancel()
      await #expect(throws: CancellationError.self) { try await sender.value }
      server.process.kill()
      #expect(await connection.close().code == .abnormal)
    }
  }

  @Test func `no server, no answer, no trust are errors that say so`() async throws {
    try await withForeignServer("websockets", secure: true) { server in
      await #expect(throws: WebSocketError(.timeout)) {
        _ = try await server.connect("/slow") { $0.handshakeTimeout = .milliseconds(100) }
      }
      let stranger = try HTTPClient(loop: server.loop)
      await #expect(throws: HTTPError.self) {
        _ = try await WebSocketClient.connect(.init(server.base + "/echo"), over: stranger)
      }
      for url in ["ws://127.0.0.1:1/", "ws://nowhere.invalid/"] {
        await #expect(throws: HTTPError.self) {
          _ = try await WebSocketClient.connect(.init(url), over: stranger)
        }
      }
      await #expect(throws: WebSocketError(.badAddress)) {
        _ = try await WebSocketClient.connect(.init("http://127.0.0.1/"), over: stranger)
      }
    }
  }
}
