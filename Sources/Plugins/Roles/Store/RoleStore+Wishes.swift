// What roles somebody is about to get or lose, and temporary roles.

import DiscordCore
import EventLoop
import JSON
import SQL
import Storage

/// Roles that somebody shall get or lose as soon as Discord can be asked. Written down before the click is answered:
/// whatever happens to the process, the wish is found again.
struct RoleWish: Hashable, Sendable {
  let user: UserID
  var change: RoleChange
  /// For Discord's audit log.
  var reason: String
  /// Grows with every change of the wish: what was written is compared with what is wished for by then.
  var version: Int64

  init(user: UserID, change: RoleChange, reason: String, version: Int64) {
    (self.user, self.change, self.reason, self.version) = (user, change, reason, version)
  }
}

/// A role with an end.
struct TemporaryRole: Hashable, Sendable {
  let user: UserID
  let role: RoleID
  var end: Timestamp
  var reason: String

  init(user: UserID, role: RoleID, end: Timestamp, reason: String) {
    (self.user, self.role, self.end, self.reason) = (user, role, end, reason)
  }
}

extension RoleStore {
  // MARK: Wishes

  /// What somebody wishes for, held until the transaction ends: whoever else changes it waits. Nothing when nothing is
  /// wished for; call `wish` in the same transaction, which removes what stays empty.
  ///
  /// A statement that writes, since a read would let two see the same on PostgreSQL, and one of their changes be lost.
  func hold(_ user: UserID, at now: Timestamp, _ session: any SQLSession) async throws -> RoleChange {
    let rows = try await session.rows(
      """
      INSERT INTO roles_wish (guild_id, user_id, roles, reason, version, wished_at)
      VALUES (\(tenant), \(Int64(bitPattern: user.rawValue)), \("{}"), \(""), \(now.milliseconds),
        \(now.milliseconds))
      ON CONFLICT (guild_id, user_id) DO UPDATE SET wished_at = roles_wish.wished_at
      RETURNING user_id, roles, reason, version
      """)
    return try rows.first.map(Self.wish)?.change ?? RoleChange()
  }

  func wish(of user: UserID) async throws -> RoleWish? {
    try await store.rows(
      """
      SELECT user_id, roles, reason, version FROM roles_wish
      WHERE guild_id = \(tenant) AND user_id = \(Int64(bitPattern: user.rawValue))
      """
    ).first.map(Self.wish)
  }

  /// Those who wait, at most 1,000.
  func wishers() async throws -> [UserID] {
    try await store.rows(
      """
      SELECT user_id FROM roles_wish
      WHERE guild_id = \(tenant) ORDER BY wished_at LIMIT 1000
      """
    ).map {
      UserID(UInt64(bitPattern: try $0.get(0)))
    }
  }

  /// Adds to what somebody wishes for: a later wish about a role replaces an earlier one. Versions begin with the time, so
  /// that a new wish is never taken for an old one.
  func wish(
    _ change: RoleChange, for user: UserID, because reason: String, at now: Timestamp,
    _ session: any SQLSession
  ) async throws {
    let whole = try await hold(user, at: now, session).then(change)
    let id = Int64(bitPattern: user.rawValue)
    guard !whole.isEmpty else {
      try await session.execute("DELETE FROM roles_wish WHERE guild_id = \(tenant) AND user_id = \(id)")
      return
    }
    // What was wished for before is being written already, or has its turn: only what is new counts as a change.
    guard !change.isEmpty else { return }
    try await session.execute(
      """
      UPDATE roles_wish SET roles = \(try Self.text(whole)), reason = \(reason), version = version + 1
      WHERE guild_id = \(tenant) AND user_id = \(id)
      """)
  }

  /// The wish of that version is fulfilled, or cannot be. Returns false when it has grown meanwhile and is still there.
  func settle(_ wish: RoleWish) async throws -> Bool {
    let user = Int64(bitPattern: wish.user.rawValue)
    let removed = try await store.execute(
      "DELETE FROM roles_wish WHERE guild_id = \(tenant) AND user_id = \(user) AND version = \(wish.version)")
    return removed > 0
  }

  private static func text(_ change: RoleChange) throws -> String {
    let object = JSONObject(
      fields: change.wanted.sorted { $0.key < $1.key }.map { .init(key: "\($0.key)", value: .bool($0.value)) }
    )
    return String(decoding: try JSONValue.object(object).encoded(), as: UTF8.self)
  }

  private static func wish(_ row: SQLRow) throws -> RoleWish {
    let document = try JSONValue(parsing: Array(try row.get("roles", as: String.self).utf8))
    var wanted: [RoleID: Bool] = [:]
    for field in document.object?.fields ?? [] {
      if let role = RoleID(field.key), let isWanted = field.value.bool { wanted[role] = isWanted }
    }
    return RoleWish(
      user: UserID(UInt64(bitPattern: try row.get("user_id"))), change: RoleChange(wanted: wanted),
      reason: try row.get("reason"), version: try row.get("version"))
  }

  // MARK: Temporary roles

  private static let temporaryColumns = "user_id, role_id, ends_at, reason"

  /// Writes down that a role ends; of two ends the later counts.
  func keep(_ role: TemporaryRole, since now: Timestamp, _ session: any SQLSession) async throws {
    try await session.execute(
      """
      INSERT INTO roles_temporary (guild_id, user_id, role_id, ends_at, given_at, reason)
      VALUES (\(tenant), \(Int64(bitPattern: role.user.rawValue)), \(Int64(bitPattern: role.role.rawValue)),
        \(role.end.milliseconds), \(now.milliseconds), \(role.reason))
      ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET reason = excluded.reason,
        ends_at = CASE WHEN excluded.ends_at > roles_temporary.ends_at THEN excluded.ends_at
          ELSE roles_temporary.ends_at END
      """)
  }

  /// By itself.
  func keep(_ role: TemporaryRole, since now: Timestamp) async throws {
    try await store.write { session in try await keep(role, since: now, session) }
  }

  func temporary(_ role: RoleID, of user: UserID) async throws -> TemporaryRole? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.temporaryColumns) FROM roles_temporary
      WHERE guild_id = \(tenant) AND user_id = \(Int64(bitPattern: user.rawValue))
        AND role_id = \(Int64(bitPattern: role.rawValue))
      """
    ).first.map(Self.temporary)
  }

  func isTemporary(_ role: RoleID, of user: UserID, _ session: any SQLSession) async throws -> Bool {
    try await !session.rows(
      """
      SELECT 1 FROM roles_temporary WHERE guild_id = \(tenant)
        AND user_id = \(Int64(bitPattern: user.rawValue)) AND role_id = \(Int64(bitPattern: role.rawValue))
      """
    ).isEmpty
  }

  /// What somebody has for a while, soonest end first.
  func temporaries(of user: UserID) async throws -> [TemporaryRole] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.temporaryColumns) FROM roles_temporary
      WHERE guild_id = \(tenant) AND user_id = \(Int64(bitPattern: user.rawValue)) ORDER BY ends_at
      """
    ).map(Self.temporary)
  }

  /// What ends before an instant, soonest first.
  func temporaries(before end: Timestamp, limit: Int) async throws -> [TemporaryRole] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.temporaryColumns) FROM roles_temporary
      WHERE guild_id = \(tenant) AND ends_at < \(end.milliseconds) ORDER BY ends_at LIMIT \(limit)
      """
    ).map(Self.temporary)
  }

  /// Forgets that roles end. Returns how many there were.
  @discardableResult
  func release(_ roles: [RoleID], of user: UserID) async throws -> Int {
    let counts = try await store.batch(roles.map { releasing($0, of: user) })
    return counts.reduce(0, +)
  }

  func releasing(_ role: RoleID, of user: UserID) -> SQL {
    """
    DELETE FROM roles_temporary WHERE guild_id = \(tenant) AND user_id = \(Int64(bitPattern: user.rawValue))
      AND role_id = \(Int64(bitPattern: role.rawValue))
    """
  }

  private static func temporary(_ row: SQLRow) throws -> TemporaryRole {
    TemporaryRole(
      user: UserID(UInt64(bitPattern: try row.get("user_id"))),
      role: RoleID(UInt64(bitPattern: try row.get("role_id"))),
      end: Timestamp(milliseconds: try row.get("ends_at")), reason: try row.get("reason"))
  }
}
