// How many sessions a bot begins in a day, and when the next one may begin.

internal import DiscordModels
package import EventLoop

/// What of the budget survives a restart.
package struct IdentifyRecord: Hashable, Sendable {
  /// When Discord forgets these identifies.
  package var windowEnds: Timestamp
  package var used: Int

  package init(windowEnds: Timestamp, used: Int) {
    (self.windowEnds, self.used) = (windowEnds, used)
  }
}

/// Decides over identifies. Discord resets the token of a bot that identifies too often (1,000 times a day for most),
/// so a crash loop must end long before.
///
/// *Rule*: in a day, as many identifies as there are shards are a start; all beyond that are accidents, of which at
/// most a fifth of the daily total is allowed. `allow(_:)` grants more by hand. Restarts are counted twice over: by
/// the record, and by what Discord itself says remains.
///
/// *Pace*: one identify in 5 s for each `shard % maxConcurrency`. Instants of the pace are `TimeSource.uptime`.
struct IdentifyBudget {
  /// The answer to a request.
  enum Verdict: Equatable {
    /// Identify at this instant of `uptime`.
    case at(Duration)
    /// Not before that time, unless somebody allows more.
    case spent(until: Timestamp)
  }

  /// Discord's 5 s, and a little for the way to it.
  static let spacing = Duration.milliseconds(5_100)

  private(set) var limit: SessionStartLimit
  private(set) var record: IdentifyRecord
  private var allowedByHand = 0
  /// When each bucket is free again.
  private var buckets: [Int: Duration] = [:]

  init(_ limit: SessionStartLimit, record: IdentifyRecord?, now: Timestamp) {
    self.limit = limit
    self.record = record ?? IdentifyRecord(windowEnds: now, used: 0)
    learn(limit, now: now)
  }

  /// Takes over what Discord says now.
  mutating func learn(_ limit: SessionStartLimit, now: Timestamp) {
    self.limit = limit
    rollOver(now: now)
    let used = limit.total - limit.remaining
    if used > record.used { record.used = used }
    if limit.resetAfter > .zero { record.windowEnds = now + limit.resetAfter }
  }

  private mutating func rollOver(now: Timestamp) {
    guard now >= record.windowEnds else { return }
    record = IdentifyRecord(windowEnds: now + .seconds(86_400), used: 0)
    allowedByHand = 0
  }

  /// How many identifies may happen in this day, with this many shards.
  func allowance(shardCount: Int) -> Int {
    min(limit.total, shardCount + limit.total / 5 + allowedByHand)
  }

  /// Asks for an identify, and reserves it.
  mutating func request(_ shard: ShardID, now: Timestamp, uptime: Duration) -> Verdict {
    rollOver(now: now)
    guard record.used < allowance(shardCount: shard.count) else { return .spent(until: record.windowEnds) }
    record.used += 1
    let bucket = shard.index % max(1, limit.maxConcurrency)
    let instant = max(uptime, buckets[bucket] ?? uptime)
    buckets[bucket] = instant + Self.spacing
    return .at(instant)
  }

  /// A reserved identify was not sent.
  mutating func giveBack() { record.used = max(0, record.used - 1) }

  /// Grants more in this day: a person knows why.
  mutating func allow(_ count: Int) { allowedByHand += max(0, count) }
}
