// Every SQL statement about guilds as tenants.

import DiscordCore
import EventLoop
import SQL
package import Storage

/// The tables of tenancy.
package enum TenancySchema {
  /// Declared in the platform's store. `tenancy_guild` holds a guild's public face (name, icon, its owner's id, count of
  /// members) and its life; name, icon and owner go when the guild is erased, the rest stays as the record of that.
  /// `tenancy_presence` holds which of our bots is in which guild, and goes when the bot leaves.
  package static let owner = SchemaOwner(
    "tenancy",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE tenancy_guild (
            guild_id BIGINT NOT NULL, phase TEXT NOT NULL, name TEXT NOT NULL, icon TEXT, owner_id BIGINT,
            member_count BIGINT NOT NULL, seen_at BIGINT NOT NULL, joined_at BIGINT NOT NULL, set_up_at BIGINT,
            left_at BIGINT, lapsed_at BIGINT, rejoined_at BIGINT, erased_at BIGINT, PRIMARY KEY (guild_id))
          """,
          "CREATE INDEX tenancy_guild_by_phase ON tenancy_guild (phase, guild_id)",
          "CREATE INDEX tenancy_guild_by_owner ON tenancy_guild (owner_id, guild_id)",
          """
          CREATE TABLE tenancy_presence (
            bot_id BIGINT NOT NULL, guild_id BIGINT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (bot_id, guild_id))
          """,
          "CREATE INDEX tenancy_presence_by_guild ON tenancy_presence (guild_id, bot_id)",
        ])
    ],
    tables: [
      Table(
        "tenancy_guild",
        columns: [
          .init("guild_id", .integer), .init("phase", .text), .init("name", .text), .init("icon", .text),
          .init("owner_id", .integer), .init("member_count", .integer), .init("seen_at", .integer),
          .init("joined_at", .integer), .init("set_up_at", .integer), .init("left_at", .integer),
          .init("lapsed_at", .integer), .init("rejoined_at", .integer), .init("erased_at", .integer),
        ], key: ["guild_id"],
        data: TableData(
          "Servers: name, icon, owner and size as last seen, and when they came and went",
          people: [.actor("owner_id")], kept: .withGuild,
          keptAfterGuild: "that a server was erased, and when, is what keeps it erased")),
      Table(
        "tenancy_presence",
        columns: [.init("bot_id", .integer), .init("guild_id", .integer), .init("since", .integer)],
        key: ["bot_id", "guild_id"],
        data: TableData("Which bots are in which servers", kept: .withGuild)),
    ])
}

/// The rows of one transaction, or of a reader.
struct TenancyStore: Sendable {
  /// A guild's own columns.
  struct Row: Sendable, Equatable {
    var guild: Tenant
    var life: GuildLife
    var name: String
    var icon: String?
    var owner: UserID?
    var memberCount: Int
    var seenAt: Timestamp
  }

  private static let columns =
    "guild_id, phase, name, icon, owner_id, member_count, seen_at, joined_at, set_up_at, left_at, lapsed_at, rejoined_at, erased_at"

  let session: any SQLSession

  /// A guild's row; nil for one that was never seen.
  func row(_ guild: Tenant) async throws -> Row? {
    try await session.rows(
      "SELECT \(unescaped: Self.columns) FROM tenancy_guild WHERE guild_id = \(guild.id)"
    ).first.map(Self.row)
  }

  /// The same, and nobody else changes it until the transaction ends.
  func lockedRow(_ guild: Tenant) async throws -> Row? {
    try await session.execute("UPDATE tenancy_guild SET seen_at = seen_at WHERE guild_id = \(guild.id)")
    return try await row(guild)
  }

  func save(_ row: Row) async throws {
    let life = row.life
    try await session.execute(
      """
      INSERT INTO tenancy_guild (\(unescaped: Self.columns))
      VALUES (\(row.guild.id), \(life.phase.rawValue), \(row.name), \(row.icon), \(row.owner?.column),
        \(row.memberCount), \(row.seenAt.milliseconds), \(life.joinedAt.milliseconds), \(life.setUpAt?.milliseconds),
        \(life.leftAt?.milliseconds), \(life.lapsedAt?.milliseconds), \(life.rejoinedAt?.milliseconds),
        \(life.erasedAt?.milliseconds))
      ON CONFLICT (guild_id) DO UPDATE SET phase = excluded.phase, name = excluded.name, icon = excluded.icon,
        owner_id = excluded.owner_id, member_count = excluded.member_count, seen_at = excluded.seen_at,
        joined_at = excluded.joined_at, set_up_at = excluded.set_up_at, left_at = excluded.left_at,
        lapsed_at = excluded.lapsed_at, rejoined_at = excluded.rejoined_at, erased_at = excluded.erased_at
      """)
  }

  // MARK: Presences

  /// The bots of ours that are in the guild.
  func bots(in guild: Tenant) async throws -> [UserID] {
    try await session.rows(
      "SELECT bot_id FROM tenancy_presence WHERE guild_id = \(guild.id) ORDER BY bot_id"
    ).map { UserID(column: try $0.get(0)) }
  }

  /// The guilds a bot is in.
  func guilds(of bot: UserID) async throws -> [Tenant] {
    try await session.rows(
      "SELECT guild_id FROM tenancy_presence WHERE bot_id = \(bot.column) ORDER BY guild_id"
    ).map { Tenant(try $0.get(0)) }
  }

  func addPresence(_ bot: UserID, _ guild: Tenant, at now: Timestamp) async throws {
    try await session.execute(
      """
      INSERT INTO tenancy_presence (bot_id, guild_id, since) VALUES (\(bot.column), \(guild.id), \(now.milliseconds))
      ON CONFLICT (bot_id, guild_id) DO NOTHING
      """)
  }

  /// Returns whether it was there.
  func removePresence(_ bot: UserID, _ guild: Tenant) async throws -> Bool {
    try await session.execute(
      "DELETE FROM tenancy_presence WHERE bot_id = \(bot.column) AND guild_id = \(guild.id)") > 0
  }

  // MARK: Lists

  func rows(_ filter: GuildFilter) async throws -> [Row] {
    let phases = filter.phases ?? Set(GuildLife.Phase.allCases)
    func wants(_ phase: GuildLife.Phase) -> String { phases.contains(phase) ? phase.rawValue : "" }
    return try await session.rows(
      """
      SELECT \(unescaped: Self.columns) FROM tenancy_guild WHERE guild_id > \(filter.after?.id ?? .min)
        AND phase IN (\(wants(.joined)), \(wants(.setUp)), \(wants(.left)), \(wants(.erasing)), \(wants(.erased)))
        AND (\(filter.owner == nil) OR owner_id = \(filter.owner?.column ?? 0))
        AND (\(filter.bot == nil) OR guild_id IN (
          SELECT guild_id FROM tenancy_presence WHERE bot_id = \(filter.bot?.column ?? 0)))
        AND (\(filter.name == nil) OR LOWER(name) LIKE LOWER(\(Self.pattern(filter.name ?? ""))) ESCAPE '!')
      ORDER BY guild_id LIMIT \(min(max(filter.limit, 1), 200))
      """
    ).map(Self.row)
  }

  /// What `LIKE` takes for "contains", with its wildcards in `text` taken literally.
  private static func pattern(_ text: String) -> String {
    var pattern = "%"
    for character in text {
      if "%_!".contains(character) { pattern.append("!") }
      pattern.append(character)
    }
    return pattern + "%"
  }

  private static func row(_ row: SQLRow) throws -> Row {
    func instant(_ index: Int) throws -> Timestamp? {
      try row.get(index, as: Int64?.self).map { Timestamp(milliseconds: $0) }
    }
    guard let phase = GuildLife.Phase(rawValue: try row.get(1)) else {
      throw SQLError(.typeMismatch, message: "a phase of a guild's life that is not known here")
    }
    var life = GuildLife(joinedAt: Timestamp(milliseconds: try row.get(7)))
    life.phase = phase
    (life.setUpAt, life.leftAt, life.lapsedAt) = (try instant(8), try instant(9), try instant(10))
    (life.rejoinedAt, life.erasedAt) = (try instant(11), try instant(12))
    return Row(
      guild: Tenant(try row.get(0)), life: life, name: try row.get(2), icon: try row.get(3),
      owner: try row.get(4, as: Int64?.self).map { UserID(column: $0) }, memberCount: try row.get(5),
      seenAt: Timestamp(milliseconds: try row.get(6)))
  }
}

extension Snowflake {
  /// As a `BIGINT`, which has a sign.
  var column: Int64 { Int64(bitPattern: rawValue) }

  init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
