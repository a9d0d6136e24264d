// Texts that people write with variables in braces: "Welcome, {user.mention}!".

/// A text with variables, read once and filled in as often as needed.
///
/// Filling in is one pass: what stands in a value stays a value, also when it looks like a variable. A variable that
/// nobody knows is shown as it was written, so that its author sees the mistake.
///
///     let template = MessageTemplate("Welcome to {server}, {user}!")
///     template.text(atMost: 2_000) { values[$0] }
package struct MessageTemplate: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case text(String)
    case variable(String)
  }

  private let parts: [Part]

  /// Reads a template. Names of variables are up to 40 ASCII letters, digits, `.` and `_`, in braces; every other brace
  /// is text.
  package init(_ text: some StringProtocol) {
    var parts: [Part] = []
    var literal = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "{") {
      literal += rest[..<start]
      let body = rest[rest.index(after: start)...]
      let name = body.prefix { $0 != "}" && $0 != "{" }
      if name.endIndex < body.endIndex, body[name.endIndex] == "}", Self.isName(name) {
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.variable(String(name)))
        rest = body[body.index(after: name.endIndex)...]
      } else {
        literal += "{"
        rest = body
      }
    }
    literal += rest
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.parts = parts
  }

  private static func isName(_ name: Substring) -> Bool {
    (1...40).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      }
  }

  /// The names of its variables, in order, each once.
  package var variables: [String] {
    var names: [String] = []
    for case .variable(let name) in parts where !names.contains(name) { names.append(name) }
    return names
  }

  /// The text with every variable replaced by what `value` has for it.
  ///
  /// `limit` counts as Discord does, in Unicode scalars. A longer text ends in an ellipsis, cut within the template's own
  /// words: a value (a mention, a timestamp) is there whole or not at all.
  package func text(atMost limit: Int = .max, _ value: (String) -> String?) -> String {
    let filled = parts.map { part in
      switch part {
      case .text(let text): (text: text, isValue: false)
      case .variable(let name): (text: value(name) ?? "{\(name)}", isValue: true)
      }
    }
    if limit == .max || filled.reduce(0, { $0 + $1.text.unicodeScalars.count }) <= limit {
      return filled.map(\.text).joined()
    }
    guard limit > 0 else { return "" }
    var room = limit - 1
    var result = ""
    for (text, isValue) in filled {
      let length = text.unicodeScalars.count
      if length > room {
        if !isValue { result += text.beginning(ofAtMost: room) }
        break
      }
      result += text
      room -= length
    }
    return result + "…"
  }
}

extension String {
  /// Its first characters, as many as have together no more than so many scalars.
  fileprivate func beginning(ofAtMost limit: Int) -> Substring {
    var room = limit
    return prefix { character in
      room -= character.unicodeScalars.count
      return room >= 0
    }
  }
}
