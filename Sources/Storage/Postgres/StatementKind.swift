// What a statement's first word says: whether it is worth preparing, and whether it may run where it was sent.

internal import SQL

/// A statement as the driver has to tell them apart. Not a parser: the first word decides.
enum StatementKind: Equatable {
  /// SELECT, INSERT, UPDATE, DELETE, WITH, VALUES, MERGE: prepared and cached.
  case query
  /// Begins or ends a transaction: the pool's business, and a danger on a connection others share.
  case transactionControl
  /// Changes the session for whoever comes next, such as SET or LISTEN.
  case sessionChange
  /// COPY, whose protocol the driver does not speak.
  case copy
  /// SAVEPOINT, RELEASE, ROLLBACK TO: fine inside a transaction.
  case savepoint
  /// DDL and the rest: sent without a name.
  case other

  init(_ text: String) {
    let words = Self.firstWords(text)
    switch words.first {
    case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE": self = .query
    case "ROLLBACK" where words.dropFirst().first == "TO": self = .savepoint
    case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT": self = .transactionControl
    case "PREPARE", "DEALLOCATE", "DISCARD", "SET", "RESET", "LISTEN", "UNLISTEN", "DECLARE":
      self = .sessionChange
    case "SAVEPOINT", "RELEASE": self = .savepoint
    case "COPY": self = .copy
    default: self = .other
    }
  }

  /// The first two words in capitals, after white space and comments.
  private static func firstWords(_ text: String) -> [String] {
    var bytes = text.utf8[...]
    var words: [String] = []
    while words.count < 2, skipBlanks(&bytes) {
      let word = bytes.prefix { isLetter($0) }
      guard !word.isEmpty else { break }
      words.append(String(decoding: word.map { $0 & 0xDF }, as: UTF8.self))
      bytes = bytes.dropFirst(word.count)
      if words.first != "ROLLBACK" { break }
    }
    return words
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Skips white space, opening parentheses and comments; returns whether anything is left.
  private static func skipBlanks(_ bytes: inout Substring.UTF8View) -> Bool {
    while let byte = bytes.first {
      if byte <= 0x20 || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ";") {
        bytes = bytes.dropFirst()
      } else if bytes.starts(with: "--".utf8) {
        bytes = bytes.drop { $0 != 0x0A }
      } else if bytes.starts(with: "/*".utf8) {
        skipBlockComment(&bytes)
      } else {
        return true
      }
    }
    return false
  }

  /// Block comments nest in PostgreSQL.
  private static func skipBlockComment(_ bytes: inout Substring.UTF8View) {
    var depth = 0
    repeat {
      if bytes.starts(with: "/*".utf8) {
        depth += 1
        bytes = bytes.dropFirst(2)
      } else if bytes.starts(with: "*/".utf8) {
        depth -= 1
        bytes = bytes.dropFirst(2)
      } else {
        bytes = bytes.dropFirst()
      }
    } while depth > 0 && !bytes.isEmpty
  }

  /// Why a statement of this kind may not run; nil when it may.
  ///
  /// - Parameter isLeased: whether the connection belongs to one transaction for now.
  /// - Returns: the error its caller gets.
  func refusal(isLeased: Bool) -> SQLError? {
    let reason: String? =
      switch self {
      case .query, .other: nil
      case .savepoint: isLeased ? nil : "savepoints need a transaction"
      case .transactionControl: "transactions are begun and ended by the pool"
      case .sessionChange: "a statement may not change its session"
      case .copy: "COPY is not supported"
      }
    return reason.map { SQLError(.invalidStatement, message: $0) }
  }
}
