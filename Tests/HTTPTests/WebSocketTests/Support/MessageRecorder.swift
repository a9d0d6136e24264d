// A handler that keeps what it is told.

import EventLoop
import Synchronization
import WebSocket

/// Keeps messages and the end of a connection for a test to look at.
final class MessageRecorder: WebSocketHandler, Sendable {
  private struct State {
    var messages: [WebSocketMessage] = []
    var close: WebSocketClose?
    var waiter: CheckedContinuation<WebSocketClose, Never>?
  }

  private let state = Mutex(State())
  private let onMessage: @Sendable (WebSocketConnection, WebSocketMessage) -> Void

  /// `onMessage` runs on the loop for each message.
  init(onMessage: @escaping @Sendable (WebSocketConnection, WebSocketMessage) -> Void = { _, _ in }) {
    self.onMessage = onMessage
  }

  var messages: [WebSocketMessage] { state.withLock { $0.messages } }

  func webSocket(_ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind)
  {
    let copy = message.withUnsafeBytes { bytes -> WebSocketMessage in
      kind == .text ? .text(String(decoding: bytes, as: UTF8.self)) : .binary([UInt8](bytes))
    }
    state.withLock { $0.messages.append(copy) }
    onMessage(connection, copy)
  }

  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
    let waiter = state.withLock { state in
      state.close = close
      return state.waiter
    }
    waiter?.resume(returning: close)
  }

  /// How the connection ended, as soon as it has.
  func closed() async -> WebSocketClose {
    await withCheckedContinuation { continuation in
      let close = state.withLock { state in
        if state.close == nil { state.waiter = continuation }
        return state.close
      }
      if let close { continuation.resume(returning: close) }
    }
  }
}

/// A loop that ends with the test.
func withLoop<Result>(_ body: (EventLoop) async throws -> Result) async throws -> Result {
  let loop = try EventLoop(name: "test")
  defer { loop.shutdown() }
  return try await body(loop)
}
