// The packages that a plugin wants, line by line (plugin-host contract, section 19).

/// Reads `requirements.txt`: names with versions and markers, and nothing that leads elsewhere.
enum RequirementReader {
  static let maximum = 50

  static func read(_ file: ArtifactFile, into findings: inout FindingList) -> [String] {
    guard file.bytes.count <= 64 << 10, let text = String(validating: file.bytes, as: UTF8.self) else {
      findings.error(
        "requirements_unreadable", "requirements.txt is not UTF-8, or larger than 64 KB.", path: file.path)
      return []
    }
    var lines: [String] = []
    for line in joined(text) {
      guard lines.count < maximum else {
        findings.error(
          "requirements_too_many", "requirements.txt has more than \(maximum) lines.", path: file.path)
        break
      }
      if let problem = problem(line) {
        findings.error(
          "requirement_refused", "requirements.txt: \(ArtifactFinding.quoted(line, 80)) \(problem)",
          path: file.path)
      } else if !isSDK(line) {
        lines.append(line)
      }
    }
    return lines
  }

  /// Lines without comments and blanks; a backslash at the end joins two.
  private static func joined(_ text: String) -> [String] {
    var (lines, current): ([String], String) = ([], "")
    for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      var line = String(raw.prefix(2_000))
      if let comment = line.firstIndex(of: "#"),
        comment == line.startIndex || line[line.index(before: comment)] == " "
      {
        line = String(line[..<comment])
      }
      let continues = line.hasSuffix("\\")
      if continues { line.removeLast() }
      current += line
      if continues, current.utf8.count < 10_000 { continue }
      let words = current.split(whereSeparator: \.isWhitespace)
      if !words.isEmpty { lines.append(words.joined(separator: " ")) }
      current = ""
    }
    let words = current.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? lines : lines + [words.joined(separator: " ")]
  }

  /// What is wrong with a line; nil for `name[extras] versions ; marker --hash=…`.
  private static func problem(_ line: String) -> String? {
    let words = line.split(separator: " ")
    if let option = words.first(where: { $0.hasPrefix("-") && !isHash($0) }) {
      return "has the option \(option.prefix(20)), which is not taken."
    }
    if line.contains("://") || line.contains("@") {
      return "leads to an address; packages come from the index only."
    }
    if line.hasPrefix(".") || line.contains("/") || line.contains("\\") || line.lowercased().hasSuffix(".whl")
    {
      return "leads to a file; packages come from the index only."
    }
    let plain = words.filter { !isHash($0) }.joined(separator: " ")
    guard plain.utf8.count <= 300, plain.unicodeScalars.allSatisfy(isAllowed),
      let name = plain.unicodeScalars.first, name.properties.isAlphabetic || (48...57).contains(name.value)
    else { return "is no requirement." }
    return nil
  }

  private static func isHash(_ word: Substring) -> Bool {
    guard word.hasPrefix("--hash=sha256:") else { return false }
    let digest = word.dropFirst(14)
    return digest.count == 64 && digest.allSatisfy(\.isHexDigit)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value)
        || " -_.,[]<>=!~;()\"'*+".unicodeScalars.contains(scalar))
  }

  /// The host brings the SDK itself.
  private static func isSDK(_ line: String) -> Bool {
    let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
    let plain = name.lowercased().replacing("_", with: "-").replacing(".", with: "-")
    return ["yourbot-sdk", "mmo-maid-sdk"].contains(plain)
  }
}

extension String {
  /// With every occurrence of one character replaced.
  fileprivate func replacing(_ old: Character, with new: Character) -> String {
    String(map { $0 == old ? new : $0 })
  }
}
