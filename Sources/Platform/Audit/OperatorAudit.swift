// What operators changed about the installation: every SQL statement about it.

import DiscordCore
import EventLoop
import JSON
import SQL
package import Storage

/// The table of what belongs to no guild.
package enum OperatorAuditSchema {
  private static let record =
    "a record of who changed the installation, which could not be relied on otherwise"

  /// Declared in the platform's store.
  package static let platform = SchemaOwner(
    "operator",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE operator_audit (
            number BIGINT NOT NULL, at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id BIGINT NOT NULL,
            action TEXT NOT NULL, target TEXT NOT NULL, address TEXT, before_value TEXT NOT NULL,
            after_value TEXT NOT NULL, PRIMARY KEY (number))
          """,
          "CREATE INDEX operator_audit_by_time ON operator_audit (at)",
        ])
    ],
    tables: [
      Table(
        "operator_audit", columns: AuditRows.columns, key: ["number"],
        data: TableData(
          "What operators changed about the installation: bots, erasures, incidents, legal pages, and from which address",
          people: [
            .actor(
              "actor_id", when: .column("actor_kind", is: "user"), with: ["address"], onErasure: .keep(record)
            )
          ],
          kept: .months(13, since: "at")))
    ])
}

/// The log of operators' changes. Calls throw what `Store` throws.
package struct OperatorAudit: Sendable {
  private let store: PlatformStore

  /// Declare `OperatorAuditSchema.platform` in the store's schema.
  package init(_ store: PlatformStore) { self.store = store }

  /// Adds an entry.
  ///
  /// - Throws: besides, `JSONError` when a value cannot be written (a number that is not finite).
  package func append(_ entry: AuditEntry) async throws {
    let (kind, id) = AuditRows.columns(entry.actor)
    let (before, after) = (try AuditRows.text(entry.before), try AuditRows.text(entry.after))
    _ = try await store.writeNumbered { session in
      try await session.execute(
        """
        INSERT INTO operator_audit (number, at, actor_kind, actor_id, action, target, address, before_value,
          after_value)
        SELECT COALESCE(MAX(number), 0) + 1, \(entry.at.milliseconds), \(kind), \(id), \(entry.action),
          \(entry.target), \(entry.address), \(before), \(after) FROM operator_audit
        """)
    }
  }

  /// Entries, newest first.
  package func entries(_ filter: AuditFilter = AuditFilter()) async throws -> [AuditEntry] {
    try await store.rows(AuditRows.selection(filter, from: "operator_audit")).map(AuditRows.entry)
  }
}
