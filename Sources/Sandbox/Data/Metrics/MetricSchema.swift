// The tables of metrics.

import Storage

/// The tables of `metrics.*`, in a guild's store: series, and their sums by five minutes, hours and days.
enum MetricSchema {
  static let owner = SchemaOwner(
    "sandbox_metric",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_metric_series (
            guild_id BIGINT NOT NULL, number BIGINT NOT NULL, plugin TEXT NOT NULL, metric TEXT NOT NULL,
            tags TEXT NOT NULL, last_at BIGINT NOT NULL, PRIMARY KEY (guild_id, number))
          """,
          "CREATE UNIQUE INDEX sandbox_metric_series_by_name ON sandbox_metric_series (guild_id, plugin, metric, tags)",
          "CREATE INDEX sandbox_metric_series_by_time ON sandbox_metric_series (guild_id, last_at)",
        ] + MetricStep.allCases.flatMap { step in points(step.table) })
    ],
    tables: [
      Table(
        "sandbox_metric_series",
        columns: [
          .init("guild_id", .integer), .init("number", .integer), .init("plugin", .text),
          .init("metric", .text), .init("tags", .text), .init("last_at", .integer),
        ], key: ["guild_id", "number"],
        data: TableData(
          "What third-party plugins measure: names and tags are theirs, and a tag may be a member's id",
          // Longer than what is counted under their numbers, so that no number is used again over old counts.
          kept: .days(95, since: "last_at"))),
      points(.fiveMinutes, "by five minutes", .days(1, since: "at")),
      points(.hour, "by the hour", .days(3, since: "at")),
      points(.day, "by the day", .days(90, since: "at")),
    ])

  private static func points(_ table: String) -> [Migration.Step] {
    [
      .both(
        """
        CREATE TABLE \(table) (
          guild_id BIGINT NOT NULL, series BIGINT NOT NULL, at BIGINT NOT NULL, hits BIGINT NOT NULL,
          total DOUBLE PRECISION NOT NULL, low DOUBLE PRECISION NOT NULL, high DOUBLE PRECISION NOT NULL,
          PRIMARY KEY (guild_id, series, at))
        """),
      .both("CREATE INDEX \(table)_by_time ON \(table) (guild_id, at)"),
    ]
  }

  private static func points(_ step: MetricStep, _ words: String, _ kept: Retention) -> Table {
    Table(
      step.table,
      columns: [
        .init("guild_id", .integer), .init("series", .integer), .init("at", .integer),
        .init("hits", .integer), .init("total", .double), .init("low", .double), .init("high", .double),
      ], key: ["guild_id", "series", "at"],
      data: TableData("Sums of what third-party plugins measure, \(words)", kept: kept))
  }
}
