// The server engine: one PostgreSQL database, tenants kept apart by row-level security.

internal import EventLoop
internal import Postgres
internal import SQL
internal import Vault

/// A PostgreSQL pool as a store, for one tenant or for what belongs to none.
struct ServerEngine: StoreEngine {
  let pool: PostgresPool
  /// The guild whose rows it sees; nil for the platform, which sees no guild's.
  let guild: Tenant?
  let keys: KeyCache
  /// How often a transaction is tried when another is in the way.
  private let attempts = 5

  private var tenant: Int64? { guild?.id }

  init(pool: PostgresPool, guild: Tenant?, keys: KeyCache) {
    (self.pool, self.guild, self.keys) = (pool, guild, keys)
  }

  /// A guild that has rows has a key, so that the keyring is the list of guilds: policies hide that list from
  /// every query, the owner's included.
  private func enlist() async throws {
    if let guild { _ = try await keys.key(.guild(guild), createIfMissing: true) }
  }

  func read<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value {
    try await pool.transaction(
      tenant: tenant, access: .readOnly, isolation: .repeatableRead, attempts: attempts
    ) {
      try await body($0)
    }
  }

  func write<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value
  {
    try await enlist()
    return try await pool.transaction(tenant: tenant, attempts: attempts) { try await body($0) }
  }

  func rows(_ statement: SQL) async throws -> [SQLRow] {
    try await pool.rows(statement, tenant: tenant, access: .readOnly)
  }

  func batch(_ statements: [SQL]) async throws -> [Int] {
    try await enlist()
    return try await pool.batch(statements, tenant: tenant).map(\.changed)
  }

  func writeRows(_ statement: SQL) async throws -> [SQLRow] {
    try await enlist()
    return try await pool.rows(statement, tenant: tenant)
  }
}

/// Prepares a server for an installation: tables, keyring, and the login the program works under.
struct ServerSetup: Sendable {
  let address: PostgresAddress
  let loops: [EventLoop]
  let schema: Schema
  let vault: Vault
  let time: any TimeSource
  /// See `Storage.open`.
  let platformKey: WrappedKey?

  /// Which advisory lock keeps other processes from migrating at the same time.
  private static let migrationLock: Int64 = 0x6775_696c_6468_616c

  /// What a running installation holds.
  struct Ready: Sendable {
    let owner: PostgresPool
    let pool: PostgresPool
    let keys: KeyCache
    let keyring: TableKeyring
  }

  /// Migrates under a lock, makes the login, and checks that it is held by row-level security.
  func prepare() async throws -> Ready {
    var options = PostgresOptions.long
    options.leaseCount = 2
    // Waiting for a real server takes real time, whatever clock the stamps come from.
    let owner = PostgresPool(address: address, loops: loops, options: options)
    do {
      let keyring = TableKeyring(pool: owner)
      let keys = KeyCache(vault: vault, keyring: keyring)
      let login = try await owner.withAdvisoryLock(Self.migrationLock) {
        try await migrate(owner)
        if let platformKey { try await keyring.adopt(platformKey, for: .platform) }
        let key = try await keys.key(.platform, createIfMissing: true)
        let login = Login(key)
        try await owner.transaction(attempts: 5) { session in
          try await TenantIsolation.prepareRole(login.role, password: login.password, using: session)
        }
        return login
      }
      let pool = PostgresPool(
        address: address.replacing(user: login.role, password: login.password), loops: loops)
      try await TenantIsolation.verify(pool)
      return Ready(owner: owner, pool: pool, keys: keys, keyring: keyring)
    } catch {
      await owner.close()
      throw error
    }
  }

  /// The login without rights of its own that the program works under. Both parts come from the platform's key, so
  /// that every process of the installation knows them, nobody has to store them, and installations that share a
  /// server do not get in each other's way.
  private struct Login {
    let role: String
    let password: String

    init(_ key: DataKey) {
      role = "guildhall_" + String(key.derive("postgres-role").withBytes { Hex.encode($0) }.prefix(12))
      password = key.derive("postgres-password").withBytes { Hex.encode($0) }
    }
  }

  private func migrate(_ owner: PostgresPool) async throws {
    try await owner.transaction { session in
      let platform = [TableKeyring.owner] + schema.platform
      try await Migrator(owners: platform, scope: .platform, engine: .postgres, time: time).migrate(session)
      try await Migrator(owners: schema.guild, scope: .guild, engine: .postgres, time: time).migrate(session)
    }
  }
}
