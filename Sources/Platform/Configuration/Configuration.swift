// Reading and changing the configuration of guilds: one way in, whoever asks.

package import Bus
package import EventLoop
package import JSON
package import PlatformAudit
package import PlatformSettings
package import Storage
import Telemetry

/// Who changes something, when, and from where.
package struct ChangeOrigin: Hashable, Sendable {
  package let actor: AuditEntry.Actor
  package let at: Timestamp
  /// The address, for the dashboard and the API.
  package let address: String?

  package init(_ actor: AuditEntry.Actor, at: Timestamp, address: String? = nil) {
    (self.actor, self.at, self.address) = (actor, at, address)
  }
}

/// One change in a plugin's history.
package struct ConfigurationRevision: Hashable, Sendable {
  package let revision: Int64
  package let at: Timestamp
  /// `user:<id>`, `operator` or `system`.
  package let actor: String
  package let isEnabled: Bool
  /// All fields, as they were then.
  package let document: JSONValue
}

/// The configuration of all guilds. Form, command, API and import end in the same write: a new revision, an audit entry
/// with the difference, a notice on the bus on which every process drops its snapshot.
///
/// Calls throw what `Store` throws, and `ConfigurationError` when a change is refused.
package final class Configuration: Sendable {
  /// The topic of the notices; the payload is the guild's id in digits.
  static let topic = "configuration"
  /// The topic of notices that a guild was erased; the payload is the same.
  private static let erasedTopic = "configuration.erased"

  let storage: Storage
  private let bus: any Bus
  let registry: ConfigurationRegistry
  private let changed: @Sendable (Tenant) -> Void
  private let cache: SnapshotCache<GuildConfiguration>
  private let log = Log(room: "configuration")

  /// - Parameters:
  ///   - storage: where everything is kept.
  ///   - bus: on which processes tell each other.
  ///   - registry: the plugins and their settings.
  ///   - capacity: bounds the snapshots that are kept.
  ///   - changed: is told of each guild whose configuration this process changed.
  package init(
    storage: Storage, bus: any Bus, registry: ConfigurationRegistry, capacity: Int = 20_000,
    changed: @escaping @Sendable (Tenant) -> Void = { _ in }
  ) {
    (self.storage, self.bus, self.registry, self.changed) = (storage, bus, registry, changed)
    cache = SnapshotCache(capacity: capacity) { guild in
      let rows = try await ConfigurationStore(store: storage.guild(guild)).current()
      return GuildConfiguration(guild: guild, rows: rows, registry: registry)
    }
  }

  /// Listens for changes made by other processes, until the task is cancelled. Run it before anything is read.
  ///
  /// - Parameter onErased: hears of guilds that were erased, here or elsewhere; nil when some may have been that it did
  ///   not hear of.
  /// - Throws: `BusError` when it cannot listen.
  package func run(onErased: @Sendable (Tenant?) -> Void = { _ in }) async throws {
    let notices = try await bus.subscribe(to: [Self.topic, Self.erasedTopic], buffer: 1024)
    for await notice in notices {
      switch notice {
      case .notice(let topic, let payload):
        guard let id = Int64(String(decoding: payload, as: UTF8.self)) else { continue }
        cache.invalidate(Tenant(id))
        if topic == Self.erasedTopic { onErased(Tenant(id)) }
      case .missed:
        cache.invalidateAll()
        onErased(nil)
      }
    }
  }

  /// The guild's configuration now, without waiting when it is at hand.
  package func current(_ guild: Tenant) async throws -> GuildConfiguration {
    try await cache.snapshot(guild)
  }

  /// The guild's configuration if it need not be loaded: for those who cannot wait.
  package func atHand(_ guild: Tenant) -> GuildConfiguration? { cache.cached(guild) }

  /// Forgets the guild's snapshot, here and in every other process: its data was erased. Whoever keeps something of the
  /// guild in memory hears of it by `run`.
  package func forget(_ guild: Tenant) async {
    await announce(guild, by: Self.erasedTopic)
  }

  /// Whether a plugin of that id is registered.
  package func knows(_ plugin: String) -> Bool { registry.entries[plugin] != nil }

  /// Switches a plugin on or off.
  package func setEnabled(_ isEnabled: Bool, plugin: String, in guild: Tenant, by origin: ChangeOrigin)
    async throws
  {
    guard let entry = registry.entries[plugin] else { throw ConfigurationError.noSuchPlugin(plugin) }
    try await change(plugin, in: guild) { row in
      let wasEnabled = row?.isEnabled ?? entry.isOnByDefault
      guard wasEnabled != isEnabled else { return nil }
      var next = row ?? .untouched(plugin, entry)
      next.isEnabled = isEnabled
      let action = isEnabled ? "plugin.enable" : "plugin.disable"
      return (
        next.changed(by: origin), AuditEntry(origin, action, plugin, .bool(wasEnabled), .bool(isEnabled))
      )
    }
  }

  /// Replaces a plugin's settings with a document; fields that it leaves out get their defaults.
  ///
  /// `expecting` is the plugin's revision that the document was made from; nil overwrites whatever is there.
  package func replace(
    _ document: JSONValue, plugin: String, in guild: Tenant, by origin: ChangeOrigin,
    expecting revision: Int64? = nil
  ) async throws {
    guard let entry = registry.entries[plugin] else { throw ConfigurationError.noSuchPlugin(plugin) }
    let settings: any PluginSettings
    do throws(SettingsProblems) { settings = try entry.checked(document) } catch {
      throw ConfigurationError.invalid(error)
    }
    try await store(settings.document, plugin, entry, in: guild, by: origin, expecting: revision)
  }

  /// Changes a plugin's settings by code: a command that sets one field.
  ///
  /// `change` works on what is stored now, in the transaction that stores the result; it may run more than once.
  package func update<Settings: PluginSettings>(
    _ type: Settings.Type, plugin: String, in guild: Tenant, by origin: ChangeOrigin,
    _ change: @escaping @Sendable (inout Settings) throws -> Void
  ) async throws {
    guard let entry = registry.entries[plugin] else { throw ConfigurationError.noSuchPlugin(plugin) }
    try await self.change(plugin, in: guild) { row in
      let before = row.map { Settings.stored($0.document, version: $0.version).settings } ?? Settings()
      var after = before
      try change(&after)
      do throws(SettingsProblems) { _ = try Settings(document: after.document) } catch {
        throw ConfigurationError.invalid(error)
      }
      return Self.next(row, plugin, entry, before.document, after.document, origin)
    }
  }

  /// Sets one field, named by its path (`ladder[0].duration`), to what a person typed.
  package func set(
    _ path: String, typed text: String, plugin: String, in guild: Tenant, by origin: ChangeOrigin
  ) async throws {
    guard let entry = registry.entries[plugin] else { throw ConfigurationError.noSuchPlugin(plugin) }
    try await change(plugin, in: guild) { row in
      let before = row.map { entry.stored($0.document, $0.version).0 } ?? entry.defaults
      let after: any PluginSettings
      do throws(SettingsProblems) { after = try before.settingAny(path, typed: text) } catch {
        throw ConfigurationError.invalid(error)
      }
      return Self.next(row, plugin, entry, before.document, after.document, origin)
    }
  }

  /// Puts a plugin's settings back to what they were at a revision of its history. Whether it is on stays as it is.
  package func revert(
    plugin: String, to revision: Int64, in guild: Tenant, by origin: ChangeOrigin
  ) async throws {
    guard let entry = registry.entries[plugin] else { throw ConfigurationError.noSuchPlugin(plugin) }
    let history = try await ConfigurationStore(store: storage.guild(guild)).history(
      plugin, limit: ConfigurationStore.historyLimit)
    guard let row = history.first(where: { $0.revision == revision }) else {
      throw ConfigurationError.noSuchRevision(revision)
    }
    let (settings, _) = entry.stored(row.document, row.version)
    try await store(settings.document, plugin, entry, in: guild, by: origin, expecting: nil)
  }

  /// A plugin's history before a revision, newest first, `limit` (at most 200) of it.
  package func history(plugin: String, in guild: Tenant, before: Int64 = .max, limit: Int = 50)
    async throws -> [ConfigurationRevision]
  {
    guard let entry = registry.entries[plugin] else { throw ConfigurationError.noSuchPlugin(plugin) }
    let rows = try await ConfigurationStore(store: storage.guild(guild)).history(
      plugin, before: before, limit: min(limit, ConfigurationStore.historyLimit))
    return rows.map { row in
      ConfigurationRevision(
        revision: row.revision, at: row.changedAt, actor: row.actor, isEnabled: row.isEnabled,
        document: entry.stored(row.document, row.version).0.document)
    }
  }

  // MARK: - Writing

  private func store(
    _ document: JSONValue, _ plugin: String, _ entry: ConfigurationRegistry.Entry, in guild: Tenant,
    by origin: ChangeOrigin, expecting revision: Int64?
  ) async throws {
    try await change(plugin, in: guild) { row in
      if let revision, revision != row?.revision ?? 0 {
        throw ConfigurationError.conflict(current: row?.revision ?? 0)
      }
      let before = row.map { entry.stored($0.document, $0.version).0.document } ?? entry.defaults.document
      return Self.next(row, plugin, entry, before, document, origin)
    }
  }

  /// The row and the audit entry of new settings; nil when they are the old ones.
  static func next(
    _ row: ConfigurationRow?, _ plugin: String, _ entry: ConfigurationRegistry.Entry, _ before: JSONValue,
    _ after: JSONValue, _ origin: ChangeOrigin
  ) -> (row: ConfigurationRow, audit: AuditEntry)? {
    let changes = SettingsDifference.between(before, after, entry.fields)
    guard !changes.isEmpty else { return nil }
    var next = row ?? .untouched(plugin, entry)
    next.document = after
    next.version = entry.version
    func values(_ value: (SettingsChange) -> JSONValue?) -> JSONValue {
      .object(
        JSONObject(
          fields: changes.compactMap { change in
            value(change).map { JSONObject.Field(key: change.path.description, value: $0) }
          }))
    }
    return (
      next.changed(by: origin),
      AuditEntry(origin, "settings.change", plugin, values(\.before), values(\.after))
    )
  }

  private func change(
    _ plugin: String, in guild: Tenant,
    _ decide: @Sendable (ConfigurationRow?) throws -> (row: ConfigurationRow, audit: AuditEntry)?
  ) async throws {
    try await ConfigurationStore(store: storage.guild(guild)).change([plugin]) { _, row in
      try decide(row).map { ($0.row, [$0.audit]) }
    }
    await announce(guild)
  }

  /// Has every process read the guild's configuration anew.
  func announce(_ guild: Tenant, by topic: String = Configuration.topic) async {
    cache.invalidate(guild)
    changed(guild)
    do {
      try await bus.publish(Array(guild.description.utf8), to: topic)
    } catch {
      // It is stored, and others read it when their snapshot goes; telling the caller that it failed would be wrong.
      log.error("a change of settings could not be announced", ["error": .string("\(error)")])
    }
  }
}

extension ConfigurationRow {
  static func untouched(_ plugin: String, _ entry: ConfigurationRegistry.Entry)
    -> ConfigurationRow
  {
    ConfigurationRow(
      revision: 0, plugin: plugin, isEnabled: entry.isOnByDefault, version: entry.version, document: .null,
      changedAt: Timestamp(milliseconds: 0), actor: "")
  }

  func changed(by origin: ChangeOrigin) -> ConfigurationRow {
    var row = self
    row.changedAt = origin.at
    row.actor =
      switch origin.actor {
      case .user(let user): "user:\(user)"
      case .operator: "operator"
      case .system: "system"
      }
    return row
  }
}

extension AuditEntry {
  init(
    _ origin: ChangeOrigin, _ action: String, _ plugin: String, _ before: JSONValue, _ after: JSONValue
  ) {
    self.init(
      at: origin.at, actor: origin.actor, action: action, target: plugin, address: origin.address,
      before: before,
      after: after)
  }
}

extension GuildConfiguration {
  /// The configuration of a guild with these plugins on and everything at its defaults: for tests and documents.
  package convenience init(allOf plugins: [String], guild: Tenant, registry: ConfigurationRegistry) {
    let on = Set(plugins)
    self.init(
      guild: guild, revision: 0,
      plugins: Dictionary(
        uniqueKeysWithValues: registry.entries.map { id, entry in
          (id, Plugin(isEnabled: on.contains(id), settings: entry.defaults, revision: 0))
        }), problems: [:])
  }

  /// What the rows say, with the defaults of every plugin they say nothing of.
  convenience init(guild: Tenant, rows: [ConfigurationRow], registry: ConfigurationRegistry) {
    var plugins = registry.entries.mapValues {
      Plugin(isEnabled: $0.isOnByDefault, settings: $0.defaults, revision: 0)
    }
    var problems: [String: [SettingsProblem]] = [:]
    for row in rows {
      // A plugin that this version does not have keeps its rows for when it comes back.
      guard let entry = registry.entries[row.plugin] else { continue }
      let (settings, found) = entry.stored(row.document, row.version)
      plugins[row.plugin] = Plugin(isEnabled: row.isEnabled, settings: settings, revision: row.revision)
      if !found.isEmpty { problems[row.plugin] = found }
    }
    self.init(
      guild: guild, revision: rows.map(\.revision).max() ?? 0, plugins: plugins, problems: problems)
  }
}
