// Brings a store's tables to the state its owners declare, forward only.

internal import EventLoop
internal import Postgres
internal import SQL

/// Compares what has run with what is declared, and runs the rest.
struct Migrator: Sendable {
  let owners: [SchemaOwner]
  let scope: StoreScope
  let engine: EngineKind
  let time: any TimeSource

  /// Where it is written down what has run.
  static let table = "schema_migration"

  private struct Applied: Hashable {
    let owner: String
    let number: Int
  }

  /// Checks the declarations themselves, once at start-up.
  ///
  /// - Throws: `StorageError` with `.badSchema`.
  static func check(_ schema: Schema) throws(StorageError) {
    var owners: Set<String> = []
    var tables: Set<String> = []
    for scope in StoreScope.allCases {
      for owner in schema.owners(scope) {
        guard owners.insert(owner.name).inserted else {
          throw StorageError(.badSchema, "two owners are called '\(owner.name)'")
        }
        guard owner.migrations.enumerated().allSatisfy({ $0.element.number == $0.offset + 1 }) else {
          throw StorageError(.badSchema, "the migrations of '\(owner.name)' are not numbered 1, 2, 3 …")
        }
        for table in owner.tables {
          guard table.name.hasPrefix(owner.name), tables.insert(table.name).inserted else {
            throw StorageError(
              .badSchema, "table '\(table.name)' must begin with '\(owner.name)' and be declared once")
          }
          if scope == .guild {
            guard table.columns.first?.name == Table.tenantColumn, table.key.first == Table.tenantColumn
            else {
              throw StorageError(
                .badSchema, "table '\(table.name)' must have guild_id first, in its key as well")
            }
          }
          try TableDataCheck(table: table, scope: scope).run()
        }
      }
    }
  }

  /// Runs what has not run yet. Call inside a transaction that excludes every other migrator.
  ///
  /// - Throws: `StorageError`: `.changedMigration`, `.newerData`; what the statements throw.
  func migrate(_ session: any SQLSession) async throws {
    try await session.execute(
      """
      CREATE TABLE IF NOT EXISTS schema_migration (
        owner TEXT NOT NULL, number BIGINT NOT NULL, hash TEXT NOT NULL, applied_at BIGINT NOT NULL,
        PRIMARY KEY (owner, number))
      """)
    let pending = try await pending(session)
    for (owner, migration) in pending {
      for step in migration.steps { try await session.execute(SQL(unescaped: step.text(engine))) }
      try await session.execute(
        """
        INSERT INTO schema_migration (owner, number, hash, applied_at)
        VALUES (\(owner.name), \(migration.number), \(migration.hash), \(time.now.milliseconds))
        """)
    }
    if engine == .postgres, scope == .guild, !pending.isEmpty {
      for table in owners.flatMap(\.tables) {
        for statement in try TenantIsolation.enable(onTable: table.name, tenantColumn: Table.tenantColumn) {
          try await session.execute(statement)
        }
      }
    }
  }

  /// What is declared and has not run, in order. The table of migrations must exist.
  func pending(_ session: any SQLSession) async throws -> [(SchemaOwner, Migration)] {
    var applied: [Applied: String] = [:]
    for row in try await session.rows("SELECT owner, number, hash FROM schema_migration") {
      applied[Applied(owner: try row.get(0), number: try row.get(1))] = try row.get(2, as: String.self)
    }
    var pending: [(SchemaOwner, Migration)] = []
    for owner in owners {
      for migration in owner.migrations {
        switch applied.removeValue(forKey: Applied(owner: owner.name, number: migration.number)) {
        case nil: pending.append((owner, migration))
        case migration.hash: break
        default:
          throw StorageError(
            .changedMigration,
            "migration \(owner.name).\(migration.number) was changed after it had run; add a new one instead")
        }
      }
    }
    // Owners that are not declared here may be another scope's, or a plugin's that is gone: leave them be.
    let names = Set(owners.map(\.name))
    if let newer = applied.keys.filter({ names.contains($0.owner) }).max(by: { $0.number < $1.number }) {
      throw StorageError(
        .newerData,
        "the data was written by a newer version (it has migration \(newer.owner).\(newer.number)); update Guildhall"
      )
    }
    return pending
  }
}
