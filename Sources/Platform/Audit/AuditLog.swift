// A guild's audit log: every SQL statement about it.

package import EventLoop
import JSON
package import SQL
package import Storage

import DiscordCore

/// The tables of the audit log.
package enum AuditSchema {
  /// Declared in a guild's store. Holds ids, addresses and what was changed; kept thirteen months, and goes with the
  /// guild.
  package static let owner = SchemaOwner(
    "audit",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE audit_entry (
            guild_id BIGINT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, actor_kind TEXT NOT NULL,
            actor_id BIGINT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, address TEXT,
            before_value TEXT NOT NULL, after_value TEXT NOT NULL, PRIMARY KEY (guild_id, number))
          """,
          "CREATE INDEX audit_entry_by_actor ON audit_entry (guild_id, actor_kind, actor_id, number)",
          "CREATE INDEX audit_entry_by_action ON audit_entry (guild_id, action, number)",
          "CREATE INDEX audit_entry_by_time ON audit_entry (guild_id, at)",
        ])
    ],
    tables: [
      Table(
        "audit_entry",
        columns: [
          .init("guild_id", .integer), .init("number", .integer), .init("at", .integer),
          .init("actor_kind", .text),
          .init("actor_id", .integer), .init("action", .text), .init("target", .text),
          .init("address", .text),
          .init("before_value", .text), .init("after_value", .text),
        ], key: ["guild_id", "number"])
    ])
}

/// A guild's audit log. Every call may throw what `Store` throws.
package struct AuditLog: Sendable {
  /// How long entries are kept: thirteen months.
  package static let retention = Duration.seconds(396 * 86_400)

  private let store: GuildStore

  package init(_ store: GuildStore) { self.store = store }

  /// Adds an entry by itself.
  package func append(_ entry: AuditEntry) async throws {
    let insertion = try Self.insertion(entry, in: store.tenant)
    _ = try await store.writeNumbered { session in try await session.execute(insertion) }
  }

  /// The statement that adds an entry: run it in the transaction of the change, a `writeNumbered`, so that neither is
  /// there without the other.
  ///
  /// - Throws: `JSONError` when a value cannot be written (a number that is not finite).
  package static func insertion(_ entry: AuditEntry, in tenant: Tenant) throws -> SQL {
    let (kind, id) = columns(entry.actor)
    let before = String(decoding: try entry.before.encoded(), as: UTF8.self)
    let after = String(decoding: try entry.after.encoded(), as: UTF8.self)
    return """
      INSERT INTO audit_entry (guild_id, number, at, actor_kind, actor_id, action, target, address, before_value,
        after_value)
      SELECT \(tenant.id), COALESCE(MAX(number), 0) + 1, \(entry.at.milliseconds), \(kind), \(id), \(entry.action),
        \(entry.target), \(entry.address), \(before), \(after) FROM audit_entry
      """
  }

  /// Entries, newest first.
  package func entries(_ filter: AuditFilter = AuditFilter()) async throws -> [AuditEntry] {
    let actor = filter.actor.map(Self.columns)
    let isFamily = filter.action?.hasSuffix(".") ?? false
    let rows = try await store.rows(
      """
      SELECT number, at, actor_kind, actor_id, action, target, address, before_value, after_value FROM audit_entry
      WHERE number < \(filter.before ?? .max)
        AND (\(actor == nil) OR (actor_kind = \(actor?.0 ?? "") AND actor_id = \(actor?.1 ?? 0)))
        AND (\(filter.action == nil) OR action = \(filter.action ?? "")
          OR (\(isFamily) AND SUBSTR(action, 1, LENGTH(\(filter.action ?? ""))) = \(filter.action ?? "")))
        AND (\(filter.target == nil) OR target = \(filter.target ?? ""))
      ORDER BY number DESC LIMIT \(min(max(filter.limit, 1), 100))
      """)
    return try rows.map(Self.entry)
  }

  /// Removes what is older than `retention` and returns how many entries there were.
  package func sweep(now: Timestamp) async throws -> Int {
    try await store.execute("DELETE FROM audit_entry WHERE at < \((now - Self.retention).milliseconds)")
  }

  private static func entry(_ row: SQLRow) throws -> AuditEntry {
    let id = UInt64(bitPattern: try row.get("actor_id", as: Int64.self))
    let actor: AuditEntry.Actor =
      switch try row.get("actor_kind", as: String.self) {
      case "user": .user(UserID(id))
      case "operator": .operator
      default: .system
      }
    var entry = AuditEntry(
      at: Timestamp(milliseconds: try row.get("at")), actor: actor, action: try row.get("action"),
      target: try row.get("target"), address: try row.get("address"),
      before: try JSONValue(parsing: Array(try row.get("before_value", as: String.self).utf8)),
      after: try JSONValue(parsing: Array(try row.get("after_value", as: String.self).utf8)))
    entry.number = try row.get("number")
    return entry
  }

  private static func columns(_ actor: AuditEntry.Actor) -> (String, Int64) {
    switch actor {
    case .user(let user): ("user", Int64(bitPattern: user.rawValue))
    case .operator: ("operator", 0)
    case .system: ("system", 0)
    }
  }
}
