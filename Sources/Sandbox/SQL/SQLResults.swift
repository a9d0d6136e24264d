// From PostgreSQL's text to the JSON that a plugin gets (plugin-host contract, section 10.3).

import JSON
import SandboxContract
import Postgres

enum SQLResults {
  /// How a column's text is read.
  private indirect enum Form: Sendable {
    case integer, float, boolean, text, json, bytes, date, moment, time, nothing
    case array(Form)
  }

  /// By the number in `pg_type`; what is not here stays text, `numeric` above all.
  private static let forms: [UInt32: Form] = [
    16: .boolean, 17: .bytes, 20: .integer, 21: .integer, 23: .integer, 26: .integer, 114: .json, 700: .float,
    701: .float, 1082: .date, 1083: .time, 1114: .moment, 1184: .moment, 1266: .time, 2278: .nothing,
    3802: .json,
    199: .array(.json), 1000: .array(.boolean), 1001: .array(.bytes), 1002: .array(.text),
    1003: .array(.text),
    1005: .array(.integer), 1007: .array(.integer), 1009: .array(.text), 1014: .array(.text),
    1015: .array(.text),
    1016: .array(.integer), 1021: .array(.float), 1022: .array(.float), 1028: .array(.integer),
    1115: .array(.moment), 1182: .array(.date), 1183: .array(.time), 1185: .array(.moment),
    1187: .array(.text),
    1231: .array(.text), 1270: .array(.time), 2951: .array(.text), 3807: .array(.json),
  ]

  /// The rows as objects, columns in their order.
  ///
  /// - Parameters:
  ///   - result: what the server answered.
  ///   - hidden: how many columns at the end are ours.
  /// - Returns: one object a row.
  static func objects(_ result: PostgresTextResult, hidden: Int = 0) -> [JSONValue] {
    let columns = result.columns.dropLast(hidden).map { ($0.name, forms[$0.type] ?? .text) }
    return result.rows.map { row in
      .object(
        JSONObject(
          fields: zip(columns, row).map { column, text in
            JSONObject.Field(key: column.0, value: text.map { value($0, column.1) } ?? .null)
          }))
    }
  }

  /// One value by its type.
  static func value(_ text: String, type: UInt32) -> JSONValue { value(text, forms[type] ?? .text) }

  private static func value(_ text: String, _ form: Form) -> JSONValue {
    switch form {
    case .integer: Int64(text).map { .integer($0) } ?? .string(text)
    // JSON has no infinity and nothing that is not a number: those stay words.
    case .float: Double(text).flatMap { $0.isFinite ? .double($0) : nil } ?? .string(text)
    case .boolean: .bool(text == "t")
    case .text, .date: .string(text)
    case .json: json(text)
    case .bytes: bytes(text)
    case .moment: .string(moment(text))
    case .time: .string(offset(text))
    case .nothing: .null
    case .array(let element): SQLArrayText(text).map { list($0, element) } ?? .string(text)
    }
  }

  private static func list(_ array: SQLArrayText, _ form: Form) -> JSONValue {
    switch array {
    case .null: .null
    case .value(let text): value(text, form)
    case .list(let elements): .array(elements.map { list($0, form) })
    }
  }

  /// JSON that our parser refuses, such as a number beyond its range, stays text.
  private static func json(_ text: String) -> JSONValue {
    do {
      return try JSONValue(parsing: Array(text.utf8))
    } catch {
      return .string(text)
    }
  }

  /// `2026-01-31 12:34:56.789+00` becomes `2026-01-31T12:34:56.789+00:00`; `infinity` and years before ours stay.
  private static func moment(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, bytes[10] == UInt8(ascii: " "), bytes[4] == UInt8(ascii: "-") else {
      return text
    }
    return offset("\(text.prefix(10))T\(text.dropFirst(11))")
  }

  /// Python's reader wants the minutes of an offset.
  private static func offset(_ text: String) -> String {
    let tail = Array(text.utf8.suffix(3))
    guard tail.count == 3, tail[0] == UInt8(ascii: "+") || tail[0] == UInt8(ascii: "-"),
      tail[1...].allSatisfy({ (0x30...0x39).contains($0) })
    else { return text }
    return text + ":00"
  }

  /// `\x…` becomes base64.
  private static func bytes(_ text: String) -> JSONValue {
    let digits = Array(text.utf8.dropFirst(2))
    func digit(_ byte: UInt8) -> UInt8 { byte <= 0x39 ? byte & 15 : (byte & 15) + 9 }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
      digit(digits[$0]) << 4 | digit(digits[$0 + 1])
    }
    return .string(Base64Text.encode(bytes))
  }
}
