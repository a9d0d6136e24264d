// Text from people inside our messages: shown as they typed it, without formatting, links or mentions of its own.

/// Discord's dialect of Markdown, as far as a bot writes it.
package enum Markdown {
  /// The text, changed so that a client shows exactly its characters: nothing in it formats, links, mentions, or shows
  /// an emoji or an instant. Only who is *notified* is decided elsewhere, by `AllowedMentions`.
  ///
  /// May be up to three times as long in bytes; shorten before, not after.
  package static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count + 8)
    var isLineStart = true
    var digitsOnly = false
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      if needsBackslash(scalar, before: rest, isLineStart: isLineStart, afterDigits: digitsOnly) {
        result.unicodeScalars.append("\\")
      }
      result.unicodeScalars.append(scalar)
      if scalar == "@", mayMention(rest) { result.unicodeScalars.append(zeroWidthSpace) }
      let isDigit = ("0"..."9").contains(scalar)
      digitsOnly = isDigit && (isLineStart || digitsOnly)
      isLineStart = scalar == "\n" || isLineStart && scalar.properties.isWhitespace
    }
    return result
  }

  /// The text in a code span; nothing inside it is formatted, and it cannot end the span.
  package static func code(_ text: some StringProtocol) -> String {
    // Two backticks as fence let single ones stand; a run of two is broken, and the ends are kept off the fence.
    let inner = brokenBackticks(text, runs: 2)
    let padded = inner.hasPrefix("`") || inner.hasSuffix("`") ? " \(inner) " : inner
    return inner.contains("`") ? "``\(padded)``" : "`\(inner.isEmpty ? " " : inner)`"
  }

  /// The text as a block of code, highlighted as `language` if that is given; it cannot end the block.
  package static func codeBlock(_ text: some StringProtocol, language: String = "") -> String {
    "```\(language)\n\(brokenBackticks(text, runs: 3))\n```"
  }

  /// A link with a text of its own, which is escaped. The address must be one we trust: parentheses in it are encoded,
  /// nothing else.
  package static func link(_ title: some StringProtocol, to address: String) -> String {
    var encoded = ""
    for character in address {
      switch character {
      case "(": encoded += "%28"
      case ")": encoded += "%29"
      case " ": encoded += "%20"
      default: encoded.append(character)
      }
    }
    return "[\(escaped(title))](\(encoded))"
  }

  private static let zeroWidthSpace: Unicode.Scalar = "\u{200B}"

  /// A backslash keeps clients from seeing anything but the character behind it.
  private static func needsBackslash(
    _ scalar: Unicode.Scalar, before rest: Substring.UnicodeScalarView, isLineStart: Bool, afterDigits: Bool
  ) -> Bool {
    switch scalar {
    case "\\", "*", "_", "~", "`", "|", "<", ">", "[", "]": true
    // Headings, small print and lists begin a line.
    case "#", "-", "+": isLineStart
    // `https://…` is a link, whatever the scheme.
    case ":": rest.starts(with: "//".unicodeScalars)
    // `1.` begins a list, and `discord.gg/…` is an invite without any scheme.
    case ".": afterDigits || rest.first.map { $0.properties.isAlphabetic } ?? false
    default: false
    }
  }

  private static func brokenBackticks(_ text: some StringProtocol, runs limit: Int) -> String {
    var result = ""
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      if run == limit {
        result.unicodeScalars.append(zeroWidthSpace)
        run = 1
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// Mentions that a backslash does not stop: the server reads them where the client would not.
  private static func mayMention(_ rest: Substring.UnicodeScalarView) -> Bool {
    guard let next = rest.first else { return false }
    return next == "!" || next == "&" || ("0"..."9").contains(next)
      || rest.starts(with: "everyone".unicodeScalars) || rest.starts(with: "here".unicodeScalars)
  }
}
