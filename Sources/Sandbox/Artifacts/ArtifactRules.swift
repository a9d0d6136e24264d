// What a zip is measured by besides the contract: what the caller knows and the zip cannot.

/// The house's side of reading a plugin.
package struct ArtifactRules: Sendable {
  package var limits = ArchiveLimits()
  /// Names of the house's own commands, in addition to those that the contract reserves; in lower case.
  package var reservedCommands: Set<String> = []
  /// Names that this plugin published before they were reserved: they are registered under its id (section 21, 4).
  package var keptCommands: Set<String> = []
  /// The id that the plugin must have; nil for a plugin that is new here.
  package var plugin: String?
  /// The version that it must have; nil where any will do.
  package var version: String?

  package init() {}

  /// The 38 names that no third-party plugin may take (section 21).
  package static let contractReserved = Set(
    """
    announce appeal ban beacon case giveaway group group-admin group-alerts help history kick leaderboard lockdown \
    maid-bug-report music note pluginbugreport poll purge quarantine quests raidmode report slowmode stats support \
    temp-role ticket tickets timeout unban unlockdown unquarantine untimeout warn welcome yourbot
    """.split(separator: " ").map(String.init))

  func isReserved(_ command: String) -> Bool {
    Self.contractReserved.contains(command) || reservedCommands.contains(command)
  }
}
