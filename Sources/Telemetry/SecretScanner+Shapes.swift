// Secrets that are known by what they look like.

extension SecretScanner {
  /// `-----BEGIN … PRIVATE KEY-----`, to its end line, or to the end of the text.
  func privateKey(_ word: Range<Int>) -> Range<Int>? {
    guard matches("-----begin", at: word.lowerBound) else { return nil }
    var body = word.upperBound
    // The kind of key, such as ` RSA `, of letters and spaces.
    while body - word.upperBound < 40, !matches("private key-----", at: body) {
      guard let byte = byte(body), byte.isLetter || byte == UInt8(ascii: " ") else { return nil }
      body += 1
    }
    body = min(body + 16, text.count)
    var end = body
    while end < text.count, !matches("-----end", at: end) { end += 1 }
    return body..<end
  }

  /// A bot token (`<id in base64>.<time>.<code>`), a JSON web token, or an `mfa.` token.
  func dottedToken(_ word: Range<Int>) -> Range<Int>? {
    guard byte(word.upperBound) == UInt8(ascii: ".") else { return nil }
    let second = word.upperBound + 1
    if matches("mfa", at: word.lowerBound), word.count == 3 {
      let end = endOfWord(from: second)
      return end - second >= 60 ? second..<end : nil
    }
    let isWebToken = matches("eyj", at: word.lowerBound) && word.count >= 10
    guard isWebToken || word.count >= 18 else { return nil }
    // Nothing but a web token has a long second part, so nothing long is read twice.
    let secondEnd = endOfWord(from: second, limit: isWebToken ? .max : 9)
    guard byte(secondEnd) == UInt8(ascii: "."),
      isWebToken ? secondEnd - second >= 4 : 5...8 ~= secondEnd - second
    else { return nil }
    let third = secondEnd + 1
    if isWebToken { return word.lowerBound..<endOfWord(from: third) }
    guard endOfWord(from: third, limit: 25) - third == 25 else { return nil }
    let whole = word.lowerBound..<endOfWord(from: third)
    return isMixed(whole) ? whole : nil
  }

  /// Keys that say what they are: `sk_live_…`. The prefix stays, since it tells which key to replace.
  func prefixedKey(_ word: Range<Int>) -> Range<Int>? {
    guard word.count >= 12 else { return nil }
    for start in word where start == word.lowerBound || !(text[start - 1].isLetter || text[start - 1].isDigit)
    {
      guard let kind = KeyPrefix.all.first(where: { $0.isFirst(text[start]) && matches($0.text, at: start) })
      else {
        continue
      }
      let body = start + kind.text.utf8CodeUnitCount
      guard word.upperBound - body >= kind.minimum, !kind.mustBeMixed || isMixed(body..<word.upperBound)
      else {
        continue
      }
      return body..<endOfKey(from: word.upperBound)
    }
    return nil
  }

  /// Some keys are in plain base64.
  private func endOfKey(from start: Int) -> Int {
    var end = start
    while let byte = byte(end),
      byte.isWord || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=")
    { end += 1 }
    return end
  }

  /// `Bearer …`, `Bot …`, `Basic …`. What follows must look like credentials: "Bot started" does not.
  func credentials(afterScheme word: Range<Int>) -> Range<Int>? {
    guard word.count <= 6 else { return nil }
    let isBearer = word.count == 6 && matches("bearer", at: word.lowerBound)
    let isBot = word.count == 3 && matches("bot", at: word.lowerBound)
    let isBasic = word.count == 5 && matches("basic", at: word.lowerBound)
    guard isBearer || isBot || isBasic else { return nil }
    var start = skipSpaces(word.upperBound)
    if start == word.upperBound, byte(start) == UInt8(ascii: "+") { start += 1 }
    guard start > word.upperBound else { return nil }
    var end = start
    while let byte = byte(end), byte.isCredential { end += 1 }
    while end > start, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    let value = start..<end
    let looksRight =
      if isBearer {
        value.count >= 24 || (value.count >= 8 && value.contains { text[$0].isDigit })
      } else if isBot {
        value.count >= 20 && isMixed(value)
      } else {
        value.count >= 8 && (text[end - 1] == UInt8(ascii: "=") || (value.count % 4 == 0 && isBase64(value)))
      }
    return looksRight ? value : nil
  }

  /// Capitals beyond the first letter, and small letters.
  private func isBase64(_ range: Range<Int>) -> Bool {
    let rest = range.dropFirst()
    return rest.contains { text[$0] != text[$0].lowercased }
      && rest.contains { text[$0].isLetter && text[$0] == text[$0].lowercased }
  }

  /// `webhooks/<id>/<token>` and `interactions/<id>/<token>`, with slashes plain or escaped. The id stays.
  func tokenInPath(after word: Range<Int>) -> Range<Int>? {
    if word.count >= 36, matches("aw50zxjhy3rpb246", at: word.lowerBound) {
      // An interaction's token wherever it is: base64 of `interaction:…`.
      return word.lowerBound..<endOfKey(from: word.upperBound)
    }
    guard
      (word.count == 8 && matches("webhooks", at: word.lowerBound))
        || (word.count == 12 && matches("interactions", at: word.lowerBound)),
      let id = skipSlash(word.upperBound)
    else { return nil }
    var idEnd = id
    while idEnd - id < 24, byte(idEnd)?.isDigit == true { idEnd += 1 }
    guard idEnd - id >= 15, let token = skipSlash(idEnd) else { return nil }
    let end = endOfWord(from: token)
    return end - token >= 20 ? token..<end : nil
  }

  private func skipSlash(_ index: Int) -> Int? {
    if byte(index) == UInt8(ascii: "/") { return index + 1 }
    if matches("\\/", at: index) { return index + 2 }
    if matches("%2f", at: index) { return index + 3 }
    return matches("%252f", at: index) ? index + 5 : nil
  }
}

/// A prefix that issuers give to their keys so that they can be found.
private struct KeyPrefix {
  /// In lower case; compared in any.
  let text: StaticString
  /// Bytes that must follow.
  let minimum: Int
  /// Short prefixes also begin ordinary words.
  var mustBeMixed = false

  func isFirst(_ byte: UInt8) -> Bool { byte.lowercased == text.utf8Start[0] }

  static let all = [
    KeyPrefix(text: "sk_live_", minimum: 8), KeyPrefix(text: "sk_test_", minimum: 8),
    KeyPrefix(text: "rk_live_", minimum: 8), KeyPrefix(text: "rk_test_", minimum: 8),
    KeyPrefix(text: "whsec_", minimum: 8), KeyPrefix(text: "github_pat_", minimum: 16),
    // Personal tokens of our own JSON API.
    KeyPrefix(text: "gh_", minimum: 30),
    KeyPrefix(text: "ghp_", minimum: 16), KeyPrefix(text: "gho_", minimum: 16),
    KeyPrefix(text: "ghu_", minimum: 16), KeyPrefix(text: "ghs_", minimum: 16),
    KeyPrefix(text: "ghr_", minimum: 16), KeyPrefix(text: "glpat-", minimum: 16),
    KeyPrefix(text: "xoxb-", minimum: 10), KeyPrefix(text: "xoxp-", minimum: 10),
    KeyPrefix(text: "xoxa-", minimum: 10), KeyPrefix(text: "xoxs-", minimum: 10),
    KeyPrefix(text: "sk-", minimum: 20, mustBeMixed: true),
    KeyPrefix(text: "aiza", minimum: 30, mustBeMixed: true),
  ]
}

extension UInt8 {
  /// The alphabet of `token68` (RFC 9110, section 11.2).
  fileprivate var isCredential: Bool {
    isWord || self == UInt8(ascii: ".") || self == UInt8(ascii: "~") || self == UInt8(ascii: "+")
      || self == UInt8(ascii: "/") || self == UInt8(ascii: "=")
  }
}
