// Every SQL statement about sessions.

import DiscordCore
import EventLoop
import SQL
import Storage

/// A session as it is stored.
struct StoredSession: Sendable {
  var entry: SessionEntry
  let hash: [UInt8]
  var rights = SeenRights()
  /// What its forms carry, when it took the place of another whose pages may still be open; nil for what its cookie
  /// makes.
  var formToken: String?
  /// When a change of rights replaced it, and the id of what took its place.
  var replacement: (at: Timestamp, id: String)?
}

/// The sessions in the platform's store.
struct SessionRows: Sendable {
  private static let columns = """
    id, user_id, created_at, last_seen_at, address, agent, secret_hash, rights, form_token, replaced_at, successor
    """

  let store: PlatformStore

  func session(_ id: String) async throws -> StoredSession? {
    try await store.rows(
      "SELECT \(unescaped: Self.columns) FROM account_session WHERE id = \(id)"
    ).first.map(Self.session)
  }

  func sessions(of user: UserID) async throws -> [SessionEntry] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM account_session
      WHERE user_id = \(user.column) AND replaced_at IS NULL ORDER BY last_seen_at DESC, id
      """
    ).map { try Self.session($0).entry }
  }

  /// Adds a session, and drops the person's oldest so that at most `limit` are there.
  ///
  /// - Returns: the ids of those that were dropped.
  func add(_ session: StoredSession, limit: Int) async throws -> [String] {
    try await store.write { transaction in
      let dropped: [String] = try await transaction.rows(
        """
        SELECT id FROM account_session WHERE user_id = \(session.entry.user.column)
        ORDER BY created_at DESC, id LIMIT \(1_000) OFFSET \(limit - 1)
        """
      ).map { try $0.get(0) }
      for id in dropped {
        try await transaction.execute("DELETE FROM account_session WHERE id = \(id)")
      }
      try await transaction.execute(Self.insertion(session))
      return dropped
    }
  }

  /// Puts a session in the place of another.
  ///
  /// - Returns: whether the other was still there.
  func replace(_ id: String, with session: StoredSession) async throws -> Bool {
    try await store.write { transaction in
      guard
        try await transaction.execute(
          "DELETE FROM account_session WHERE id = \(id) AND user_id = \(session.entry.user.column)") == 1
      else { return false }
      try await transaction.execute(Self.insertion(session))
      return true
    }
  }

  /// Puts a session in the place of another, which lives on until it is swept.
  ///
  /// - Returns: whether the other was still there, and nothing had taken its place.
  func succeed(_ id: String, with session: StoredSession, at now: Timestamp) async throws -> Bool {
    try await store.write { transaction in
      guard
        try await transaction.execute(
          """
          UPDATE account_session SET replaced_at = \(now.milliseconds), successor = \(session.entry.id)
          WHERE id = \(id) AND user_id = \(session.entry.user.column) AND replaced_at IS NULL
          """) == 1
      else { return false }
      try await transaction.execute(Self.insertion(session))
      return true
    }
  }

  /// Writes down that it was used, unless that was written within `interval` before by anybody.
  func seen(_ id: String, at now: Timestamp, interval: Duration) async throws {
    try await store.execute(
      """
      UPDATE account_session SET last_seen_at = \(now.milliseconds)
      WHERE id = \(id) AND last_seen_at <= \((now - interval).milliseconds)
      """)
  }

  /// Deletes a session, with what it replaced and what replaced it.
  func delete(_ id: String, of user: UserID) async throws -> Bool {
    try await store.execute(
      """
      DELETE FROM account_session WHERE user_id = \(user.column)
        AND (id = \(id) OR successor = \(id) OR id = (SELECT successor FROM account_session WHERE id = \(id)))
      """) > 0
  }

  func deleteAll(of user: UserID, except id: String?) async throws -> Int {
    try await store.execute(
      "DELETE FROM account_session WHERE user_id = \(user.column) AND id <> \(id ?? "")")
  }

  func delete(
    createdUntil created: Timestamp, orSeenUntil seen: Timestamp, orReplacedUntil replaced: Timestamp
  )
    async throws -> Int
  {
    try await store.batch([
      "DELETE FROM account_session WHERE created_at <= \(created.milliseconds)",
      "DELETE FROM account_session WHERE last_seen_at <= \(seen.milliseconds)",
      "DELETE FROM account_session WHERE replaced_at <= \(replaced.milliseconds)",
    ]).reduce(0, +)
  }

  private static func insertion(_ session: StoredSession) -> SQL {
    let entry = session.entry
    return """
      INSERT INTO account_session (\(unescaped: columns))
      VALUES (\(entry.id), \(entry.user.column), \(entry.createdAt.milliseconds),
        \(entry.lastSeenAt.milliseconds), \(entry.address), \(entry.agent), \(session.hash),
        \(session.rights.text), \(session.formToken), \(session.replacement?.at.milliseconds),
        \(session.replacement?.id))
      """
  }

  private static func session(_ row: SQLRow) throws -> StoredSession {
    let replacedAt: Int64? = try row.get(9)
    let successor: String? = try row.get(10)
    return StoredSession(
      entry: SessionEntry(
        id: try row.get(0), user: UserID(column: try row.get(1)),
        createdAt: Timestamp(milliseconds: try row.get(2)),
        lastSeenAt: Timestamp(milliseconds: try row.get(3)), address: try row.get(4), agent: try row.get(5)),
      hash: try row.get(6), rights: SeenRights(text: try row.get(7)), formToken: try row.get(8),
      replacement: replacedAt.flatMap { at in successor.map { (Timestamp(milliseconds: at), $0) } })
  }
}
