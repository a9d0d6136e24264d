// Every SQL statement about events that were given up, and their table.

import DiscordCore
import EventLoop
import JSON
import PlatformTenancy
import SQL
import SandboxContract
import Storage

/// The table of dead letters, in a guild's store.
enum DeadLetterSchema {
  static let owner = SchemaOwner(
    "sandbox_dead_letter",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_dead_letter (
            guild_id BIGINT NOT NULL, plugin TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL,
            type TEXT NOT NULL, payload TEXT NOT NULL, attempts BIGINT NOT NULL, member_id BIGINT,
            PRIMARY KEY (guild_id, plugin, number))
          """,
          "CREATE INDEX sandbox_dead_letter_by_time ON sandbox_dead_letter (guild_id, at)",
        ])
    ],
    tables: [
      Table(
        "sandbox_dead_letter",
        columns: [
          .init("guild_id", .integer), .init("plugin", .text), .init("number", .integer),
          .init("at", .integer), .init("type", .text), .init("payload", .text), .init("attempts", .integer),
          .init("member_id", .integer),
        ], key: ["guild_id", "plugin", "number"],
        data: TableData(
          "Events that a third-party plugin failed at five times, as far as it was to see them; at most 100 of a plugin",
          people: [.subject("member_id", with: ["payload"])], kept: .days(14, since: "at")))
    ])
}

/// The dead letters of one server.
struct DeadLetterStore: Sendable {
  /// Letters of one plugin.
  static let limit: Int64 = 100

  private let store: GuildStore

  init(_ storage: Storage, guild: GuildID) { store = storage.guild(Tenant(guild)) }

  private var tenant: Int64 { store.tenant.id }

  /// Writes a letter and deletes those that are too many.
  func write(_ letter: GuestDeadLetter) async throws {
    let delivery = letter.delivery
    let payload = String(decoding: try JSONValue.object(delivery.payload).encoded(), as: UTF8.self)
    let member = Self.member(of: delivery.payload).map { Int64(bitPattern: $0.rawValue) }
    try await store.writeNumbered { session in
      let head = try await session.rows(
        """
        SELECT COALESCE(MAX(number), 0) FROM sandbox_dead_letter
        WHERE guild_id = \(tenant) AND plugin = \(delivery.plugin)
        """)
      let number = try (head.first?.get(0) ?? 0 as Int64) + 1
      try await session.execute(
        """
        INSERT INTO sandbox_dead_letter (guild_id, plugin, number, at, type, payload, attempts, member_id)
        VALUES (\(tenant), \(delivery.plugin), \(number), \(letter.at.milliseconds), \(delivery.type), \(payload),
          \(Int64(letter.attempts)), \(member))
        """)
      try await session.execute(
        """
        DELETE FROM sandbox_dead_letter
        WHERE guild_id = \(tenant) AND plugin = \(delivery.plugin) AND number <= \(number - Self.limit)
        """)
    }
  }

  /// Whom an event is about, as payloads say it.
  private static func member(of payload: JSONObject) -> UserID? {
    for key in ["user_id", "author_id"] {
      if let text = payload[key]?.string, let id = UserID(text) { return id }
      if let number = payload[key]?.int64, number > 0 { return UserID(UInt64(number)) }
    }
    return nil
  }

  /// The letters of a plugin, the newest first.
  func all(of plugin: String) async throws -> [StoredDeadLetter] {
    try await store.rows(
      """
      SELECT number, at, type, payload, attempts FROM sandbox_dead_letter
      WHERE guild_id = \(tenant) AND plugin = \(plugin) ORDER BY number DESC
      """
    ).map { try StoredDeadLetter($0) }
  }

  /// Takes a letter out, for one of those who ask at the same time; nil when it is not there.
  func take(_ number: Int64, of plugin: String) async throws -> StoredDeadLetter? {
    try await store.write { session in
      let rows = try await session.rows(
        """
        DELETE FROM sandbox_dead_letter
        WHERE guild_id = \(tenant) AND plugin = \(plugin) AND number = \(number)
        RETURNING number, at, type, payload, attempts
        """)
      return try rows.first.map { try StoredDeadLetter($0) }
    }
  }

  func erase(_ plugin: String) async throws {
    try await store.execute(
      "DELETE FROM sandbox_dead_letter WHERE guild_id = \(tenant) AND plugin = \(plugin)")
  }
}

extension StoredDeadLetter {
  fileprivate init(_ row: SQLRow) throws {
    let payload = try JSONValue(parsing: Array(try row.get(3, as: String.self).utf8))
    self.init(
      number: try row.get(0), at: Timestamp(milliseconds: try row.get(1)), type: try row.get(2),
      payload: payload.object ?? JSONObject(), attempts: try row.get(4, as: Int.self))
  }
}
