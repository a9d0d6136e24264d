// From PostgreSQL's binary format to values; bytes that do not fit are an error, never a trap.

package import SQL

/// Binary values as the server sends them (network byte order; the `*_send` functions of PostgreSQL's sources).
package enum PostgresValue {
  /// The types' numbers in `pg_type`, which never change.
  enum OID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let char: UInt32 = 18
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let unknown: UInt32 = 705
    static let bpchar: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let date: UInt32 = 1082
    static let timestamp: UInt32 = 1114
    static let timestamptz: UInt32 = 1184
    static let numeric: UInt32 = 1700
    static let void: UInt32 = 2278
    static let jsonb: UInt32 = 3802
  }

  /// Reads one value that is not NULL.
  ///
  /// Integers of every width become `.integer`; `NUMERIC` becomes `.integer` when it has no fractional digits
  /// and fits (so `sum` and `count` read alike on both engines), else the nearest `.double`; times become UTC
  /// milliseconds; JSON becomes text.
  ///
  /// - Throws: `SQLError` with `.typeMismatch` when the bytes are not a value of that type, or the type is
  ///   none of those: cast it to text in the statement.
  package static func decode(oid: UInt32, bytes: [UInt8]) throws(SQLError) -> SQLValue {
    // The closure's error type would be lost: hand the outcome out as a value.
    let outcome = bytes.withUnsafeBytes { buffer in
      Result { () throws(SQLError) in try decode(oid: oid, buffer: buffer) }
    }
    return try outcome.get()
  }

  static func decode(oid: UInt32, buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    switch oid {
    case OID.int8: return .integer(try integer(buffer, as: Int64.self))
    case OID.text, OID.varchar, OID.name, OID.bpchar, OID.json, OID.char, OID.unknown: return try text(buffer)
    case OID.int4: return .integer(Int64(try integer(buffer, as: Int32.self)))
    case OID.bytea: return .blob([UInt8](buffer))
    case OID.bool: return try boolean(buffer)
    case OID.float8: return .double(Double(bitPattern: try integer(buffer, as: UInt64.self)))
    case OID.int2: return .integer(Int64(try integer(buffer, as: Int16.self)))
    case OID.oid: return .integer(Int64(try integer(buffer, as: UInt32.self)))
    case OID.float4: return .double(Double(Float(bitPattern: try integer(buffer, as: UInt32.self))))
    case OID.numeric: return try PostgresNumeric.decode(buffer)
    case OID.timestamptz, OID.timestamp: return try timestamp(buffer)
    case OID.date: return try date(buffer)
    case OID.jsonb: return try jsonb(buffer)
    case OID.void: return .null
    default:
      throw SQLError(.typeMismatch, message: "columns of type \(oid) are not read: cast to text")
    }
  }

  /// Why a value could not be read; names the type, never the bytes.
  static func malformed(_ type: String) -> SQLError {
    SQLError(.typeMismatch, message: "malformed \(type) from the server")
  }

  @inline(__always)
  static func integer<Number: FixedWidthInteger>(_ buffer: UnsafeRawBufferPointer, as type: Number.Type)
    throws(SQLError) -> Number
  {
    guard buffer.count == MemoryLayout<Number>.size else { throw malformed("\(type)") }
    return Number(bigEndian: buffer.loadUnaligned(as: Number.self))
  }

  private static func text(_ buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    guard let text = String(validating: buffer, as: UTF8.self) else { throw malformed("text") }
    return .text(text)
  }

  private static func boolean(_ buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    guard buffer.count == 1, buffer[0] <= 1 else { throw malformed("boolean") }
    return .boolean(buffer[0] == 1)
  }

  private static func jsonb(_ buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    // One byte of version, 1 since jsonb exists.
    guard buffer.first == 1 else { throw malformed("jsonb") }
    return try text(UnsafeRawBufferPointer(rebasing: buffer.dropFirst()))
  }

  /// Milliseconds from 1970 to 2000, where PostgreSQL counts from.
  private static let epoch: Int64 = 946_684_800_000

  private static func timestamp(_ buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    let microseconds = try integer(buffer, as: Int64.self)
    guard microseconds != .max, microseconds != .min else { throw malformed("time (infinity)") }
    // Rounded down, so that a moment before 1970 does not slip into the next millisecond.
    let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000)
    return .integer(whole + epoch - (rest < 0 ? 1 : 0))
  }

  private static func date(_ buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    let days = try integer(buffer, as: Int32.self)
    guard days != .max, days != .min else { throw malformed("date (infinity)") }
    return .integer(Int64(days) * 86_400_000 + epoch)
  }
}
