// Why a WebSocket could not be opened, or does not take a message.

package import HTTPTypes

/// What went wrong with a WebSocket. `description` never shows content, addresses or keys.
package struct WebSocketError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// The server answered the handshake with another status than 101; `status` has it.
    package static let rejected = Code("rejected")
    /// The answer to the handshake breaks RFC 6455 section 4.1.
    package static let badHandshake = Code("bad handshake")
    /// The address is not of the form `ws://…` or `wss://…`.
    package static let badAddress = Code("bad address")
    /// The handshake took longer than allowed.
    package static let timeout = Code("timeout")
    /// The connection is closing or closed; nothing was sent.
    package static let closed = Code("closed")
    /// Too many bytes wait to be written; nothing was sent. Wait for the drain, or give up on the peer.
    package static let overloaded = Code("overloaded")
    /// The message exceeds the cap of this connection; nothing was sent.
    package static let messageTooLarge = Code("message too large")
    /// A library could not get memory.
    package static let outOfMemory = Code("out of memory")
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// What the server answered instead of 101.
  package let status: HTTPStatus?
  /// A fixed sentence on what exactly was wrong; empty when the code says it all.
  package let reason: StaticString

  package init(_ code: Code, _ reason: StaticString = "", status: HTTPStatus? = nil) {
    self.code = code
    self.status = status
    self.reason = reason
  }

  package static func == (left: WebSocketError, right: WebSocketError) -> Bool {
    left.code == right.code && left.status == right.status
  }

  package var description: String {
    let cause = reason.utf8CodeUnitCount > 0 ? ": \(reason)" : ""
    return "WebSocket: \(code)\(status.map { " with HTTP status \($0)" } ?? "")\(cause)"
  }
}
