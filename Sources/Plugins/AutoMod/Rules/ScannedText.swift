// A message's text, read once: cleaned for patterns, folded for words, measured for the filters of form.

/// What one walk over a text finds out.
///
/// Costs some nanoseconds a byte for ASCII, some tens for other scripts.
struct ScannedText {
  /// The text without invisible characters and piled-up marks, with wide and mathematical letters made plain; capitals
  /// stay. Patterns, links and invites are looked for here.
  private(set) var cleaned: [UInt8] = []
  /// Words in small plain letters, separated by single spaces; from `disguiseStart` on once more what may be a word in
  /// disguise: `$h0rt`, `shhhort`, `s h o r t`, letters of other alphabets.
  private(set) var folded: [UInt8] = []
  private(set) var disguiseStart = 0

  private(set) var measures = TextMeasures()
  /// The same for texts that differ in spaces, marks, capitals and digits alone.
  private(set) var fingerprint = 0
  /// How many letters and digits the fingerprint is made of.
  private(set) var substance = 0

  /// As `cleaned`, but in small letters, and for non-Latin letters too: what `folded` is made of.
  private var plain: [UInt8] = []

  init(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      cleaned.reserveCapacity(bytes.count)
      plain.reserveCapacity(bytes.count)
      walk(bytes)
    }
    measures.finish()
    folded = FoldedWords.base(of: plain)
    fingerprint = makeFingerprint()
    disguiseStart = folded.count
    FoldedWords.appendDisguises(of: plain, to: &folded)
    plain = []
  }

  private mutating func walk(_ bytes: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        measures.noteASCII(byte)
        cleaned.append(byte)
        plain.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
        index += 1
      } else {
        let (scalar, length) = Self.scalar(bytes, index)
        append(scalar, bytes[index..<(index + length)])
        index += length
      }
    }
  }

  /// Strings are valid UTF-8: no checks.
  @inline(__always)
  private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (Unicode.Scalar, Int) {
    func tail(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset] & 0x3F) }
    let lead = UInt32(bytes[index])
    let (value, length): (UInt32, Int) =
      if lead < 0xE0 {
        ((lead & 0x1F) << 6 | tail(1), 2)
      } else if lead < 0xF0 {
        ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
      } else {
        ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
      }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
    let kind = ScalarKind(scalar)
    measures.note(scalar, kind)
    switch kind {
    case .invisible, .mark: return
    case .space:
      cleaned.append(UInt8(ascii: " "))
      plain.append(UInt8(ascii: " "))
    case .latin(let letter):
      // Letters that languages write stay as they are; of the others a capital stays one.
      if scalar.value < 0x250 || (0x1E00...0x1EFF).contains(scalar.value) {
        cleaned.append(contentsOf: bytes)
      } else {
        cleaned.append(scalar.properties.isUppercase && letter > UInt8(ascii: "9") ? letter & 0xDF : letter)
      }
      plain.append(letter)
    case .letter:
      cleaned.append(contentsOf: bytes)
      if scalar.properties.isUppercase {
        plain.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      } else {
        plain.append(contentsOf: bytes)
      }
    case .symbol:
      cleaned.append(contentsOf: bytes)
      plain.append(FoldedWords.symbolMark)
    }
  }

  private mutating func makeFingerprint() -> Int {
    var hasher = TextFingerprint()
    var letters = 0
    var digits = 0
    for byte in folded where byte != UInt8(ascii: " ") {
      if byte &- UInt8(ascii: "0") < 10 {
        digits += 1
      } else {
        letters += 1
        hasher.combine(byte)
      }
    }
    substance = letters + digits
    // Texts of digits alone are told apart by them.
    if letters < digits { for byte in folded { hasher.combine(byte) } }
    return hasher.value
  }
}

/// What kind of character a scalar beyond ASCII is.
enum ScalarKind: Equatable {
  /// A form of this small Latin letter or digit.
  case latin(UInt8)
  /// Any other letter, digit or living script's sign.
  case letter
  /// Stands on the character before it.
  case mark
  /// Takes no room: zero-width characters, fillers, controls of direction.
  case invisible
  case space
  /// All else: punctuation, emoji.
  case symbol

  init(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if let letter = LetterTables.plain(value) {
      self = .latin(letter)
      return
    }
    switch value {
    case 0x80...0x9F, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F,
      0x202A...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB,
      0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF, 0x2800:
      self = .invisible
    case 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: self = .space
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: self = .letter
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: self = .mark
      case .spacingMark, .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber, .letterNumber, .otherNumber:
        self = .letter
      default: self = .symbol
      }
    }
  }
}
