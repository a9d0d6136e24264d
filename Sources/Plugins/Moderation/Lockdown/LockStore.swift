// Every SQL statement about locked and slowed channels.

import DiscordCore
import EventLoop
import JSON
import SQL
import Storage

/// Who holds a channel locked.
enum LockHolder: Hashable, Sendable {
  /// Somebody locked that channel, or the whole server.
  case channel, server
  /// A purge, until it is through.
  case purge(Int64)

  var text: String {
    switch self {
    case .channel: "channel"
    case .server: "server"
    case .purge(let job): "purge:\(job)"
    }
  }

  init?(_ text: String) {
    switch text {
    case "channel": self = .channel
    case "server": self = .server
    default:
      guard text.hasPrefix("purge:"), let job = Int64(text.dropFirst(6)) else { return nil }
      self = .purge(job)
    }
  }
}

/// A locked channel, and what it was before.
struct ChannelLock: Hashable, Sendable {
  var channel: ChannelID
  var holder: LockHolder
  /// Of the cause that locked it.
  var effectKey: String
  var changes: [OverwriteChange]
  var person: UserID
  var reason: String
  var lockedAt: Timestamp
  /// When it ends by itself; nil for when somebody ends it.
  var endsAt: Timestamp?
}

/// A slowed channel that goes back by itself.
struct SlowedChannel: Hashable, Sendable {
  var channel: ChannelID
  var before: Int
  var applied: Int
  var endsAt: Timestamp
}

/// The locks of a guild. Every call may throw what `Store` throws.
struct LockStore: Sendable {
  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  private static let columns = """
    channel_id, holder, effect_key, changes, person, reason, locked_at, ends_at
    """

  /// Writes down what a channel was like, before it is changed; a channel that is locked already is left as it is.
  /// Returns the lock that holds.
  func add(_ lock: ChannelLock) async throws -> ChannelLock {
    let changes = String(
      decoding: try JSONValue.array(lock.changes.map(\.json)).encoded(), as: UTF8.self)
    try await store.execute(
      """
      INSERT INTO moderation_lock (guild_id, channel_id, holder, effect_key, changes, person, reason, locked_at,
        ends_at)
      VALUES (\(tenant), \(lock.channel.column), \(lock.holder.text), \(lock.effectKey), \(changes),
        \(lock.person.column), \(lock.reason), \(lock.lockedAt.milliseconds), \(lock.endsAt?.milliseconds))
      ON CONFLICT (guild_id, channel_id) DO NOTHING
      """)
    return try await self.lock(of: lock.channel) ?? lock
  }

  /// Gives a lock another holder and end; what the channel was before stays.
  func take(_ channel: ChannelID, for lock: ChannelLock) async throws {
    try await store.execute(
      """
      UPDATE moderation_lock SET holder = \(lock.holder.text), effect_key = \(lock.effectKey),
        person = \(lock.person.column), reason = \(lock.reason), ends_at = \(lock.endsAt?.milliseconds)
      WHERE guild_id = \(tenant) AND channel_id = \(channel.column)
      """)
  }

  func lock(of channel: ChannelID) async throws -> ChannelLock? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.columns) FROM moderation_lock
      WHERE guild_id = \(tenant) AND channel_id = \(channel.column)
      """
    ).first.map(Self.lock)
  }

  /// All of them, in the order of their channels.
  func locks() async throws -> [ChannelLock] {
    try await store.rows(
      "SELECT \(unescaped: Self.columns) FROM moderation_lock WHERE guild_id = \(tenant) ORDER BY channel_id"
    ).map(Self.lock)
  }

  func remove(_ channel: ChannelID) async throws {
    try await store.execute(
      """
      DELETE FROM moderation_lock
      WHERE guild_id = \(tenant) AND channel_id = \(channel.column)
      """)
  }

  // MARK: Slow mode

  /// Writes down what the slow mode was; where it is written down already, that stays, and the end moves.
  func slow(_ slowed: SlowedChannel) async throws {
    try await store.execute(
      """
      INSERT INTO moderation_slowmode (guild_id, channel_id, before_seconds, applied_seconds, ends_at)
      VALUES (\(tenant), \(slowed.channel.column), \(slowed.before), \(slowed.applied),
        \(slowed.endsAt.milliseconds))
      ON CONFLICT (guild_id, channel_id) DO UPDATE
        SET applied_seconds = excluded.applied_seconds, ends_at = excluded.ends_at
      """)
  }

  func slowed(_ channel: ChannelID) async throws -> SlowedChannel? {
    try await store.rows(
      """
      SELECT before_seconds, applied_seconds, ends_at FROM moderation_slowmode
      WHERE guild_id = \(tenant) AND channel_id = \(channel.column)
      """
    ).first.map { row in
      SlowedChannel(
        channel: channel, before: try row.get(0), applied: try row.get(1),
        endsAt: Timestamp(milliseconds: try row.get(2)))
    }
  }

  func allSlowed() async throws -> [SlowedChannel] {
    try await store.rows(
      """
      SELECT channel_id, before_seconds, applied_seconds, ends_at FROM moderation_slowmode
      WHERE guild_id = \(tenant)
      """
    ).map { row in
      SlowedChannel(
        channel: ChannelID(column: try row.get(0)), before: try row.get(1), applied: try row.get(2),
        endsAt: Timestamp(milliseconds: try row.get(3)))
    }
  }

  func unslow(_ channel: ChannelID) async throws {
    try await store.execute(
      """
      DELETE FROM moderation_slowmode
      WHERE guild_id = \(tenant) AND channel_id = \(channel.column)
      """)
  }

  private static func lock(_ row: SQLRow) throws -> ChannelLock {
    let changes = try JSONValue(parsing: Array(try row.get("changes", as: String.self).utf8))
    return ChannelLock(
      channel: ChannelID(column: try row.get("channel_id")),
      holder: LockHolder(try row.get("holder")) ?? .channel, effectKey: try row.get("effect_key"),
      changes: changes.array?.compactMap(OverwriteChange.init) ?? [],
      person: UserID(column: try row.get("person")), reason: try row.get("reason"),
      lockedAt: Timestamp(milliseconds: try row.get("locked_at")),
      endsAt: try row.get("ends_at", as: Int64?.self).map { Timestamp(milliseconds: $0) })
  }
}
