// How large schemas are: measured seldom, estimated between.

import EventLoop

/// What is known about the size of one schema: pure.
struct SchemaSize: Sendable {
  private var bytes = 0
  private var measuredAt: Duration?
  /// An estimate of what was written since.
  private var growth = 0
  private var reclaimedAt: Duration?

  /// After so much growth, or so long, the estimate is worth nothing.
  static let trustedGrowth = 4 << 20
  private static let trustedTime: Duration = .seconds(300)
  private static let pauseBetweenReclaims: Duration = .seconds(30)

  /// Whether it has to be measured before anything may be written.
  func isStale(limit: Int, now: Duration) -> Bool {
    guard let measuredAt else { return true }
    return growth >= Self.trustedGrowth || bytes + growth > limit || now - measuredAt > Self.trustedTime
  }

  mutating func measured(_ bytes: Int, now: Duration) {
    (self.bytes, measuredAt, growth) = (bytes, now, 0)
  }

  /// Notes a write: what it brought, and how long it took, since a statement can make rows of its own.
  mutating func wrote(parameters: Int, taking duration: Duration) {
    // A busy disk takes less than 256 MiB a second, hence as many bytes a microsecond.
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    growth += 2 * parameters + (microseconds > 50_000 ? Int(microseconds) * 256 : 1_024)
  }

  /// Whether dead rows may be cleared away now; says yes once in half a minute: rows that a
  /// statement of somebody else's might still see stay for the next time.
  mutating func mayReclaim(now: Duration) -> Bool {
    if let reclaimedAt, now - reclaimedAt < Self.pauseBetweenReclaims { return false }
    reclaimedAt = now
    return true
  }
}
