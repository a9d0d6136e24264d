// Every SQL statement about a guild's configuration.

import EventLoop
import JSON
import PlatformAudit
import SQL
package import Storage

/// The tables of configuration.
package enum ConfigurationSchema {
  /// Declared in a guild's store, together with `AuditSchema.owner`.
  package static let owner = SchemaOwner(
    "configuration",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE configuration_change (
            guild_id BIGINT NOT NULL, revision BIGINT NOT NULL, plugin TEXT NOT NULL, is_enabled BOOLEAN NOT NULL,
            version BIGINT NOT NULL, document TEXT NOT NULL, changed_at BIGINT NOT NULL, actor TEXT NOT NULL,
            PRIMARY KEY (guild_id, revision))
          """,
          "CREATE INDEX configuration_change_by_plugin ON configuration_change (guild_id, plugin, revision)",
        ])
    ],
    tables: [
      Table(
        "configuration_change",
        columns: [
          .init("guild_id", .integer), .init("revision", .integer), .init("plugin", .text),
          .init("is_enabled", .boolean), .init("version", .integer), .init("document", .text),
          .init("changed_at", .integer), .init("actor", .text),
        ], key: ["guild_id", "revision"],
        data: TableData(
          "The settings of each plugin, their last 200 changes, and who made them",
          people: [.actor("actor", as: .text(prefix: "user:"))], kept: .withGuild))
    ])
}

/// A plugin's configuration as it was after one change.
struct ConfigurationRow: Sendable, Equatable {
  var revision: Int64
  var plugin: String
  var isEnabled: Bool
  var version: Int
  /// `null` for settings that were never touched: the defaults, whatever they are by now.
  var document: JSONValue
  var changedAt: Timestamp
  var actor: String
}

/// A guild's configuration is its history: what holds for a plugin is the newest row about it.
struct ConfigurationStore: Sendable {
  /// How many changes of one plugin are kept.
  static let historyLimit = 200

  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }

  /// The newest row of each plugin.
  func current() async throws -> [ConfigurationRow] {
    try await store.rows(
      """
      SELECT revision, plugin, is_enabled, version, document, changed_at, actor FROM configuration_change
      WHERE guild_id = \(tenant)
        AND revision IN (SELECT MAX(revision) FROM configuration_change WHERE guild_id = \(tenant) GROUP BY plugin)
      """
    ).map(Self.row)
  }

  /// The changes of a plugin before a revision, newest first.
  func history(_ plugin: String, before: Int64 = .max, limit: Int) async throws -> [ConfigurationRow] {
    try await store.rows(
      """
      SELECT revision, plugin, is_enabled, version, document, changed_at, actor FROM configuration_change
      WHERE guild_id = \(tenant) AND plugin = \(plugin)
        AND revision < \(before) ORDER BY revision DESC LIMIT \(limit)
      """
    ).map(Self.row)
  }

  /// What becomes of a plugin: its next row, and what the audit log says of it.
  typealias Decision = (row: ConfigurationRow, audit: [AuditEntry])

  /// Decides, in one transaction with what is stored now, what the next row of each plugin is, and stores them together
  /// with the audit entries: all or none. `decide` gives nil where nothing changes.
  func change(
    _ plugins: [String], _ decide: @Sendable (String, ConfigurationRow?) throws -> Decision?
  ) async throws {
    try await store.writeNumbered { session in
      // The number first: whoever stores a row after this line takes it from us, and we begin again with what they
      // stored.
      let head = try await session.rows(
        """
        SELECT COALESCE(MAX(revision), 0) FROM configuration_change
        WHERE guild_id = \(tenant)
        """)
      var revision: Int64 = try head.first?.get(0) ?? 0
      for plugin in plugins {
        let newest = try await session.rows(
          """
          SELECT revision, plugin, is_enabled, version, document, changed_at, actor FROM configuration_change
          WHERE guild_id = \(tenant) AND plugin = \(plugin) ORDER BY revision DESC LIMIT 1
          """
        ).first.map(Self.row)
        guard let (row, audit) = try decide(plugin, newest) else { continue }
        revision += 1
        let document = String(decoding: try row.document.encoded(), as: UTF8.self)
        try await session.execute(
          """
          INSERT INTO configuration_change (guild_id, revision, plugin, is_enabled, version, document, changed_at, actor)
          VALUES (\(tenant), \(revision), \(plugin), \(row.isEnabled), \(row.version), \(document),
            \(row.changedAt.milliseconds), \(row.actor))
          """)
        for entry in audit { try await session.execute(try AuditLog.insertion(entry, in: store.tenant)) }
        try await session.execute(
          """
          DELETE FROM configuration_change WHERE guild_id = \(tenant) AND plugin = \(plugin) AND revision <= (
            SELECT revision FROM configuration_change WHERE guild_id = \(tenant) AND plugin = \(plugin)
            ORDER BY revision DESC LIMIT 1 OFFSET \(Self.historyLimit))
          """)
      }
    }
  }

  private static func row(_ row: SQLRow) throws -> ConfigurationRow {
    ConfigurationRow(
      revision: try row.get("revision"), plugin: try row.get("plugin"), isEnabled: try row.get("is_enabled"),
      version: try row.get("version"),
      document: try JSONValue(parsing: Array(try row.get("document", as: String.self).utf8)),
      changedAt: Timestamp(milliseconds: try row.get("changed_at")), actor: try row.get("actor"))
  }
}
