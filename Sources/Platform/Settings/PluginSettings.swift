// The settings document of a plugin through the years: versions, upgrades, and what no longer fits.

package import JSON

/// The settings of a plugin as a whole.
package protocol PluginSettings: SettingsRecord {
  /// Raised when the shape changes so that older documents must be rewritten. Begins at 1.
  static var version: Int { get }
  /// Rewrites a document of `version` into the next version's shape. Called once for each step.
  static func upgrade(_ document: inout JSONObject, from version: Int)
}

extension PluginSettings {
  package static var version: Int { 1 }
  package static func upgrade(_ document: inout JSONObject, from version: Int) {}

  /// Reads a document as it was stored, by this version or an older one.
  ///
  /// Never fails: a field that does not fit (a limit was lowered, a choice is gone) has its default and is reported, so
  /// that a guild keeps working; fields nobody knows are left out. A document of a newer version is reported and read as
  /// far as it fits.
  package static func stored(_ document: JSONValue, version: Int) -> (
    settings: Self, problems: [SettingsProblem]
  ) {
    var object = document.object ?? JSONObject()
    var problems: [SettingsProblem] = []
    if version > Self.version {
      problems.append(SettingsProblem(SettingsPath(), .newerVersion, ["version": "\(version)"]))
    }
    for step in stride(from: max(1, version), to: Self.version, by: 1) { upgrade(&object, from: step) }
    return (Self.fields.salvage(object, &problems), problems)
  }

  /// An exported document: settings with the plugin's name and version, to be read by `imported`.
  package func exported(plugin: String) -> JSONValue {
    ["plugin": .string(plugin), "version": .integer(Int64(Self.version)), "settings": document]
  }

  /// Reads an exported document of this or an older version.
  ///
  /// - Throws: `SettingsProblems`; nothing of a document with problems is taken.
  package static func imported(_ document: JSONValue, plugin: String) throws(SettingsProblems) -> Self {
    guard document["plugin"]?.string == plugin, let version = document["version"]?.int64,
      version >= 1, var object = document["settings"]?.object
    else {
      throw SettingsProblems([SettingsProblem(SettingsPath(), .malformed, ["plugin": plugin])])
    }
    guard version <= Self.version else {
      throw SettingsProblems([
        SettingsProblem(SettingsPath(), .newerVersion, ["version": "\(version)"])
      ])
    }
    for step in Int(version)..<Self.version { upgrade(&object, from: step) }
    return try Self(document: .object(object))
  }
}

extension SettingsFields {
  /// Takes what fits; the rest has its default and is reported.
  func salvage(_ object: JSONObject, _ problems: inout [SettingsProblem]) -> Record {
    var record = Record()
    for entry in object.fields {
      guard let field = field(named: entry.key) else { continue }
      field.decode(entry.value, SettingsPath().field(entry.key), &record, &problems)
    }
    record.check(at: SettingsPath(), &problems)
    return record
  }
}
