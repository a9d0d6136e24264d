// Zips and installations: every SQL statement about them.

package import DiscordCore
package import EventLoop
import JSON
import PlatformTenancy
package import SandboxContract
import SQL
import Storage

/// A zip that was uploaded and found to be sound.
package struct StoredArtifact: Sendable, Hashable {
  package let release: GuestRelease
  /// What the SDK's validator and we found that is no reason to refuse it: sentences.
  package let warnings: [String]
  package let uploadedAt: Timestamp
}

/// A server's installation as it is stored, also one that was taken out.
package struct StoredInstallation: Sendable, Hashable {
  package let installation: GuestInstallation
  package let installedBy: UserID
  /// When it was taken out; nil while it is in.
  package let removedAt: Timestamp?
}

/// The rows of `SandboxSchema`. Every call may throw what `Store` throws.
struct InstallationStore: Sendable {
  let store: PlatformStore

  /// A guild's own zips carry its id; the operator's 0.
  private static func column(_ origin: GuestOrigin) -> Int64 {
    switch origin {
    case .installation: 0
    case .guild(let guild): Tenant(guild).id
    }
  }

  private static func origin(_ column: Int64) -> GuestOrigin {
    column == 0 ? .installation : .guild(Tenant(column).guild)
  }

  // MARK: Zips

  func keep(
    _ release: GuestRelease, zip: [UInt8], warnings: [String], by user: UserID?, at now: Timestamp
  ) async throws {
    let manifest = String(decoding: try release.manifest.document.encoded(), as: UTF8.self)
    let report = String(
      decoding: try JSONValue.array(warnings.map { .string($0) }).encoded(), as: UTF8.self)
    let uploader = Int64(bitPattern: user?.rawValue ?? 0)
    try await store.execute(
      """
      INSERT INTO sandbox_artifact
        (digest, origin_guild, plugin_id, version, manifest, report, zip, uploaded_by, uploaded_at, is_offered)
      VALUES (\(release.digest), \(Self.column(release.origin)), \(release.plugin), \(release.version), \(manifest),
        \(report), \(zip), \(uploader), \(now.milliseconds), \(true))
      ON CONFLICT (digest, origin_guild) DO UPDATE SET manifest = excluded.manifest, report = excluded.report,
        uploaded_by = excluded.uploaded_by, uploaded_at = excluded.uploaded_at, is_offered = excluded.is_offered
      """)
  }

  /// Those that may be chosen, the newest first.
  func artifacts(of origin: GuestOrigin) async throws -> [StoredArtifact] {
    try await store.rows(
      """
      SELECT digest, origin_guild, manifest, report, uploaded_at FROM sandbox_artifact
      WHERE origin_guild = \(Self.column(origin)) AND is_offered ORDER BY uploaded_at DESC LIMIT 500
      """
    ).compactMap(Self.artifact)
  }

  func artifact(_ digest: String, of origin: GuestOrigin) async throws -> StoredArtifact? {
    try await store.rows(
      """
      SELECT digest, origin_guild, manifest, report, uploaded_at FROM sandbox_artifact
      WHERE digest = \(digest) AND origin_guild = \(Self.column(origin)) AND is_offered
      """
    ).first.flatMap(Self.artifact)
  }

  private static func artifact(_ row: SQLRow) throws -> StoredArtifact? {
    let text = try row.get("manifest", as: String.self)
    guard let manifest = GuestManifest(document: try JSONValue(parsing: Array(text.utf8))) else { return nil }
    let report = try JSONValue(parsing: Array(try row.get("report", as: String.self).utf8))
    return StoredArtifact(
      release: GuestRelease(
        manifest: manifest, digest: try row.get("digest"), origin: origin(try row.get("origin_guild"))),
      warnings: report.array?.compactMap(\.string) ?? [],
      uploadedAt: Timestamp(milliseconds: try row.get("uploaded_at")))
  }

  /// The bytes of a zip; nil when it is gone.
  func zip(_ release: GuestRelease) async throws -> [UInt8]? {
    try await store.rows(
      """
      SELECT zip FROM sandbox_artifact WHERE digest = \(release.digest)
        AND origin_guild = \(Self.column(release.origin))
      """
    ).first.map { try $0.get("zip") }
  }

  /// Takes back the operator's offer of all versions of a plugin.
  ///
  /// - Returns: how many there were.
  func withdraw(_ plugin: String) async throws -> Int {
    try await store.execute(
      """
      UPDATE sandbox_artifact SET is_offered = \(false)
      WHERE origin_guild = 0 AND plugin_id = \(plugin) AND is_offered
      """)
  }

  /// Whether the operator brought a plugin, be it offered still or only what servers have of it.
  func isOperators(_ plugin: String) async throws -> Bool {
    try await !store.rows(
      "SELECT 1 FROM sandbox_artifact WHERE origin_guild = 0 AND plugin_id = \(plugin) LIMIT 1"
    ).isEmpty
  }

  private static let isUnused = """
    NOT EXISTS (SELECT 1 FROM sandbox_installation i
      WHERE i.digest = sandbox_artifact.digest AND i.origin_guild = sandbox_artifact.origin_guild)
    """

  /// Zips that nobody has installed, or had within their month: a server's that are older than a day, and those that the
  /// operator offers no longer.
  ///
  /// - Returns: plugins of the operator's that are gone with that.
  func dropUnused(at now: Timestamp) async throws -> [String] {
    let yesterday = now.milliseconds - 86_400_000
    let withdrawn: Set<String> = Set(
      try await store.rows(
        "SELECT plugin_id FROM sandbox_artifact WHERE origin_guild = 0 AND NOT is_offered"
      ).map { try $0.get("plugin_id") })
    try await store.execute(
      """
      DELETE FROM sandbox_artifact
      WHERE ((uploaded_at < \(yesterday) AND origin_guild <> 0) OR NOT is_offered) AND \(unescaped: Self.isUnused)
      """)
    var gone: [String] = []
    for plugin in withdrawn.sorted() where try await !isOperators(plugin) { gone.append(plugin) }
    return gone
  }

  /// Of the zips of a server that nobody installed, the newest stay.
  func dropSurplus(of guild: GuildID, keeping count: Int) async throws {
    let origin = Self.column(.guild(guild))
    try await store.execute(
      """
      DELETE FROM sandbox_artifact WHERE origin_guild = \(origin) AND \(unescaped: Self.isUnused) AND digest NOT IN (
        SELECT digest FROM sandbox_artifact WHERE origin_guild = \(origin) AND \(unescaped: Self.isUnused)
        ORDER BY uploaded_at DESC, digest LIMIT \(count))
      """)
  }

  /// The digests of all zips that are kept.
  func digests() async throws -> Set<String> {
    Set(try await store.rows("SELECT digest FROM sandbox_artifact").map { try $0.get("digest") })
  }

  // MARK: Installations

  /// All of them, or those of one guild; removed ones too.
  func installations(of guild: GuildID? = nil) async throws -> [StoredInstallation] {
    let tenant = guild.map { Tenant($0).id }
    return try await store.rows(
      """
      SELECT i.guild_id, i.digest, i.origin_guild, i.grants, i.is_enabled, i.installed_by, i.installed_at, i.removed_at,
        a.manifest
      FROM sandbox_installation i
      JOIN sandbox_artifact a ON a.digest = i.digest AND a.origin_guild = i.origin_guild
      WHERE (\(tenant == nil) OR i.guild_id = \(tenant ?? 0)) ORDER BY i.guild_id, i.installed_at, i.plugin_id
      """
    ).compactMap(Self.installation)
  }

  private static func installation(_ row: SQLRow) throws -> StoredInstallation? {
    let text = try row.get("manifest", as: String.self)
    guard let manifest = GuestManifest(document: try JSONValue(parsing: Array(text.utf8))) else { return nil }
    let grants = try JSONValue(parsing: Array(try row.get("grants", as: String.self).utf8))
    let installation = GuestInstallation(
      guild: Tenant(try row.get("guild_id")).guild,
      release: GuestRelease(
        manifest: manifest, digest: try row.get("digest"), origin: origin(try row.get("origin_guild"))),
      grants: GuestGrants(document: grants), isEnabled: try row.get("is_enabled"),
      installedAt: Timestamp(milliseconds: try row.get("installed_at")))
    let removed = try row.get("removed_at", as: Int64?.self)
    return StoredInstallation(
      installation: installation,
      installedBy: UserID(UInt64(bitPattern: try row.get("installed_by", as: Int64.self))),
      removedAt: removed.map { Timestamp(milliseconds: $0) })
  }

  /// Puts a plugin in, or another version in its place. When it was there within its month, `installed_at` stays.
  func put(_ installation: GuestInstallation, by user: UserID?) async throws {
    let grants = String(decoding: try installation.grants.document.encoded(), as: UTF8.self)
    let actor = Int64(bitPattern: user?.rawValue ?? 0)
    try await store.execute(
      """
      INSERT INTO sandbox_installation
        (guild_id, plugin_id, digest, origin_guild, grants, is_enabled, installed_by, installed_at, removed_at)
      VALUES (\(Tenant(installation.guild).id), \(installation.plugin), \(installation.release.digest),
        \(Self.column(installation.release.origin)), \(grants), \(installation.isEnabled), \(actor),
        \(installation.installedAt.milliseconds), NULL)
      ON CONFLICT (guild_id, plugin_id) DO UPDATE SET digest = excluded.digest, origin_guild = excluded.origin_guild,
        grants = excluded.grants, is_enabled = excluded.is_enabled, installed_by = excluded.installed_by,
        removed_at = NULL
      """)
  }

  func remove(_ plugin: String, from guild: GuildID, at now: Timestamp) async throws -> Bool {
    try await store.execute(
      """
      UPDATE sandbox_installation SET removed_at = \(now.milliseconds), is_enabled = \(false)
      WHERE guild_id = \(Tenant(guild).id) AND plugin_id = \(plugin) AND removed_at IS NULL
      """) > 0
  }

  /// Installations that were taken out before an instant.
  func removed(before instant: Timestamp) async throws -> [(guild: GuildID, plugin: String)] {
    try await store.rows(
      """
      SELECT guild_id, plugin_id FROM sandbox_installation
      WHERE removed_at IS NOT NULL AND removed_at < \(instant.milliseconds) LIMIT 1000
      """
    ).map { (Tenant(try $0.get("guild_id")).guild, try $0.get("plugin_id")) }
  }

  /// Forgets an installation whose data is gone; not one that came back meanwhile.
  func forget(_ plugin: String, of guild: GuildID) async throws {
    let tenant = Tenant(guild).id
    try await store.batch([
      """
      DELETE FROM sandbox_installation
      WHERE guild_id = \(tenant) AND plugin_id = \(plugin) AND removed_at IS NOT NULL
      """,
      "DELETE FROM sandbox_cron_mark WHERE guild_id = \(tenant) AND plugin_id = \(plugin)",
    ])
  }

  // MARK: Cron

  /// Takes a minute of a task: true for one process, once.
  func takeMinute(_ minute: Int64, of task: String, plugin: String, in guild: GuildID) async throws -> Bool {
    try await store.execute(
      """
      INSERT INTO sandbox_cron_mark (guild_id, plugin_id, name, fired_minute)
      VALUES (\(Tenant(guild).id), \(plugin), \(task), \(minute))
      ON CONFLICT (guild_id, plugin_id, name) DO UPDATE SET fired_minute = excluded.fired_minute
      WHERE sandbox_cron_mark.fired_minute < excluded.fired_minute
      """) > 0
  }
}
