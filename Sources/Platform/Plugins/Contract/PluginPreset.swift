// Settings that a plugin suggests as a whole.

package import PlatformSettings

/// Values for some of a plugin's settings, under one name. Its name is the sentence `presets.<id>`, what it is for
/// `presets.<id>.help`.
package struct PluginPreset: Sendable {
  /// Its name in commands, addresses and catalog keys.
  package let id: String
  /// Those settings with the preset's values. What it has no opinion on stays as it is; settings of another type stay
  /// altogether.
  package let applied: @Sendable (any PluginSettings) -> any PluginSettings

  package init(id: String, applied: @escaping @Sendable (any PluginSettings) -> any PluginSettings) {
    (self.id, self.applied) = (id, applied)
  }
}
