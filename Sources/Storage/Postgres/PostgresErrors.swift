// From SQLSTATE and libpq's words to the errors both engines share.

internal import CPostgres
package import SQL

/// Reading SQLSTATE (PostgreSQL manual, Appendix A).
package enum SQLState {
  /// What a caller can do about a SQLSTATE of five characters; unknown ones are `.other`.
  package static func code(for state: String) -> SQLError.Code {
    switch state {
    case "23505", "23P01": .uniqueViolation
    case "40001", "40P01", "40003", "55P03": .retryable
    case "53100": .diskFull
    case "53300", "53200", "53000", "54000": .overloaded
    case "57014", "25P03": .timeout
    case "42501", "25006", "28000", "28P01": .notPermitted
    case "57P01", "57P02", "57P03", "57P05": .connectionLost
    case "22001", "22003", "22021": .constraintViolation
    case "58030": .io
    case "XX001", "XX002": .damaged
    default: code(forClass: state.prefix(2))
    }
  }

  private static func code(forClass class: Substring) -> SQLError.Code {
    switch `class` {
    case "08": .connectionLost
    case "22", "26", "42", "0A": .invalidStatement
    case "23", "44": .constraintViolation
    case "40": .retryable
    case "53": .overloaded
    case "58": .io
    default: .other
    }
  }

  /// Whether a prepared statement is no longer good and has to be prepared anew: "cached plan must not change
  /// result type" after a table was altered, or a name the server does not know.
  static func invalidatesPreparedStatement(_ state: String) -> Bool {
    state == "0A000" || state == "26000"
  }

  /// The server's primary message without what it quotes. Messages of most classes quote the offending value
  /// (`invalid input syntax for type bigint: "…"`); classes 23 and 42 quote names of tables, columns and
  /// constraints only, which are ours.
  ///
  /// A value may hold quotes itself, which the server does not escape: all between the first and the last one goes.
  package static func redacted(_ message: String, state: String) -> String {
    guard !state.hasPrefix("23"), !state.hasPrefix("42") else { return message }
    let quote = UInt8(ascii: "\"")
    guard let first = message.utf8.firstIndex(of: quote), let last = message.utf8.lastIndex(of: quote) else {
      return message
    }
    let rest = first == last ? "" : message[message.utf8.index(after: last)...]
    return "\(message[..<first])\"…\"\(rest)"
  }
}

extension SQLError {
  /// The error a failed result stands for. The primary message only: DETAIL, HINT and CONTEXT carry values.
  init(result: OpaquePointer) {
    guard let field = PQresultErrorField(result, SQLState.stateField) else {
      // Without a SQLSTATE the error is libpq's own: the connection broke.
      self = .lost
      return
    }
    let state = String(cString: field)
    let message = PQresultErrorField(result, SQLState.messageField).map { String(cString: $0) } ?? ""
    self.init(SQLState.code(for: state), message: SQLState.redacted(message, state: state), engineCode: state)
  }

  /// The connection broke while an answer was owed.
  static let lost = SQLError(
    .connectionLost, message: "the connection to the server was lost", engineCode: "08006")
  /// The pool was closed.
  static let poolClosed = SQLError(.closed, message: "the pool is closed")
  /// The task was cancelled before its statement took effect.
  static let taskCancelled = SQLError(.cancelled, message: "the task was cancelled")

  /// What libpq says about a connection that did not come up.
  ///
  /// A server's refusal arrives as SQLSTATE alone, because the verbosity was set so; of libpq's own words only
  /// the system's reason behind the last colon is kept: the rest may repeat parts of a malformed URL.
  static func connectFailure(words: String, address: PostgresAddress) -> SQLError {
    let line = words.split(separator: "\n").first.map(String.init) ?? ""
    let reason = line.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? ""
    if reason.utf8.count == 5, reason.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) {
      let state = String(reason)
      return SQLError(
        SQLState.code(for: state), message: "the server refused the connection to \(address)",
        engineCode: state)
    }
    let isPlain = reason.utf8.count <= 80 && !reason.contains("\"") && !reason.contains("@")
    return SQLError(
      .connectionLost,
      message: "cannot connect to \(address): \(isPlain ? String(reason) : "unreadable address")",
      engineCode: "08001")
  }
}

extension SQLState {
  /// PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY of `postgres_ext.h`, which Swift does not import.
  fileprivate static let stateField = CInt(UInt8(ascii: "C"))
  fileprivate static let messageField = CInt(UInt8(ascii: "M"))
}

extension SQLState {
  /// The server's primary message and detail as they stand, values and all; nil for an error of libpq's own.
  static func words(of result: OpaquePointer) -> String? {
    guard PQresultErrorField(result, stateField) != nil,
      let message = PQresultErrorField(result, messageField).map({ String(cString: $0) })
    else { return nil }
    let detail = PQresultErrorField(result, CInt(UInt8(ascii: "D"))).map { String(cString: $0) }
    return detail.map { "\(message) (\($0))" } ?? message
  }
}
