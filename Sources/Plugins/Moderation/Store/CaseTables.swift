// The tables of cases and sanctions.

import Storage

/// What is kept of who was acted upon, by whom and why. Cases are never removed, so that their numbers have no gap.
enum CaseTables {
  /// Told to people who ask for their data to be erased.
  private static let record =
    "a record of what was done to protect the server, which asking for erasure cannot undo"

  static let first = Migration(
    1,
    [
      """
      CREATE TABLE moderation_case (
        guild_id BIGINT NOT NULL, number BIGINT NOT NULL, effect_key TEXT NOT NULL, kind TEXT NOT NULL,
        target_id BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id BIGINT NOT NULL, actor_rule TEXT NOT NULL,
        reason TEXT NOT NULL, created_at BIGINT NOT NULL, lasts BIGINT, points DOUBLE PRECISION NOT NULL,
        parent BIGINT, role_id BIGINT, channel_id BIGINT, message_id BIGINT, evidence BYTEA, notice TEXT NOT NULL,
        step TEXT, is_finished BOOLEAN NOT NULL, ended_at BIGINT, log_channel BIGINT, log_message BIGINT,
        voided_at BIGINT, voided_by BIGINT, void_reason TEXT, PRIMARY KEY (guild_id, number))
      """,
      "CREATE UNIQUE INDEX moderation_case_by_effect ON moderation_case (guild_id, effect_key)",
      "CREATE INDEX moderation_case_by_target ON moderation_case (guild_id, target_id, number)",
      "CREATE INDEX moderation_case_by_actor ON moderation_case (guild_id, actor_id, number)",
      "CREATE INDEX moderation_case_by_kind ON moderation_case (guild_id, kind, number)",
      "CREATE INDEX moderation_case_by_parent ON moderation_case (guild_id, parent)",
      "CREATE INDEX moderation_case_unfinished ON moderation_case (guild_id, is_finished, number)",
      """
      CREATE TABLE moderation_revision (
        guild_id BIGINT NOT NULL, case_number BIGINT NOT NULL, revision BIGINT NOT NULL, effect_key TEXT NOT NULL,
        reason TEXT NOT NULL, replaced_at BIGINT NOT NULL, replaced_by BIGINT NOT NULL,
        PRIMARY KEY (guild_id, case_number, revision))
      """,
      """
      CREATE UNIQUE INDEX moderation_revision_by_effect
        ON moderation_revision (guild_id, case_number, effect_key)
      """,
      """
      CREATE TABLE moderation_quarantine (
        guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL, effect_key TEXT NOT NULL, roles TEXT NOT NULL,
        began_at BIGINT NOT NULL, PRIMARY KEY (guild_id, user_id))
      """,
    ])

  static let tables: [Table] = [
    Table(
      "moderation_case",
      columns: [
        .init("guild_id", .integer), .init("number", .integer), .init("effect_key", .text),
        .init("kind", .text), .init("target_id", .integer), .init("actor_kind", .text),
        .init("actor_id", .integer), .init("actor_rule", .text), .init("reason", .text),
        .init("created_at", .integer), .init("lasts", .integer), .init("points", .double),
        .init("parent", .integer), .init("role_id", .integer), .init("channel_id", .integer),
        .init("message_id", .integer), .init("evidence", .blob), .init("notice", .text),
        .init("step", .text), .init("is_finished", .boolean), .init("ended_at", .integer),
        .init("log_channel", .integer), .init("log_message", .integer), .init("voided_at", .integer),
        .init("voided_by", .integer), .init("void_reason", .text),
      ], key: ["guild_id", "number"],
      data: TableData(
        "Cases: what was done to whom, by whom and why, and what was written, sealed",
        people: [
          .subject("target_id", with: ["reason", "evidence"], onErasure: .keep(record)),
          .actor("actor_id", with: [PersonalColumn("actor_kind", erasedTo: "erased")]), .actor("voided_by"),
        ], kept: .withGuild, sealed: [SealedColumn("evidence", row: "effect_key")])),
    Table(
      "moderation_revision",
      columns: [
        .init("guild_id", .integer), .init("case_number", .integer), .init("revision", .integer),
        .init("effect_key", .text), .init("reason", .text), .init("replaced_at", .integer),
        .init("replaced_by", .integer),
      ], key: ["guild_id", "case_number", "revision"],
      data: TableData(
        "Reasons of cases as they were before somebody changed them", people: [.actor("replaced_by")],
        kept: .withGuild)),
    Table(
      "moderation_quarantine",
      columns: [
        .init("guild_id", .integer), .init("user_id", .integer), .init("effect_key", .text),
        .init("roles", .text), .init("began_at", .integer),
      ], key: ["guild_id", "user_id"],
      data: TableData(
        "Which roles members in quarantine had before",
        people: [
          .subject("user_id", with: ["roles"], onErasure: .keep("what their roles are given back by"))
        ], kept: .until("they have their roles back"))),
  ]
}
