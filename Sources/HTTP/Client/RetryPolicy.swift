// When a call is worth another attempt, and when.

internal import HTTPTypes

/// Repeats a call that the caller knows to be safe to repeat.
///
/// Waits are exponential with full jitter: a random time between zero and the current ceiling, so that many
/// clients of a server that comes back do not return in step.
package struct RetryPolicy: Sendable {
  /// What may be tried again.
  package struct Failures: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No connection was made: `.resolve`, `.connect`, `.connectTimeout`. Nothing was sent.
    package static let connect = Failures(rawValue: 1)
    /// The connection ended before the response did. The server may have done the work.
    package static let lostConnection = Failures(rawValue: 2)
    package static let badGateway = Failures(rawValue: 4)
    package static let serviceUnavailable = Failures(rawValue: 8)
    package static let gatewayTimeout = Failures(rawValue: 16)

    /// Every failure that repeating may mend.
    package static let all: Failures = [
      .connect, .lostConnection, .badGateway, .serviceUnavailable, .gatewayTimeout,
    ]
  }

  /// Attempts in all, the first one included; at least 1.
  package var attempts: Int
  package var failures: Failures
  /// The ceiling of the first wait; it doubles each time.
  package var firstDelay: Duration
  /// What the ceiling stops at.
  package var longestDelay: Duration
  /// The longest `Retry-After` (RFC 9110 section 10.2.3) we wait for. A server that asks for more gets no
  /// further attempt, and the caller its response.
  package var longestRetryAfter: Duration

  package init(
    attempts: Int = 3, failures: Failures = .all, firstDelay: Duration = .milliseconds(200),
    longestDelay: Duration = .seconds(5), longestRetryAfter: Duration = .seconds(30)
  ) {
    self.attempts = attempts
    self.failures = failures
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
    self.longestRetryAfter = longestRetryAfter
  }

  /// How an attempt ended, as far as retrying goes.
  enum Outcome {
    case failure(HTTPError.Code)
    case response(HTTPStatus, retryAfter: Duration?)
  }

  /// The wait before the next attempt; nil when there is none. `attempt` is the number of the one that just
  /// ended, from 1; `random` is from 0 up to 1.
  func delay(after attempt: Int, _ outcome: Outcome, random: Double) -> Duration? {
    guard attempt < attempts, failures.contains(Self.kind(of: outcome)) else { return nil }
    if case .response(_, let wish?) = outcome {
      return wish <= longestRetryAfter ? wish : nil
    }
    var ceiling = min(firstDelay, longestDelay)
    for _ in 1..<max(attempt, 1) where ceiling < longestDelay { ceiling = min(ceiling * 2, longestDelay) }
    return ceiling * max(0, min(random, 1))
  }

  /// The option that must be on; one that never is for what is not retried.
  private static func kind(of outcome: Outcome) -> Failures {
    switch outcome {
    case .failure(.resolve), .failure(.connect), .failure(.connectTimeout): .connect
    case .failure(.lost): .lostConnection
    case .response(.badGateway, _): .badGateway
    case .response(.serviceUnavailable, _): .serviceUnavailable
    case .response(.gatewayTimeout, _): .gatewayTimeout
    default: Failures(rawValue: 128)
    }
  }
}
