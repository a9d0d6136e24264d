// Lines of a plugin's `requirements.txt`: which of them are installed, and which not allowed.

/// What a plugin requires of the package index.
package struct RequirementsList: Sendable, Hashable {
  /// Without comments, the SDK's lines and empty ones; at most 50.
  package let lines: [String]

  /// Names of the SDK, old and new: the runtime has it.
  private static let supplied: Set<String> = ["yourbot-sdk", "mmo-maid-sdk"]
  private static let mostLines = 50
  private static let longestLine = 500

  /// Checks lines. Names with versions, extras, markers and hashes are allowed; options, addresses and paths are not:
  /// they would lead the step, which has a network, elsewhere.
  ///
  /// - Throws: `EngineError` with `.badRequirements` and a sentence for the plugin's author.
  package init(_ text: [String]) throws {
    lines = try text.compactMap(Self.line)
    guard lines.count <= Self.mostLines else {
      throw EngineError(.badRequirements, reason: "more than \(Self.mostLines) lines")
    }
  }

  private static func line(_ text: String) throws -> String? {
    var line = text[...]
    if let comment = line.firstRange(of: " #") { line = line[..<comment.lowerBound] }
    let trimmed = line.trimmingSpaces
    guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { return nil }
    guard trimmed.utf8.count <= longestLine, trimmed.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw EngineError(.badRequirements, reason: "a line is too long, or holds more than printable ASCII")
    }
    let name = trimmed.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard let first = name.first, first.isLetter || first.isNumber else {
      throw EngineError(.badRequirements, reason: "a line must begin with the name of a package")
    }
    guard !trimmed.contains("://"), !trimmed.contains("@"), !trimmed.contains("/"), !trimmed.contains("\\")
    else {
      throw EngineError(.badRequirements, reason: "addresses, paths and continued lines are not allowed")
    }
    let options = trimmed.split(separator: " ").filter { $0.hasPrefix("-") }
    guard options.allSatisfy({ $0.hasPrefix("--hash=sha256:") }) else {
      throw EngineError(.badRequirements, reason: "no option but --hash=sha256:… is allowed")
    }
    return supplied.contains(normalized(name)) ? nil : String(trimmed)
  }

  /// As the index compares names.
  private static func normalized(_ name: Substring) -> String {
    String(name.lowercased().map { "_.".contains($0) ? "-" : $0 })
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
    let start = drop(while: isSpace)
    return start[..<(start.lastIndex { !isSpace($0) }.map { start.index(after: $0) } ?? start.startIndex)]
  }
}
