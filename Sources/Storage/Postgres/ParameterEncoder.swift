// From values to the binary parameters of one statement, in a buffer that is used again.

internal import SQL

/// Holds the parameters of one statement in the form libpq takes them.
struct ParameterEncoder {
  /// Where a parameter lies in `bytes`; nil is NULL.
  private var ranges: [Range<Int>?] = []
  private var bytes: [UInt8] = []

  /// What the protocol allows for one Bind message.
  static let maximumCount = 65_535
  /// The bytes of one statement's parameters. The server's own limit for a message is 1 GiB.
  static let maximumSize = 256 << 20

  /// The type a value is sent as; 0 lets the server infer it, which NULL needs.
  @inline(__always)
  static func type(of value: SQLValue) -> UInt32 {
    switch value {
    case .null: 0
    case .integer: PostgresValue.OID.int8
    case .double: PostgresValue.OID.float8
    case .boolean: PostgresValue.OID.bool
    case .text: PostgresValue.OID.text
    case .blob: PostgresValue.OID.bytea
    }
  }

  /// Why a statement cannot be sent at all; nil when it can.
  static func refusal(of statement: SQL) -> SQLError? {
    if statement.parameters.count > maximumCount {
      return SQLError(.invalidStatement, message: "a statement takes at most \(maximumCount) parameters")
    }
    var size = statement.text.utf8.count
    if statement.text.utf8.contains(0) {
      return SQLError(.invalidStatement, message: "the statement's text contains a NUL")
    }
    for parameter in statement.parameters {
      switch parameter {
      case .text(let text): size += text.utf8.count
      case .blob(let blob): size += blob.count
      default: size += 8
      }
    }
    guard size > maximumSize else { return nil }
    return SQLError(.invalidStatement, message: "a statement takes at most \(maximumSize) bytes")
  }

  mutating func encode(_ parameters: [SQLValue]) {
    // A buffer that grew for one large value is not kept for the small ones after it.
    if bytes.capacity > 1 << 20 { bytes = [] }
    bytes.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    for parameter in parameters {
      let start = bytes.count
      switch parameter {
      case .null:
        ranges.append(nil)
        continue
      case .integer(let number): append(UInt64(bitPattern: number))
      case .double(let number): append(number.bitPattern)
      case .boolean(let flag): bytes.append(flag ? 1 : 0)
      case .text(let text): bytes.append(contentsOf: text.utf8)
      case .blob(let blob): bytes.append(contentsOf: blob)
      }
      ranges.append(start..<bytes.count)
    }
    // An empty value still needs an address that is not NULL.
    bytes.append(0)
  }

  private mutating func append(_ number: UInt64) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// The three arrays of `PQsendQueryPrepared`, valid inside `body` only.
  func withArguments<Result>(
    _ body: (
      _ count: CInt, UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<CInt>?,
      _ formats: UnsafePointer<CInt>?
    ) -> Result
  ) -> Result {
    let count = ranges.count
    guard count > 0 else { return body(0, nil, nil, nil) }
    return bytes.withUnsafeBytes { buffer in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
        withUnsafeTemporaryAllocation(of: CInt.self, capacity: 2 * count) { numbers in
          for (index, range) in ranges.enumerated() {
            let start = range.flatMap { buffer.baseAddress?.advanced(by: $0.lowerBound) }
            values.initializeElement(at: index, to: start?.assumingMemoryBound(to: CChar.self))
            numbers.initializeElement(at: index, to: CInt(range?.count ?? 0))
            numbers.initializeElement(at: count + index, to: 1)
          }
          return body(
            CInt(count), values.baseAddress, numbers.baseAddress, numbers.baseAddress.map { $0 + count })
        }
      }
    }
  }
}
