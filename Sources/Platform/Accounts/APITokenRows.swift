// Every SQL statement about personal tokens.

import DiscordCore
import EventLoop
import PlatformAccess
import SQL
import Storage

/// The personal tokens in the platform's store.
struct APITokenRows: Sendable {
  private static let columns =
    "id, user_id, guild_id, name, access, created_at, expires_at, last_used_at"

  let store: PlatformStore

  func token(hash: [UInt8]) async throws -> APIToken? {
    try await store.rows(
      "SELECT \(unescaped: Self.columns) FROM account_token WHERE secret_hash = \(hash)"
    ).first.flatMap(Self.token)
  }

  func tokens(of user: UserID) async throws -> [APIToken] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM account_token WHERE user_id = \(user.column)
      ORDER BY created_at DESC, id
      """
    ).compactMap(Self.token)
  }

  func tokens(in guild: Tenant, limit: Int) async throws -> [APIToken] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM account_token WHERE guild_id = \(guild.id)
      ORDER BY created_at DESC, id LIMIT \(limit)
      """
    ).compactMap(Self.token)
  }

  /// - Returns: whether it was added: not when the person has `limit` already.
  func add(_ token: APIToken, hash: [UInt8], limit: Int) async throws -> Bool {
    try await store.execute(
      """
      INSERT INTO account_token (\(unescaped: Self.columns), secret_hash)
      SELECT \(token.id), \(token.user.column), \(token.guild.id), \(token.name), \(token.access.name),
        \(token.createdAt.milliseconds), \(token.expiresAt?.milliseconds), \(token.lastUsedAt?.milliseconds), \(hash)
      WHERE (SELECT COUNT(*) FROM account_token WHERE user_id = \(token.user.column)) < \(limit)
      """) > 0
  }

  /// Writes down that it was used, unless that was written within `interval` before by anybody.
  func used(_ id: String, at now: Timestamp, interval: Duration) async throws {
    try await store.execute(
      """
      UPDATE account_token SET last_used_at = \(now.milliseconds)
      WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at <= \((now - interval).milliseconds))
      """)
  }

  func delete(_ id: String, of user: UserID) async throws -> Bool {
    try await store.execute("DELETE FROM account_token WHERE id = \(id) AND user_id = \(user.column)") > 0
  }

  func delete(_ id: String, in guild: Tenant) async throws -> Bool {
    try await store.execute("DELETE FROM account_token WHERE id = \(id) AND guild_id = \(guild.id)") > 0
  }

  func deleteAll(in guild: Tenant) async throws -> Int {
    try await store.execute("DELETE FROM account_token WHERE guild_id = \(guild.id)")
  }

  private static func token(_ row: SQLRow) throws -> APIToken? {
    // A role that a newer version wrote is no role here: access is never guessed.
    guard let access = AccessRole(name: try row.get(4, as: String.self)) else { return nil }
    return APIToken(
      id: try row.get(0), user: UserID(column: try row.get(1)), guild: Tenant(try row.get(2)),
      name: try row.get(3), access: access, createdAt: Timestamp(milliseconds: try row.get(5)),
      expiresAt: try row.get(6, as: Int64?.self).map { Timestamp(milliseconds: $0) },
      lastUsedAt: try row.get(7, as: Int64?.self).map { Timestamp(milliseconds: $0) })
  }
}
