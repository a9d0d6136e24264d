// One banned word as its author wrote it, made ready to be looked for.

/// A word, phrase or wildcard of a list, folded as texts are.
struct WordRule: Hashable, Sendable {
  /// What must stand in the text, in small plain letters.
  let core: [UInt8]
  /// Whether a word must begin before it and end behind it.
  let isBoundBefore: Bool
  let isBoundBehind: Bool
  /// For `*` in the middle: the pattern over folded text that decides; nil when the core does.
  let pattern: String?

  /// nil when nothing is left of it without marks and spaces.
  init?(_ text: String) {
    let pieces = text.split(separator: "*", omittingEmptySubsequences: false)
    var parts = pieces.map { ScannedText.words($0) }
    var (opensFree, closesFree) = (false, false)
    while parts.count > 1, parts.first?.isEmpty == true {
      parts.removeFirst()
      opensFree = true
    }
    while parts.count > 1, parts.last?.isEmpty == true {
      parts.removeLast()
      closesFree = true
    }
    parts.removeAll(where: \.isEmpty)
    // `bad * here` wants a word of its own between.
    let isSpaced = text.contains(" *") || text.contains("* ")
    guard let first = parts.first, let last = parts.last else { return nil }
    isBoundBefore =
      !opensFree && !Self.isUnspaced(String(decoding: first, as: UTF8.self).unicodeScalars.first)
    isBoundBehind = !closesFree && !Self.isUnspaced(String(decoding: last, as: UTF8.self).unicodeScalars.last)
    core = parts.count == 1 ? first : []
    pattern = parts.count == 1 ? nil : Self.pattern(parts, isSpaced, isBoundBefore, isBoundBehind)
  }

  private static func pattern(
    _ parts: [[UInt8]], _ isSpaced: Bool, _ isBoundBefore: Bool, _ isBoundBehind: Bool
  )
    -> String
  {
    // Folded text has nothing but word characters and spaces.
    let middle = parts.map { String(decoding: $0, as: UTF8.self) }.joined(
      separator: isSpaced ? " [^ ]+ " : "[^ ]*")
    return (isBoundBefore ? " " : "") + middle + (isBoundBehind ? " " : "")
  }

  /// Whether the character is of a script that puts no spaces between words.
  private static func isUnspaced(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    switch scalar.value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7A3,
      0x20000...0x3FFFF:
      return true
    default: return false
    }
  }
}

extension ScannedText {
  /// The words of a list's entry as texts have them: small, plain, single spaces, none around.
  static func words(_ text: some StringProtocol) -> [UInt8] {
    let scanned = ScannedText(String(text))
    return Array(scanned.folded[..<scanned.disguiseStart].dropFirst().dropLast())
  }
}
