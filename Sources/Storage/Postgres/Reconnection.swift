// When a lost connection may be tried again: doubling pauses with jitter.

/// The pause before the next attempt. A value: the randomness comes from outside.
struct Reconnection {
  private(set) var failures = 0
  private(set) var notBefore: ContinuousClock.Instant?

  /// Pauses start here and double …
  static let firstPause: Duration = .milliseconds(50)
  /// … up to here.
  static let longestPause: Duration = .seconds(5)

  mutating func succeeded() {
    failures = 0
    notBefore = nil
  }

  /// Notes a failure at `now`. `jitter` from 0 to 1 spreads the attempts of many connections over half the
  /// pause, so that a server that comes back is not met by all of them at once.
  mutating func failed(at now: ContinuousClock.Instant, jitter: Double) {
    let doubled = Self.firstPause * (1 << min(failures, 10))
    let pause = min(doubled, Self.longestPause)
    failures += 1
    notBefore = now + pause * (0.5 + 0.5 * jitter)
  }

  /// How long to wait from `now`; nil when an attempt may start.
  func pause(from now: ContinuousClock.Instant) -> Duration? {
    guard let notBefore, notBefore > now else { return nil }
    return now.duration(to: notBefore)
  }
}
