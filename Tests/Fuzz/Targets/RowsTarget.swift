// Rows: PostgreSQL's binary values of every type, and the conversions every column goes through.

import Postgres
import SQL

/// The first byte chooses the type, or a value that is written and read; the rest are the column's bytes.
let rowsTarget = FuzzTarget(name: "rows", maximumLength: 4096) { input in
  var reader = InputReader(input)
  let choice = Int(reader.byte())
  guard choice < 240 else { return checkMessage(reader.allText) }
  guard choice < 192 else { return try checkNumeric(&reader) }
  let oid =
    choice % (types.count + 1) < types.count
    ? types[choice % (types.count + 1)]
    : UInt32(
      truncatingIfNeeded: reader.number())
  let bytes = reader.allBytes
  guard let value = decoded(oid, bytes) else { return }
  require(types.contains(oid), "a type nobody knows was read")
  check(value, oid, bytes)
  try checkConversions(value)
}

/// bool, bytea, char, name, int8, int2, int4, text, oid, json, float4, float8, unknown, bpchar, varchar, date,
/// timestamp, timestamptz, numeric, void, jsonb: their numbers in `pg_type`.
private let types: [UInt32] = [
  16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701, 705, 1042, 1043, 1082, 1114, 1184, 1700, 2278, 3802,
]

/// nil when the bytes are refused, in the one way that is allowed.
private func decoded(_ oid: UInt32, _ bytes: [UInt8]) -> SQLValue? {
  do {
    return try PostgresValue.decode(oid: oid, bytes: bytes)
  } catch {
    require(error.code == .typeMismatch, "another error")
    return nil
  }
}

/// The value against its bytes, read in another way.
private func check(_ value: SQLValue, _ oid: UInt32, _ bytes: [UInt8]) {
  let big = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  switch (oid, value) {
  case (16, .boolean(let flag)): require(bytes == [flag ? 1 : 0], "boolean")
  case (17, .blob(let blob)): require(blob == bytes, "bytea")
  case (20, .integer(let number)): require(number == Int64(bitPattern: big), "int8")
  case (21, .integer(let number)): require(number == Int64(Int16(truncatingIfNeeded: big)), "int2")
  case (23, .integer(let number)): require(number == Int64(Int32(truncatingIfNeeded: big)), "int4")
  case (26, .integer(let number)): require(number == Int64(big) && big >> 32 == 0, "oid")
  case (700, .double(let number)):
    require(number.isNaN || Float(number).bitPattern == UInt32(truncatingIfNeeded: big), "float4")
  case (701, .double(let number)): require(number.bitPattern == big, "float8")
  case (1082, .integer(let milliseconds)):
    let days = Int64(Int32(truncatingIfNeeded: big))
    require(milliseconds == (days + 10_957) * 86_400_000, "date")
  case (1114, .integer(let milliseconds)), (1184, .integer(let milliseconds)):
    let microseconds = (milliseconds - 946_684_800_000).multipliedReportingOverflow(by: 1_000)
    let (rest, overflows) = Int64(bitPattern: big).subtractingReportingOverflow(microseconds.partialValue)
    require(microseconds.overflow || overflows || (0..<1_000).contains(rest), "timestamp")
  case (1700, .integer), (1700, .double): break
  case (2278, .null): break
  case (3802, .text(let text)):
    require(bytes.first == 1 && Array(text.utf8) == Array(bytes.dropFirst()), "jsonb")
  case (_, .text(let text)): require(Array(text.utf8) == bytes, "text")
  default: require(false, "a value of another kind")
  }
}

/// Every conversion answers with the value or a mismatch; what is read goes back as the same.
private func checkConversions(_ value: SQLValue) throws {
  let row = SQLRow(columns: ["a", "b", "a"], values: [value, .null])
  for index in -1...2 {
    // By its kind: NaN is not equal to itself.
    let kind = (try? row.get(index, as: SQLValue.self))?.kind
    require(kind == ((0..<2).contains(index) ? row.values[index].kind : nil), "a column")
  }
  if let number = try? row.get("a", as: Int64.self) {
    require(number.sqlValue == value && (try? row.get("a", as: Int.self)) == Int(number), "an integer")
  }
  if let text = try? row.get("a", as: String.self) { require(text.sqlValue == value, "a text") }
  if let blob = try? row.get("a", as: [UInt8].self) { require(blob.sqlValue == value, "a blob") }
  if let flag = try? row.get("a", as: Bool.self) {
    require(value == .boolean(flag) || value == .integer(flag ? 1 : 0), "a boolean")
  }
  if case .double(let number) = value {
    require(try row.get("a", as: Double.self).bitPattern == number.bitPattern, "a double")
  }
  require(try row.get("b", as: Int64?.self) == nil, "NULL")
  require((try? row.get("b", as: Int64.self)) == nil, "NULL as a number")
  require((try? row.get("c", as: SQLValue.self)) == nil, "a column that is not there")
}

/// A value that the server quotes does not come out of an error.
private func checkMessage(_ value: String) {
  let words = "invalid input syntax for type bigint: "
  require(SQLState.redacted("\(words)\"\(value)\"", state: "22P02") == "\(words)\"…\"", "a value came out")
}

/// NUMERIC as the server writes it: an integer comes back as itself, with a fraction as the nearest double.
private func checkNumeric(_ reader: inout InputReader) throws {
  let number = Int64(bitPattern: reader.number())
  let places = Int(reader.byte() % 5)
  var groups: [UInt16] = []
  var rest = number.magnitude
  while rest > 0 {
    groups.insert(UInt16(rest % 10_000), at: 0)
    rest /= 10_000
  }
  let weight = groups.count - 1 - places
  // As numeric_send does, without zeros at the end.
  while groups.last == 0 { groups.removeLast() }
  let header = [
    UInt16(groups.count), UInt16(bitPattern: Int16(weight)), number < 0 ? 0x4000 : 0, UInt16(4 * places),
  ]
  let bytes = (header + groups).flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
  guard let value = decoded(1700, bytes) else { return require(false, "a number was refused") }
  if places == 0 { return require(value == .integer(number), "an integer does not survive") }
  require(value == Double("\(number)e\(-4 * places)").map { .double($0) }, "not the nearest double")
}
