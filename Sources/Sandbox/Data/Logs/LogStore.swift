// Every SQL statement about plugins' logs.

import DiscordCore
import EventLoop
import JSON
import PlatformTenancy
import SQL
import SandboxContract
import Storage

/// The lines about plugins in one server, or of no server.
struct LogStore: Sendable {
  /// Lines of one plugin.
  static let limit: Int64 = 5_000

  private let store: any Store
  private let guild: GuildID?

  init(_ storage: Storage, guild: GuildID?) {
    self.guild = guild
    if let guild { store = storage.guild(Tenant(guild)) } else { store = storage.platform }
  }

  private var table: String { guild == nil ? "sandbox_worker_log" : "sandbox_log" }
  private var tenant: Tenant? { guild.map { Tenant($0) } }

  /// Writes lines of a plugin and deletes those that are too many.
  func write(_ lines: [GuestLogLine], of plugin: String) async throws {
    let rows = try lines.map { line in try values(of: line) }
    let names = "plugin, number, at, source, level, message, tags, extra, method"
    let text =
      guild == nil
      ? "INSERT INTO sandbox_worker_log (\(names)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      : "INSERT INTO sandbox_log (\(names), guild_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    let end: [SQLValue] = tenant.map { [.integer($0.id)] } ?? []
    try await store.writeNumbered { session in
      let head = try await session.rows(
        """
        SELECT COALESCE(MAX(number), 0) FROM \(unescaped: table)
        WHERE \(rowsOf: tenant) AND plugin = \(plugin)
        """)
      var number: Int64 = try head.first?.get(0) ?? 0
      for row in rows {
        number += 1
        let parameters: [SQLValue] = [.text(plugin), .integer(number)] + row + end
        try await session.execute(SQL(unescaped: text, parameters: parameters))
      }
      // Numbers have no gaps: what goes by age goes from the same end.
      try await session.execute(
        """
        DELETE FROM \(unescaped: table)
        WHERE \(rowsOf: tenant) AND plugin = \(plugin) AND number <= \(number - Self.limit)
        """)
    }
  }

  private func values(of line: GuestLogLine) throws -> [SQLValue] {
    let tags = JSONValue.array(line.tags.map { .string($0) })
    let extra = JSONValue.object(
      JSONObject(
        fields: line.extra.sorted { $0.key < $1.key }.map {
          JSONObject.Field(key: $0.key, value: .string($0.value))
        }))
    func text(_ value: JSONValue) throws -> SQLValue {
      .text(String(decoding: try value.encoded(), as: UTF8.self))
    }
    return [
      .integer(line.at.milliseconds), .text(line.source.rawValue), .text(line.level.rawValue),
      .text(line.message), try text(tags), try text(extra), line.method.sqlValue,
    ]
  }

  /// Lines of a plugin, newest first.
  func newest(
    _ limit: Int, of plugin: String, levels: Set<GuestLogLine.Level>, before: Int64
  ) async throws -> [StoredLogLine] {
    func wants(_ level: GuestLogLine.Level) -> Bool { levels.contains(level) }
    let rows = try await store.rows(
      """
      SELECT number, at, source, level, message, tags, extra, method FROM \(unescaped: table)
      WHERE \(rowsOf: tenant) AND plugin = \(plugin) AND number < \(before)
        AND ((\(wants(.debug)) AND level = 'debug') OR (\(wants(.info)) AND level = 'info')
          OR (\(wants(.warning)) AND level = 'warning') OR (\(wants(.error)) AND level = 'error'))
      ORDER BY number DESC LIMIT \(limit)
      """)
    return try rows.map { row in
      StoredLogLine(number: try row.get(0), line: try line(row, plugin))
    }
  }

  private func line(_ row: SQLRow, _ plugin: String) throws -> GuestLogLine {
    let tags = try JSONValue(parsing: Array(try row.get(5, as: String.self).utf8))
    let extra = try JSONValue(parsing: Array(try row.get(6, as: String.self).utf8))
    return GuestLogLine(
      at: Timestamp(milliseconds: try row.get(1)), guild: guild, plugin: plugin,
      source: GuestLogLine.Source(rawValue: try row.get(2)) ?? .host,
      level: GuestLogLine.Level(rawValue: try row.get(3)) ?? .info, message: try row.get(4),
      tags: (tags.array ?? []).compactMap(\.string),
      extra: Dictionary(
        (extra.object?.fields ?? []).map { ($0.key, $0.value.string ?? "") },
        uniquingKeysWith: { first, _ in first }), method: try row.get(7))
  }

  /// How many lines of a level there are since an instant, by plugin.
  func counts(_ level: GuestLogLine.Level, since: Timestamp) async throws -> [String: Int] {
    let rows = try await store.rows(
      """
      SELECT plugin, COUNT(*) FROM \(unescaped: table)
      WHERE \(rowsOf: tenant) AND level = \(level.rawValue) AND at >= \(since.milliseconds)
      GROUP BY plugin
      """)
    var counts: [String: Int] = [:]
    for row in rows { counts[try row.get(0)] = try row.get(1, as: Int.self) }
    return counts
  }

  func erase(_ plugin: String) async throws {
    try await store.execute(
      "DELETE FROM \(unescaped: table) WHERE \(rowsOf: tenant) AND plugin = \(plugin)")
  }
}
