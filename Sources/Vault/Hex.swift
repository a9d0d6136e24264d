// Bytes as lower-case hexadecimal and back.

/// Hexadecimal text (RFC 4648, section 8). Not for secrets: it looks values up in tables.
package enum Hex {
  /// Two lower-case digits for each byte.
  package static func encode(_ bytes: [UInt8]) -> String {
    encode(bytes.span)
  }

  /// Two lower-case digits for each byte.
  package static func encode(_ bytes: Span<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
      for index in 0..<bytes.count {
        text[2 * index] = digit(bytes[index] >> 4)
        text[2 * index + 1] = digit(bytes[index] & 15)
      }
      return 2 * bytes.count
    }
  }

  /// The bytes, or nil when the text is of odd length or holds anything but digits of either case.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for character in text.utf8 {
      guard let value = value(of: character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? bytes : nil
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x61 + value - 10
  }

  static func value(of character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x41...0x46: character - 0x41 + 10
    case 0x61...0x66: character - 0x61 + 10
    default: nil
    }
  }
}
