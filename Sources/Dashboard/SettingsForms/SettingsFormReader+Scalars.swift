// Single values as people type them.

import DiscordCore
import JSON
import PlatformSettings
import PlatformText

extension SettingsFormReader {
  /// The value that was typed, within bounds or not; `stored` and a problem when it cannot be read.
  mutating func scalar(_ kind: SettingsKind, _ text: String, _ path: SettingsPath, _ stored: JSONValue)
    -> JSONValue
  {
    switch kind {
    case .integer:
      return typed(text, path, stored, due: "a whole number") { text in
        Self.isDecimal(text) ? Int64(text).map { .integer($0) } : nil
      }
    case .number:
      return typed(text, path, stored, due: "a number without thousands separators") { text in
        Self.number(text).map { .double($0) }
      }
    case .duration:
      return typed(text, path, stored, due: "a span of time such as 30s, 10m or 7d") { text in
        Self.span(text).map { .integer($0) }
      }
    case .color:
      return typed(text, path, stored, due: "a colour such as #ffaa00") { text in
        SettingsColor(text.hasPrefix("#") ? text : "#\(text)").map { .string($0.text) }
      }
    case .reference:
      return typed(text, path, stored, due: "an id") { text in Self.id(text).map { .string($0) } }
    case .choice(let names):
      if names.contains(text) { return .string(text) }
      note(path, .notAChoice, ["choices": names.joined(separator: ", ")])
      return stored
    case .text:
      // What came back as the form showed it was not changed, whatever the browser made of its line ends.
      if let old = stored.string, Self.asSent(old) == Self.asSent(text) { return stored }
      return .string(Self.asSent(text))
    case .toggle, .optional, .list, .record: return stored
    }
  }

  /// Reads a value, and keeps what was typed for the case that the form is shown again.
  private mutating func typed(
    _ text: String, _ path: SettingsPath, _ stored: JSONValue, due: String, read: (String) -> JSONValue?
  ) -> JSONValue {
    let trimmed = Self.trimmed(text)
    typed[path.description] = text
    if let value = read(trimmed) { return value }
    note(path, .wrongType, ["due": due])
    return stored
  }

  /// With one kind of line end, as texts are stored. A NUL cannot be sent: a browser has U+FFFD for it.
  static func asSent(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var wasReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": result.append("\n")
      case "\n" where wasReturn: break
      case "\0": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
      wasReturn = scalar == "\r"
    }
    return String(result)
  }

  /// Digits, with a minus sign in front at most.
  private static func isDecimal(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.utf8.count <= 20
      && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// A number with a point or a comma before its fraction; nil where a comma could be a thousands separator.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.count <= 40, let first = text.utf8.first else { return nil }
    // Not everything that Double reads is a number to people: "nan", "0x10".
    guard text.utf8.allSatisfy({ "0123456789.,-+eE".utf8.contains($0) }), first != UInt8(ascii: "e") else {
      return nil
    }
    guard let number = Double(point(text) ?? ""), number.isFinite else { return nil }
    return number
  }

  /// The text with a comma made a point; nil when there are several, or exactly three digits follow one that is no
  /// mere fraction ("1,000").
  private static func point(_ text: String) -> String? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count == 1 { return text }
    guard parts.count == 2, !text.contains("."), let whole = parts.first, let fraction = parts.last else {
      return nil
    }
    let digits = fraction.prefix { $0.isNumber }
    if digits.count == 3, digits.count == fraction.count, whole.drop(while: { $0 == "-" }) != "0" {
      return nil
    }
    return "\(whole).\(fraction)"
  }

  /// A span in seconds. Its units are needed, but for nothing at all.
  private static func span(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    guard text.utf8.count <= 100 else { return nil }
    // "1,5h" is an hour and a half; a comma between two parts has a letter before it.
    var pieces = ""
    var characters = text[...]
    while let character = characters.popFirst() {
      let isFraction =
        character == "," && pieces.last?.isNumber == true && characters.first?.isNumber == true
      pieces.append(isFraction ? "." : character)
    }
    return HumanDuration.parse(pieces)?.components.seconds
  }

  /// An id: digits, or a mention.
  private static func id(_ text: String) -> String? {
    guard text.utf8.count <= 40 else { return nil }
    let isMention = text.hasPrefix("<") && text.hasSuffix(">")
    let digits = isMention ? String(text.filter { $0.isASCII && $0.isNumber }) : text
    return isDecimal(digits) ? UInt64(digits).map { String($0) } : nil
  }

  /// Without spaces around it.
  static func trimmed(_ text: String) -> String {
    let head = text.drop(while: \.isWhitespace)
    let last = head.lastIndex { !$0.isWhitespace }
    return String(last.map { head[...$0] } ?? "")
  }
}
