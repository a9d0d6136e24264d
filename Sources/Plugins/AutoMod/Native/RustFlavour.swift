// Regular expressions that mean the same to Discord, whose engine is Rust's, and to ours, which is RE2.

/// Translating an expression of RE2's dialect into one that Rust reads as RE2 does.
///
/// The dialects are cousins: what differs is rewritten (`\d`, `\w`, `\s` and `\b` know ASCII only in RE2) or refused
/// (classes within classes, `\C`, `\Q…\E`, octal escapes, `\z` variants): the bot enforces those.
enum RustFlavour {
  /// The expression for Rust; nil when it cannot be said there with the same meaning.
  static func translated(_ pattern: String) -> String? {
    var translator = Translator(rest: Substring(pattern))
    return translator.translate()
  }

  private struct Translator {
    var rest: Substring
    var output = ""
    var isInClass = false
    /// Where the class that is open began in the output, so that a `]` right there is a literal.
    var classLength = 0

    init(rest: Substring) { self.rest = rest }

    mutating func translate() -> String? {
      while let character = rest.popFirst() {
        switch character {
        case "\\": guard escape() else { return nil }
        case "[" where !isInClass: openClass()
        case "[": guard nestedBracket() else { return nil }
        case "]" where isInClass && classLength > 0:
          isInClass = false
          output.append("]")
        case "]" where isInClass: appendInClass("\\]")
        case "&", "~", "-":
          // Doubled within a class, they are set operations to Rust.
          if isInClass, rest.first == character { return nil }
          isInClass ? appendInClass(String(character)) : output.append(character)
        case "(" where !isInClass && rest.hasPrefix("?"):
          guard let opening = group() else { return nil }
          output += opening
        default: isInClass ? appendInClass(String(character)) : output.append(character)
        }
      }
      return isInClass ? nil : output
    }

    private mutating func openClass() {
      (isInClass, classLength) = (true, 0)
      output.append("[")
      if rest.first == "^" {
        rest.removeFirst()
        output.append("^")
      }
    }

    private mutating func appendInClass(_ text: String) {
      output += text
      classLength += 1
    }

    /// A bracket within a class: a class by name, or a literal bracket, which Rust wants escaped.
    private mutating func nestedBracket() -> Bool {
      guard rest.first == ":" else {
        appendInClass("\\[")
        return true
      }
      guard let end = rest.range(of: ":]") else {
        appendInClass("\\[")
        return true
      }
      appendInClass("[" + rest[..<end.upperBound])
      rest = rest[end.upperBound...]
      return true
    }

    /// What follows a backslash; false when Rust has nothing that is the same.
    private mutating func escape() -> Bool {
      guard let character = rest.popFirst() else { return false }
      let text: String
      switch character {
      case "d": text = isInClass ? "0-9" : "[0-9]"
      case "D" where !isInClass: text = "[^0-9]"
      case "w": text = isInClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]"
      case "W" where !isInClass: text = "[^0-9A-Za-z_]"
      case "s": text = isInClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]"
      case "S" where !isInClass: text = "[^\\t\\n\\f\\r ]"
      case "b" where !isInClass: text = "(?-u:\\b)"
      case "p", "P", "x", "A", "z", "t", "n", "r", "f", "v", "a": text = "\\\(character)"
      case _ where character.isASCII && !character.isLetter && !character.isNumber: text = "\\\(character)"
      // \B, \C, \Q, octal numbers, and negated classes within classes.
      default: return false
      }
      isInClass ? appendInClass(text) : (output += text)
      return true
    }

    /// `(?…`: groups without numbers, names and flags are the same in both; the flag U is not.
    private mutating func group() -> String? {
      let head = rest.dropFirst()
      if head.hasPrefix("P<") { return "(" }
      let flags = head.prefix { $0.isLetter || $0 == "-" }
      guard let end = head[flags.endIndex...].first, end == ":" || end == ")",
        flags.allSatisfy({ "ims-".contains($0) })
      else { return nil }
      return "("
    }
  }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
