// Why the gateway did not take something from us.

/// What stopped a request to the gateway. `description` is safe to show and to log.
package struct GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// Discord would refuse this; nothing was sent. Correct the request.
    package static let invalidPayload = Code("invalid payload")
    /// More than 4,096 bytes; nothing was sent. Split the request.
    package static let payloadTooLarge = Code("payload too large")
    /// Too much waits to be sent already; nothing was sent. Try again later.
    package static let queueFull = Code("queue full")
    /// The intent it needs is not in force. Ask for less, or switch the intent on.
    package static let missingIntent = Code("missing intent")
    /// The answer did not come in time, or not completely.
    package static let timeout = Code("timeout")
    /// Discord limits this request further; `retryAfter` says for how long.
    package static let rateLimited = Code("rate limited")
    /// The session in which it was asked has ended, and with it the answer. Ask again.
    package static let sessionLost = Code("session lost")
    /// The shard is stopped or has crashed.
    package static let stopped = Code("stopped")
    /// No shard here is responsible for the guild.
    package static let noShard = Code("no shard")
    /// Discord does not take the bot's token.
    package static let unauthorized = Code("unauthorized")
    /// Too many sessions were begun today; see `IdentifyGate.allowIdentifies(_:)`.
    package static let identifyBudgetSpent = Code("identify budget spent")
    /// The task that asked was cancelled.
    package static let cancelled = Code("cancelled")
    /// The gateway's address could not be fetched, or does not answer.
    package static let unavailable = Code("unavailable")
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// A fixed sentence on what exactly is wrong.
  package let reason: StaticString
  /// For `.rateLimited`.
  package let retryAfter: Duration?

  package init(_ code: Code, _ reason: StaticString = "", retryAfter: Duration? = nil) {
    (self.code, self.reason, self.retryAfter) = (code, reason, retryAfter)
  }

  static func invalid(_ reason: StaticString) -> GatewayError { GatewayError(.invalidPayload, reason) }

  package static func == (left: GatewayError, right: GatewayError) -> Bool {
    left.code == right.code && left.retryAfter == right.retryAfter
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(code) }

  package var description: String {
    let detail = reason.utf8CodeUnitCount > 0 ? ": \(reason)" : ""
    return "gateway: \(code)\(detail)"
  }
}
