// Colours that come from outside, such as a role's.

/// A colour of three bytes, written `#rrggbb`.
package struct HexColor: Hashable, Sendable, CustomStringConvertible {
  /// Red, green and blue from the highest byte down; 24 bits.
  package let value: UInt32

  /// What Discord sends: 24 bits, of which higher ones are dropped.
  package init(_ value: UInt32) {
    self.value = value & 0xFF_FFFF
  }

  /// Reads `#rrggbb`; nil for anything else.
  package init?(_ text: String) {
    guard text.utf8.count == 7, text.utf8.first == UInt8(ascii: "#"), !text.contains("+"),
      let value = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    self.init(value)
  }

  package var description: String {
    let digits = String(value, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
