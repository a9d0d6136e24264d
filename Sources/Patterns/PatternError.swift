// Why a pattern is not taken, in words for the person who wrote it.

import CRE2

/// What is wrong with a pattern.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What happened; its description is the last part of a catalog key (`pattern.<code>`).
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    fileprivate init(_ name: String) { self.name = name }
    package var description: String { name }

    /// A backslash before something that has no meaning; back references (`\1`) are among them.
    package static let badEscape = Code("badEscape")
    /// A character class that is none, such as `[[:smile:]]` or `\p{Smile}`.
    package static let badClass = Code("badClass")
    /// A range that runs backwards: `[z-a]`.
    package static let badRange = Code("badRange")
    /// A `[` or `(` without its end, or an end without its beginning.
    package static let missingBracket = Code("missingBracket")
    package static let missingParenthesis = Code("missingParenthesis")
    package static let unexpectedParenthesis = Code("unexpectedParenthesis")
    /// A backslash at the very end.
    package static let trailingBackslash = Code("trailingBackslash")
    /// `*`, `+`, `?` or `{…}` with nothing before it.
    package static let nothingToRepeat = Code("nothingToRepeat")
    /// More than a thousand repetitions, also of one counted repetition within another.
    package static let repeatsTooOften = Code("repeatsTooOften")
    /// One repetition right after another, such as `a**`.
    package static let repeatsARepeat = Code("repeatsARepeat")
    /// Look-around and the like, which no linear-time engine has.
    package static let unsupported = Code("unsupported")
    /// A group's name that is not a word.
    package static let badGroupName = Code("badGroupName")
    /// The pattern would take too much memory.
    package static let tooLarge = Code("tooLarge")
    /// The set would take too much memory: there are too many patterns.
    package static let tooMany = Code("tooMany")
    /// The machine has no memory left.
    package static let outOfMemory = Code("outOfMemory")
    /// RE2 gave no reason.
    package static let unknown = Code("unknown")
  }

  /// What happened; decide by this.
  package let code: Code
  /// The piece of the pattern where it went wrong; empty when it is the pattern as a whole. It is what the author
  /// wrote: show it to the author, do not log it.
  package let fragment: String
  /// Which pattern of a set, counted from zero; nil outside of sets.
  package let index: Int?

  package init(_ code: Code, fragment: String = "", index: Int? = nil) {
    (self.code, self.fragment, self.index) = (code, fragment, index)
  }

  /// A fixed sentence for the author, without the pattern.
  package var description: String {
    switch code {
    case .badEscape:
      "A backslash stands before a character that has no special meaning; back references such as \\1 do not exist here."
    case .badClass: "A character class is unknown."
    case .badRange: "A range of characters runs backwards."
    case .missingBracket: "A [ is never closed."
    case .missingParenthesis: "A ( is never closed."
    case .unexpectedParenthesis: "A ) closes nothing."
    case .trailingBackslash: "The pattern ends with a lone backslash."
    case .nothingToRepeat: "A *, + or ? has nothing before it to repeat."
    case .repeatsTooOften: "Something is repeated more than 1,000 times."
    case .repeatsARepeat: "One repetition follows another directly."
    case .unsupported: "Look-ahead, look-behind and other constructs beginning with (? do not exist here."
    case .badGroupName: "A group's name is no word."
    case .tooLarge: "The pattern is too large: repeat less, or divide it into several."
    case .tooMany: "There are too many patterns for one set."
    case .outOfMemory: "There was no memory for the pattern."
    default: "The pattern cannot be read."
    }
  }
}

extension PatternError {
  /// From what the bridge answered.
  init(status: CInt, fault: cre2_fault, index: Int?) {
    let fragment = withUnsafeBytes(of: fault.fragment) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    var code = Code(status: status)
    // RE2 calls a name that Unicode does not have a bad range.
    if code == .badRange, fragment.hasPrefix("\\p") || fragment.hasPrefix("\\P") { code = .badClass }
    self.init(code, fragment: fragment, index: index)
  }
}

extension PatternError.Code {
  fileprivate init(status: CInt) {
    self =
      switch cre2_status(UInt32(bitPattern: status)) {
      case CRE2_NO_MEMORY: .outOfMemory
      case CRE2_BAD_ESCAPE: .badEscape
      case CRE2_BAD_CLASS: .badClass
      case CRE2_BAD_RANGE: .badRange
      case CRE2_MISSING_BRACKET: .missingBracket
      case CRE2_MISSING_PARENTHESIS: .missingParenthesis
      case CRE2_UNEXPECTED_PARENTHESIS: .unexpectedParenthesis
      case CRE2_TRAILING_BACKSLASH: .trailingBackslash
      case CRE2_NOTHING_TO_REPEAT: .nothingToRepeat
      case CRE2_REPEATS_TOO_OFTEN: .repeatsTooOften
      case CRE2_REPEATS_A_REPEAT: .repeatsARepeat
      case CRE2_UNSUPPORTED: .unsupported
      case CRE2_BAD_GROUP_NAME: .badGroupName
      case CRE2_TOO_LARGE: .tooLarge
      default: .unknown
      }
  }
}
