// Every SQL statement about secrets, and their sealing.

import DiscordCore
import EventLoop
import PlatformTenancy
import SQL
import Storage
import Vault

/// Secrets of plugins, in both scopes.
struct SecretStore: Sendable {
  /// What the developer said about a name.
  struct Default: Sendable {
    let value: Secret?
    let boundTo: String?
  }

  let storage: Storage

  // MARK: Of a server

  func value(_ name: String, of plugin: String, in guild: GuildID) async throws -> Secret? {
    let store = storage.guild(Tenant(guild))
    let rows = try await store.rows(
      """
      SELECT value FROM sandbox_secret
      WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin) AND name = \(name)
      """)
    guard let sealed: [UInt8] = try rows.first?.get(0) else { return nil }
    return try await store.key().openSecret(sealed, context: Self.context(store.tenant, plugin, name))
  }

  /// Every value that opens. One that does not is of no use to the plugin either.
  func values(of plugin: String, in guild: GuildID) async throws -> [Secret] {
    let store = storage.guild(Tenant(guild))
    let rows = try await store.rows(
      "SELECT name, value FROM sandbox_secret WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin)")
    guard !rows.isEmpty else { return [] }
    let key = try await store.key()
    return rows.compactMap { row in
      // A value that was damaged or moved: nobody can read it, so nobody can let it out.
      try? key.openSecret(
        try row.get(1), context: Self.context(store.tenant, plugin, try row.get(0)))
    }
  }

  func list(of plugin: String, in guild: GuildID) async throws -> [SecretEntry] {
    let store = storage.guild(Tenant(guild))
    return try await store.rows(
      """
      SELECT name, changed_at FROM sandbox_secret
      WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin) ORDER BY name
      """
    ).map {
      SecretEntry(
        name: try $0.get(0), changedAt: Timestamp(milliseconds: try $0.get(1)), hasValue: true, boundTo: nil)
    }
  }

  /// - Returns: false when the plugin has as many as it may have.
  func set(_ value: Secret, _ name: String, of plugin: String, in guild: GuildID, at now: Timestamp)
    async throws -> Bool
  {
    let store = storage.guild(Tenant(guild))
    let sealed = try await store.key().seal(value, context: Self.context(store.tenant, plugin, name))
    let tenant = store.tenant.id
    return try await store.write { session in
      let others = try await session.rows(
        """
        SELECT COUNT(*) FROM sandbox_secret WHERE guild_id = \(tenant) AND plugin = \(plugin) AND name <> \(name)
        """)
      guard try others.first?.get(0, as: Int.self) ?? 0 < SecretLimits.count else { return false }
      try await session.execute(
        """
        INSERT INTO sandbox_secret (guild_id, plugin, name, value, changed_at)
        VALUES (\(tenant), \(plugin), \(name), \(sealed), \(now.milliseconds))
        ON CONFLICT (guild_id, plugin, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
        """)
      return true
    }
  }

  func delete(_ name: String, of plugin: String, in guild: GuildID) async throws {
    let store = storage.guild(Tenant(guild))
    try await store.execute(
      """
      DELETE FROM sandbox_secret WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin) AND name = \(name)
      """)
  }

  func erase(_ plugin: String, in guild: GuildID) async throws {
    let store = storage.guild(Tenant(guild))
    try await store.execute(
      "DELETE FROM sandbox_secret WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin)")
  }

  // MARK: Of the developer

  func developer(_ name: String, of plugin: String) async throws -> Default? {
    let row = try await storage.platform.rows(
      "SELECT value, bound_to FROM sandbox_default_secret WHERE plugin = \(plugin) AND name = \(name)"
    ).first
    guard let row else { return nil }
    let sealed: [UInt8]? = try row.get(0)
    let value = try sealed.map {
      try storage.platform.key.openSecret($0, context: Self.context(nil, plugin, name))
    }
    return Default(value: value, boundTo: try row.get(1))
  }

  func developerValues(of plugin: String) async throws -> [Secret] {
    let rows = try await storage.platform.rows(
      "SELECT name, value FROM sandbox_default_secret WHERE plugin = \(plugin) AND value IS NOT NULL")
    return rows.compactMap { row in
      // As with those of a server.
      try? storage.platform.key.openSecret(
        try row.get(1), context: Self.context(nil, plugin, try row.get(0)))
    }
  }

  func developerList(of plugin: String) async throws -> [SecretEntry] {
    try await storage.platform.rows(
      """
      SELECT name, changed_at, value IS NOT NULL, bound_to FROM sandbox_default_secret
      WHERE plugin = \(plugin) ORDER BY name
      """
    ).map {
      SecretEntry(
        name: try $0.get(0), changedAt: Timestamp(milliseconds: try $0.get(1)), hasValue: try $0.get(2),
        boundTo: try $0.get(3))
    }
  }

  /// Sets the value, or the host, of a developer's secret and leaves the other as it is.
  ///
  /// - Returns: false when the plugin has as many as it may have.
  func setDeveloper(_ change: Change, _ name: String, of plugin: String, at now: Timestamp) async throws
    -> Bool
  {
    let sealed: [UInt8]? =
      if case .value(let value?) = change {
        storage.platform.key.seal(value, context: Self.context(nil, plugin, name))
      } else { nil }
    return try await storage.platform.write { session in
      let others = try await session.rows(
        "SELECT COUNT(*) FROM sandbox_default_secret WHERE plugin = \(plugin) AND name <> \(name)")
      guard try others.first?.get(0, as: Int.self) ?? 0 < SecretLimits.count else { return false }
      try await session.execute(
        """
        INSERT INTO sandbox_default_secret (plugin, name, changed_at) VALUES (\(plugin), \(name), \(now.milliseconds))
        ON CONFLICT (plugin, name) DO UPDATE SET changed_at = excluded.changed_at
        """)
      switch change {
      case .value:
        try await session.execute(
          "UPDATE sandbox_default_secret SET value = \(sealed) WHERE plugin = \(plugin) AND name = \(name)")
      case .host(let host):
        try await session.execute(
          "UPDATE sandbox_default_secret SET bound_to = \(host) WHERE plugin = \(plugin) AND name = \(name)")
      }
      // A name with neither is none.
      try await session.execute(
        """
        DELETE FROM sandbox_default_secret
        WHERE plugin = \(plugin) AND name = \(name) AND value IS NULL AND bound_to IS NULL
        """)
      return true
    }
  }

  /// What changes about a developer's secret; nil takes it away.
  enum Change: Sendable {
    case value(Secret?)
    case host(String?)
  }

  func eraseDeveloper(_ plugin: String) async throws {
    try await storage.platform.execute("DELETE FROM sandbox_default_secret WHERE plugin = \(plugin)")
  }

  /// Where a value belongs. An id of a plugin has no slash, so plugin and name are told apart.
  private static func context(_ guild: Tenant?, _ plugin: String, _ name: String) -> SealContext {
    if let guild {
      return SealContext(
        tenant: "\(guild)", table: "sandbox_secret", column: "value", row: "\(plugin)/\(name)")
    }
    return SealContext(
      tenant: SealedColumn.platformTenant, table: "sandbox_default_secret", column: "value",
      row: "\(plugin)/\(name)")
  }
}
