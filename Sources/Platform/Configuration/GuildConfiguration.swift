// A guild's configuration at one moment: which plugins are on, and their settings.

package import PlatformSettings
package import Storage

/// An immutable snapshot. An event is handled under one snapshot from beginning to end.
package final class GuildConfiguration: Sendable {
  /// One plugin in it.
  struct Plugin: Sendable {
    let isEnabled: Bool
    let settings: any PluginSettings
    /// The revision in which it was changed last; 0 when it never was.
    let revision: Int64
  }

  /// Whose it is.
  package let guild: Tenant
  /// Grows with every change of the guild's configuration; 0 when nothing was ever changed.
  package let revision: Int64
  let plugins: [String: Plugin]
  /// What did not fit when stored settings were read, by plugin: shown to the guild's owner.
  package let problems: [String: [SettingsProblem]]

  init(
    guild: Tenant, revision: Int64, plugins: [String: Plugin], problems: [String: [SettingsProblem]]
  ) {
    (self.guild, self.revision, self.plugins, self.problems) = (guild, revision, plugins, problems)
  }

  /// Whether the plugin is switched on. One that nobody registered is off.
  package func isEnabled(_ plugin: String) -> Bool { plugins[plugin]?.isEnabled ?? false }

  /// The ids of the plugins that are switched on, sorted.
  package var enabledPlugins: [String] { plugins.filter(\.value.isEnabled).keys.sorted() }

  /// A plugin's settings; the defaults when it never had any, or when they were registered with another type.
  package func settings<Settings: PluginSettings>(_ type: Settings.Type, of plugin: String) -> Settings {
    plugins[plugin]?.settings as? Settings ?? Settings()
  }

  /// A plugin's settings without their type; nil for one that nobody registered.
  package func anySettings(of plugin: String) -> (any PluginSettings)? { plugins[plugin]?.settings }

  /// The revision in which the plugin was changed last: what a form sends back, so that two people do not overwrite
  /// each other's changes.
  package func revision(of plugin: String) -> Int64 { plugins[plugin]?.revision ?? 0 }

  /// The same with other settings of one plugin, which nobody stored: what a preview works on. `revision` is a number
  /// that no stored settings have, so that nothing worked out from these is taken for theirs.
  package func trying(_ settings: any PluginSettings, of plugin: String, revision: Int64)
    -> GuildConfiguration
  {
    var plugins = plugins
    plugins[plugin] = Plugin(
      isEnabled: plugins[plugin]?.isEnabled ?? false, settings: settings, revision: revision)
    return GuildConfiguration(
      guild: guild, revision: self.revision, plugins: plugins, problems: problems)
  }
}
