// One of Discord's buckets, as far as its headers tell.

/// What the rate-limit headers of an answer say (https://discord.com/developers/docs/topics/rate-limits#header-format).
package struct BucketHeaders: Hashable, Sendable {
  /// Discord's name for the limit; with the major parameter it names the bucket.
  package var hash: String
  package var limit: Int
  package var remaining: Int
  package var resetAfter: Duration

  package init(hash: String, limit: Int, remaining: Int, resetAfter: Duration) {
    (self.hash, self.limit, self.remaining, self.resetAfter) = (hash, limit, remaining, resetAfter)
  }
}

/// How many calls a bucket has left, decided so that Discord never sees more, whatever order answers come in.
///
/// `remaining` is only lowered while a window lasts, and calls on their way are always taken off it, although the last
/// answer may have counted them already. It is raised by evidence of a new window alone: an answer to a call that left
/// after the old window's end, or a reset that lies too far ahead for the old one.
struct RouteBucket {
  private enum Knowledge { case nothing, noLimit, limit(Int) }

  /// Calls at once where Discord has told us of no limit.
  private static let concurrencyWithoutLimit = 64
  /// Added to each reset, for headers rounded to milliseconds.
  private static let margin: Duration = .milliseconds(2)

  private var knowledge = Knowledge.nothing
  private var remaining = 0
  /// The end of the window, at the latest.
  private var resetAt: Duration = .zero
  /// The longest reset that was announced.
  private var longestReset: Duration = .zero
  private(set) var pausedUntil: Duration = .zero
  private(set) var underway = 0

  /// A bucket nothing is known of: its calls go one at a time.
  init() {}

  /// A bucket whose limit is known from others of the same hash.
  init(limit: Int) { knowledge = .limit(limit) }

  /// A bucket of a route that has no limit of its own.
  static var withoutLimit: RouteBucket {
    var bucket = RouteBucket()
    bucket.knowledge = .noLimit
    return bucket
  }

  /// How many calls may leave now; zero or less for none.
  func available(at now: Duration) -> Int {
    guard now >= pausedUntil else { return 0 }
    return switch knowledge {
    case .nothing: 1 - underway
    case .noLimit: Self.concurrencyWithoutLimit - underway
    case .limit(let limit): (now >= resetAt ? limit : remaining) - underway
    }
  }

  /// Until when no call can leave, whatever answers come; nil when an answer may make room.
  func blockedUntil(_ now: Duration) -> Duration? {
    if now < pausedUntil { return pausedUntil }
    if case .limit = knowledge, now < resetAt, remaining <= 0 { return resetAt }
    return nil
  }

  /// When to look again if no answer comes; nil when only an answer helps.
  func nextChange(after now: Duration) -> Duration? {
    if now < pausedUntil { return pausedUntil }
    if case .limit = knowledge, now < resetAt { return resetAt }
    return nil
  }

  func isIdle(at now: Duration) -> Bool { underway == 0 && now >= pausedUntil && now >= resetAt }

  mutating func depart() { underway += 1 }

  /// The call never left.
  mutating func withdraw() { underway -= 1 }

  /// An answer without headers, or none: the call may have been counted.
  mutating func answerUntold(at now: Duration) {
    underway -= 1
    guard case .limit(let limit) = knowledge else { return }
    if now < resetAt {
      remaining -= 1
    } else {
      remaining = limit - 1
      resetAt = now + longestReset
    }
  }

  /// The call belonged to another bucket: this one has not counted it.
  mutating func answerElsewhere() { underway -= 1 }

  /// An answer with the bucket's headers to a call that left at `departure`. Nil for one that was charged to
  /// another bucket when it left.
  mutating func answer(_ headers: BucketHeaders, departure: Duration, wasCharged: Bool, at now: Duration) {
    if wasCharged { underway -= 1 }
    knowledge = .limit(headers.limit)
    let reset = now + headers.resetAfter + Self.margin
    let isBeyondOldWindow = reset > resetAt + max(longestReset / 2, .milliseconds(50))
    if departure >= resetAt || (isBeyondOldWindow && headers.remaining > remaining) {
      remaining = headers.remaining
      resetAt = max(resetAt, reset)
    } else {
      remaining = min(remaining, headers.remaining)
      resetAt = max(resetAt, reset)
    }
    longestReset = max(longestReset, headers.resetAfter)
  }

  /// Discord said to wait. The call has been answered already.
  mutating func pause(until instant: Duration) { pausedUntil = max(pausedUntil, instant) }

  /// Discord told of no limit for this route.
  mutating func learnNoLimit() { if case .nothing = knowledge { knowledge = .noLimit } }
}
