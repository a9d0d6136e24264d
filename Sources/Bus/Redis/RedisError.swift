// What can go wrong between us and Redis.

/// An error of the Redis driver. `description` is safe to log: it never carries keys' values or passwords.
package struct RedisError: Error, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// The address is no `redis://` or `unix://` URL of the form that `RedisAddress` documents.
    package static let invalidAddress = Code("invalid Redis address")
    /// The server cannot be reached; what was asked did not happen.
    package static let unreachable = Code("Redis is unreachable")
    /// The connection was lost with the command under way: it may or may not have happened.
    package static let connectionLost = Code("connection to Redis lost")
    /// No answer in time. The connection is given up, since answers come in order.
    package static let timeout = Code("Redis did not answer in time")
    /// Too many commands wait for an answer: push back.
    package static let overloaded = Code("too many Redis commands under way")
    /// The server answered with an error.
    package static let server = Code("Redis error")
    /// The answer is not of the kind the command promises.
    package static let unexpectedReply = Code("unexpected Redis reply")
    /// The client was closed.
    package static let closed = Code("Redis client is closed")
  }

  /// What the caller decides by.
  package let code: Code
  /// The server's or the system's words; for a server error the first word is its kind, such as `NOSCRIPT`.
  package let message: String

  package init(_ code: Code, _ message: String = "") {
    self.code = code
    self.message = message
  }

  package var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }

  /// Whether the server answered with an error of that kind, such as `NOSCRIPT` or `BUSYGROUP`.
  package func isServerError(_ kind: String) -> Bool {
    code == .server && message.prefix { $0 != " " } == kind
  }
}
