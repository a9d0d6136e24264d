// What is wrong with a plugin's zip, in a code for programs and a sentence for its author.

/// One thing that was found. Codes that the SDK's own validator has are spelled as there (plugin-host contract, section 23).
package struct ArtifactFinding: Hashable, Sendable {
  /// Whether the zip is refused for it.
  package enum Severity: String, Sendable, Hashable {
    case error, warning
  }

  /// Whether it keeps the plugin out.
  package let severity: Severity
  /// Stable: in lower case, words joined by `_`.
  package let code: String
  /// A sentence for a person. May quote the plugin: escape it where it is shown.
  package let message: String
  /// The file it is in; nil where it is about the whole. At most 255 characters, without control characters.
  package let path: String?

  init(_ severity: Severity, _ code: String, _ message: String, path: String? = nil) {
    (self.severity, self.code) = (severity, code)
    (self.message, self.path) = (message, path.map(Self.quoted))
  }

  static func error(_ code: String, _ message: String, path: String? = nil) -> ArtifactFinding {
    ArtifactFinding(.error, code, message, path: path)
  }

  static func warning(_ code: String, _ message: String, path: String? = nil) -> ArtifactFinding {
    ArtifactFinding(.warning, code, message, path: path)
  }

  /// Words of a plugin as they may stand in a sentence: short, on one line, and nothing that turns the line around.
  static func quoted(_ text: String) -> String { quoted(text, 255) }

  /// The same, with at most so many characters.
  static func quoted(_ text: String, _ length: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(length) {
      scalars.append(scalar.isInvisible ? "\u{FFFD}" : scalar)
    }
    return String(scalars) + (text.unicodeScalars.count > length ? "…" : "")
  }
}

/// Findings in the order in which they were made, with a bound: a hostile manifest must not fill the page.
struct FindingList: Sendable {
  /// More are counted and not kept.
  static let maximum = 100

  private(set) var findings: [ArtifactFinding] = []
  private(set) var hasErrors = false

  mutating func add(_ finding: ArtifactFinding) {
    if finding.severity == .error { hasErrors = true }
    // An error is kept for its own sake: the zip is refused for it, so it must be there to read.
    let isFirstError = finding.severity == .error && !findings.contains { $0.severity == .error }
    guard findings.count < Self.maximum || isFirstError else { return }
    findings.append(finding)
  }

  mutating func error(_ code: String, _ message: String, path: String? = nil) {
    add(.error(code, message, path: path))
  }

  mutating func warn(_ code: String, _ message: String, path: String? = nil) {
    add(.warning(code, message, path: path))
  }
}

extension Unicode.Scalar {
  /// Whether it cannot be seen, or changes how its neighbours are seen.
  var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
