// Roles that somebody is to get, and the roles of those who left.

import DiscordCore
import EventLoop
import SQL
import Storage

/// What waits for one person.
struct PendingWork: Hashable, Sendable {
  /// For the guild's screening.
  var waitsForScreening = false
  /// When the next role is due; nil when none is.
  var nextRole: Timestamp?
  /// Whether a greeting could be sent now.
  var hasGreeting = false
}

extension WelcomeStore {
  // MARK: Wishes

  /// Writes wishes down; a later one about the same role replaces an earlier.
  func wish(_ wishes: [RoleWish], for user: UserID, _ session: any SQLSession) async throws {
    for wish in wishes {
      try await session.execute(
        """
        INSERT INTO welcome_role (guild_id, user_id, role_id, gives, source, waits, delay, due_at)
        VALUES (\(tenant), \(user.column), \(wish.role.column), \(wish.gives), \(wish.source.rawValue),
          \(wish.waitsForScreening), \(wish.delay.wholeMilliseconds), \(wish.due.milliseconds))
        ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET gives = excluded.gives,
          source = excluded.source, waits = excluded.waits, delay = excluded.delay, due_at = excluded.due_at
        """)
    }
  }

  /// What somebody is to get or to lose.
  func wishes(for user: UserID) async throws -> [RoleWish] {
    try await store.rows(
      """
      SELECT role_id, gives, source, waits, delay, due_at FROM welcome_role
      WHERE guild_id = \(tenant) AND user_id = \(user.column) ORDER BY role_id
      """
    ).map { row in
      RoleWish(
        role: RoleID(column: try row.get("role_id")), gives: try row.get("gives"),
        source: RoleWish.Source(rawValue: try row.get("source")) ?? .auto,
        waitsForScreening: try row.get("waits"), delay: .milliseconds(try row.get("delay", as: Int64.self)),
        due: Timestamp(milliseconds: try row.get("due_at")))
    }
  }

  /// Wishes that were fulfilled, or cannot be.
  func forget(_ wishes: [RoleWish], of user: UserID) async throws {
    try await store.batch(
      wishes.map { wish in
        """
        DELETE FROM welcome_role WHERE guild_id = \(tenant) AND user_id = \(user.column)
          AND role_id = \(wish.role.column) AND due_at = \(wish.due.milliseconds)
        """
      })
  }

  /// All wishes for somebody: they are gone.
  func forgetWishes(for user: UserID, _ session: any SQLSession) async throws {
    try await session.execute(
      "DELETE FROM welcome_role WHERE guild_id = \(tenant) AND user_id = \(user.column)")
  }

  /// The same by itself.
  func forgetWishes(for user: UserID) async throws {
    try await store.write { session in try await forgetWishes(for: user, session) }
  }

  // MARK: Screening

  /// What waits for one person, in one look.
  func pending(_ user: UserID) async throws -> PendingWork {
    let greetings = try await store.rows(
      """
      SELECT DISTINCT state FROM welcome_greeting WHERE guild_id = \(tenant) AND user_id = \(user.column)
        AND occasion = \(Occasion.join.rawValue)
        AND state IN (\(State.screening.rawValue), \(State.waiting.rawValue))
      """
    ).map { row in try row.get(0, as: String.self) }
    let wishes = try await wishes(for: user)
    return PendingWork(
      waitsForScreening: greetings.contains(State.screening.rawValue)
        || wishes.contains { $0.waitsForScreening },
      nextRole: wishes.filter { !$0.waitsForScreening }.map(\.due).min(),
      hasGreeting: greetings.contains(State.waiting.rawValue))
  }

  /// Somebody has passed the guild's screening: what waited for it begins.
  func release(_ user: UserID, at now: Timestamp) async throws {
    try await store.batch([
      """
      UPDATE welcome_role SET waits = \(false), due_at = \(now.milliseconds) + delay
      WHERE guild_id = \(tenant) AND user_id = \(user.column) AND waits = \(true)
      """,
      """
      UPDATE welcome_greeting SET state = \(State.waiting.rawValue), ready_at = \(now.milliseconds)
      WHERE guild_id = \(tenant) AND user_id = \(user.column) AND state = \(State.screening.rawValue)
      """,
    ])
  }

  /// People for whom something waits for the screening, after that id.
  func screened(after user: UserID, limit: Int) async throws -> [UserID] {
    try await store.rows(
      """
      SELECT DISTINCT user_id FROM (
        SELECT user_id FROM welcome_role WHERE guild_id = \(tenant) AND waits = \(true)
        UNION SELECT user_id FROM welcome_greeting
        WHERE guild_id = \(tenant) AND state = \(State.screening.rawValue)) AS waiting
      WHERE user_id > \(user.column) ORDER BY user_id LIMIT \(limit)
      """
    ).map { UserID(column: try $0.get(0)) }
  }

  // MARK: Those who left

  /// Remembers with which roles somebody left.
  func remember(_ left: LeftRoles, _ session: any SQLSession) async throws {
    let roles = left.roles.map { "\($0)" }.joined(separator: ",")
    try await session.execute(
      """
      INSERT INTO welcome_left (guild_id, user_id, roles, left_at)
      VALUES (\(tenant), \(left.user.column), \(roles), \(left.leftAt.milliseconds))
      ON CONFLICT (guild_id, user_id) DO UPDATE SET roles = excluded.roles, left_at = excluded.left_at
      """)
  }

  /// With which roles somebody left.
  func left(_ user: UserID) async throws -> LeftRoles? {
    try await store.rows(
      """
      SELECT user_id, roles, left_at FROM welcome_left
      WHERE guild_id = \(tenant) AND user_id = \(user.column)
      """
    )
    .first
    .map(Self.left)
  }

  /// Those who left last.
  func lastLeft(limit: Int) async throws -> [LeftRoles] {
    try await store.rows(
      """
      SELECT user_id, roles, left_at FROM welcome_left
      WHERE guild_id = \(tenant) ORDER BY left_at DESC, user_id LIMIT \(limit)
      """
    ).map(Self.left)
  }

  /// Forgets with which roles somebody left, or everybody; returns how many that were.
  @discardableResult
  func forgetLeft(_ user: UserID? = nil) async throws -> Int {
    if let user {
      return try await store.execute(
        "DELETE FROM welcome_left WHERE guild_id = \(tenant) AND user_id = \(user.column)")
    }
    return try await store.execute("DELETE FROM welcome_left WHERE guild_id = \(tenant)")
  }

  /// Forgets, in a transaction, with which roles somebody left: they are back.
  func forgetLeft(_ user: UserID, _ session: any SQLSession) async throws {
    try await session.execute(
      "DELETE FROM welcome_left WHERE guild_id = \(tenant) AND user_id = \(user.column)")
  }

  /// Forgets those who left before then: the guild keeps their roles no longer.
  func forgetLeft(before instant: Timestamp, _ session: any SQLSession) async throws {
    try await session.execute(
      "DELETE FROM welcome_left WHERE guild_id = \(tenant) AND left_at < \(instant.milliseconds)")
  }

  private static func left(_ row: SQLRow) throws -> LeftRoles {
    let roles: String = try row.get("roles")
    return LeftRoles(
      user: UserID(column: try row.get("user_id")),
      roles: roles.split(separator: ",").compactMap { RoleID($0) },
      leftAt: Timestamp(milliseconds: try row.get("left_at")))
  }
}
