// Every SQL statement about registered bots and their guilds.

import DiscordCore
import EventLoop
import SQL
import Storage

/// The rows of one transaction, or of a reader.
struct BotRows: Sendable {
  private static let columns =
    "bot_id, application_id, kind, application_name, bot_name, token_hint, wanted, generation, restarts, created_at, created_by, rotated_at, rotated_by"

  let session: any SQLSession

  /// Keeps others from changing the bot until the transaction ends, if it is registered.
  func lock(_ bot: UserID) async throws {
    try await session.execute("UPDATE bot_registration SET kind = kind WHERE bot_id = \(bot.column)")
  }

  func all() async throws -> [BotRegistration] {
    var guilds: [UserID: [Tenant]] = [:]
    for row in try await session.rows("SELECT bot_id, guild_id FROM bot_guild ORDER BY guild_id") {
      guilds[UserID(column: try row.get(0)), default: []].append(Tenant(try row.get(1)))
    }
    return try await session.rows(
      "SELECT \(unescaped: Self.columns) FROM bot_registration ORDER BY bot_id"
    ).map { row in
      try Self.registration(row, guilds[UserID(column: try row.get(0))] ?? [])
    }
  }

  func registration(_ bot: UserID) async throws -> BotRegistration? {
    let row = try await session.rows(
      "SELECT \(unescaped: Self.columns) FROM bot_registration WHERE bot_id = \(bot.column)"
    ).first
    guard let row else { return nil }
    let guilds = try await session.rows(
      "SELECT guild_id FROM bot_guild WHERE bot_id = \(bot.column) ORDER BY guild_id")
    return try Self.registration(row, guilds.map { Tenant(try $0.get(0)) })
  }

  func token(_ bot: UserID) async throws -> [UInt8]? {
    try await session.rows("SELECT token FROM bot_registration WHERE bot_id = \(bot.column)").first.map {
      try $0.get(0)
    }
  }

  /// - Throws: `SQLError` with `.uniqueViolation` when another transaction registered it meanwhile.
  func insert(_ bot: BotRegistration, _ token: [UInt8]) async throws {
    try await session.execute(
      """
      INSERT INTO bot_registration (\(unescaped: Self.columns), token)
      VALUES (\(bot.bot.column), \(bot.application.column), \(bot.kind.rawValue), \(bot.applicationName),
        \(bot.botName), \(bot.tokenHint), \(bot.wanted.rawValue), \(bot.generation), \(bot.restarts),
        \(bot.createdAt.milliseconds), \(bot.createdBy?.column), \(bot.rotatedAt?.milliseconds),
        \(bot.rotatedBy?.column), \(token))
      """)
  }

  func replaceToken(of bot: UserID, _ token: [UInt8], hint: String, by actor: UserID?, at now: Timestamp)
    async throws
  {
    try await session.execute(
      """
      UPDATE bot_registration SET token = \(token), token_hint = \(hint), generation = generation + 1,
        rotated_at = \(now.milliseconds), rotated_by = \(actor?.column) WHERE bot_id = \(bot.column)
      """)
  }

  /// The shared bot has no guilds of its own.
  func makeShared(_ bot: UserID) async throws {
    try await session.execute("DELETE FROM bot_guild WHERE bot_id = \(bot.column)")
    try await session.execute(
      "UPDATE bot_registration SET kind = \(BotRegistration.Kind.shared.rawValue) WHERE bot_id = \(bot.column)"
    )
  }

  func assign(_ guild: Tenant, to bot: UserID, by actor: UserID?, at now: Timestamp) async throws {
    try await session.execute(
      """
      INSERT INTO bot_guild (guild_id, bot_id, assigned_at, assigned_by)
      VALUES (\(guild.id), \(bot.column), \(now.milliseconds), \(actor?.column))
      ON CONFLICT (guild_id) DO UPDATE SET bot_id = excluded.bot_id, assigned_at = excluded.assigned_at,
        assigned_by = excluded.assigned_by
      """)
  }

  @discardableResult
  func remove(_ bot: UserID) async throws -> Bool {
    for table in ["bot_guild", "bot_session", "bot_identify"] {
      try await session.execute("DELETE FROM \(unescaped: table) WHERE bot_id = \(bot.column)")
    }
    return try await session.execute("DELETE FROM bot_registration WHERE bot_id = \(bot.column)") > 0
  }

  private static func registration(_ row: SQLRow, _ guilds: [Tenant]) throws -> BotRegistration {
    func person(_ index: Int) throws -> UserID? {
      try row.get(index, as: Int64?.self).map { UserID(column: $0) }
    }
    guard let kind = BotRegistration.Kind(rawValue: try row.get(2)),
      let wanted = BotRegistration.Wanted(rawValue: try row.get(6))
    else { throw SQLError(.typeMismatch, message: "a word about a bot that is not known here") }
    return BotRegistration(
      bot: UserID(column: try row.get(0)), application: ApplicationID(column: try row.get(1)), kind: kind,
      applicationName: try row.get(3), botName: try row.get(4), tokenHint: try row.get(5), wanted: wanted,
      generation: try row.get(7), restarts: try row.get(8),
      createdAt: Timestamp(milliseconds: try row.get(9)), createdBy: try person(10),
      rotatedAt: try row.get(11, as: Int64?.self).map { Timestamp(milliseconds: $0) },
      rotatedBy: try person(12), guilds: guilds)
  }
}

extension Snowflake {
  /// As a `BIGINT`, which has a sign.
  var column: Int64 { Int64(bitPattern: rawValue) }

  init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
