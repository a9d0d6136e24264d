// What the installation stores of third-party plugins: their zips, and which server has which.

package import DiscordGateway
import SandboxData
import SandboxDiscord
package import Storage

/// The tables of the host, in the platform's store.
package enum SandboxSchema {
  /// Zips, installations and the marks of cron.
  package static let platform = SchemaOwner(
    "sandbox",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_artifact (
            digest TEXT NOT NULL, origin_guild BIGINT NOT NULL, plugin_id TEXT NOT NULL, version TEXT NOT NULL,
            manifest TEXT NOT NULL, report TEXT NOT NULL, zip BYTEA NOT NULL, uploaded_by BIGINT NOT NULL,
            uploaded_at BIGINT NOT NULL, PRIMARY KEY (digest, origin_guild))
          """,
          """
          CREATE TABLE sandbox_installation (
            guild_id BIGINT NOT NULL, plugin_id TEXT NOT NULL, digest TEXT NOT NULL, origin_guild BIGINT NOT NULL,
            grants TEXT NOT NULL, is_enabled BOOLEAN NOT NULL, installed_by BIGINT NOT NULL,
            installed_at BIGINT NOT NULL, removed_at BIGINT, PRIMARY KEY (guild_id, plugin_id))
          """,
          "CREATE INDEX sandbox_installation_removed ON sandbox_installation (removed_at)",
          """
          CREATE TABLE sandbox_cron_mark (
            guild_id BIGINT NOT NULL, plugin_id TEXT NOT NULL, name TEXT NOT NULL, fired_minute BIGINT NOT NULL,
            PRIMARY KEY (guild_id, plugin_id, name))
          """,
        ]),
      Migration(2, ["ALTER TABLE sandbox_artifact ADD COLUMN is_offered BOOLEAN NOT NULL DEFAULT TRUE"]),
    ],
    tables: [artifact, installation, cronMark])

  private static let artifact = Table(
    "sandbox_artifact",
    columns: [
      .init("digest", .text), .init("origin_guild", .integer), .init("plugin_id", .text),
      .init("version", .text), .init("manifest", .text), .init("report", .text), .init("zip", .blob),
      .init("uploaded_by", .integer), .init("uploaded_at", .integer), .init("is_offered", .boolean),
    ],
    key: ["digest", "origin_guild"],
    data: TableData(
      "Third-party plugins as they were uploaded, and who uploaded them", people: [.actor("uploaded_by")],
      kept: .until("no server has had the plugin for 30 days")))

  private static let installation = Table(
    "sandbox_installation",
    columns: [
      .init("guild_id", .integer), .init("plugin_id", .text), .init("digest", .text),
      .init("origin_guild", .integer), .init("grants", .text), .init("is_enabled", .boolean),
      .init("installed_by", .integer), .init("installed_at", .integer), .init("removed_at", .integer),
    ],
    key: ["guild_id", "plugin_id"],
    data: TableData(
      "Which third-party plugins a server has, what they may do there, and who let them in",
      people: [.actor("installed_by")], kept: .withGuild))

  private static let cronMark = Table(
    "sandbox_cron_mark",
    columns: [
      .init("guild_id", .integer), .init("plugin_id", .text), .init("name", .text),
      .init("fired_minute", .integer),
    ],
    key: ["guild_id", "plugin_id", "name"],
    data: TableData("When tasks of third-party plugins ran last", kept: .withGuild))
}

extension Sandbox {
  /// Everything that is stored of third-party plugins, in the platform's store and in a guild's.
  package static var platformTables: [SchemaOwner] { [SandboxSchema.platform] + SandboxDataSchema.platform }
  package static var guildTables: [SchemaOwner] { SandboxDataSchema.guild + [GuestWebhookSchema.owner] }

  /// What bots must be told of for every event that plugins may get.
  package static var intents: Intents {
    [
      .guilds, .guildMembers, .guildMessages, .messageContent, .guildMessageReactions, .guildVoiceStates,
    ]
  }
}
