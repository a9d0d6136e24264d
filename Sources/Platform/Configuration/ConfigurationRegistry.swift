// Which plugins have settings, and of which type.

import JSON
package import PlatformSettings

/// The settings types of all plugins, by plugin id. Built once, before anything is read.
package struct ConfigurationRegistry: Sendable {
  /// What is known of one plugin's settings without their type.
  struct Entry: Sendable {
    let version: Int
    let isOnByDefault: Bool
    let defaults: any PluginSettings
    let fields: [SettingsFieldDescription]
    /// What was stored, by this version or an older one.
    let stored: @Sendable (JSONValue, Int) -> (any PluginSettings, [SettingsProblem])
    /// What a person brings.
    let checked: @Sendable (JSONValue) throws(SettingsProblems) -> any PluginSettings
  }

  private(set) var entries: [String: Entry] = [:]

  package init() {}

  /// Registers a plugin's settings under its id.
  ///
  /// - Precondition: the id is not taken.
  package mutating func register<Settings: PluginSettings>(
    _ type: Settings.Type, as plugin: String, isOnByDefault: Bool = false
  ) {
    precondition(entries[plugin] == nil, "two plugins are called \(plugin)")
    entries[plugin] = Entry(
      version: Settings.version, isOnByDefault: isOnByDefault, defaults: Settings(),
      fields: Settings.fields.descriptions,
      stored: { document, version in
        let (settings, problems) = Settings.stored(document, version: version)
        return (settings, problems)
      },
      checked: { document throws(SettingsProblems) in try Settings(document: document) })
  }

  /// The ids, sorted.
  package var plugins: [String] { entries.keys.sorted() }
}
