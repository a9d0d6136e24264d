// The tables of decisions.

package import Storage

/// The tables of decisions.
package enum WhySchema {
  /// Declared in a guild's store. Holds ids of messages, members and channels and what was decided about them, no text;
  /// kept a day.
  package static let owner = SchemaOwner(
    "why",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE why_record (
            guild_id BIGINT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, plugin TEXT NOT NULL,
            cause TEXT NOT NULL, message_id BIGINT, member_id BIGINT, channel_id BIGINT, outcome TEXT NOT NULL,
            sentence TEXT NOT NULL, parameters TEXT NOT NULL, PRIMARY KEY (guild_id, number))
          """,
          "CREATE INDEX why_record_by_message ON why_record (guild_id, message_id)",
          "CREATE INDEX why_record_by_member ON why_record (guild_id, member_id, number)",
          "CREATE INDEX why_record_by_time ON why_record (guild_id, at)",
        ]),
      Migration(
        2,
        [
          """
          CREATE TABLE why_hour (
            guild_id BIGINT NOT NULL, hour BIGINT NOT NULL, plugin TEXT NOT NULL, outcome TEXT NOT NULL,
            decisions BIGINT NOT NULL, PRIMARY KEY (guild_id, hour, plugin, outcome))
          """
        ]),
    ],
    tables: [
      Table(
        "why_record",
        columns: [
          .init("guild_id", .integer), .init("number", .integer), .init("at", .integer),
          .init("plugin", .text),
          .init("cause", .text), .init("message_id", .integer), .init("member_id", .integer),
          .init("channel_id", .integer), .init("outcome", .text), .init("sentence", .text),
          .init("parameters", .text),
        ], key: ["guild_id", "number"],
        data: TableData(
          "Why something was done or not, about messages, members and channels; no text",
          people: [.subject("member_id")], kept: .days(1, since: "at"))),
      Table(
        "why_hour",
        columns: [
          .init("guild_id", .integer), .init("hour", .integer), .init("plugin", .text),
          .init("outcome", .text), .init("decisions", .integer),
        ], key: ["guild_id", "hour", "plugin", "outcome"],
        data: TableData(
          "How many decisions each plugin made in an hour, by what came of them",
          kept: .days(31, since: "hour"))),
    ])

  /// Hours begin at whole hours in UTC.
  static let hour: Int64 = 3_600_000
}
