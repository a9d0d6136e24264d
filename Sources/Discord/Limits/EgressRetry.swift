// Whether a call is sent again, and when.

/// The attempts of one call.
///
/// A 429 is no attempt that did anything, so it is repeated whatever the call, at most `refusalBound` times; the limit
/// machine makes it wait. After a failure of Discord or of the connection, only calls whose repeating is harmless, or
/// which surely never left, go again, at most `failureBound` times.
package struct EgressRetry: Sendable {
  /// How an attempt ended.
  package enum Ending: Hashable, Sendable {
    /// 429.
    case refusedByLimit
    /// 5xx, with what its `Retry-After` says.
    case failed(retryAfter: Duration?)
    /// No answer; it may have arrived.
    case lost
    /// It surely never left.
    case notSent
  }

  /// How often a 429, and how often a failure, is followed by another attempt.
  package static let refusalBound = 5
  package static let failureBound = 3
  /// The first wait after a failure; each further one is twice as long.
  package static let firstWait: Duration = .milliseconds(400)
  /// A longer wait than this is the caller's to decide upon.
  package static let longestWait: Duration = .seconds(30)

  private let isRepeatable: Bool
  private var refusals = 0
  private var failures = 0
  /// Whether an earlier attempt may have done its work.
  package private(set) var mayHaveArrived = false

  package init(isRepeatable: Bool) { self.isRepeatable = isRepeatable }

  /// How long to wait before handing the call in again; nil when the result stands. `random` is from 0 up to 1: waits
  /// are spread over their upper half.
  package mutating func wait(after ending: Ending, random: Double) -> Duration? {
    switch ending {
    case .refusedByLimit:
      refusals += 1
      return refusals <= Self.refusalBound ? .zero : nil
    case .failed(let retryAfter):
      mayHaveArrived = true
      return isRepeatable ? waitAfterFailure(atLeast: retryAfter ?? .zero, random) : nil
    case .lost:
      mayHaveArrived = true
      return isRepeatable ? waitAfterFailure(atLeast: .zero, random) : nil
    case .notSent: return waitAfterFailure(atLeast: .zero, random)
    }
  }

  private mutating func waitAfterFailure(atLeast least: Duration, _ random: Double) -> Duration? {
    failures += 1
    guard failures <= Self.failureBound, least <= Self.longestWait else { return nil }
    let full = Self.firstWait * (1 << (failures - 1))
    return max(least, full * (0.5 + 0.5 * random))
  }
}
