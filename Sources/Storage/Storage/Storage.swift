// The door of the room: opens an installation's storage and hands out stores.

package import EventLoop
internal import Postgres
internal import SQL
internal import SQLite
internal import Telemetry
package import Vault

/// Where an installation keeps its data.
package struct StorageSettings: Sendable {
  /// The data folder: databases of the embedded engine, and snapshots.
  package let folder: DataFolder
  /// `postgres://…` for a server; nil for embedded files.
  package let databaseURL: String?
  /// How many guilds' files are open at once.
  package var openGuilds = 256
  /// How many snapshots of each file are kept; 0 takes none.
  package var snapshotsKept = 10

  package init(folder: DataFolder, databaseURL: String? = nil) {
    self.folder = folder
    self.databaseURL = databaseURL
  }
}

/// An installation's storage, on either engine.
///
///     let vault = try Vault.open(masterKeyFile: folder.masterKey)
///     let storage = try await Storage.open(StorageSettings(folder: folder), vault: vault, schema: schema, …)
///     let rows = try await storage.guild(Tenant(42)).rows("SELECT …")
///     await storage.close()
package final class Storage: Sendable {
  enum Backend: Sendable {
    case embedded(SQLiteDatabase, SQLiteFleet<Tenant>, EmbeddedFiles)
    case server(ServerSetup.Ready)
  }

  /// What belongs to no guild.
  package let platform: PlatformStore
  /// Which engine this is.
  package let kind: EngineKind
  let settings: StorageSettings
  /// The tables it was opened with.
  package let schema: Schema
  let vault: Vault
  let time: any TimeSource
  let backend: Backend
  private let statements: GuildStatements
  let keys: KeyCache
  let keyring: any Keyring
  let threads: SQLiteThreads
  let log = Log(room: "storage")

  /// Opens everything. On the embedded engine, files that changed since the last start are snapshotted first,
  /// before anything else touches them.
  ///
  /// - Parameters:
  ///   - settings: which engine, and where its data is.
  ///   - vault: holds the master key that all data keys are wrapped under.
  ///   - schema: the tables and migrations of everything that stores; missing migrations are applied.
  ///   - loops: where connections to a server live; not used by the embedded engine.
  ///   - time: dates snapshots and migrations.
  ///   - platformKey: the platform's key for an installation that has none yet: the one of the installation whose
  ///     data it will receive. Nil makes a fresh one.
  ///   - progress: told a sentence now and then while snapshots are taken.
  /// - Returns: the storage, ready for use.
  /// - Throws: `StorageError`, `SQLError`, `VaultError`: each says what to do.
  package static func open(
    _ settings: StorageSettings, vault: Vault, schema: Schema, loops: [EventLoop] = [],
    time: any TimeSource = SystemTime(), platformKey: WrappedKey? = nil,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> Storage {
    try Migrator.check(schema)
    let threads = try SQLiteThreads()
    do {
      if let url = settings.databaseURL {
        let address = try PostgresAddress(url: url)
        let setup = ServerSetup(
          address: address, loops: loops, schema: schema, vault: vault, time: time, platformKey: platformKey)
        let ready = try await setup.prepare()
        let platformKey = try await ready.keys.key(.platform, createIfMissing: false)
        return Storage(
          settings, schema, vault, time, .server(ready), ready.keys, ready.keyring, threads,
          PlatformStore(
            engine: ServerEngine(pool: ready.pool, guild: nil, keys: ready.keys), key: platformKey))
      }
      return try await openEmbedded(settings, vault, schema, time, threads, platformKey, progress)
    } catch {
      threads.shutdown()
      throw error
    }
  }

  private static func openEmbedded(
    _ settings: StorageSettings, _ vault: Vault, _ schema: Schema, _ time: any TimeSource,
    _ threads: SQLiteThreads, _ platformKey: WrappedKey?, _ progress: @escaping @Sendable (String) -> Void
  ) async throws -> Storage {
    let folder = settings.folder
    try await threads.blocking { try folder.prepare() }
    let keyring = FileKeyring(folder: folder, threads: threads)
    let keys = KeyCache(vault: vault, keyring: keyring)
    if let platformKey { try await keyring.adopt(platformKey, for: .platform) }
    if settings.snapshotsKept > 0 {
      let snapshots = Snapshots(
        folder: folder, keys: keys, threads: threads, time: time, kept: settings.snapshotsKept)
      try await snapshots.takeOfChanged(progress)
    }
    let files = EmbeddedFiles(folder: folder, keys: keys, schema: schema, time: time, threads: threads)
    let database = try await files.openPlatform()
    let fleet = SQLiteFleet<Tenant>(limit: settings.openGuilds) { try await files.openGuild($0) }
    return Storage(
      settings, schema, vault, time, .embedded(database, fleet, files), keys, keyring, threads,
      PlatformStore(
        engine: SQLiteEngine(database: database), key: try await keys.key(.platform, createIfMissing: false)))
  }

  private init(
    _ settings: StorageSettings, _ schema: Schema, _ vault: Vault, _ time: any TimeSource, _ backend: Backend,
    _ keys: KeyCache, _ keyring: any Keyring, _ threads: SQLiteThreads, _ platform: PlatformStore
  ) {
    (self.settings, self.schema, self.vault, self.time) = (settings, schema, vault, time)
    (self.backend, self.keys, self.keyring, self.threads) = (backend, keys, keyring, threads)
    self.platform = platform
    statements = GuildStatements(schema)
    kind =
      switch backend {
      case .embedded: .sqlite
      case .server: .postgres
      }
  }

  // MARK: Guilds

  /// The store of a guild. Costs nothing: its file is opened, and made when it is the guild's first, by the first
  /// call.
  package func guild(_ tenant: Tenant) -> GuildStore {
    let engine: any StoreEngine =
      switch backend {
      case .embedded(_, let fleet, _):
        GuildFileEngine(fleet: fleet, tenant: tenant, statements: statements)
      case .server(let ready): ServerEngine(pool: ready.pool, guild: tenant, keys: keys)
      }
    return GuildStore(tenant: tenant, engine: engine, keys: keys)
  }

  /// Every guild that has data here.
  package func guilds() async throws -> [Tenant] {
    try await keyring.scopes().compactMap(\.tenant).sorted { $0.id < $1.id }
  }

  /// The tables of the room itself, which are in no `Schema`: for the published data table.
  package static let ownTables = TableKeyring.owner.tables

  /// Whether a guild has data here. To ask a guild's store instead would make it one.
  package func hasGuild(_ tenant: Tenant) async throws -> Bool {
    try await keyring.load(.guild(tenant)) != nil
  }

  /// Erases everything of a guild, for good: its data, its snapshots here, and its key, without which copies of its
  /// data elsewhere cannot be read any more. The key goes first: an interrupted erasure is complete in effect, and
  /// calling again removes what is left.
  package func eraseGuild(_ tenant: Tenant) async throws {
    switch backend {
    case .embedded(_, let fleet, let files):
      try await fleet.withExclusiveFile(tenant) {
        try await keys.destroy(.guild(tenant))
        try await threads.blocking {
          let path = files.folder.guild(tenant)
          for suffix in ["", "-wal", "-shm", "-journal"] { try files.folder.remove(path + suffix) }
          try files.folder.remove("\(files.folder.snapshots)/guild-\(tenant.id)")
        }
      }
    case .server(let ready):
      try await keys.destroy(.guild(tenant))
      // Not through a store: writing through one would make the guild a new key.
      try await ready.pool.transaction(tenant: tenant.id, attempts: 5) { session in
        for table in self.schema.tables(.guild).reversed() {
          try await session.execute(
            "DELETE FROM \(unescaped: table.name) WHERE \(unescaped: Table.tenantColumn) = \(tenant.id)")
        }
      }
    }
    log.notice("guild erased", ["guild": .integer(tenant.id)])
  }

  // MARK: Keys

  /// Replaces the master key while everything goes on working; goes on with a rotation that was interrupted.
  ///
  /// - Throws: `VaultError`; nothing is lost, call again.
  package func rotateMasterKey() async throws -> RewrapReport {
    try await vault.rotateMasterKey(store: keyring)
  }

  // MARK: End

  /// Waits for what runs, then closes everything. Calls that come later throw.
  package func close() async {
    switch backend {
    case .embedded(let database, let fleet, _):
      await fleet.close()
      await database.close()
    case .server(let ready):
      await ready.pool.close()
      await ready.owner.close()
    }
    threads.shutdown()
  }
}
