// Orders and raids in a guild's store: every SQL statement of AutoMod.

import DiscordCore
import EventLoop
import JSON
import PlatformPlugins
import SQL
import Storage

/// The orders of a guild. Every call may throw what `Store` throws.
struct OrderStore: Sendable {
  /// How long whoever took an order has for it; afterwards it is anybody's again.
  static let lease = Duration.seconds(8)

  let store: GuildStore

  private var tenant: Int64 { store.tenant.id }

  /// Writes down what a cause asks for, once: all of it or nothing. `mine` are those that the caller does now: they are
  /// nobody else's until the lease ends; the others are due at once.
  ///
  /// - Returns: false when that was done before.
  func add(
    _ orders: [Order], mine: [Order] = [], raid: RaidHold?, by effects: Effects, at now: Timestamp
  ) async throws -> Bool {
    let tenant = tenant
    let statements =
      try orders.map { try Self.insertion($0, tenant, now, now) }
      + mine.map { try Self.insertion($0, tenant, now + Self.lease, now) } + Self.holds(raid, tenant)
    return try await effects.once("verdict") { session in
      for statement in statements { try await session.execute(statement) }
    } != nil
  }

  private static func insertion(_ order: Order, _ tenant: Int64, _ due: Timestamp, _ now: Timestamp) throws
    -> SQL
  {
    let body = String(decoding: try order.body.encoded(), as: UTF8.self)
    return """
      INSERT INTO automod_order
        (guild_id, order_key, user_id, cause, kind, body, rank, due_at, attempts, created_at)
      VALUES (\(tenant), \(order.key), \(order.member.column), \(order.cause), \(order.kind), \(body),
        \(order.rank), \(due.milliseconds), 0, \(now.milliseconds))
      ON CONFLICT (guild_id, order_key) DO NOTHING
      """
  }

  /// Takes orders of a desk that are due, the most urgent first; nobody else gets them until the lease ends.
  func take(_ limit: Int, of desk: Desk, at now: Timestamp) async throws -> [Order] {
    let kinds = desk.kinds
    let rows = try await store.writeRows(
      """
      UPDATE automod_order SET due_at = \((now + Self.lease).milliseconds), attempts = attempts + 1
      WHERE guild_id = \(tenant) AND due_at <= \(now.milliseconds) AND order_key IN (
        SELECT order_key FROM automod_order
        WHERE guild_id = \(tenant) AND due_at <= \(now.milliseconds)
          AND kind IN (\(kinds.first), \(kinds.last))
        ORDER BY rank, created_at, order_key LIMIT \(limit))
      RETURNING order_key, user_id, cause, kind, body, attempts
      """)
    var orders: [Order] = []
    for row in rows {
      let key: String = try row.get(0)
      let order = Order(
        key: key, member: UserID(UInt64(bitPattern: try row.get(1, as: Int64.self))), cause: try row.get(2),
        kind: try row.get(3),
        body: (try? JSONValue(parsing: Array(try row.get(4, as: String.self).utf8))) ?? .null,
        attempts: Int(try row.get(5, as: Int64.self)))
      if let order { orders.append(order) } else { try await strike([key]) }
    }
    return orders.sorted { ($0.rank, $0.key) < ($1.rank, $1.key) }
  }

  /// Strikes out what is done.
  func strike(_ keys: [String]) async throws {
    guard !keys.isEmpty else { return }
    try await store.batch(
      keys.map {
        """
        DELETE FROM automod_order
        WHERE guild_id = \(tenant) AND order_key = \($0)
        """
      })
  }

  /// Puts orders off; one that nothing was tried for has its attempt back.
  func postpone(_ orders: [(key: String, until: Timestamp, wasTried: Bool)]) async throws {
    guard !orders.isEmpty else { return }
    try await store.batch(
      orders.map {
        """
        UPDATE automod_order SET due_at = \($0.until.milliseconds), attempts = attempts - \($0.wasTried ? 0 : 1)
        WHERE guild_id = \(tenant) AND order_key = \($0.key)
        """
      })
  }

  /// When the next order, of a desk or of any, is due; nil when there is none.
  func nextDue(of desk: Desk? = nil) async throws -> Timestamp? {
    let rows =
      if let kinds = desk?.kinds {
        try await store.rows(
          """
          SELECT due_at FROM automod_order
          WHERE guild_id = \(tenant) AND kind IN (\(kinds.first), \(kinds.last)) ORDER BY due_at LIMIT 1
          """)
      } else {
        try await store.rows(
          """
          SELECT due_at FROM automod_order
          WHERE guild_id = \(tenant) ORDER BY due_at LIMIT 1
          """)
      }
    return try rows.first.map { Timestamp(milliseconds: try $0.get(0)) }
  }

  // MARK: Raids

  private static func holds(_ raid: RaidHold?, _ tenant: Int64) -> [SQL] {
    guard let raid else { return [] }
    return raid.members.map { member in
      """
      INSERT INTO automod_hold (guild_id, fingerprint, user_id, held_until)
      VALUES (\(tenant), \(Int64(raid.fingerprint)), \(member.column), \(raid.until.milliseconds))
      ON CONFLICT (guild_id, fingerprint, user_id) DO UPDATE SET held_until = excluded.held_until
      """
    }
  }

  /// The raids whose texts are forbidden still; those that are over are forgotten.
  func raids(at now: Timestamp) async throws -> [RaidHold] {
    try await store.execute(
      """
      DELETE FROM automod_hold
      WHERE guild_id = \(tenant) AND held_until <= \(now.milliseconds)
      """)
    let rows = try await store.rows(
      """
      SELECT fingerprint, user_id, held_until FROM automod_hold
      WHERE guild_id = \(tenant)
      """)
    return try rows.map { row in
      RaidHold(
        fingerprint: Int(try row.get(0, as: Int64.self)), until: Timestamp(milliseconds: try row.get(2)),
        members: [UserID(UInt64(bitPattern: try row.get(1, as: Int64.self)))])
    }
  }
}

extension UserID {
  /// The bits of the id, as columns have it.
  var column: Int64 { Int64(bitPattern: rawValue) }
}
