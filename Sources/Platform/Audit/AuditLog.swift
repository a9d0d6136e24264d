// A guild's audit log: every SQL statement about it.

import EventLoop
import JSON
package import SQL
package import Storage

import DiscordCore

/// The tables of the audit log.
package enum AuditSchema {
  private static let record = "a record of who changed a server, which could not be relied on otherwise"

  /// Declared in a guild's store.
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
        ], key: ["guild_id", "number"],
        data: TableData(
          "Who changed what on the dashboard, by a command or through the API: before, after, and from which address",
          people: [
            .actor(
              "actor_id", when: .column("actor_kind", is: "user"), with: ["address"], onErasure: .keep(record)
            ),
            .subject("target", as: .digits, onErasure: .keep(record)),
          ],
          kept: .months(13, since: "at", downToDays: 90)))
    ])
}

/// A guild's audit log. Every call may throw what `Store` throws.
package struct AuditLog: Sendable {
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
    let (kind, id) = AuditRows.columns(entry.actor)
    let (before, after) = (try AuditRows.text(entry.before), try AuditRows.text(entry.after))
    return """
      INSERT INTO audit_entry (guild_id, number, at, actor_kind, actor_id, action, target, address, before_value,
        after_value)
      SELECT \(tenant.id), COALESCE(MAX(number), 0) + 1, \(entry.at.milliseconds), \(kind), \(id), \(entry.action),
        \(entry.target), \(entry.address), \(before), \(after) FROM audit_entry
      """
  }

  /// Entries, newest first.
  package func entries(_ filter: AuditFilter = AuditFilter()) async throws -> [AuditEntry] {
    try await store.rows(AuditRows.selection(filter, from: "audit_entry", of: store.tenant)).map(
      AuditRows.entry)
  }
}
