// Every SQL statement about metrics.

import JSON
import SQL
import Storage

/// The metrics of one plugin in one server.
struct MetricStore: Sendable {
  let store: GuildStore
  let plugin: String

  private var guild: Int64 { store.tenant.id }

  /// Every series there is, at most so many.
  func series(limit: Int) async throws -> [MetricSeries] {
    try await store.rows(
      """
      SELECT metric, tags FROM sandbox_metric_series WHERE guild_id = \(guild) AND plugin = \(plugin)
      LIMIT \(limit)
      """
    ).map { MetricSeries(metric: try $0.get(0), tags: try $0.get(1)) }
  }

  /// Adds sums of five minutes, and to the hours and days they are in; all or none.
  func add(_ sums: [MetricSeries: [Int64: MetricSum]]) async throws {
    let ordered = sums.sorted { ($0.key.metric, $0.key.tags) < ($1.key.metric, $1.key.tags) }
    try await store.writeNumbered { session in
      for (series, buckets) in ordered {
        let number = try await number(of: series, at: buckets.keys.max() ?? 0, session)
        for step in MetricStep.allCases {
          var wider: [Int64: MetricSum] = [:]
          for (at, sum) in buckets {
            if wider[step.start(of: at)]?.add(sum) == nil { wider[step.start(of: at)] = sum }
          }
          for (at, sum) in wider.sorted(by: { $0.key < $1.key }) {
            try await session.execute(addition(of: sum, at: at, to: number, step))
          }
        }
      }
    }
  }

  /// The number of a series, which is made where there is none.
  private func number(of series: MetricSeries, at: Int64, _ session: any SQLSession) async throws -> Int64 {
    let rows = try await session.rows(
      """
      INSERT INTO sandbox_metric_series (guild_id, number, plugin, metric, tags, last_at)
      SELECT \(guild), COALESCE(MAX(number), 0) + 1, \(plugin), \(series.metric), \(series.tags), \(at)
      FROM sandbox_metric_series WHERE guild_id = \(guild)
      ON CONFLICT (guild_id, plugin, metric, tags) DO UPDATE SET last_at = excluded.last_at RETURNING number
      """)
    guard let row = rows.first else { throw SQLError(.other, message: "a series has no number") }
    return try row.get(0)
  }

  private func addition(of sum: MetricSum, at: Int64, to series: Int64, _ step: MetricStep) -> SQL {
    """
    INSERT INTO \(unescaped: step.table) AS t (guild_id, series, at, hits, total, low, high)
    VALUES (\(guild), \(series), \(at), \(sum.hits), \(sum.total), \(sum.low), \(sum.high))
    ON CONFLICT (guild_id, series, at) DO UPDATE SET hits = t.hits + excluded.hits, total = t.total + excluded.total,
      low = CASE WHEN excluded.low < t.low THEN excluded.low ELSE t.low END,
      high = CASE WHEN excluded.high > t.high THEN excluded.high ELSE t.high END
    """
  }

  /// Sums of a metric by bucket, over all its series.
  func sums(of metric: String, since: Int64, _ step: MetricStep) async throws -> [Int64: MetricSum] {
    let rows = try await store.rows(
      """
      SELECT p.at, SUM(p.hits), SUM(p.total), MIN(p.low), MAX(p.high)
      FROM sandbox_metric_series s JOIN \(unescaped: step.table) p ON p.guild_id = s.guild_id AND p.series = s.number
      WHERE s.guild_id = \(guild) AND s.plugin = \(plugin) AND s.metric = \(metric) AND p.at >= \(since)
      GROUP BY p.at
      """)
    var sums: [Int64: MetricSum] = [:]
    for row in rows { sums[try row.get(0)] = try Self.sum(row, from: 1) }
    return sums
  }

  /// The same by the value of a tag; what does not have the tag is under "none".
  func sums(of metric: String, by tag: String, since: Int64, _ step: MetricStep) async throws
    -> [String: [Int64: MetricSum]]
  {
    let rows = try await store.rows(
      """
      SELECT s.tags, p.at, p.hits, p.total, p.low, p.high
      FROM sandbox_metric_series s JOIN \(unescaped: step.table) p ON p.guild_id = s.guild_id AND p.series = s.number
      WHERE s.guild_id = \(guild) AND s.plugin = \(plugin) AND s.metric = \(metric) AND p.at >= \(since)
      """)
    var names: [String: String] = [:]
    var sums: [String: [Int64: MetricSum]] = [:]
    for row in rows {
      let tags: String = try row.get(0)
      let name = try names[tags] ?? (try JSONValue(parsing: Array(tags.utf8))[tag]?.string ?? "none")
      names[tags] = name
      let at: Int64 = try row.get(1)
      let sum = try Self.sum(row, from: 2)
      if sums[name, default: [:]][at]?.add(sum) == nil { sums[name, default: [:]][at] = sum }
    }
    return sums
  }

  private static func sum(_ row: SQLRow, from column: Int) throws -> MetricSum {
    MetricSum(
      hits: try row.get(column), total: try row.get(column + 1), low: try row.get(column + 2),
      high: try row.get(column + 3))
  }

  func erase() async throws {
    var statements: [SQL] = MetricStep.allCases.map { step in
      """
      DELETE FROM \(unescaped: step.table) WHERE guild_id = \(guild) AND series IN (
        SELECT number FROM sandbox_metric_series WHERE guild_id = \(guild) AND plugin = \(plugin))
      """
    }
    statements.append("DELETE FROM sandbox_metric_series WHERE guild_id = \(guild) AND plugin = \(plugin)")
    try await store.batch(statements)
  }
}
