// The tables of purges, lockdowns, reports, appeals and mass actions.

import DiscordCore
import Storage

/// What the plugin remembers of work that takes a while, and of what members asked for; each table says what it holds and
/// for how long.
enum OperationTables {
  static let first = Migration(
    2,
    [
      """
      CREATE TABLE moderation_job (
        guild_id BIGINT NOT NULL, job BIGINT NOT NULL, kind TEXT NOT NULL, effect_key TEXT NOT NULL,
        status TEXT NOT NULL, person BIGINT NOT NULL, channel_id BIGINT NOT NULL, request TEXT NOT NULL,
        state TEXT NOT NULL, progress_message BIGINT, progress_at BIGINT, created_at BIGINT NOT NULL,
        finished_at BIGINT, PRIMARY KEY (guild_id, job))
      """,
      "CREATE UNIQUE INDEX moderation_job_by_effect ON moderation_job (guild_id, effect_key)",
      "CREATE INDEX moderation_job_by_end ON moderation_job (guild_id, finished_at)",
      """
      CREATE TABLE moderation_job_part (
        guild_id BIGINT NOT NULL, job BIGINT NOT NULL, part BIGINT NOT NULL, content TEXT NOT NULL,
        is_begun BOOLEAN NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (guild_id, job, part))
      """,
      """
      CREATE TABLE moderation_lock (
        guild_id BIGINT NOT NULL, channel_id BIGINT NOT NULL, holder TEXT NOT NULL, effect_key TEXT NOT NULL,
        changes TEXT NOT NULL, person BIGINT NOT NULL, reason TEXT NOT NULL, locked_at BIGINT NOT NULL,
        ends_at BIGINT, PRIMARY KEY (guild_id, channel_id))
      """,
      """
      CREATE TABLE moderation_slowmode (
        guild_id BIGINT NOT NULL, channel_id BIGINT NOT NULL, before_seconds BIGINT NOT NULL,
        applied_seconds BIGINT NOT NULL, ends_at BIGINT NOT NULL, PRIMARY KEY (guild_id, channel_id))
      """,
      """
      CREATE TABLE moderation_report (
        guild_id BIGINT NOT NULL, report BIGINT NOT NULL, target BIGINT NOT NULL, channel_id BIGINT,
        message_id BIGINT, content BYTEA, status TEXT NOT NULL, handler BIGINT, outcome TEXT,
        case_number BIGINT, decision_key TEXT, decision_at BIGINT, queue_channel BIGINT,
        queue_message BIGINT, created_at BIGINT NOT NULL, closed_at BIGINT, PRIMARY KEY (guild_id, report))
      """,
      "CREATE INDEX moderation_report_by_message ON moderation_report (guild_id, message_id)",
      "CREATE INDEX moderation_report_by_target ON moderation_report (guild_id, target, status)",
      """
      CREATE TABLE moderation_reporter (
        guild_id BIGINT NOT NULL, report BIGINT NOT NULL, reporter BIGINT NOT NULL, reason TEXT NOT NULL,
        reported_at BIGINT NOT NULL, PRIMARY KEY (guild_id, report, reporter))
      """,
      "CREATE INDEX moderation_reporter_by_person ON moderation_reporter (guild_id, reporter, reported_at)",
      """
      CREATE TABLE moderation_appeal (
        guild_id BIGINT NOT NULL, appeal BIGINT NOT NULL, effect_key TEXT NOT NULL, case_number BIGINT NOT NULL,
        person BIGINT NOT NULL, status TEXT NOT NULL, origin TEXT NOT NULL, decision_key TEXT,
        decision_at BIGINT, decided_by BIGINT, queue_channel BIGINT, queue_message BIGINT,
        created_at BIGINT NOT NULL, due_at BIGINT, decided_at BIGINT, PRIMARY KEY (guild_id, appeal))
      """,
      "CREATE UNIQUE INDEX moderation_appeal_by_effect ON moderation_appeal (guild_id, effect_key)",
      "CREATE INDEX moderation_appeal_by_case ON moderation_appeal (guild_id, case_number)",
      "CREATE INDEX moderation_appeal_by_person ON moderation_appeal (guild_id, person)",
      "CREATE INDEX moderation_appeal_by_status ON moderation_appeal (guild_id, status, appeal)",
      """
      CREATE TABLE moderation_appeal_entry (
        guild_id BIGINT NOT NULL, appeal BIGINT NOT NULL, entry BIGINT NOT NULL, effect_key TEXT NOT NULL,
        kind TEXT NOT NULL, person BIGINT NOT NULL, author BIGINT NOT NULL, body TEXT NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (guild_id, appeal, entry))
      """,
      """
      CREATE UNIQUE INDEX moderation_appeal_entry_by_effect
        ON moderation_appeal_entry (guild_id, appeal, effect_key)
      """,
    ])

  static let tables: [Table] = [
    Table(
      "moderation_job",
      columns: [
        .init("guild_id", .integer), .init("job", .integer), .init("kind", .text), .init("effect_key", .text),
        .init("status", .text), .init("person", .integer), .init("channel_id", .integer),
        .init("request", .text), .init("state", .text), .init("progress_message", .integer),
        .init("progress_at", .integer), .init("created_at", .integer), .init("finished_at", .integer),
      ], key: ["guild_id", "job"],
      data: TableData(
        "Purges, mass actions and locks of the whole server: who asked, for what, about whom, and what came of it",
        people: [.actor("person")], kept: .days(30, since: "finished_at"))),
    Table(
      "moderation_job_part",
      columns: [
        .init("guild_id", .integer), .init("job", .integer), .init("part", .integer),
        .init("content", .text), .init("is_begun", .boolean), .init("created_at", .integer),
      ], key: ["guild_id", "job", "part"],
      data: TableData(
        "The ids of those whom a mass action is about", kept: .days(90, since: "created_at"))),
    Table(
      "moderation_lock",
      columns: [
        .init("guild_id", .integer), .init("channel_id", .integer), .init("holder", .text),
        .init("effect_key", .text), .init("changes", .text), .init("person", .integer),
        .init("reason", .text), .init("locked_at", .integer), .init("ends_at", .integer),
      ], key: ["guild_id", "channel_id"],
      data: TableData(
        "What a locked channel was like before, who locked it and why",
        people: [.actor("person", with: ["reason"])], kept: .until("the channel is unlocked"))),
    Table(
      "moderation_slowmode",
      columns: [
        .init("guild_id", .integer), .init("channel_id", .integer), .init("before_seconds", .integer),
        .init("applied_seconds", .integer), .init("ends_at", .integer),
      ], key: ["guild_id", "channel_id"],
      data: TableData(
        "The slow mode of a channel before it was changed for a while", kept: .until("the time is over"))),
    Table(
      "moderation_report",
      columns: [
        .init("guild_id", .integer), .init("report", .integer), .init("target", .integer),
        .init("channel_id", .integer), .init("message_id", .integer), .init("content", .blob),
        .init("status", .text), .init("handler", .integer), .init("outcome", .text),
        .init("case_number", .integer), .init("decision_key", .text), .init("decision_at", .integer),
        .init("queue_channel", .integer), .init("queue_message", .integer), .init("created_at", .integer),
        .init("closed_at", .integer),
      ], key: ["guild_id", "report"],
      data: TableData(
        "Members who were reported: the message, where the server keeps content, and what was decided",
        people: [.subject("target", with: ["content"]), .actor("handler")],
        kept: .days(90, since: "closed_at"), sealed: [SealedColumn("content", row: "message_id")])),
    Table(
      "moderation_reporter",
      columns: [
        .init("guild_id", .integer), .init("report", .integer), .init("reporter", .integer),
        .init("reason", .text), .init("reported_at", .integer),
      ], key: ["guild_id", "report", "reporter"],
      data: TableData(
        "Who reported, and why",
        people: [.actor("reporter", with: ["reason"], onErasure: .deleteRow)],
        kept: .days(180, since: "reported_at"))),
    Table(
      "moderation_appeal",
      columns: [
        .init("guild_id", .integer), .init("appeal", .integer), .init("effect_key", .text),
        .init("case_number", .integer), .init("person", .integer), .init("status", .text),
        .init("origin", .text), .init("decision_key", .text), .init("decision_at", .integer),
        .init("decided_by", .integer), .init("queue_channel", .integer), .init("queue_message", .integer),
        .init("created_at", .integer), .init("due_at", .integer), .init("decided_at", .integer),
      ], key: ["guild_id", "appeal"],
      data: TableData(
        "Appeals against cases: whose, against which case, and who decided",
        people: [.subject("person"), .actor("decided_by")], kept: .withGuild(since: "created_at"))),
    Table(
      "moderation_appeal_entry",
      columns: [
        .init("guild_id", .integer), .init("appeal", .integer), .init("entry", .integer),
        .init("effect_key", .text), .init("kind", .text), .init("person", .integer),
        .init("author", .integer), .init("body", .text),
        .init("at", .integer),
      ], key: ["guild_id", "appeal", "entry"],
      data: TableData(
        "What was said in an appeal, by the person and by the staff",
        people: [.subject("person", with: ["body"]), .actor("author", with: ["body"])],
        kept: .withGuild(since: "at"))),
  ]
}

extension Snowflake {
  /// The id as a `BIGINT` holds it.
  var column: Int64 { Int64(bitPattern: rawValue) }

  /// The id that stands in a column.
  init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
