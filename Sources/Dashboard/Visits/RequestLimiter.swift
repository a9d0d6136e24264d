// How many requests an address and an account may make.

import EventLoop
import Synchronization

/// The limits, each a bucket that fills again evenly.
package struct RequestLimits: Sendable {
  /// How much may come at once, and how much a minute in the long run.
  package struct Bucket: Sendable {
    package var burst: Double
    package var perMinute: Double

    package init(burst: Double, perMinute: Double) { (self.burst, self.perMinute) = (burst, perMinute) }
  }

  /// All requests, by the client's address.
  package var address = Bucket(burst: 300, perMinute: 900)
  /// All requests, by account.
  package var account = Bucket(burst: 300, perMinute: 900)
  /// Beginning to sign in, by address.
  package var signIn = Bucket(burst: 20, perMinute: 20)
  /// Sending forms, by account.
  package var writing = Bucket(burst: 60, perMinute: 120)
  /// Live streams of one account at once: that many tabs.
  package var streams = 12

  package init() {}
}

/// Buckets by who draws from them. In this process only: with several web processes the limits add up.
final class RequestLimiter: Sendable {
  /// Of buckets that are remembered; beyond it those that are full again are forgotten, then all.
  private static let bound = 50_000

  private struct Level {
    var amount: Double
    var at: Duration
  }

  private let time: any TimeSource
  private let levels = Mutex<[String: Level]>([:])

  init(time: any TimeSource) { self.time = time }

  /// Takes one.
  ///
  /// - Returns: nil when there was one, else how long until there is.
  func take(_ name: String, of bucket: RequestLimits.Bucket) -> Duration? {
    let now = time.uptime
    let perSecond = bucket.perMinute / 60
    return levels.withLock { levels in
      if levels.count >= Self.bound {
        levels = levels.filter { now - $0.value.at < .seconds(60) }
        if levels.count >= Self.bound { levels = [:] }
      }
      var level = levels[name] ?? Level(amount: bucket.burst, at: now)
      level.amount = min(bucket.burst, level.amount + (now - level.at) / .seconds(1) * perSecond)
      level.at = now
      defer { levels[name] = level }
      guard level.amount >= 1 else { return .seconds((1 - level.amount) / perSecond) }
      level.amount -= 1
      return nil
    }
  }

  /// How much is left, without taking any.
  func amount(_ name: String, of bucket: RequestLimits.Bucket) -> Double {
    let now = time.uptime
    return levels.withLock { levels in
      guard let level = levels[name] else { return bucket.burst }
      return min(bucket.burst, level.amount + (now - level.at) / .seconds(1) * bucket.perMinute / 60)
    }
  }
}
