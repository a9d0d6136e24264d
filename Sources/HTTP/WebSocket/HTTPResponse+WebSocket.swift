// The server's door: from a request to an open connection.

package import EventLoop
package import HTTPServer
internal import HTTPTypes

extension HTTPResponse {
  /// The answer to a request for a WebSocket: 101 and then `body`, or the refusal that the handshake calls for.
  ///
  ///     router.get("/socket", name: "socket") { request in
  ///       .webSocket(for: request) { connection in
  ///         for await message in connection.messages { … }
  ///       }
  ///     }
  ///
  /// `body` runs on `loop` (the server's own unless told). When it returns, the connection is closed with 1000 if it
  /// is still open, with 1001 when the server shuts down, and with 1011 when `body` throws. Work without hops starts
  /// a handler in it: `connection.start(handler)`, then `await connection.closed()`.
  package static func webSocket(
    for request: HTTPRequest, handshake: WebSocketServerHandshake = WebSocketServerHandshake(),
    options: WebSocketOptions = WebSocketOptions(), on loop: EventLoop? = nil,
    _ body: @escaping @Sendable (WebSocketConnection) async throws -> Void
  ) -> HTTPResponse {
    let verdict = handshake.judge(
      method: request.method, isHTTP11: request.head.isHTTP11, fields: request.fields)
    guard case .accept(var fields, let subprotocol) = verdict else {
      guard case .refuse(let status, let fields) = verdict else { return HTTPResponse(status: .badRequest) }
      return HTTPResponse(status: status, fields: fields)
    }
    // These two are the server's to write.
    fields["Upgrade"] = nil
    fields["Connection"] = nil
    return .upgrade(protocol: "websocket", fields: fields, on: loop) { stream in
      let connection = try WebSocketConnection(
        stream: stream, role: .server, subprotocol: subprotocol, options: options)
      try await LoopIsolation(loop: stream.loop).converse(connection, body)
    }
  }
}

/// Keeps the server's side of a conversation on its loop: whatever `body` awaits, it comes back here.
private actor LoopIsolation {
  private let loop: EventLoop

  init(loop: EventLoop) {
    self.loop = loop
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func converse(
    _ connection: WebSocketConnection, _ body: @Sendable (WebSocketConnection) async throws -> Void
  ) async throws {
    // Not only a check: Swift 6.3 leaves out the change to the actor's executor when the first thing a method does
    // is to call an async function, and `body` would run in the pool.
    loop.checkIsolated()
    do {
      try await body(connection)
    } catch {
      await connection.close(code: Task.isCancelled ? .goingAway : .internalError)
      throw error
    }
    await connection.close(code: Task.isCancelled ? .goingAway : .normal)
  }
}
