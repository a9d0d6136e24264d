// Why a change of configuration was not made.

package import PlatformSettings

/// A change that was refused; nothing of it was stored.
package enum ConfigurationError: Error, Hashable, Sendable {
  /// No plugin has that id.
  case noSuchPlugin(String)
  /// Somebody else changed the plugin meanwhile; `current` is its revision now. Show theirs, and ask again.
  case conflict(current: Int64)
  /// The settings do not fit.
  case invalid(SettingsProblems)
  /// No such revision is in the plugin's history.
  case noSuchRevision(Int64)
}
