// Who is told what a connection brings, on its loop.

/// Receives what arrives on a connection. Every method is called on the connection's loop, one after another; none
/// may block.
package protocol WebSocketHandler: AnyObject {
  /// A whole message arrived. `message` is borrowed: copy what must outlive the call. `PaddedBuffer.padding` readable
  /// bytes follow it, so JSON can be parsed in place.
  func webSocket(_ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind)
  /// Everything that `enqueue` took has been handed to the system, after it could not be at once.
  func webSocketDrained(_ connection: WebSocketConnection)
  /// The connection is over. Called once, last.
  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose)
}

extension WebSocketHandler {
  package func webSocketDrained(_ connection: WebSocketConnection) {}
}

/// A message that was copied out, for those who are not on the loop.
package enum WebSocketMessage: Sendable, Equatable {
  case text(String)
  case binary([UInt8])
}
