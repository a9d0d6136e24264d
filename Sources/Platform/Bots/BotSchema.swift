// The tables of bots.

package import Storage

/// The tables of bots, all in the platform's store.
///
/// * `bot_session`, `bot_identify`: where a bot goes on with the gateway. Session ids are worth nothing without the bot's
///   token; rows are replaced as the bot goes on, and forgotten with it.
/// * `bot_registration`: bots that are run: names, the token sealed under the platform's key, and the ids of who
///   registered it and who changed the token. Goes when the bot is removed.
/// * `bot_guild`: which guild has which bot of its own, and the id of who said so. Goes with the bot, and with the guild.
/// * `bot_serving`: which bot served a guild from when on. Ids and times; goes with the guild.
package enum BotSchema {
  /// Declare it together with `TenancySchema.owner`.
  package static let owner = SchemaOwner(
    "bot", migrations: [sessions, registrations],
    tables: [
      Table(
        "bot_session",
        columns: [
          .init("bot_id", .integer), .init("shard", .integer), .init("shard_count", .integer),
          .init("session", .text), .init("resume_url", .text), .init("sequence", .integer),
          .init("intents", .integer),
        ], key: ["bot_id", "shard_count", "shard"],
        data: TableData(
          "Where a bot's connections to Discord are to go on; worth nothing without the bot's token",
          kept: .until("the bot is removed"), secrets: ["session"])),
      Table(
        "bot_identify",
        columns: [.init("bot_id", .integer), .init("used", .integer), .init("resets_at", .integer)],
        key: ["bot_id"],
        data: TableData(
          "How often a bot has identified itself to Discord today", kept: .until("the bot is removed"))),
      Table(
        "bot_registration",
        columns: [
          .init("bot_id", .integer), .init("application_id", .integer), .init("kind", .text),
          .init("application_name", .text), .init("bot_name", .text), .init("token", .blob),
          .init("token_hint", .text), .init("wanted", .text), .init("generation", .integer),
          .init("restarts", .integer), .init("created_at", .integer), .init("created_by", .integer),
          .init("rotated_at", .integer), .init("rotated_by", .integer),
        ], key: ["bot_id"],
        data: TableData(
          "Bots: names, sealed tokens, and who registered them",
          people: [.actor("created_by"), .actor("rotated_by")], kept: .until("the bot is removed"),
          secrets: ["token", "token_hint"])),
      Table(
        "bot_guild",
        columns: [
          .init("guild_id", .integer), .init("bot_id", .integer), .init("assigned_at", .integer),
          .init("assigned_by", .integer),
        ], key: ["guild_id"],
        data: TableData(
          "Which bot of its own a server has, and who decided it", people: [.actor("assigned_by")],
          kept: .until("the bot is removed, or the server erased"))),
      Table(
        "bot_serving",
        columns: [
          .init("guild_id", .integer), .init("epoch", .integer), .init("server_id", .integer),
          .init("from_at", .integer),
        ], key: ["guild_id", "epoch"],
        data: TableData("Which bot served a server from when on", kept: .withGuild)),
    ])

  private static let sessions = Migration(
    1,
    [
      """
      CREATE TABLE bot_session (
        bot_id BIGINT NOT NULL, shard BIGINT NOT NULL, shard_count BIGINT NOT NULL, session TEXT NOT NULL,
        resume_url TEXT NOT NULL, sequence BIGINT NOT NULL, intents BIGINT NOT NULL,
        PRIMARY KEY (bot_id, shard_count, shard))
      """,
      """
      CREATE TABLE bot_identify (
        bot_id BIGINT NOT NULL, used BIGINT NOT NULL, resets_at BIGINT NOT NULL, PRIMARY KEY (bot_id))
      """,
    ])

  private static let registrations = Migration(
    2,
    [
      """
      CREATE TABLE bot_registration (
        bot_id BIGINT NOT NULL, application_id BIGINT NOT NULL, kind TEXT NOT NULL, application_name TEXT NOT NULL,
        bot_name TEXT NOT NULL, token BYTEA NOT NULL, token_hint TEXT NOT NULL, wanted TEXT NOT NULL,
        generation BIGINT NOT NULL, restarts BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT,
        rotated_at BIGINT, rotated_by BIGINT, PRIMARY KEY (bot_id))
      """,
      """
      CREATE TABLE bot_guild (
        guild_id BIGINT NOT NULL, bot_id BIGINT NOT NULL, assigned_at BIGINT NOT NULL, assigned_by BIGINT,
        PRIMARY KEY (guild_id))
      """,
      "CREATE INDEX bot_guild_by_bot ON bot_guild (bot_id, guild_id)",
      """
      CREATE TABLE bot_serving (
        guild_id BIGINT NOT NULL, epoch BIGINT NOT NULL, server_id BIGINT NOT NULL, from_at BIGINT NOT NULL,
        PRIMARY KEY (guild_id, epoch))
      """,
    ])
}
