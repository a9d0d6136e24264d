// The embedded engine: platform.db, and a file for each guild.

internal import EventLoop
internal import SQL
internal import SQLite

/// One SQLite database as a store.
struct SQLiteEngine: StoreEngine {
  let database: SQLiteDatabase

  func read<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value {
    try await database.read(body)
  }

  func write<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value
  {
    try await database.write(body)
  }

  func rows(_ statement: SQL) async throws -> [SQLRow] { try await database.rows(statement) }

  func batch(_ statements: [SQL]) async throws -> [Int] { try await database.batch(statements) }

  func writeRows(_ statement: SQL) async throws -> [SQLRow] { try await database.writeRows(statement) }
}

/// A guild's database as a store, opened when needed and lent for each call.
struct GuildFileEngine: StoreEngine {
  let fleet: SQLiteFleet<Tenant>
  let tenant: Tenant
  let statements: GuildStatements

  func read<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value {
    try await fleet.withDatabase(tenant) { database in
      try await database.read { try await body(statements.checked($0)) }
    }
  }

  func write<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value
  {
    try await fleet.withDatabase(tenant) { database in
      try await database.write { try await body(statements.checked($0)) }
    }
  }

  func rows(_ statement: SQL) async throws -> [SQLRow] {
    try statements.check(statement)
    return try await fleet.withDatabase(tenant) { try await $0.rows(statement) }
  }

  func batch(_ statements: [SQL]) async throws -> [Int] {
    for statement in statements { try self.statements.check(statement) }
    return try await fleet.withDatabase(tenant) { try await $0.batch(statements) }
  }

  func writeRows(_ statement: SQL) async throws -> [SQLRow] {
    try statements.check(statement)
    return try await fleet.withDatabase(tenant) { try await $0.writeRows(statement) }
  }
}

/// Opens the files of an embedded installation under their keys and migrates them.
struct EmbeddedFiles: Sendable {
  let folder: DataFolder
  let keys: KeyCache
  let schema: Schema
  let time: any TimeSource
  let threads: SQLiteThreads

  func openPlatform() async throws -> SQLiteDatabase {
    let isThere = try await threads.blocking { folder.exists(folder.platform) }
    let key = try await keys.key(.platform, createIfMissing: !isThere)
    var options = SQLiteOptions()
    options.readers = 3
    options.cacheKibibytes = 8_192
    let database = try await SQLiteDatabase.open(
      path: folder.platform, key: key.fileKey(), options: options, on: threads)
    return try await migrated(database, .platform)
  }

  /// Opens a guild's file, making it and its key when they are missing. A file without its key is an erased
  /// guild's, whose removal was interrupted: it can never be read again, and is not silently replaced.
  func openGuild(_ tenant: Tenant) async throws -> SQLiteDatabase {
    let path = folder.guild(tenant)
    let isThere = try await threads.blocking { folder.exists(path) }
    let key = try await keys.key(.guild(tenant), createIfMissing: !isThere)
    var options = SQLiteOptions()
    options.cacheKibibytes = 256
    options.statementLimit = 32
    let database = try await SQLiteDatabase.open(
      path: path, key: key.fileKey(), options: options, on: threads)
    return try await migrated(database, .guild)
  }

  private func migrated(_ database: SQLiteDatabase, _ scope: StoreScope) async throws -> SQLiteDatabase {
    let migrator = Migrator(owners: schema.owners(scope), scope: scope, engine: .sqlite, time: time)
    do {
      // A file is opened often and migrated rarely: look before taking the writer.
      let isKnown = try await !database.rows(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = \(Migrator.table)"
      ).isEmpty
      let isCurrent = isKnown ? try await database.read { try await migrator.pending($0).isEmpty } : false
      if !isCurrent { try await database.write { try await migrator.migrate($0) } }
      return database
    } catch {
      await database.close()
      throw error
    }
  }
}
