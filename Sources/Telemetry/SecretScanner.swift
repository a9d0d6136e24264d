// Finds secrets in text: one pass over its bytes, word by word.

/// Where the secrets in a text are.
///
/// The scan goes from word to word (letters, digits, `_`, `-`). A word may be a secret, begin one, or announce one;
/// what it looks at ahead is either consumed or of bounded length, so that the whole is linear.
struct SecretScanner {
  let text: UnsafeBufferPointer<UInt8>
  /// In order, without overlaps.
  private(set) var found: [Range<Int>] = []
  private var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  mutating func scan() {
    while position < text.count {
      let byte = text[position]
      if byte.isWord {
        let start = position
        let end = endOfWord(from: start)
        position = end
        if let secret = secret(word: start..<end) { take(secret) }
      } else if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") {
        if let secret = userInfo(at: position) { take(secret) } else { position += 1 }
      } else {
        position += 1
      }
    }
  }

  private mutating func take(_ secret: Range<Int>) {
    if !secret.isEmpty { found.append(secret) }
    position = max(position, secret.upperBound)
  }

  /// The secret that the word is, begins or announces.
  private func secret(word: Range<Int>) -> Range<Int>? {
    // An escape sequence before it has letters, too: `%3D`, `\n`.
    let word = (word.lowerBound + escapeLength(before: word))..<word.upperBound
    guard !word.isEmpty else { return nil }
    return privateKey(word) ?? dottedToken(word) ?? prefixedKey(word) ?? credentials(afterScheme: word)
      ?? tokenInPath(after: word) ?? value(named: word)
  }

  private func escapeLength(before word: Range<Int>) -> Int {
    guard let before = byte(word.lowerBound - 1) else { return 0 }
    if before == UInt8(ascii: "%"), word.count >= 2, text[word.lowerBound].isHex,
      text[word.lowerBound + 1].isHex
    {
      return 2
    }
    guard before == UInt8(ascii: "\\") else { return 0 }
    switch text[word.lowerBound] {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
      return 1
    case UInt8(ascii: "u"): return word.count >= 5 ? 5 : 0
    default: return 0
    }
  }
}

// What the other parts of the scanner read with.
extension SecretScanner {
  /// The byte there, or nil outside of the text.
  func byte(_ index: Int) -> UInt8? { text.indices.contains(index) ? text[index] : nil }

  /// The first index from `start` on, at most `limit` further, that is not part of a word.
  func endOfWord(from start: Int, limit: Int = .max) -> Int {
    var end = start
    while end < text.count, text[end].isWord, end - start < limit { end += 1 }
    return end
  }

  /// Whether `words`, given in lower case, stand at `index` in any case.
  func matches(_ words: StaticString, at index: Int) -> Bool {
    guard index >= 0, index + words.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<words.utf8CodeUnitCount where text[index + offset].lowercased != words.utf8Start[offset]
    {
      return false
    }
    return true
  }

  /// Whether there are capitals, small letters and digits, as random text has them and words do not.
  func isMixed(_ range: Range<Int>) -> Bool {
    var kinds: UInt8 = 0
    for index in range {
      switch text[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): kinds |= 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"): kinds |= 2
      case UInt8(ascii: "0")...UInt8(ascii: "9"): kinds |= 4
      default: break
      }
      if kinds == 7 { return true }
    }
    return false
  }

  /// Jumps over spaces, also encoded ones, a few at most.
  func skipSpaces(_ start: Int) -> Int {
    var index = start
    for _ in 0..<8 {
      guard let byte = byte(index) else { break }
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        index += 1
      } else if matches("%20", at: index) {
        index += 3
      } else {
        break
      }
    }
    return index
  }
}

extension UInt8 {
  /// A letter, a digit, `_` or `-`: the alphabet of base64url, too.
  var isWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") }
  var isLetter: Bool { lowercased >= UInt8(ascii: "a") && lowercased <= UInt8(ascii: "z") }
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isHex: Bool { isDigit || (lowercased >= UInt8(ascii: "a") && lowercased <= UInt8(ascii: "f")) }
  var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
  var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
  /// Quotes and brackets that end an address in running text.
  var endsAddress: Bool {
    isSpace || self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "<")
      || self == UInt8(ascii: ">") || self == UInt8(ascii: "`")
  }
}
