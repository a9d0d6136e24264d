// The tables of secrets.

import Storage

/// The tables of `secrets.*`. Values are sealed one by one, each for its own plugin, scope and name; no export has them.
enum SecretSchema {
  static let guild = SchemaOwner(
    "sandbox_secret",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_secret (
            guild_id BIGINT NOT NULL, plugin TEXT NOT NULL, name TEXT NOT NULL, value BYTEA NOT NULL,
            changed_at BIGINT NOT NULL, PRIMARY KEY (guild_id, plugin, name))
          """
        ])
    ],
    tables: [
      Table(
        "sandbox_secret",
        columns: [
          .init("guild_id", .integer), .init("plugin", .text), .init("name", .text), .init("value", .blob),
          .init("changed_at", .integer),
        ], key: ["guild_id", "plugin", "name"],
        data: TableData(
          "Credentials of other services that a server gave to third-party plugins, sealed",
          kept: .until("they are deleted, or the plugin is uninstalled"), secrets: ["value"]))
    ])

  static let platform = SchemaOwner(
    "sandbox_default_secret",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_default_secret (
            plugin TEXT NOT NULL, name TEXT NOT NULL, value BYTEA, bound_to TEXT, changed_at BIGINT NOT NULL,
            PRIMARY KEY (plugin, name))
          """
        ])
    ],
    tables: [
      Table(
        "sandbox_default_secret",
        columns: [
          .init("plugin", .text), .init("name", .text), .init("value", .blob), .init("bound_to", .text),
          .init("changed_at", .integer),
        ], key: ["plugin", "name"],
        data: TableData(
          "Credentials of other services that third-party plugins have from their developers, sealed, and which host each may go to",
          kept: .until("they are deleted, or the plugin is removed"), secrets: ["value"]))
    ])
}
