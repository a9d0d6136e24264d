// Where wrapped data keys are kept, and the few that are in use.

internal import Glibc
internal import Postgres
internal import SQL
internal import SQLite
internal import Vault

extension KeyScope {
  /// The key of what belongs to no guild.
  static let platform = KeyScope("platform")

  /// The key of everything of a guild: destroying it destroys the guild's data, in backups as well.
  static func guild(_ tenant: Tenant) -> KeyScope { KeyScope("guild-\(tenant.id)") }

  /// The guild of such a scope.
  var tenant: Tenant? {
    name.hasPrefix("guild-") ? Int64(name.dropFirst("guild-".count)).map { Tenant($0) } : nil
  }
}

/// A place for wrapped keys. They are kept apart from the data and its backups, so that removing one here leaves
/// nothing that could open what it sealed.
protocol Keyring: WrappedKeyStore {
  /// The wrapped key of a scope; nil when there is none.
  func load(_ scope: KeyScope) async throws -> WrappedKey?
  /// Stores the key of a scope that has none yet; false when another process was faster.
  func insert(_ wrapped: WrappedKey, for scope: KeyScope) async throws -> Bool
  /// Forgets a key, for good.
  func remove(_ scope: KeyScope) async throws
  /// All scopes that have a key.
  func scopes() async throws -> [KeyScope]
}

extension Keyring {
  /// Stores a key that was made elsewhere, unless it is there already.
  ///
  /// - Throws: `StorageError` with `.notEmpty` when the scope has another key.
  func adopt(_ wrapped: WrappedKey, for scope: KeyScope) async throws {
    if try await load(scope) == wrapped { return }
    guard try await insert(wrapped, for: scope) else {
      throw StorageError(
        .notEmpty, "there is another key for '\(scope)' already; copy into an empty installation")
    }
  }
}

/// Keys as small files in a folder of the data folder.
struct FileKeyring: Keyring {
  let folder: DataFolder
  let threads: SQLiteThreads

  func load(_ scope: KeyScope) async throws -> WrappedKey? {
    try await threads.blocking { try read(scope) }
  }

  private func read(_ scope: KeyScope) throws -> WrappedKey? {
    try folder.read(folder.keyFile(scope.name)).map { try WrappedKey(bytes: $0) }
  }

  func insert(_ wrapped: WrappedKey, for scope: KeyScope) async throws -> Bool {
    try await threads.blocking {
      try folder.write(wrapped.bytes, to: folder.keyFile(scope.name), replacing: false)
    }
  }

  func remove(_ scope: KeyScope) async throws {
    try await threads.blocking { try folder.remove(folder.keyFile(scope.name)) }
  }

  func scopes() async throws -> [KeyScope] {
    try await threads.blocking {
      try folder.names(in: folder.keys).filter { $0.hasSuffix(".key") }.map {
        KeyScope(String($0.dropLast(4)))
      }
      .sorted()
    }
  }

  func wrappedKeys(notUnder masterKeyID: KeyID, after id: String?, limit: Int) async throws
    -> [StoredWrappedKey]
  {
    var found: [StoredWrappedKey] = []
    for scope in try await scopes() where id.map({ scope.name > $0 }) ?? true {
      guard let wrapped = try await load(scope), wrapped.masterKeyID != masterKeyID else { continue }
      found.append(StoredWrappedKey(id: scope.name, scope: scope, wrapped: wrapped))
      if found.count == limit { break }
    }
    return found
  }

  func replace(_ stored: StoredWrappedKey, with wrapped: WrappedKey) async throws -> Bool {
    try await threads.blocking {
      guard try read(stored.scope) == stored.wrapped else { return false }
      return try folder.write(wrapped.bytes, to: folder.keyFile(stored.scope.name), replacing: true)
    }
  }
}

/// Keys in a table of the platform, where several processes share a server.
struct TableKeyring: Keyring {
  let pool: PostgresPool

  /// Reached through the pool alone: exports and sweeps of a schema never see it.
  static let owner = SchemaOwner(
    "storage",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE storage_data_key (
            scope TEXT NOT NULL PRIMARY KEY, wrapped BYTEA NOT NULL, master_key TEXT NOT NULL)
          """
        ])
    ],
    tables: [
      Table(
        "storage_data_key",
        columns: [.init("scope", .text), .init("wrapped", .blob), .init("master_key", .text)],
        key: ["scope"],
        data: TableData(
          "The wrapped keys of data", kept: .until("what they open is erased"), secrets: ["wrapped"]))
    ])

  func load(_ scope: KeyScope) async throws -> WrappedKey? {
    let rows = try await pool.rows(
      "SELECT wrapped FROM storage_data_key WHERE scope = \(scope.name)", access: .readOnly)
    return try rows.first.map { try WrappedKey(bytes: $0.get(0)) }
  }

  func insert(_ wrapped: WrappedKey, for scope: KeyScope) async throws -> Bool {
    try await pool.execute(
      """
      INSERT INTO storage_data_key (scope, wrapped, master_key)
      VALUES (\(scope.name), \(wrapped.bytes), \(wrapped.masterKeyID.description)) ON CONFLICT DO NOTHING
      """) == 1
  }

  func remove(_ scope: KeyScope) async throws {
    try await pool.execute("DELETE FROM storage_data_key WHERE scope = \(scope.name)")
  }

  func scopes() async throws -> [KeyScope] {
    let rows = try await pool.rows("SELECT scope FROM storage_data_key ORDER BY scope", access: .readOnly)
    return try rows.map { KeyScope(try $0.get(0, as: String.self)) }
  }

  func wrappedKeys(notUnder masterKeyID: KeyID, after id: String?, limit: Int) async throws
    -> [StoredWrappedKey]
  {
    let rows = try await pool.rows(
      """
      SELECT scope, wrapped FROM storage_data_key
      WHERE master_key <> \(masterKeyID.description) AND scope > \(id ?? "") ORDER BY scope LIMIT \(limit)
      """)
    return try rows.map { row in
      let name = try row.get(0, as: String.self)
      return StoredWrappedKey(id: name, scope: KeyScope(name), wrapped: try WrappedKey(bytes: row.get(1)))
    }
  }

  func replace(_ stored: StoredWrappedKey, with wrapped: WrappedKey) async throws -> Bool {
    try await pool.execute(
      """
      UPDATE storage_data_key SET wrapped = \(wrapped.bytes), master_key = \(wrapped.masterKeyID.description)
      WHERE scope = \(stored.scope.name) AND wrapped = \(stored.wrapped.bytes)
      """) == 1
  }
}

/// The unwrapped keys in use. Bounded: beyond `limit` all are forgotten and unwrapped anew when needed.
actor KeyCache {
  private let vault: Vault
  private let keyring: any Keyring
  private let limit = 4_096
  private var keys: [KeyScope: DataKey] = [:]

  init(vault: Vault, keyring: any Keyring) {
    self.vault = vault
    self.keyring = keyring
  }

  /// The data key of a scope.
  ///
  /// - Throws: `StorageError` with `.noKey` when there is none and none may be made; `VaultError` when it cannot
  ///   be unwrapped; what the keyring throws.
  func key(_ scope: KeyScope, createIfMissing: Bool) async throws -> DataKey {
    if let known = keys[scope] { return known }
    if let wrapped = try await keyring.load(scope) {
      return remember(try vault.unwrap(wrapped, scope: scope))
    }
    guard createIfMissing else {
      throw StorageError(
        .noKey, "there is no key for '\(scope)': it was erased, or the keyring is another one's")
    }
    do {
      return remember(
        try await vault.makeDataKey(scope: scope) { wrapped in
          guard try await keyring.insert(wrapped, for: scope) else { throw Overtaken() }
        })
    } catch is Overtaken {
      // Another task or process has just made it.
      return try await key(scope, createIfMissing: false)
    }
  }

  /// Forgets a key, here and in the keyring.
  func destroy(_ scope: KeyScope) async throws {
    keys[scope] = nil
    try await keyring.remove(scope)
    keys[scope] = nil
  }

  private struct Overtaken: Error {}

  private func remember(_ key: DataKey) -> DataKey {
    if keys.count >= limit { keys = [:] }
    keys[key.scope] = key
    return key
  }
}

extension DataKey {
  /// The key of the tenant's SQLite file.
  func fileKey() throws(SQLError) -> SQLiteKey {
    var bytes = derive("sqlite").withBytes { span in span.indices.map { span[$0] } }
    defer { for index in bytes.indices { bytes[index] = 0 } }
    return try SQLiteKey(bytes)
  }
}
