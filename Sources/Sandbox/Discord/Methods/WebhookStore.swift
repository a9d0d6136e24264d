// Webhooks that third-party plugins made: every SQL statement about them.

package import Storage
import DiscordCore
import EventLoop
import SQL
import Vault

/// The table of plugins' webhooks.
package enum GuestWebhookSchema {
  /// Declared in a guild's store.
  package static let owner = SchemaOwner(
    "sandbox_webhook",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_webhook (
            guild_id BIGINT NOT NULL, webhook_id BIGINT NOT NULL, plugin TEXT NOT NULL, channel_id BIGINT NOT NULL,
            token BYTEA NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (guild_id, webhook_id))
          """
        ])
    ],
    tables: [
      Table(
        "sandbox_webhook",
        columns: [
          .init("guild_id", .integer), .init("webhook_id", .integer), .init("plugin", .text),
          .init("channel_id", .integer), .init("token", .blob), .init("created_at", .integer),
        ], key: ["guild_id", "webhook_id"],
        data: TableData(
          "Webhooks that third-party plugins made, with their sealed tokens", kept: .withGuild,
          secrets: ["token"]))
    ])
}

/// A webhook of a plugin's.
struct GuestWebhook: Sendable {
  let id: WebhookID
  /// Discord's own; no plugin ever sees it.
  let token: String
}

/// The webhooks of one plugin in one server. Every call may throw what `Store` throws.
struct WebhookStore: Sendable {
  let store: GuildStore
  private var tenant: Int64 { store.tenant.id }
  let plugin: String

  func add(_ webhook: GuestWebhook, in channel: ChannelID, at now: Timestamp) async throws {
    let tenant = store.tenant.id
    let sealed = try await store.key().seal(Array(webhook.token.utf8), context: context(webhook.id))
    try await store.execute(
      """
      INSERT INTO sandbox_webhook (guild_id, webhook_id, plugin, channel_id, token, created_at)
      VALUES (\(tenant), \(column(webhook.id.rawValue)), \(plugin), \(column(channel.rawValue)), \(sealed),
        \(now.milliseconds))
      """)
  }

  /// A webhook, if this plugin made it here.
  func webhook(_ id: WebhookID) async throws -> GuestWebhook? {
    let rows = try await store.rows(
      """
      SELECT token FROM sandbox_webhook
      WHERE guild_id = \(tenant) AND webhook_id = \(column(id.rawValue)) AND plugin = \(plugin)
      """)
    guard let sealed = try rows.first?.get(0, as: [UInt8].self) else { return nil }
    return try opened(id, sealed, with: try await store.key())
  }

  func all() async throws -> [GuestWebhook] {
    let rows = try await store.rows(
      """
      SELECT webhook_id, token FROM sandbox_webhook
      WHERE guild_id = \(tenant) AND plugin = \(plugin)
      """)
    let key = try await store.key()
    return try rows.map { row in
      try opened(
        WebhookID(UInt64(bitPattern: try row.get(0, as: Int64.self))), try row.get(1, as: [UInt8].self),
        with: key)
    }
  }

  func remove(_ id: WebhookID) async throws {
    try await store.execute(
      """
      DELETE FROM sandbox_webhook
      WHERE guild_id = \(tenant) AND webhook_id = \(column(id.rawValue)) AND plugin = \(plugin)
      """)
  }

  func removeAll() async throws {
    try await store.execute("DELETE FROM sandbox_webhook WHERE guild_id = \(tenant) AND plugin = \(plugin)")
  }

  /// What the plugin gets in the place of Discord's token: good for calls through the host, and for nothing else, so that
  /// a plugin that passes it on gives nothing away. Made anew whenever it is compared.
  func pass(of id: WebhookID) async throws -> String {
    let key = try await store.key().derive("sandbox webhook")
    return Base64URL.encode(HMACSHA256.code(for: Array("\(id)/\(plugin)".utf8), key: key))
  }

  private func opened(_ id: WebhookID, _ sealed: [UInt8], with key: DataKey) throws -> GuestWebhook {
    let token = try key.open(sealed, context: context(id))
    return GuestWebhook(id: id, token: String(decoding: token, as: UTF8.self))
  }

  private func context(_ id: WebhookID) -> SealContext {
    SealContext(tenant: store.tenant.description, table: "sandbox_webhook", column: "token", row: "\(id)")
  }

  /// As a `BIGINT`, which has a sign.
  private func column(_ id: UInt64) -> Int64 { Int64(bitPattern: id) }
}
