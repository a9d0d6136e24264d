// Hosts that a server's managers added to what a plugin may reach (plugin-host contract, section 15.1).

package import DiscordCore
package import EventLoop
import PlatformTenancy
import SQL
import SandboxContract
package import Storage

/// The table of hosts, in a guild's store.
enum HostSchema {
  static let owner = SchemaOwner(
    "sandbox_host",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_host (
            guild_id BIGINT NOT NULL, plugin TEXT NOT NULL, kind TEXT NOT NULL, host TEXT NOT NULL,
            added_at BIGINT NOT NULL, added_by BIGINT, PRIMARY KEY (guild_id, plugin, kind, host))
          """
        ])
    ],
    tables: [
      Table(
        "sandbox_host",
        columns: [
          .init("guild_id", .integer), .init("plugin", .text), .init("kind", .text), .init("host", .text),
          .init("added_at", .integer), .init("added_by", .integer),
        ], key: ["guild_id", "plugin", "kind", "host"],
        data: TableData(
          "Which hosts third-party plugins may reach beyond those they were installed with, and who allowed it",
          people: [.actor("added_by")],
          kept: .until("the host is taken away, or 30 days after the plugin was uninstalled")))
    ])
}

/// Hosts added by `http.allow_host` and `ws.allow_host`: exact ones, whose sub-domains do not count. Whoever calls has
/// checked that the person may, and where the host is.
package struct HostAllowList: Sendable {
  /// Which road a host was allowed for.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case http, ws
  }

  /// A host that was added.
  package struct Entry: Hashable, Sendable {
    /// In lower case; and by whom it was added and when. nil for a person who is not known or was erased.
    package let host: String
    package let addedBy: UserID?
    package let addedAt: Timestamp
  }

  /// Of one plugin in one server, of one kind.
  package static let limit = 100

  private let storage: Storage

  package init(storage: Storage) { self.storage = storage }

  /// Adds a host; nothing happens when it is there.
  ///
  /// - Returns: the host in the form it is compared in.
  /// - Throws: `RPCError` for what is no bare host, and beyond 100 hosts.
  @discardableResult
  package func add(
    _ host: String, _ kind: Kind, of plugin: String, in guild: GuildID, by user: UserID?, at now: Timestamp
  ) async throws -> String {
    let host = try Self.bare(host)
    let store = storage.guild(Tenant(guild))
    let tenant = store.tenant.id
    let by: Int64? = user.map { Int64(bitPattern: $0.rawValue) }
    try await store.write { session in
      let others = try await session.rows(
        """
        SELECT COUNT(*) FROM sandbox_host
        WHERE guild_id = \(tenant) AND plugin = \(plugin) AND kind = \(kind.rawValue) AND host <> \(host)
        """)
      guard try others.first?.get(0, as: Int.self) ?? 0 < Self.limit else {
        throw RPCError(.quotaExceeded, "quota exceeded: at most \(Self.limit) hosts of a plugin")
      }
      try await session.execute(
        """
        INSERT INTO sandbox_host (guild_id, plugin, kind, host, added_at, added_by)
        VALUES (\(tenant), \(plugin), \(kind.rawValue), \(host), \(now.milliseconds), \(by))
        ON CONFLICT (guild_id, plugin, kind, host) DO NOTHING
        """)
    }
    return host
  }

  /// Takes a host away; nothing happens when it is not there.
  ///
  /// - Returns: the host in the form it is compared in.
  /// - Throws: `RPCError` for what is no bare host.
  @discardableResult
  package func remove(_ host: String, _ kind: Kind, of plugin: String, in guild: GuildID) async throws
    -> String
  {
    let host = try Self.bare(host)
    let store = storage.guild(Tenant(guild))
    try await store.execute(
      """
      DELETE FROM sandbox_host WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin)
        AND kind = \(kind.rawValue) AND host = \(host)
      """)
    return host
  }

  /// Whether exactly this host was added. One look into the store.
  package func allows(_ host: String, _ kind: Kind, of plugin: String, in guild: GuildID) async throws -> Bool
  {
    guard let host = HostName(host)?.text else { return false }
    let store = storage.guild(Tenant(guild))
    return try await !store.rows(
      """
      SELECT 1 FROM sandbox_host WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin)
        AND kind = \(kind.rawValue) AND host = \(host)
      """
    ).isEmpty
  }

  /// What was added, sorted.
  package func list(_ kind: Kind, of plugin: String, in guild: GuildID) async throws -> [Entry] {
    let store = storage.guild(Tenant(guild))
    return try await store.rows(
      """
      SELECT host, added_by, added_at FROM sandbox_host
      WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin) AND kind = \(kind.rawValue) ORDER BY host
      """
    ).map { row in
      let by = try row.get(1, as: Int64?.self).map { UInt64(bitPattern: $0) }
      return Entry(
        host: try row.get(0), addedBy: by.flatMap { $0 == 0 ? nil : UserID($0) },
        addedAt: Timestamp(milliseconds: try row.get(2)))
    }
  }

  /// Takes all hosts of a plugin away.
  ///
  /// - Throws: what the store throws.
  package func erase(_ plugin: String, in guild: GuildID) async throws {
    let store = storage.guild(Tenant(guild))
    try await store.execute(
      "DELETE FROM sandbox_host WHERE guild_id = \(store.tenant.id) AND plugin = \(plugin)")
  }

  private static func bare(_ text: String) throws(RPCError) -> String {
    guard let host = HostName(text) else { throw .invalid("host must be a bare host name") }
    return host.text
  }
}
