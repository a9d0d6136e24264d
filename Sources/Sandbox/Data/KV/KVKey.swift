// A key as plugins write it, and as it is stored: any text at all, in the order of its bytes.

/// A key. Two that look alike and differ in their bytes are two keys.
struct KVKey: Hashable, Sendable, Comparable {
  /// What the plugin calls it.
  let text: String
  /// What the table calls it: without U+0000, which a server's text cannot have, in the same order.
  let stored: String

  init(_ text: String) {
    self.text = text
    stored = Self.escaped(text)
  }

  init(stored: String) {
    self.stored = stored
    text = Self.unescaped(stored)
  }

  static func == (left: KVKey, right: KVKey) -> Bool { left.stored.utf8.elementsEqual(right.stored.utf8) }
  static func < (left: KVKey, right: KVKey) -> Bool {
    left.stored.utf8.lexicographicallyPrecedes(right.stored.utf8)
  }
  func hash(into hasher: inout Hasher) {
    for byte in stored.utf8 { hasher.combine(byte) }
  }

  /// U+0000 becomes 1 1, and U+0001 becomes 1 2: both begin with 1, so order and prefixes stay what they were.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 <= 1 }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard scalar.value <= 1 else {
        result.append(scalar)
        continue
      }
      result.append(Unicode.Scalar(1))
      result.append(scalar.value == 0 ? Unicode.Scalar(1) : Unicode.Scalar(2))
    }
    return String(result)
  }

  private static func unescaped(_ stored: String) -> String {
    guard stored.utf8.contains(1) else { return stored }
    var result = String.UnicodeScalarView()
    var isEscape = false
    for scalar in stored.unicodeScalars {
      if isEscape {
        result.append(scalar.value == 1 ? Unicode.Scalar(0) : Unicode.Scalar(1))
        isEscape = false
      } else if scalar.value == 1 {
        isEscape = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

/// Stored keys from one on up to another, without that.
struct KVRange: Sendable {
  let lower: String
  let upper: String

  /// Above every key: more of the last character than a key can have.
  private static let top = String(repeating: "\u{10FFFF}", count: 2 * KVLimits.keyLength + 1)

  /// Keys that begin with a text, those after another key only.
  init(prefix: String, after: String) {
    let prefix = KVKey(prefix).stored
    // No stored key has U+0000, so this is the least that can follow.
    let next = after.isEmpty ? "" : KVKey(after).stored + "\u{1}"
    lower = prefix.utf8.lexicographicallyPrecedes(next.utf8) ? next : prefix
    upper = Self.end(of: prefix)
  }

  /// The least text above all that begin with a prefix.
  private static func end(of prefix: String) -> String {
    var scalars = Array(prefix.unicodeScalars)
    while let last = scalars.popLast() {
      guard let next = Unicode.Scalar(last.value == 0xD7FF ? 0xE000 : last.value + 1) else { continue }
      scalars.append(next)
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
    return top
  }
}
