// The tables of keys and values.

import Storage

/// The tables of `kv.*`, in a guild's store. What keys and values say is the plugin's: text about members may be among it,
/// and no column of ours can tell about whom.
enum KVSchema {
  static let owner = SchemaOwner(
    "sandbox_kv",
    migrations: [
      Migration(
        1,
        [
          // Keys are in the order of their bytes, which a server's own collation would not keep.
          .perEngine(sqlite: entries(collation: ""), postgres: entries(collation: "COLLATE \"C\"")),
          """
          CREATE INDEX sandbox_kv_by_expiry ON sandbox_kv (guild_id, expires_at) WHERE expires_at IS NOT NULL
          """,
          """
          CREATE TABLE sandbox_kv_use (
            guild_id BIGINT NOT NULL, plugin TEXT NOT NULL, key_count BIGINT NOT NULL,
            PRIMARY KEY (guild_id, plugin))
          """,
        ])
    ],
    tables: [
      Table(
        "sandbox_kv",
        columns: [
          .init("guild_id", .integer), .init("plugin", .text), .init("key", .text), .init("value", .text),
          .init("is_expiring", .boolean), .init("expires_at", .integer),
        ], key: ["guild_id", "plugin", "key"],
        data: TableData(
          "What third-party plugins keep: keys and values are theirs, free text, and may be about members without naming them in a column of ours",
          kept: .days(
            1, since: "expires_at", when: .column("is_expiring", is: true),
            words:
              "until the plugin deletes it, for a day after the end that the plugin set, or for 30 days after it was uninstalled"
          ))),
      Table(
        "sandbox_kv_use",
        columns: [.init("guild_id", .integer), .init("plugin", .text), .init("key_count", .integer)],
        key: ["guild_id", "plugin"],
        data: TableData(
          "How many keys a third-party plugin has", kept: .until("30 days after the plugin was uninstalled"))),
    ])

  private static func entries(collation: String) -> String {
    """
    CREATE TABLE sandbox_kv (
      guild_id BIGINT NOT NULL, plugin TEXT NOT NULL, key TEXT \(collation) NOT NULL, value TEXT NOT NULL,
      is_expiring BOOLEAN NOT NULL, expires_at BIGINT, PRIMARY KEY (guild_id, plugin, key))
    """
  }
}
