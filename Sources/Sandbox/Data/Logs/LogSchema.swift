// The tables of plugins' logs.

import Storage

/// Lines about plugins: of each server in its store, and those of no server in the platform's.
enum LogSchema {
  static let guild = SchemaOwner(
    "sandbox_log",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_log (
            guild_id BIGINT NOT NULL, plugin TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL,
            source TEXT NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL, tags TEXT NOT NULL, extra TEXT NOT NULL,
            method TEXT, PRIMARY KEY (guild_id, plugin, number))
          """,
          "CREATE INDEX sandbox_log_by_level ON sandbox_log (guild_id, level, at)",
          "CREATE INDEX sandbox_log_by_time ON sandbox_log (guild_id, at)",
        ])
    ],
    tables: [
      Table(
        "sandbox_log", columns: [Table.Column("guild_id", .integer)] + columns,
        key: ["guild_id", "plugin", "number"],
        data: TableData(
          "What third-party plugins log in a server and what happened around them: free text, which may be about members without naming them in a column of ours; at most 5,000 lines of a plugin",
          kept: .days(14, since: "at")))
    ])

  static let platform = SchemaOwner(
    "sandbox_worker_log",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_worker_log (
            plugin TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, source TEXT NOT NULL,
            level TEXT NOT NULL, message TEXT NOT NULL, tags TEXT NOT NULL, extra TEXT NOT NULL, method TEXT,
            PRIMARY KEY (plugin, number))
          """,
          "CREATE INDEX sandbox_worker_log_by_time ON sandbox_worker_log (at)",
        ])
    ],
    tables: [
      Table(
        "sandbox_worker_log", columns: columns, key: ["plugin", "number"],
        data: TableData(
          "What processes of third-party plugins say outside of any server: starts, ends, errors, free text; at most 5,000 lines of a plugin",
          kept: .days(14, since: "at")))
    ])

  private static let columns: [Table.Column] = [
    .init("plugin", .text), .init("number", .integer), .init("at", .integer), .init("source", .text),
    .init("level", .text), .init("message", .text), .init("tags", .text), .init("extra", .text),
    .init("method", .text),
  ]
}
