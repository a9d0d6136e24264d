// The plugin's tables: what each holds, about whom and for how long.

import Storage

/// The tables in a guild's store.
enum Migrations {
  static let owner = SchemaOwner(
    "roles",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE roles_menu (
            guild_id BIGINT NOT NULL, id BIGINT NOT NULL, document TEXT NOT NULL, version BIGINT NOT NULL,
            channel_id BIGINT, message_id BIGINT, is_missing BOOLEAN NOT NULL, created_by BIGINT NOT NULL,
            created_at BIGINT NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (guild_id, id))
          """,
          "CREATE INDEX roles_menu_by_message ON roles_menu (guild_id, message_id)",
          "CREATE UNIQUE INDEX roles_menu_by_cause ON roles_menu (guild_id, cause)",
          """
          CREATE TABLE roles_pick (
            guild_id BIGINT NOT NULL, menu_id BIGINT NOT NULL, option_id BIGINT NOT NULL, user_id BIGINT NOT NULL,
            picked_at BIGINT NOT NULL, PRIMARY KEY (guild_id, menu_id, option_id, user_id))
          """,
          "CREATE INDEX roles_pick_by_user ON roles_pick (guild_id, user_id)",
          """
          CREATE TABLE roles_wish (
            guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL, roles TEXT NOT NULL, reason TEXT NOT NULL,
            version BIGINT NOT NULL, wished_at BIGINT NOT NULL, PRIMARY KEY (guild_id, user_id))
          """,
          """
          CREATE TABLE roles_temporary (
            guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL, role_id BIGINT NOT NULL, ends_at BIGINT NOT NULL,
            given_at BIGINT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (guild_id, user_id, role_id))
          """,
          "CREATE INDEX roles_temporary_by_end ON roles_temporary (guild_id, ends_at)",
          """
          CREATE TABLE roles_job (
            guild_id BIGINT NOT NULL, number BIGINT NOT NULL, verb TEXT NOT NULL, who TEXT NOT NULL,
            within_role BIGINT, role_id BIGINT NOT NULL, started_by BIGINT NOT NULL, started_at BIGINT NOT NULL,
            state TEXT NOT NULL, last_user BIGINT NOT NULL, seen BIGINT NOT NULL, done BIGINT NOT NULL,
            failed BIGINT NOT NULL, expected BIGINT NOT NULL, channel_id BIGINT NOT NULL, message_id BIGINT,
            told_at BIGINT NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (guild_id, number))
          """,
          "CREATE UNIQUE INDEX roles_job_by_cause ON roles_job (guild_id, cause)",
        ])
    ],
    tables: [
      Table(
        "roles_menu",
        columns: [
          .init("guild_id", .integer), .init("id", .integer), .init("document", .text),
          .init("version", .integer), .init("channel_id", .integer), .init("message_id", .integer),
          .init("is_missing", .boolean), .init("created_by", .integer), .init("created_at", .integer),
          .init("cause", .text),
        ], key: ["guild_id", "id"],
        data: TableData(
          "Role menus: what can be picked, where they are published, and who made them",
          people: [.actor("created_by")], kept: .until("the menu is deleted, or the server's data erased"))),
      Table(
        "roles_pick",
        columns: [
          .init("guild_id", .integer), .init("menu_id", .integer), .init("option_id", .integer),
          .init("user_id", .integer), .init("picked_at", .integer),
        ], key: ["guild_id", "menu_id", "option_id", "user_id"],
        data: TableData(
          "Who picked what in a role menu, for reactions and choices that are for good",
          people: [.subject("user_id")], kept: .until("it is given back, or the menu deleted"))),
      Table(
        "roles_wish",
        columns: [
          .init("guild_id", .integer), .init("user_id", .integer), .init("roles", .text),
          .init("reason", .text), .init("version", .integer), .init("wished_at", .integer),
        ], key: ["guild_id", "user_id"],
        data: TableData(
          "Roles that a member is about to get or lose", people: [.subject("user_id", with: ["reason"])],
          kept: .until("Discord has done it, usually within a second"))),
      Table(
        "roles_temporary",
        columns: [
          .init("guild_id", .integer), .init("user_id", .integer), .init("role_id", .integer),
          .init("ends_at", .integer), .init("given_at", .integer), .init("reason", .text),
        ], key: ["guild_id", "user_id", "role_id"],
        data: TableData(
          "Roles that end by themselves, when, and why they were given",
          people: [
            .subject(
              "user_id", with: ["reason"],
              onErasure: .keep("without it the role would never end; it goes when the role does"))
          ], kept: .until("the role ends or is taken away"))),
      Table(
        "roles_job",
        columns: [
          .init("guild_id", .integer), .init("number", .integer), .init("verb", .text), .init("who", .text),
          .init("within_role", .integer), .init("role_id", .integer), .init("started_by", .integer),
          .init("started_at", .integer), .init("state", .text), .init("last_user", .integer),
          .init("seen", .integer), .init("done", .integer), .init("failed", .integer),
          .init("expected", .integer), .init("channel_id", .integer), .init("message_id", .integer),
          .init("told_at", .integer), .init("cause", .text),
        ], key: ["guild_id", "number"],
        data: TableData(
          "Roles given to or taken from many members: which, how far it came, and who began it",
          people: [.actor("started_by")], kept: .days(90, since: "started_at", downToDays: 7))),
    ])
}
