// The handles through which everything is read and written: the platform's, and one for each guild.

package import SQL
package import Vault

/// A guild, as the tenant that data belongs to. Its id is a snowflake, which has fewer than 64 bits.
package struct Tenant: Hashable, Sendable, CustomStringConvertible {
  /// The guild's id, as it stands in `guild_id`.
  package let id: Int64

  package init(_ id: Int64) { self.id = id }

  package var description: String { String(id) }
}

/// One store: the platform's, or a guild's. The same calls work on both engines.
///
///     let store = storage.guild(Tenant(42))
///     try await store.write { session in
///       try await session.execute("INSERT INTO note (guild_id, id, body) VALUES (\(42), \(1), \("hello"))")
///     }
///
/// Every call may throw `SQLError` (see its codes), and for a guild `StorageError` or `VaultError` when its store
/// or key cannot be opened.
package protocol Store: Sendable {
  /// The engine under it.
  var engine: any StoreEngine { get }
}

/// What belongs to no guild.
package struct PlatformStore: Store {
  package let engine: any StoreEngine
  /// The platform's data key, for what is sealed in a column.
  package let key: DataKey
}

/// What belongs to one guild. Through it no other guild's data can be reached: on SQLite it is another file under
/// another key, on PostgreSQL row-level security hides every other row.
package struct GuildStore: Store {
  package let tenant: Tenant
  package let engine: any StoreEngine
  let keys: KeyCache

  /// The guild's data key, for what is sealed in a column. Made with the guild's first use.
  package func key() async throws -> DataKey {
    try await keys.key(.guild(tenant), createIfMissing: true)
  }
}

extension Store {
  /// Runs `body` on a snapshot: it sees no later commit, and cannot write.
  package func read<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws
    -> Value
  {
    try await engine.read(body)
  }

  /// Runs `body` as a transaction and returns when it is durable. Do nothing but SQL inside; on PostgreSQL it may
  /// run again when another transaction was in the way.
  package func write<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws
    -> Value
  {
    try await engine.write(body)
  }

  /// As `write`, for a body that takes the next number of a series (`MAX(number) + 1`): it runs again when another
  /// transaction took the number meanwhile, which can happen on PostgreSQL. A unique violation that lasts is thrown.
  package func writeNumbered<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value)
    async throws
    -> Value
  {
    for _ in 0..<20 {
      do {
        return try await engine.write(body)
      } catch let error as SQLError where error.code == .uniqueViolation {
        continue
      }
    }
    return try await engine.write(body)
  }

  /// Runs one reading statement. Cheaper than `read`.
  package func rows(_ statement: SQL) async throws -> [SQLRow] {
    try await engine.rows(statement)
  }

  /// Runs one writing statement as a transaction and returns how many rows it changed. Cheaper than `write`.
  @discardableResult
  package func execute(_ statement: SQL) async throws -> Int {
    try await engine.batch([statement]).first ?? 0
  }

  /// Runs writing statements as one transaction, all or none, and returns how many rows each changed.
  @discardableResult
  package func batch(_ statements: [SQL]) async throws -> [Int] {
    try await engine.batch(statements)
  }

  /// Runs one statement that writes and returns rows, such as `INSERT … RETURNING`, as a transaction.
  package func writeRows(_ statement: SQL) async throws -> [SQLRow] {
    try await engine.writeRows(statement)
  }
}

/// What an engine does for a store.
package protocol StoreEngine: Sendable {
  /// See `Store.read`.
  func read<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value
  /// See `Store.write`.
  func write<Value: Sendable>(_ body: @Sendable (any SQLSession) async throws -> Value) async throws -> Value
  /// See `Store.rows`.
  func rows(_ statement: SQL) async throws -> [SQLRow]
  /// See `Store.batch`.
  func batch(_ statements: [SQL]) async throws -> [Int]
  /// See `Store.writeRows`.
  func writeRows(_ statement: SQL) async throws -> [SQLRow]
}
