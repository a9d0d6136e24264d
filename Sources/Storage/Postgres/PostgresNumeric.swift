// NUMERIC's binary format (numeric_send): groups of four decimal digits.

internal import SQL

enum PostgresNumeric {
  private enum Sign {
    static let positive: UInt16 = 0x0000
    static let negative: UInt16 = 0x4000
    static let notANumber: UInt16 = 0xC000
    static let infinity: UInt16 = 0xD000
    static let negativeInfinity: UInt16 = 0xF000
  }

  /// Header: number of groups, weight of the first group (powers of 10,000), sign, digits after the point.
  private static let headerSize = 8

  /// An integer when the column shows no fractional digits and the value fits 64 bits, else the nearest double.
  static func decode(_ buffer: UnsafeRawBufferPointer) throws(SQLError) -> SQLValue {
    guard buffer.count >= headerSize else { throw PostgresValue.malformed("numeric") }
    let count = Int(word(buffer, 0))
    let weight = Int(Int16(bitPattern: word(buffer, 1)))
    let sign = word(buffer, 2)
    let scale = word(buffer, 3)
    guard buffer.count == headerSize + 2 * count else { throw PostgresValue.malformed("numeric") }
    switch sign {
    case Sign.notANumber: return .double(.nan)
    case Sign.infinity: return .double(.infinity)
    case Sign.negativeInfinity: return .double(-.infinity)
    case Sign.positive, Sign.negative: break
    default: throw PostgresValue.malformed("numeric")
    }
    let groups = (0..<count).map { word(buffer, 4 + $0) }
    guard groups.allSatisfy({ $0 < 10_000 }) else { throw PostgresValue.malformed("numeric") }
    let isNegative = sign == Sign.negative
    if scale == 0, let whole = integer(groups, weight: weight, isNegative: isNegative) {
      return .integer(whole)
    }
    return .double(try double(groups, weight: weight, isNegative: isNegative))
  }

  private static func word(_ buffer: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
    UInt16(bigEndian: buffer.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
  }

  /// The value as an integer; nil when it has a fraction or does not fit.
  private static func integer(_ groups: [UInt16], weight: Int, isNegative: Bool) -> Int64? {
    guard !groups.isEmpty else { return 0 }
    // 10,000^4 is the largest power that fits; trailing zero groups are not sent, so the loop may outrun them.
    guard weight >= groups.count - 1, weight <= 4 else { return nil }
    var value: Int64 = 0
    for index in 0...weight {
      let group = index < groups.count ? Int64(groups[index]) : 0
      let (product, overflows) = value.multipliedReportingOverflow(by: 10_000)
      // Built downwards when negative, because Int64.min has no positive counterpart.
      let (sum, sumOverflows) =
        isNegative
        ? product.subtractingReportingOverflow(group) : product.addingReportingOverflow(group)
      guard !overflows, !sumOverflows else { return nil }
      value = sum
    }
    return value
  }

  /// Correctly rounded, by way of decimal text; the exponent keeps huge weights short.
  private static func double(_ groups: [UInt16], weight: Int, isNegative: Bool) throws(SQLError) -> Double {
    guard !groups.isEmpty else { return 0 }
    var digits = isNegative ? "-" : ""
    for group in groups {
      let text = String(group)
      digits += String(repeating: "0", count: 4 - text.utf8.count) + text
    }
    guard let value = Double("\(digits)e\(4 * (weight - groups.count + 1))") else {
      throw PostgresValue.malformed("numeric")
    }
    return value
  }
}
