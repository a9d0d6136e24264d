// Takes a statement apart the way PostgreSQL's own scanner does, as far as it matters what is text and what is code.

import SandboxContract

/// A run of a statement.
struct SQLPiece: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Keywords, names, operators; without comments.
    case code
    /// `'…'`, quotes included; `isEscaped` after `E`, where a backslash escapes.
    case string(isEscaped: Bool)
    /// `"…"`, quotes included.
    case identifier
    /// `$tag$…$tag$`, tags included.
    case dollar
  }

  let kind: Kind
  let text: String

  /// Whether it holds a value, not a name or code.
  var isString: Bool {
    switch kind {
    case .string, .dollar: true
    case .code, .identifier: false
    }
  }
}

/// The scanner. What it returns, joined, is what is run: so nothing can be read differently here and in the server.
/// Comments become a space, and characters without width go, but for those in strings.
struct SQLScanner {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var code: [Unicode.Scalar] = []
  private var pieces: [SQLPiece] = []

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// - Throws: `RPCError.invalid` for text that ends inside of quotes or a comment, and for what scanners of different
  ///   versions read differently.
  static func pieces(of text: String) throws(RPCError) -> [SQLPiece] {
    var scanner = SQLScanner(text)
    return try scanner.scan()
  }

  static func isWidthless(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{200B}" || scalar == "\u{200C}" || scalar == "\u{200D}" || scalar == "\u{FEFF}"
  }

  /// PostgreSQL's white space; the vertical tab counts from version 16 on.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (scalar.value >= 9 && scalar.value <= 13)
  }

  static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "$": true
    default: scalar.value >= 0x80
    }
  }

  private mutating func scan() throws(RPCError) -> [SQLPiece] {
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "'": try string()
      case "\"": try identifier()
      case "$": try dollar()
      case "-" where code.last == "-": lineComment()
      case "*" where code.last == "/": try blockComment()
      default: plain(scalar)
      }
    }
    endCode()
    return pieces
  }

  private mutating func plain(_ scalar: Unicode.Scalar) {
    index += 1
    if !Self.isWidthless(scalar) {
      code.append(scalar)
    } else if code.isEmpty, !pieces.isEmpty {
      // Two literals that it kept apart must not grow together.
      code.append(" ")
    }
  }

  private mutating func endCode() {
    guard !code.isEmpty else { return }
    pieces.append(SQLPiece(kind: .code, text: Self.text(code[...])))
    code = []
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  // MARK: Comments

  private mutating func lineComment() {
    code[code.count - 1] = " "
    while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" { index += 1 }
  }

  /// They nest.
  private mutating func blockComment() throws(RPCError) {
    code[code.count - 1] = " "
    index += 1
    var depth = 1
    while depth > 0 {
      guard index < scalars.count else { throw .invalid("the statement ends inside of a comment") }
      let pair = index + 1 < scalars.count ? (scalars[index], scalars[index + 1]) : (scalars[index], " ")
      switch pair {
      case ("/", "*"): (depth, index) = (depth + 1, index + 2)
      case ("*", "/"): (depth, index) = (depth - 1, index + 2)
      default: index += 1
      }
    }
  }

  // MARK: Quotes

  /// The word or number that the code ends with.
  private var trailing: ArraySlice<Unicode.Scalar> {
    let end = code.lastIndex { !Self.isNamePart($0) }
    return code[(end.map { $0 + 1 } ?? 0)...]
  }

  /// Whether the code ends with a number or a `$1`: what follows it without a space is read differently from version to
  /// version.
  private var endsWithNumber: Bool {
    guard let first = trailing.first else { return false }
    return ("0"..."9").contains(first) || (first == "$" && trailing.count > 1)
  }

  private mutating func string() throws(RPCError) {
    guard !endsWithNumber else { throw .invalid("a quote must not follow a number") }
    let word = trailing
    var isEscaped = word.count == 1 && (word.first == "e" || word.first == "E")
    // A string goes on after a line break, by the rules of its beginning.
    if case .string(let before)? = pieces.last?.kind, code.allSatisfy(Self.isSpace),
      code.contains(where: { $0 == "\n" || $0 == "\r" })
    {
      isEscaped = before
    }
    endCode()
    let start = index
    index += 1
    while index < scalars.count {
      if isEscaped, scalars[index] == "\\" {
        index += 2
      } else if scalars[index] != "'" {
        index += 1
      } else if index + 1 < scalars.count, scalars[index + 1] == "'" {
        index += 2
      } else {
        index += 1
        pieces.append(
          SQLPiece(kind: .string(isEscaped: isEscaped), text: Self.text(scalars[start..<index])))
        return
      }
    }
    throw .invalid("the statement ends inside of a string")
  }

  private mutating func identifier() throws(RPCError) {
    guard !endsWithNumber else { throw .invalid("a quote must not follow a number") }
    endCode()
    let start = index
    index += 1
    while index < scalars.count {
      if scalars[index] != "\"" {
        index += 1
      } else if index + 1 < scalars.count, scalars[index + 1] == "\"" {
        index += 2
      } else {
        index += 1
        let kept = scalars[start..<index].filter { !Self.isWidthless($0) }
        pieces.append(SQLPiece(kind: .identifier, text: Self.text(kept[...])))
        return
      }
    }
    throw .invalid("the statement ends inside of a quoted name")
  }

  /// A dollar quote; or a dollar inside of a name, or in front of a parameter's number.
  private mutating func dollar() throws(RPCError) {
    guard !endsWithNumber else { throw .invalid("a dollar must not follow a number") }
    guard trailing.isEmpty, let tag = openingTag() else { return plain("$") }
    endCode()
    let start = index
    index += tag.count
    while index + tag.count <= scalars.count {
      if scalars[index] == "$", scalars[index..<index + tag.count] == tag {
        index += tag.count
        pieces.append(SQLPiece(kind: .dollar, text: Self.text(scalars[start..<index])))
        return
      }
      index += 1
    }
    throw .invalid("the statement ends inside of a dollar quote")
  }

  private func openingTag() -> ArraySlice<Unicode.Scalar>? {
    var end = index + 1
    while end < scalars.count, scalars[end] != "$" {
      guard Self.isNamePart(scalars[end]) else { return nil }
      if end == index + 1, ("0"..."9").contains(scalars[end]) { return nil }
      end += 1
    }
    return end < scalars.count ? scalars[index...end] : nil
  }
}
