// What is wrong with a settings document, in words for the person who wrote it.

/// A place in a settings document: `ladder[2].duration`. Empty for the document itself.
package struct SettingsPath: Hashable, Sendable, CustomStringConvertible {
  package private(set) var description = ""

  package init() {}

  /// The path of a field of the record that stands here.
  package func field(_ name: String) -> SettingsPath {
    var path = self
    path.description += description.isEmpty ? name : ".\(name)"
    return path
  }

  /// The path of an element, counted from zero, of the list that stands here.
  package func element(_ index: Int) -> SettingsPath {
    var path = self
    path.description += "[\(index)]"
    return path
  }
}

/// One thing that is wrong: where, and what would be right.
///
/// Shown as `sentence(in:)` of a catalog makes it; the parameters stand in the sentence in braces.
package struct SettingsProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which sentence, by its key in the catalog (`settings.problem.<name>`).
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case unknownField, wrongType, tooShort, tooLong, tooSmall, tooLarge, tooFew, tooMany, notAChoice, twice
    case malformed, newerVersion
    /// A rule of the record itself, across its fields: `parameters["rule"]` is the key of the plugin's sentence.
    case rule
  }

  /// Where, and what kind of mistake.
  package var path: SettingsPath
  package var kind: Kind
  /// What the sentence names: limits, choices, what was found. Never a secret's value.
  package var parameters: [String: String]

  package init(_ path: SettingsPath, _ kind: Kind, _ parameters: [String: String] = [:]) {
    (self.path, self.kind, self.parameters) = (path, kind, parameters)
  }

  /// Path and kind: for logs. People are shown the catalog's sentence.
  package var description: String { "\(path): \(kind.rawValue)" }
}

/// All that is wrong with a document, never empty: a form shows each at its field.
package struct SettingsProblems: Error, Hashable, Sendable, CustomStringConvertible {
  package let problems: [SettingsProblem]

  package init(_ problems: [SettingsProblem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "; ") }
}
