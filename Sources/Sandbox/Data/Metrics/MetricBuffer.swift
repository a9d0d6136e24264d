// What was recorded and is not written yet, and which series there are: pure.

import DiscordCore

/// Records of a few seconds, summed up.
struct MetricBuffer: Sendable {
  struct Tenant: Hashable, Sendable {
    let plugin: String
    let guild: GuildID
  }

  /// What became of a record.
  enum Outcome: Equatable, Sendable {
    /// It is in; `isFull` when it is time to write.
    case taken(isFull: Bool)
    /// Which series there are is not known, or not of late: say so by `know`, and record again.
    case asksForSeries
    /// It would be one series too many.
    case refused
  }

  private struct Known: Sendable {
    var series: Set<MetricSeries>
    var since: Duration
  }

  /// Distinct series of a plugin in a server.
  static let seriesLimit = 1_000
  /// How old the list of series may be that a record is refused by: series that rest for long are forgotten.
  private static let age = Duration.seconds(60)

  private let limit: Int
  private let knownLimit: Int
  private var sums: [Tenant: [MetricSeries: [Int64: MetricSum]]] = [:]
  private var count = 0
  private var known: [Tenant: Known] = [:]
  private var knownCount = 0

  /// `limit` is how many buckets wait at most before it is time to write, `knownLimit` how many series are remembered.
  init(limit: Int, knownLimit: Int) { (self.limit, self.knownLimit) = (limit, knownLimit) }

  mutating func record(
    _ value: Double, _ series: MetricSeries, of tenant: Tenant, at: Int64, uptime: Duration
  )
    -> Outcome
  {
    guard let there = known[tenant] else { return .asksForSeries }
    if !there.series.contains(series) {
      guard there.series.count < Self.seriesLimit else {
        return uptime - there.since > Self.age ? .asksForSeries : .refused
      }
      known[tenant]?.series.insert(series)
      knownCount += 1
    }
    let bucket = MetricStep.fiveMinutes.start(of: at)
    if sums[tenant, default: [:]][series, default: [:]][bucket]?.add(MetricSum(value)) == nil {
      sums[tenant, default: [:]][series, default: [:]][bucket] = MetricSum(value)
      count += 1
    }
    return .taken(isFull: count >= limit)
  }

  /// Takes in which series the store has; those that wait to be written count as well.
  mutating func know(_ series: [MetricSeries], of tenant: Tenant, uptime: Duration) {
    forget(tenant)
    if knownCount > knownLimit {
      // To read them again is all that it costs.
      known = [:]
      knownCount = 0
    }
    let all = Set(series).union(sums[tenant].map { Array($0.keys) } ?? [])
    known[tenant] = Known(series: all, since: uptime)
    knownCount += all.count
  }

  private mutating func forget(_ tenant: Tenant) {
    knownCount -= known.removeValue(forKey: tenant)?.series.count ?? 0
  }

  /// Takes out what waits, of one tenant or of all.
  mutating func take(of tenant: Tenant? = nil) -> [Tenant: [MetricSeries: [Int64: MetricSum]]] {
    guard let tenant else {
      defer { (sums, count) = ([:], 0) }
      return sums
    }
    guard let taken = sums.removeValue(forKey: tenant) else { return [:] }
    count -= taken.values.reduce(0) { $0 + $1.count }
    return [tenant: taken]
  }

  /// Puts back what could not be written, unless so much waits that it has to be lost; returns whether it was.
  mutating func putBack(_ back: [MetricSeries: [Int64: MetricSum]], of tenant: Tenant) -> Bool {
    guard count < 2 * limit else { return false }
    for (series, buckets) in back {
      for (at, sum) in buckets where sums[tenant, default: [:]][series, default: [:]][at]?.add(sum) == nil {
        sums[tenant, default: [:]][series, default: [:]][at] = sum
        count += 1
      }
    }
    return true
  }

  mutating func erase(_ tenant: Tenant) {
    forget(tenant)
    count -= sums.removeValue(forKey: tenant)?.values.reduce(0) { $0 + $1.count } ?? 0
  }
}
