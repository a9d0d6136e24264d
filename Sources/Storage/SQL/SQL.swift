// A statement: one text for both engines, and its parameters.

/// A SQL statement whose interpolations are parameters, never text.
///
///     let statement: SQL = "SELECT name FROM member WHERE guild_id = \(guild) AND joined_at > \(since)"
///
/// The text uses `$1`, `$2` … for parameters, which SQLite and PostgreSQL both read. Raw text takes the label
/// `unescaped:` and a reviewer: constants of ours only, never input.
package struct SQL: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// The text with `$n` placeholders.
  package let text: String
  /// The parameters in order.
  package let parameters: [SQLValue]

  package init(stringLiteral value: String) {
    text = value
    parameters = []
  }

  /// A statement whose text was put together elsewhere, from constants.
  package init(unescaped text: String, parameters: [SQLValue] = []) {
    self.text = text
    self.parameters = parameters
  }

  package init(stringInterpolation: StringInterpolation) {
    text = stringInterpolation.text
    parameters = stringInterpolation.parameters
  }

  package struct StringInterpolation: StringInterpolationProtocol, Sendable {
    fileprivate var text = ""
    fileprivate var parameters: [SQLValue] = []

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 3 * interpolationCount)
      parameters.reserveCapacity(interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) {
      text += literal
    }

    package mutating func appendInterpolation(_ value: some SQLConvertible) {
      parameters.append(value.sqlValue)
      text += "$\(parameters.count)"
    }

    /// An optional's own overload: through the generic one the compiler warns of an unintended description.
    package mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
      appendInterpolation(value.sqlValue)
    }

    /// Puts a constant into the text as it is.
    package mutating func appendInterpolation(unescaped constant: String) {
      text += constant
    }
  }
}

/// A value as both engines store it.
package enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case double(Double)
  case boolean(Bool)
  case text(String)
  case blob([UInt8])
}

/// Something that can be a parameter and be read back.
package protocol SQLConvertible: Sendable {
  var sqlValue: SQLValue { get }
  /// - Throws: `SQLError` with code `.typeMismatch` when the value is of another kind or out of range.
  static func from(_ value: SQLValue) throws(SQLError) -> Self
}

extension SQLValue {
  /// The kind, for error messages.
  package var kind: String {
    switch self {
    case .null: "NULL"
    case .integer: "integer"
    case .double: "double"
    case .boolean: "boolean"
    case .text: "text"
    case .blob: "blob"
    }
  }
}

extension SQLValue: SQLConvertible {
  package var sqlValue: SQLValue { self }
  package static func from(_ value: SQLValue) throws(SQLError) -> SQLValue { value }
}

extension Int64: SQLConvertible {
  package var sqlValue: SQLValue { .integer(self) }
  package static func from(_ value: SQLValue) throws(SQLError) -> Int64 {
    guard case .integer(let number) = value else { throw .mismatch(value, Self.self) }
    return number
  }
}

extension Int: SQLConvertible {
  package var sqlValue: SQLValue { .integer(Int64(self)) }
  package static func from(_ value: SQLValue) throws(SQLError) -> Int {
    Int(try Int64.from(value))
  }
}

extension Double: SQLConvertible {
  package var sqlValue: SQLValue { .double(self) }
  package static func from(_ value: SQLValue) throws(SQLError) -> Double {
    switch value {
    case .double(let number): return number
    // SQLite stores a whole number of a REAL column as an integer and may hand it back as one.
    case .integer(let number): return Double(number)
    default: throw .mismatch(value, Self.self)
    }
  }
}

extension Bool: SQLConvertible {
  package var sqlValue: SQLValue { .boolean(self) }
  package static func from(_ value: SQLValue) throws(SQLError) -> Bool {
    switch value {
    case .boolean(let flag): return flag
    // SQLite has no boolean: 0 and 1 are what a BOOLEAN column holds there.
    case .integer(0): return false
    case .integer(1): return true
    default: throw .mismatch(value, Self.self)
    }
  }
}

extension String: SQLConvertible {
  package var sqlValue: SQLValue { .text(self) }
  package static func from(_ value: SQLValue) throws(SQLError) -> String {
    guard case .text(let text) = value else { throw .mismatch(value, Self.self) }
    return text
  }
}

extension [UInt8]: SQLConvertible {
  package var sqlValue: SQLValue { .blob(self) }
  package static func from(_ value: SQLValue) throws(SQLError) -> [UInt8] {
    guard case .blob(let bytes) = value else { throw .mismatch(value, Self.self) }
    return bytes
  }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
  package var sqlValue: SQLValue { self?.sqlValue ?? .null }
  package static func from(_ value: SQLValue) throws(SQLError) -> Wrapped? {
    value == .null ? nil : try Wrapped.from(value)
  }
}

extension SQLError {
  static func mismatch<Wanted>(_ value: SQLValue, _ wanted: Wanted.Type) -> SQLError {
    SQLError(.typeMismatch, message: "a \(value.kind) value was read as \(wanted)")
  }
}
