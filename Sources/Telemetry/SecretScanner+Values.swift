// Secrets that are known by the name before them, and passwords in addresses.

extension SecretScanner {
  /// The value after `name=`, `name: `, `"name":"`, in any nesting of quotes, plain or percent-encoded.
  func value(named word: Range<Int>) -> Range<Int>? {
    guard let opening = opening(after: word), let name = secretName(word, opening) else { return nil }
    if byte(opening.start) == UInt8(ascii: "[") { return list(from: opening.start) }
    if byte(opening.start) == UInt8(ascii: "{") { return nil }
    let end =
      if let quote = opening.quote {
        endOfQuoted(from: opening.start, quote, backslashes: opening.backslashes)
      } else {
        endOfPlain(from: opening.start, opening, name.form)
      }
    let value = opening.start..<end
    return isHarmless(value, opening, name) ? nil : value
  }

  /// What stands between a name and its value.
  private struct Opening {
    /// Where the value begins.
    var start: Int
    /// The quote before it and the backslashes before that.
    var quote: UInt8?
    var backslashes = 0
    var isPercentEncoded = false
    /// `name: value`, as in a sentence.
    var isColonWithSpace = false
  }

  private func secretName(_ word: Range<Int>, _ opening: Opening) -> SecretName? {
    if let name = SecretName(text[word]) { return name }
    // The code of an OAuth callback. Elsewhere a code is a number or a word.
    let before = byte(word.lowerBound - 1)
    guard word.count == 4, matches("code", at: word.lowerBound),
      before == UInt8(ascii: "?") || before == UInt8(ascii: "&")
    else { return nil }
    let end = endOfWord(from: opening.start)
    return end - opening.start >= 16 && isMixed(opening.start..<end) ? SecretName("token".utf8) : nil
  }

  private func opening(after word: Range<Int>) -> Opening? {
    var opening = Opening(start: word.upperBound)
    // The end of a quoted name.
    let closed = skipQuote(opening.start)
    opening.isPercentEncoded = closed.isPercentEncoded
    let separator = skipSpaces(closed.end)
    guard let first = byte(separator) else { return nil }
    if first == UInt8(ascii: ":") || first == UInt8(ascii: "=") {
      opening.start = separator + 1
      // `:=`, `=>`, `==`
      if let next = byte(opening.start), next == UInt8(ascii: "=") || next == UInt8(ascii: ">") {
        opening.start += 1
      }
    } else if matches("%3a", at: separator) || matches("%3d", at: separator) {
      opening.start = separator + 3
      opening.isPercentEncoded = true
    } else if matches("--", at: word.lowerBound), separator > word.upperBound {
      // `--password value`
      opening.start = separator
    } else {
      return nil
    }
    let value = skipSpaces(opening.start)
    opening.isColonWithSpace = first == UInt8(ascii: ":") && value > opening.start
    let quoted = skipQuote(value)
    (opening.start, opening.quote, opening.backslashes) = (quoted.end, quoted.quote, quoted.backslashes)
    opening.isPercentEncoded = opening.isPercentEncoded || quoted.isPercentEncoded
    return opening
  }

  /// Jumps over a quote, if there is one: `"`, `'`, `\"`, `\\\"`, `%22`.
  private func skipQuote(_ start: Int) -> (end: Int, quote: UInt8?, backslashes: Int, isPercentEncoded: Bool)
  {
    if matches("%22", at: start) { return (start + 3, nil, 0, true) }
    var index = start
    while index - start < 8, byte(index) == UInt8(ascii: "\\") { index += 1 }
    guard let quote = byte(index), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return (start, nil, 0, false)
    }
    return (index + 1, quote, index - start, false)
  }

  /// The closing quote has as many backslashes as the opening one; one with fewer ends a string around it.
  private func endOfQuoted(from start: Int, _ quote: UInt8, backslashes: Int) -> Int {
    var run = 0
    for index in start..<text.count {
      if text[index] == quote, backslashes == 0 ? run % 2 == 0 : run <= backslashes {
        return index - (backslashes == 0 ? 0 : run)
      }
      run = text[index] == UInt8(ascii: "\\") ? run + 1 : 0
    }
    return text.count
  }

  private func endOfPlain(from start: Int, _ opening: Opening, _ form: SecretName.Form) -> Int {
    var end = endOfValue(from: start, opening)
    switch form {
    case .word:
      break
    case .authorization:
      let isScheme =
        matches("bearer ", at: start) || matches("bot ", at: start) || matches("basic ", at: start)
        || matches("digest ", at: start) || matches("token ", at: start) || matches("negotiate ", at: start)
      if isScheme { end = endOfValue(from: skipSpaces(end), opening) }
    case .cookie where (start..<end).contains(where: { text[$0] == UInt8(ascii: "=") }):
      while let byte = byte(end), byte != 0x0A, byte != 0x0D, byte != UInt8(ascii: "\"") { end += 1 }
    case .cookie:
      break
    }
    return end
  }

  private func endOfValue(from start: Int, _ opening: Opening) -> Int {
    var end = start
    while let byte = byte(end) {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: ")"), UInt8(ascii: "]"),
        UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: "\\"):
        return end
      case UInt8(ascii: "%") where opening.isPercentEncoded:
        if Self.encodedEnds.contains(where: { matches($0, at: end) }) { return end }
      case _ where byte.endsAddress:
        return end
      default:
        break
      }
      end += 1
    }
    return end
  }

  private static let encodedEnds: [StaticString] = ["%22", "%26", "%2c", "%7d", "%20", "%3b"]

  /// `["…", "…"]`, to the bracket that closes it.
  private func list(from start: Int) -> Range<Int> {
    var index = start
    while let byte = byte(index), byte != UInt8(ascii: "]") { index += 1 }
    return (start + 1)..<index
  }

  private func isHarmless(_ value: Range<Int>, _ opening: Opening, _ name: SecretName) -> Bool {
    if value.isEmpty || matches("(redacted)", at: value.lowerBound)
      || matches("(secret)", at: value.lowerBound)
    {
      return true
    }
    for word in Self.harmlessWords
    where word.utf8CodeUnitCount == value.count && matches(word, at: value.lowerBound) {
      return true
    }
    if name.coversShortNumbers { return false }
    if value.count <= 6, value.allSatisfy({ text[$0].isDigit }) { return true }
    return opening.isColonWithSpace && opening.quote == nil && value.count <= 15
      && value.allSatisfy { text[$0].isLetter || text[$0] == UInt8(ascii: ".") }
  }

  private static let harmlessWords: [StaticString] = ["true", "false", "null", "nil", "none", "undefined"]

  // MARK: Addresses

  /// How far ahead an `@` is looked for.
  private static let longestUserInfo = 1_024

  /// The password in `scheme://user:password@host`, or a user that is itself a token. `index` is at the colon.
  func userInfo(at index: Int) -> Range<Int>? {
    if matches("://", at: index) { return plainUserInfo(from: index + 3, isWeb: isWebScheme(before: index)) }
    if matches(":\\/\\/", at: index) {
      return plainUserInfo(from: index + 5, isWeb: isWebScheme(before: index))
    }
    return matches("%3a%2f%2f", at: index) ? encodedUserInfo(from: index + 9) : nil
  }

  private func isWebScheme(before index: Int) -> Bool {
    matches("http", at: index - 4) || matches("https", at: index - 5) || matches("ws", at: index - 2)
      || matches("wss", at: index - 3)
  }

  private func plainUserInfo(from start: Int, isWeb: Bool) -> Range<Int>? {
    let limit = min(start + Self.longestUserInfo, text.count)
    var authority = start
    while authority < limit, !text[authority].endsAddress, text[authority] != UInt8(ascii: "/"),
      text[authority] != UInt8(ascii: "?"), text[authority] != UInt8(ascii: "#")
    { authority += 1 }
    if let end = lastAt(in: start..<authority) { return secretPart(of: start..<end) }
    // Passwords are pasted into database addresses without encoding, slashes included.
    guard !isWeb else { return nil }
    var rest = authority
    while rest < limit, !text[rest].endsAddress, !matches("://", at: rest) { rest += 1 }
    return lastAt(in: start..<rest).flatMap { secretPart(of: start..<$0) }
  }

  private func lastAt(in range: Range<Int>) -> Int? { range.last { text[$0] == UInt8(ascii: "@") } }

  private func secretPart(of userInfo: Range<Int>) -> Range<Int>? {
    if let colon = userInfo.first(where: { text[$0] == UInt8(ascii: ":") }) {
      return (colon + 1)..<userInfo.upperBound
    }
    return userInfo.count >= 16 && userInfo.contains { text[$0].isDigit } ? userInfo : nil
  }

  private func encodedUserInfo(from start: Int) -> Range<Int>? {
    let limit = min(start + Self.longestUserInfo, text.count)
    var colon: Int?
    var index = start
    while index < limit, !text[index].endsAddress, text[index] != UInt8(ascii: "&"),
      !matches("%2f", at: index)
    {
      if colon == nil, matches("%3a", at: index) { colon = index + 3 }
      if matches("%40", at: index) { return colon.map { $0..<index } }
      index += 1
    }
    return nil
  }
}
