// Every SQL statement about keys and values.

import JSON
import SQL
import SandboxContract
import Storage

/// The keys of one plugin in one server.
///
/// `sandbox_kv_use.key_count` is never less than the rows there are. It is more after rows expired and were swept; so
/// whoever meets the limit counts anew before refusing.
struct KVStore: Sendable {
  let store: GuildStore
  let plugin: String
  /// What is past this is expired; UTC milliseconds.
  let now: Int64

  private var guild: Int64 { store.tenant.id }

  // MARK: Reading

  func value(of key: KVKey) async throws -> String? {
    try await store.rows(
      """
      SELECT value FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin) AND key = \(key.stored)
        AND (expires_at IS NULL OR expires_at > \(now))
      """
    ).first?.get(0)
  }

  /// Values of keys that are there.
  func values(of keys: [KVKey]) async throws -> [KVKey: String] {
    guard let last = keys.last else { return [:] }
    var text = SQL.StringInterpolation(literalCapacity: 512, interpolationCount: 64)
    text.appendLiteral("SELECT key, value FROM sandbox_kv WHERE guild_id = ")
    text.appendInterpolation(guild)
    text.appendLiteral(" AND plugin = ")
    text.appendInterpolation(plugin)
    text.appendLiteral(" AND (expires_at IS NULL OR expires_at > ")
    text.appendInterpolation(now)
    text.appendLiteral(") AND key IN (")
    // Two forms of the statement, however many keys: engines keep what they prepared.
    let places = keys.count <= 8 ? 8 : KVLimits.getMany
    for index in 0..<places {
      if index > 0 { text.appendLiteral(", ") }
      text.appendInterpolation(index < keys.count ? keys[index].stored : last.stored)
    }
    text.appendLiteral(")")
    let rows = try await store.rows(SQL(stringInterpolation: text))
    var values: [KVKey: String] = [:]
    for row in rows { values[KVKey(stored: try row.get(0))] = try row.get(1, as: String.self) }
    return values
  }

  func keys(in range: KVRange, limit: Int) async throws -> [KVKey] {
    try await store.rows(
      """
      SELECT key FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin)
        AND key >= \(range.lower) AND key < \(range.upper) AND (expires_at IS NULL OR expires_at > \(now))
      ORDER BY key LIMIT \(limit)
      """
    ).map { KVKey(stored: try $0.get(0)) }
  }

  func entries(in range: KVRange, limit: Int) async throws -> [(KVKey, String)] {
    try await store.rows(
      """
      SELECT key, value FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin)
        AND key >= \(range.lower) AND key < \(range.upper) AND (expires_at IS NULL OR expires_at > \(now))
      ORDER BY key LIMIT \(limit)
      """
    ).map { (KVKey(stored: try $0.get(0)), try $0.get(1)) }
  }

  func count(in range: KVRange) async throws -> Int {
    try await store.rows(
      """
      SELECT COUNT(*) FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin)
        AND key >= \(range.lower) AND key < \(range.upper) AND (expires_at IS NULL OR expires_at > \(now))
      """
    ).first?.get(0) ?? 0
  }

  // MARK: Writing

  /// Writes one key: one statement where it is there already.
  func put(_ key: KVKey, _ value: String, expiresAt: Int64?) async throws {
    let update = update(key, value, expiresAt: expiresAt)
    guard try await store.execute(update) == 0 else { return }
    try await put([(key, value)], expiresAt: expiresAt)
  }

  /// Writes keys, all or none.
  ///
  /// - Throws: `RPCError` with `.kvQuotaExceeded`.
  func put(_ entries: [(KVKey, String)], expiresAt: Int64?) async throws {
    // In one order, so that two such writes wait for each other rather than block each other.
    let entries = entries.sorted { $0.0 < $1.0 }
    try await store.writeNumbered { session in
      var new: [(KVKey, String)] = []
      for (key, value) in entries
      where try await session.execute(update(key, value, expiresAt: expiresAt)) == 0 {
        new.append((key, value))
      }
      guard !new.isEmpty else { return }
      try await reserve(new.count, session)
      for (key, value) in new {
        try await session.execute(insertion(key, value, expiresAt: expiresAt))
      }
    }
  }

  func delete(_ key: KVKey) async throws {
    try await store.write { session in
      let deleted = try await session.execute(
        "DELETE FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin) AND key = \(key.stored)")
      guard deleted > 0 else { return }
      try await session.execute(
        """
        UPDATE sandbox_kv_use SET key_count = key_count - 1
        WHERE guild_id = \(guild) AND plugin = \(plugin) AND key_count > 0
        """)
    }
  }

  /// Adds to a number, atomically, and returns what it is now. The key keeps its expiry.
  func add(_ amount: Int64, to key: KVKey, at path: [String]) async throws -> JSONValue {
    try await store.writeNumbered { session in
      // An update that changes nothing: on a server it locks the row, so that nobody adds to the same old number.
      let row = try await session.rows(
        """
        UPDATE sandbox_kv SET is_expiring = is_expiring
        WHERE guild_id = \(guild) AND plugin = \(plugin) AND key = \(key.stored) RETURNING value, expires_at
        """
      ).first
      let expiry = try row?.get(1, as: Int64?.self)
      let isLive = row != nil && (expiry ?? .max) > now
      let old =
        isLive ? try row.map { try JSONValue(parsing: Array(try $0.get(0, as: String.self).utf8)) } : nil
      let (new, number) = try KVValue.adding(amount, to: old, at: path[...])
      let text = try KVValue.text(new)
      if row == nil {
        try await reserve(1, session)
        try await session.execute(insertion(key, text, expiresAt: nil))
      } else {
        try await session.execute(update(key, text, expiresAt: isLive ? expiry : nil))
      }
      return number
    }
  }

  func erase() async throws {
    try await store.batch([
      "DELETE FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin)",
      "DELETE FROM sandbox_kv_use WHERE guild_id = \(guild) AND plugin = \(plugin)",
    ])
  }

  private func update(_ key: KVKey, _ value: String, expiresAt: Int64?) -> SQL {
    """
    UPDATE sandbox_kv SET value = \(value), is_expiring = \(expiresAt != nil), expires_at = \(expiresAt)
    WHERE guild_id = \(guild) AND plugin = \(plugin) AND key = \(key.stored)
    """
  }

  private func insertion(_ key: KVKey, _ value: String, expiresAt: Int64?) -> SQL {
    """
    INSERT INTO sandbox_kv (guild_id, plugin, key, value, is_expiring, expires_at)
    VALUES (\(guild), \(plugin), \(key.stored), \(value), \(expiresAt != nil), \(expiresAt))
    """
  }

  /// Counts keys that are about to be inserted.
  private func reserve(_ count: Int, _ session: any SQLSession) async throws {
    // Where the condition fails, a server has locked the row all the same: nobody else counts meanwhile.
    let reserved = try await session.execute(
      """
      INSERT INTO sandbox_kv_use (guild_id, plugin, key_count) VALUES (\(guild), \(plugin), \(count))
      ON CONFLICT (guild_id, plugin) DO UPDATE SET key_count = sandbox_kv_use.key_count + \(count)
        WHERE sandbox_kv_use.key_count + \(count) <= \(KVLimits.keys)
      """)
    guard reserved == 0 else { return }
    try await session.execute(
      "DELETE FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin) AND expires_at <= \(now)")
    let rows = try await session.rows(
      "SELECT COUNT(*) FROM sandbox_kv WHERE guild_id = \(guild) AND plugin = \(plugin)")
    let there: Int = try rows.first?.get(0) ?? 0
    guard there + count <= KVLimits.keys else {
      throw RPCError(.kvQuotaExceeded, "kv quota: at most \(KVLimits.keys) keys in a server")
    }
    try await session.execute(
      """
      UPDATE sandbox_kv_use SET key_count = \(there + count) WHERE guild_id = \(guild) AND plugin = \(plugin)
      """)
  }
}
