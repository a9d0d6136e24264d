// Counts of a text: capitals, lines, emoji, invisible characters, marks piled up.

/// What the filters of form go by.
struct TextMeasures: Equatable {
  /// Characters as Discord counts them: Unicode scalars.
  private(set) var characters = 0
  /// Letters that have a case.
  private(set) var letters = 0
  private(set) var capitals = 0
  private(set) var lines = 0
  /// Emoji of Unicode; a flag, a family and a thumb with a colour are one each.
  private(set) var unicodeEmoji = 0
  /// The longest run of one character.
  private(set) var longestRun = 0
  /// The most marks on one character.
  private(set) var mostMarks = 0
  /// Invisible characters that no emoji and no script needs.
  private(set) var invisible = 0

  private var marks = 0
  private var run = 0
  private var previous: UInt32 = 0
  private var isRegionalOpen = false
  private var isJoined = false
  private var previousKeepsJoiner = false

  @inline(__always)
  mutating func noteASCII(_ byte: UInt8) {
    count(UInt32(byte))
    if byte &- UInt8(ascii: "A") < 26 {
      letters += 1
      capitals += 1
    } else if byte &- UInt8(ascii: "a") < 26 {
      letters += 1
    } else if byte == UInt8(ascii: "\n") {
      lines += 1
    }
    (marks, isRegionalOpen, isJoined, previousKeepsJoiner) = (0, false, false, false)
  }

  mutating func note(_ scalar: Unicode.Scalar, _ kind: ScalarKind) {
    let value = scalar.value
    if kind != .mark, kind != .invisible { count(value) } else { characters += 1 }
    if kind == .mark {
      // The box around a digit makes it an emoji.
      if value == 0x20E3 { return unicodeEmoji += 1 }
      marks += 1
      mostMarks = max(mostMarks, marks)
      return
    }
    if kind == .invisible {
      noteInvisible(value)
      return
    }
    marks = 0
    noteEmoji(scalar, kind)
    let properties = scalar.properties
    switch kind {
    case .latin, .letter:
      if properties.isUppercase {
        letters += 1
        capitals += 1
      } else if properties.isLowercase {
        letters += 1
      }
    default: break
    }
    // Joiners and their kin are part of the writing in scripts that join or stack, which have no case.
    previousKeepsJoiner = kind == .symbol || (kind == .letter && !properties.isCased)
    isJoined = false
  }

  @inline(__always)
  private mutating func count(_ value: UInt32) {
    characters += 1
    run = value == previous ? run + 1 : 1
    // Lines and spaces may come in rows: code and tables have them.
    if value > 32 { longestRun = max(longestRun, run) }
    previous = value
  }

  private mutating func noteInvisible(_ value: UInt32) {
    let isJoiner = value == 0x200D || value == 0x200C
    let isVariation = (0xFE00...0xFE0F).contains(value)
    // Tags spell the flags of regions after a black flag.
    let isTag = (0xE0020...0xE007F).contains(value) && previous == 0x1F3F4
    if value == 0x200D { isJoined = true }
    if !isVariation, !isTag, !(isJoiner && previousKeepsJoiner) { invisible += 1 }
    // One joiner is writing, a row of them is hiding.
    if isJoiner { previousKeepsJoiner = false }
  }

  private mutating func noteEmoji(_ scalar: Unicode.Scalar, _ kind: ScalarKind) {
    let value = scalar.value
    if (0x1F1E6...0x1F1FF).contains(value) {
      if !isRegionalOpen { unicodeEmoji += 1 }
      isRegionalOpen.toggle()
      return
    }
    isRegionalOpen = false
    guard kind == .symbol, !isJoined, !(0x1F3FB...0x1F3FF).contains(value) else { return }
    if value >= 0x1F000 ? scalar.properties.isEmoji : scalar.properties.isEmojiPresentation {
      unicodeEmoji += 1
    } else if value >= 0x2190, value < 0x3300, scalar.properties.isEmoji {
      unicodeEmoji += 1
    }
  }

  mutating func finish() { lines = characters == 0 ? 0 : lines + 1 }
}
