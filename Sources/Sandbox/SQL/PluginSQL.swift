// Which statements a plugin may run (plugin-host contract, section 13): pure, and the first of two walls.

package import SandboxContract

/// The rules for statements, in the contract's order. They are the outer wall only: behind them the statement runs under a
/// login that can reach nothing but its own schema.
package enum PluginSQL {
  /// How an accepted statement begins.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case select = "SELECT"
    case insert = "INSERT"
    case update = "UPDATE"
    case delete = "DELETE"
    case createTable = "CREATE TABLE"
    case alterTable = "ALTER TABLE"
    case dropTable = "DROP TABLE"
    case createIndex = "CREATE INDEX"
    case dropIndex = "DROP INDEX"

    /// Whether it counts against the hourly budget of changes of the schema.
    package var isDDL: Bool {
      switch self {
      case .select, .insert, .update, .delete: false
      case .createTable, .alterTable, .dropTable, .createIndex, .dropIndex: true
      }
    }

    /// Whether it can make the schema larger.
    var grows: Bool {
      switch self {
      case .insert, .update, .createTable, .alterTable, .createIndex: true
      case .select, .delete, .dropTable, .dropIndex: false
      }
    }
  }

  /// A statement that passed.
  package struct Statement: Sendable, Hashable {
    package let kind: Kind
    let pieces: [SQLPiece]

    /// What is run: without comments, without the last semicolon.
    package var text: String { pieces.map(\.text).joined() }
    /// Whether it answers with the rows that it changed. RETURNING is reserved, and stands nowhere but at the top.
    var isReturning: Bool {
      pieces.contains { $0.kind == .code && PluginSQL.words(of: $0.text).contains("RETURNING") }
    }
  }

  /// Texts that may stand nowhere in a statement, not even inside of a string.
  package static let blocked: [String] = [
    "CREATE FUNCTION", "CREATE TRIGGER", "CREATE EXTENSION", "CREATE ROLE", "CREATE USER", "COPY ", "pg_dump",
    "pg_restore", "GRANT ", "REVOKE ", "ALTER ROLE", "ALTER SYSTEM", "SET ROLE", "SET SESSION", "RESET ROLE",
    "LISTEN ", "NOTIFY ", "PREPARE ", "DO $$", "DO $", "LOAD ", "lo_import", "lo_export", "pg_catalog",
    "pg_stat",
    "information_schema", "set_config", "current_setting", "pg_read_file", "pg_read_binary_file", "pg_ls_dir",
    "pg_logdir_ls", "pg_stat_file", "dblink", "lo_get", "lo_put", "lo_from_bytea", "DROP SCHEMA", "TRUNCATE",
    "SECURITY DEFINER",
  ]
  private static let blockedCapitals: [(pattern: String, capitals: [UInt8])] = blocked.map {
    ($0, capitals(of: $0))
  }

  /// Unicode scalars of a statement.
  static let maximumLength = 100_000

  /// Judges a statement.
  ///
  /// - Parameters:
  ///   - text: as the plugin sent it.
  ///   - schema: the schema it will run in; nil where that is not known, and names of schemas are not judged.
  /// - Returns: what to run.
  /// - Throws: `RPCError` with `.validation` and the rule that it breaks.
  package static func check(_ text: String, schema: String?) throws(RPCError) -> Statement {
    guard text.unicodeScalars.count <= maximumLength else {
      throw .invalid("a statement has at most \(maximumLength) characters")
    }
    guard !text.utf8.contains(0) else { throw .invalid("the statement contains a NUL character") }
    let pieces = try single(try SQLScanner.pieces(of: text))
    if let schema { try checkSchemas(pieces, schema) }
    let plain = collapsed(pieces)
    guard !plain.isEmpty else { throw .invalid("the statement is empty") }
    for (pattern, capitals) in blockedCapitals where contains(plain, capitals) {
      throw .invalid("Blocked SQL pattern: \(pattern)")
    }
    guard let kind = kind(of: plain) else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("Blocked SQL statement: only \(kinds) are allowed")
    }
    return Statement(kind: kind, pieces: pieces)
  }

  private static func kind(of plain: [UInt8]) -> Kind? {
    if plain.starts(with: "CREATE UNIQUE INDEX".utf8) { return .createIndex }
    return Kind.allCases.first { plain.starts(with: $0.rawValue.utf8) }
  }

  // MARK: One statement

  /// The pieces up to the semicolon, behind which nothing may follow. Parentheses must match, since what is run is put
  /// into parentheses of ours.
  private static func single(_ pieces: [SQLPiece]) throws(RPCError) -> [SQLPiece] {
    var kept: [SQLPiece] = []
    var (depth, isEnded) = (0, false)
    for piece in pieces {
      guard piece.kind == .code else {
        if isEnded { throw .invalid("Blocked SQL statement: only one statement is allowed in a call") }
        kept.append(piece)
        continue
      }
      var code = String.UnicodeScalarView()
      for scalar in piece.text.unicodeScalars {
        if scalar == ";" { isEnded = true }
        guard isEnded else {
          depth += scalar == "(" ? 1 : scalar == ")" ? -1 : 0
          guard depth >= 0 else { throw .invalid("the statement has a parenthesis too many") }
          code.append(scalar)
          continue
        }
        guard scalar == ";" || SQLScanner.isSpace(scalar) else {
          throw .invalid("Blocked SQL statement: only one statement is allowed in a call")
        }
      }
      kept.append(SQLPiece(kind: .code, text: String(code)))
    }
    guard depth == 0 else { throw .invalid("the statement lacks a closing parenthesis") }
    return kept
  }

  // MARK: Other schemas

  /// Refuses `plugin_…` in front of a dot, in quotes or not, unless it is the schema itself.
  private static func checkSchemas(_ pieces: [SQLPiece], _ schema: String) throws(RPCError) {
    let masked = pieces.map { $0.isString ? "''" : $0.text }.joined()
    let bytes = Array(masked.utf8.map(lowered))
    let prefix = Array("plugin_".utf8)
    var index = 0
    while index + prefix.count < bytes.count {
      defer { index += 1 }
      guard bytes[index...].starts(with: prefix), index == 0 || !isWord(bytes[index - 1]) else { continue }
      var end = index + prefix.count
      while end < bytes.count, isWord(bytes[end]) { end += 1 }
      guard end > index + prefix.count else { continue }
      let name = String(decoding: bytes[index..<end], as: UTF8.self)
      if end < bytes.count, bytes[end] == UInt8(ascii: "\"") { end += 1 }
      while end < bytes.count, isSpace(bytes[end]) { end += 1 }
      guard end < bytes.count, bytes[end] == UInt8(ascii: "."), name != schema else { continue }
      throw .invalid("Blocked SQL pattern: \(name).")
    }
  }

  // MARK: Words

  /// White space collapsed, in capitals, characters without width gone from strings, too.
  private static func collapsed(_ pieces: [SQLPiece]) -> [UInt8] {
    var plain: [UInt8] = []
    for piece in pieces {
      for scalar in piece.text.unicodeScalars where !SQLScanner.isWidthless(scalar) {
        if scalar.properties.isWhitespace {
          if let last = plain.last, last != 0x20 { plain.append(0x20) }
        } else {
          plain.append(contentsOf: Array(UTF8.encode(scalar) ?? UTF8.EncodedScalar()).map(raised))
        }
      }
    }
    if plain.last == 0x20 { plain.removeLast() }
    return plain
  }

  private static func contains(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    guard let first = pattern.first, text.count >= pattern.count else { return false }
    for index in 0...(text.count - pattern.count)
    where text[index] == first && text[index..<index + pattern.count].elementsEqual(pattern) {
      return true
    }
    return false
  }

  /// The words of a piece of code, in capitals.
  static func words(of code: String) -> [String] {
    code.utf8.split { !isWord($0) }.map { word in String(decoding: word.map(raised), as: UTF8.self) }
  }

  static func capitals(of text: String) -> [UInt8] { text.utf8.map(raised) }

  private static func raised(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & 0xDF : byte
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: byte >= 0x80
    }
  }
}
