// Hits in a trailing window, within a bound.

/// When something happened, as exact as a bound on memory lets it be: up to 64 hits each has its own instant; beyond, those
/// within a 64th of the window share one, so that a count is at most so much of a window late in forgetting.
struct HitWindow: Sendable {
  private struct Bucket: Sendable {
    let start: Duration
    var last: Duration
    var hits: Int
  }

  private static let exact = 64
  /// Twice as many buckets as a window fills, for calls that do not agree on the window.
  private static let most = 160

  private var buckets: [Bucket] = []
  /// The longest window that was asked for: what is older is gone.
  private var window: Duration = .zero

  /// How much it takes, in units of a plain entry.
  var weight: Int { 1 + buckets.count / 8 }

  /// Until when it has hits.
  var end: Duration { (buckets.last?.last ?? .zero) + window }

  /// Adds a hit and counts those in the window that ends now, this one included.
  mutating func hit(at now: Duration, window asked: Duration) -> Int {
    window = max(window, asked)
    let old = buckets.prefix { $0.last <= now - window }.count
    buckets.removeFirst(old)
    if let last = buckets.indices.last, buckets.count >= Self.exact, now - buckets[last].start < asked / 64 {
      buckets[last].last = now
      buckets[last].hits += 1
    } else {
      buckets.append(Bucket(start: now, last: now, hits: 1))
    }
    if buckets.count > Self.most {
      let first = buckets.removeFirst()
      buckets[0].hits += first.hits
    }
    var count = 0
    for bucket in buckets.reversed() {
      guard bucket.last > now - asked else { break }
      count += bucket.hits
    }
    return count
  }
}
