// Changing several plugins at once, all of them or none; and settings that are only looked at.

package import JSON
import PlatformAudit
package import PlatformSettings
package import Storage

/// What becomes of one plugin in a change of several.
package struct ConfigurationPart: Sendable {
  package let plugin: String
  /// All settings; nil leaves them.
  package let document: JSONValue?
  /// nil leaves it as it is.
  package let isEnabled: Bool?
  /// The plugin's revision that this was made from; nil overwrites whatever is there.
  package let expected: Int64?

  package init(plugin: String, document: JSONValue?, isEnabled: Bool? = nil, expected: Int64? = nil) {
    (self.plugin, self.document, self.isEnabled, self.expected) = (plugin, document, isEnabled, expected)
  }
}

extension Configuration {
  /// Settings of a plugin as a person brings them, checked and not stored.
  ///
  /// - Throws: `ConfigurationError`.
  package func checked(_ document: JSONValue, plugin: String) throws(ConfigurationError) -> any PluginSettings
  {
    guard let entry = registry.entries[plugin] else { throw .noSuchPlugin(plugin) }
    do throws(SettingsProblems) { return try entry.checked(document) } catch { throw .invalid(error) }
  }

  /// Changes several plugins in one transaction: each gets a revision of its own, or nothing is stored at all.
  ///
  /// - Throws: `ConfigurationError`, what the store throws.
  package func change(_ parts: [ConfigurationPart], in guild: Tenant, by origin: ChangeOrigin) async throws {
    var documents: [String: JSONValue] = [:]
    for part in parts {
      guard knows(part.plugin) else { throw ConfigurationError.noSuchPlugin(part.plugin) }
      documents[part.plugin] = try part.document.map { try checked($0, plugin: part.plugin).document }
    }
    let (registry, known) = (registry, documents)
    let byPlugin = Dictionary(parts.map { ($0.plugin, $0) }) { first, _ in first }
    try await ConfigurationStore(store: storage.guild(guild)).change(byPlugin.keys.sorted()) { plugin, row in
      guard let part = byPlugin[plugin], let entry = registry.entries[plugin] else { return nil }
      if let expected = part.expected, expected != row?.revision ?? 0 {
        throw ConfigurationError.conflict(current: row?.revision ?? 0)
      }
      var next = row
      var audit: [AuditEntry] = []
      if let document = known[plugin] {
        let before = row.map { entry.stored($0.document, $0.version).0.document } ?? entry.defaults.document
        if let changed = Self.next(row, plugin, entry, before, document, origin) {
          next = changed.row
          audit.append(changed.audit)
        }
      }
      let wasEnabled = row?.isEnabled ?? entry.isOnByDefault
      if let isEnabled = part.isEnabled, isEnabled != wasEnabled {
        next = (next ?? .untouched(plugin, entry)).changed(by: origin)
        next?.isEnabled = isEnabled
        audit.append(
          AuditEntry(
            origin, isEnabled ? "plugin.enable" : "plugin.disable", plugin, .bool(wasEnabled),
            .bool(isEnabled)))
      }
      guard let next, !audit.isEmpty else { return nil }
      return (next, audit)
    }
    await announce(guild)
  }
}
