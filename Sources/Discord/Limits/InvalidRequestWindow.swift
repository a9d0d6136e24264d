// The budget of refused calls that Discord gives an address, beyond which Cloudflare bans it.

/// Counts answers 401, 403 and 429 (shared ones do not count) of one address in the last ten minutes
/// (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
package struct InvalidRequestWindow: Sendable {
  /// How much of the budget is used.
  package enum Level: Int, Comparable, Sendable {
    case normal
    /// A fifth is used: something is wrong, somebody should look.
    case alarm
    /// Half is used: nothing but containment may go on.
    case stopped

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What Discord allows in `window`.
  package let budget: Int
  package let window: Duration
  /// Counts of slices of the window, the newest last; the oldest leaves as a whole, so we count a little too much.
  private var slices: [Int]
  private var newest = 0
  private var wasStopped = false
  /// Answers counted now.
  package private(set) var count = 0

  /// - Parameters:
  ///   - budget: answers in one window.
  ///   - window: its length.
  package init(budget: Int = 10_000, window: Duration = .seconds(600)) {
    (self.budget, self.window) = (budget, window)
    slices = [Int](repeating: 0, count: Self.sliceCount)
  }

  private static let sliceCount = 60
  private var slice: Duration { window / Self.sliceCount }

  /// Counts an answer.
  package mutating func record(at now: Duration) {
    advance(to: now)
    slices[newest % Self.sliceCount] += 1
    count += 1
  }

  /// How much is used now. Once stopped it takes ten parts of a hundred less to go on, so that it does not flutter.
  package mutating func level(at now: Duration) -> Level {
    advance(to: now)
    let percent = count * 100 / max(1, budget)
    wasStopped = percent >= (wasStopped ? 40 : 50)
    return wasStopped ? .stopped : percent >= 20 ? .alarm : .normal
  }

  /// How long until a stopped budget lets calls go on, if nothing is added to it.
  package mutating func untilResumed(at now: Duration) -> Duration {
    advance(to: now)
    let bound = budget * 40 / 100
    var left = count
    guard left >= bound else { return .zero }
    for age in (0..<Self.sliceCount).reversed() where newest >= age {
      left -= slices[(newest - age) % Self.sliceCount]
      if left < bound { return slice * (Self.sliceCount - age) }
    }
    return window
  }

  private mutating func advance(to now: Duration) {
    let current = Int(now / slice)
    guard current > newest else { return }
    let passed = min(current - newest, Self.sliceCount)
    for step in 1...passed {
      let index = (newest + step) % Self.sliceCount
      count -= slices[index]
      slices[index] = 0
    }
    newest = current
  }
}
