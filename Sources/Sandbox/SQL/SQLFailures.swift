// What a plugin is told when its statement failed: the server's words, cut, with nobody else's names.

import Postgres
import SQL
import SandboxContract

enum SQLFailures {
  /// Unicode scalars of the database's own words.
  static let maximumWords = 300
  /// In the error that a result too large raises on the server.
  static let sizeMark = "guildhall-result-size-"

  /// - Returns: nil for what is no plugin's business: it is logged, and the plugin told that the host failed.
  static func answer(to failure: PostgresTextFailure, in schema: PluginSchema, role: String) -> RPCError? {
    let state = failure.error.engineCode ?? ""
    if let words = failure.words, words.contains(sizeMark) { return .invalid(tooLarge) }
    switch failure.error.code {
    case .connectionLost, .closed: return RPCError(.internalFault, "SQL error: the database is not available")
    case .cancelled: return RPCError(.internalFault, "SQL error: the call was cancelled")
    default: break
    }
    // Classes whose messages speak of the server, its files and its memory.
    if let fixed = fixed[String(state.prefix(2))] { return RPCError(.internalFault, "SQL error: \(fixed)") }
    guard let words = failure.words else {
      return failure.error.code == .invalidStatement ? .invalid("SQL error: \(failure.error.message)") : nil
    }
    return RPCError(.internalFault, "SQL error: \(cut(redacted(words, schema, role)))")
  }

  static let tooLarge = "the result is larger than 4 MiB: ask for fewer rows or columns"

  private static let fixed: [String: String] = [
    "53": "the statement needs more memory or space than it may use",
    "58": "the database cannot read or write its files", "XX": "the database failed",
    "F0": "the database failed",
    "28": "the database is not available", "57": "canceling statement due to statement timeout",
  ]

  private static func cut(_ words: String) -> String {
    guard words.unicodeScalars.count > maximumWords else { return words }
    var kept = String.UnicodeScalarView()
    kept.append(contentsOf: words.unicodeScalars.prefix(maximumWords))
    return String(kept)
  }

  /// Without the names of other schemas and of logins.
  static func redacted(_ words: String, _ schema: PluginSchema, _ role: String) -> String {
    // Only the beginning is shown, and what is cut off need not be read.
    let scalars = Array(words.unicodeScalars.prefix(4 * maximumWords))
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let end = scalars[index...].firstIndex { !isNamePart($0) } ?? scalars.count
      guard end > index else {
        result.append(scalars[index])
        index += 1
        continue
      }
      var word = String.UnicodeScalarView()
      word.append(contentsOf: scalars[index..<end])
      result.append(contentsOf: shown(String(word), schema, role).unicodeScalars)
      index = end
    }
    return String(result)
  }

  private static func shown(_ word: String, _ schema: PluginSchema, _ role: String) -> String {
    if word == schema.name { return word }
    if word.hasPrefix("guildhall") { return word == role ? "this plugin" : "…" }
    // Longer than any name of the plugin's own that happens to begin so, unless it ends in a server's id.
    guard word.hasPrefix("plugin_"), let id = word.split(separator: "_").last, id.utf8.count >= 17,
      id.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return word }
    return "plugin_…"
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}
