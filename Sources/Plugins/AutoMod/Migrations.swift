// AutoMod's tables: what is about to be done, and the raids under way.

import Storage

enum Migrations {
  static let owner = SchemaOwner(
    "automod",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE automod_order (
            guild_id BIGINT NOT NULL, order_key TEXT NOT NULL, user_id BIGINT NOT NULL, cause TEXT NOT NULL,
            kind TEXT NOT NULL, body TEXT NOT NULL, rank BIGINT NOT NULL, due_at BIGINT NOT NULL,
            attempts BIGINT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (guild_id, order_key))
          """,
          "CREATE INDEX automod_order_by_time ON automod_order (guild_id, due_at, rank)",
          """
          CREATE TABLE automod_hold (
            guild_id BIGINT NOT NULL, fingerprint BIGINT NOT NULL, user_id BIGINT NOT NULL,
            held_until BIGINT NOT NULL, PRIMARY KEY (guild_id, fingerprint, user_id))
          """,
        ])
    ],
    tables: [
      Table(
        "automod_order",
        columns: [
          .init("guild_id", .integer), .init("order_key", .text), .init("user_id", .integer),
          .init("cause", .text), .init("kind", .text), .init("body", .text), .init("rank", .integer),
          .init("due_at", .integer), .init("attempts", .integer), .init("created_at", .integer),
        ], key: ["guild_id", "order_key"],
        data: TableData(
          "What AutoMod is about to do about a message, with the text that goes into the server's own log; gone when it is done, within seconds",
          people: [.subject("user_id", with: ["body"])], kept: .days(1, since: "created_at"))),
      Table(
        "automod_hold",
        columns: [
          .init("guild_id", .integer), .init("fingerprint", .integer), .init("user_id", .integer),
          .init("held_until", .integer),
        ], key: ["guild_id", "fingerprint", "user_id"],
        data: TableData(
          "Who was acted upon in a raid under way, and a checksum of its text", people: [.subject("user_id")],
          kept: .days(1, since: "held_until"))),
    ])
}
