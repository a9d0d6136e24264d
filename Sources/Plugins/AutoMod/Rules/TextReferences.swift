// Mentions and custom emoji that stand in a text.

/// What a text names in angle brackets: `<@1>`, `<@&2>`, `<:name:3>`.
struct TextReferences: Equatable {
  /// Different users and roles.
  private(set) var users: Set<UInt64> = []
  private(set) var roles: Set<UInt64> = []
  private(set) var customEmoji = 0
  /// Letters and capitals in the names of emoji, which nobody shouts.
  private(set) var emojiLetters = 0
  private(set) var emojiCapitals = 0
  /// `@everyone` or `@here`.
  private(set) var hasEveryone = false

  init(in text: [UInt8]) {
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "<"): index = reference(text, at: index)
      case UInt8(ascii: "@"):
        if text[(index + 1)...].starts(with: "everyone".utf8)
          || text[(index + 1)...].starts(with: "here".utf8)
        {
          hasEveryone = true
        }
        index += 1
      default: index += 1
      }
    }
  }

  /// Reads what begins at a `<`; where to go on.
  private mutating func reference(_ text: [UInt8], at start: Int) -> Int {
    // The longest is an animated emoji: a name of 32, an id of 20 digits.
    let limit = min(text.count, start + 64)
    guard let end = text[(start + 1)..<limit].firstIndex(of: UInt8(ascii: ">")) else { return start + 1 }
    let inner = text[(start + 1)..<end]
    if inner.starts(with: "@&".utf8), let id = Self.id(inner.dropFirst(2)) {
      roles.insert(id)
    } else if inner.starts(with: "@!".utf8), let id = Self.id(inner.dropFirst(2)) {
      users.insert(id)
    } else if inner.starts(with: "@".utf8), let id = Self.id(inner.dropFirst(1)) {
      users.insert(id)
    } else if inner.starts(with: ":".utf8) || inner.starts(with: "a:".utf8),
      let colon = inner.lastIndex(of: UInt8(ascii: ":")), Self.id(inner[(colon + 1)...]) != nil
    {
      customEmoji += 1
      for byte in inner where (byte | 0x20) &- UInt8(ascii: "a") < 26 {
        emojiLetters += 1
        if byte & 0x20 == 0 { emojiCapitals += 1 }
      }
    } else {
      return start + 1
    }
    return end + 1
  }

  private static func id(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard (1...20).contains(digits.count), digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
      return nil
    }
    return UInt64(String(decoding: digits, as: UTF8.self))
  }
}
