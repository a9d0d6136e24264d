// The plugin's tables: what each holds, about whom and for how long.

import Storage

/// The tables in a guild's store.
enum Migrations {
  static let owner = SchemaOwner(
    "welcome",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE welcome_greeting (
            guild_id BIGINT NOT NULL, cause TEXT NOT NULL, occasion TEXT NOT NULL, user_id BIGINT NOT NULL,
            guest TEXT NOT NULL, happened_at BIGINT NOT NULL, ready_at BIGINT NOT NULL, state TEXT NOT NULL,
            settled_at BIGINT, channel_id BIGINT, message_id BIGINT, delete_at BIGINT,
            PRIMARY KEY (guild_id, cause))
          """,
          "CREATE INDEX welcome_greeting_by_state ON welcome_greeting (guild_id, state, ready_at)",
          "CREATE INDEX welcome_greeting_by_user ON welcome_greeting (guild_id, user_id, occasion, happened_at)",
          "CREATE INDEX welcome_greeting_by_deletion ON welcome_greeting (guild_id, delete_at)",
          """
          CREATE TABLE welcome_role (
            guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL, role_id BIGINT NOT NULL, gives BOOLEAN NOT NULL,
            source TEXT NOT NULL, waits BOOLEAN NOT NULL, delay BIGINT NOT NULL, due_at BIGINT NOT NULL,
            PRIMARY KEY (guild_id, user_id, role_id))
          """,
          """
          CREATE TABLE welcome_left (
            guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL, roles TEXT NOT NULL, left_at BIGINT NOT NULL,
            PRIMARY KEY (guild_id, user_id))
          """,
          "CREATE INDEX welcome_left_by_time ON welcome_left (guild_id, left_at)",
        ])
    ],
    tables: [
      Table(
        "welcome_greeting",
        columns: [
          .init("guild_id", .integer), .init("cause", .text), .init("occasion", .text),
          .init("user_id", .integer), .init("guest", .text), .init("happened_at", .integer),
          .init("ready_at", .integer), .init("state", .text), .init("settled_at", .integer),
          .init("channel_id", .integer), .init("message_id", .integer), .init("delete_at", .integer),
        ], key: ["guild_id", "cause"],
        data: TableData(
          "Who joined, left or boosted and is to be greeted, with their names until that is done",
          people: [.subject("user_id", with: ["guest"])], kept: .days(7, since: "happened_at"))),
      Table(
        "welcome_role",
        columns: [
          .init("guild_id", .integer), .init("user_id", .integer), .init("role_id", .integer),
          .init("gives", .boolean), .init("source", .text), .init("waits", .boolean),
          .init("delay", .integer), .init("due_at", .integer),
        ], key: ["guild_id", "user_id", "role_id"],
        data: TableData(
          "Roles that a member is to get or lose by themselves, and when",
          people: [.subject("user_id")], kept: .until("Discord has done it, or the member leaves"))),
      Table(
        "welcome_left",
        columns: [
          .init("guild_id", .integer), .init("user_id", .integer), .init("roles", .text),
          .init("left_at", .integer),
        ], key: ["guild_id", "user_id"],
        data: TableData(
          "The roles of those who left, where a server gives them back on return",
          people: [.subject("user_id")], kept: .days(365, since: "left_at", downToDays: 1))),
    ])
}
