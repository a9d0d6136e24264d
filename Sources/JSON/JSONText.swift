// A string of a parsed text, and the names we compare it with.

/// The bytes of a string or a key, unescaped and known to be UTF-8. Copies nothing; valid as long as the view it
/// came from.
@usableFromInline package struct JSONText: RandomAccessCollection {
  @usableFromInline let start: UnsafePointer<UInt8>
  /// Bytes, not characters.
  @usableFromInline package let count: Int

  /// The string whose length stands in four bytes at `prefix`, as the parser writes it.
  @inlinable init(prefixed prefix: UnsafePointer<UInt8>) {
    count = Int(UnsafeRawPointer(prefix).loadUnaligned(as: UInt32.self))
    start = prefix + 4
  }

  @inlinable package var startIndex: Int { 0 }
  @inlinable package var endIndex: Int { count }

  @inlinable package subscript(position: Int) -> UInt8 {
    precondition(position >= 0 && position < count, "a byte outside the string")
    return start[position]
  }

  @inlinable package func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    try body(UnsafeBufferPointer(start: start, count: count))
  }

  /// Calls `body` with the bytes.
  @inlinable package func withSpan<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
    try body(UnsafeBufferPointer(start: start, count: count).span)
  }

  /// A copy as a Swift string.
  @inlinable package var string: String {
    String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The number that all of the bytes spell in decimal digits, if it fits.
  @inlinable package var decimal: UInt64? {
    guard count > 0, count <= 20 else { return nil }
    var value: UInt64 = 0
    // Nineteen digits always fit.
    for position in 0..<Swift.min(count, 19) {
      let digit = start[position] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    guard count == 20 else { return value }
    let last = start[19] &- UInt8(ascii: "0")
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(UInt64(last))
    return last < 10 && !overflow && !carry ? sum : nil
  }

  /// Whether these are the bytes of `key`.
  @inlinable package static func == (text: JSONText, key: JSONKey) -> Bool {
    key.matches(prefixed: text.start - 4)
  }

  /// Lets a `switch` over a text have names as cases.
  @inlinable package static func ~= (key: JSONKey, text: JSONText) -> Bool { text == key }
}

/// A name known at compile time, prepared for comparison: length and first four bytes in one word.
///
/// Write it as a string literal, without escapes: `event["channel_id"]`.
@usableFromInline package struct JSONKey: ExpressibleByStringLiteral, Sendable {
  /// The name itself.
  @usableFromInline package let name: StaticString
  @usableFromInline let head: UInt64
  @usableFromInline let mask: UInt64

  @inlinable package init(stringLiteral name: StaticString) {
    self.init(name)
  }

  /// The key with this name.
  @inlinable package init(_ name: StaticString) {
    precondition(name.hasPointerRepresentation, "a key is a string literal, not a scalar")
    self.name = name
    let count = name.utf8CodeUnitCount
    var head = UInt64(UInt32(truncatingIfNeeded: count))
    var mask: UInt64 = 0xFFFF_FFFF
    for position in 0..<Swift.min(count, 4) {
      head |= UInt64(name.utf8Start[position]) &<< UInt64(32 &+ 8 &* position)
      mask |= 0xFF &<< UInt64(32 &+ 8 &* position)
    }
    (self.head, self.mask) = (head, mask)
  }

  @inlinable var count: Int { name.utf8CodeUnitCount }

  /// Whether the string whose length stands at `prefix` is this name. Eight bytes are readable at every prefix:
  /// the parser ends each string with a zero and its buffer with a margin.
  @inlinable func matches(prefixed prefix: UnsafePointer<UInt8>) -> Bool {
    let bytes = UnsafeRawPointer(prefix)
    guard (bytes.loadUnaligned(as: UInt64.self) ^ head) & mask == 0 else { return false }
    return count <= 4 || matchesTail(bytes + 4)
  }

  /// Compares all bytes, given that lengths are equal and over four. Overlapping loads spare a loop over the rest.
  @inlinable func matchesTail(_ bytes: UnsafeRawPointer) -> Bool {
    let own = UnsafeRawPointer(name.utf8Start)
    let count = count
    guard count >= 8 else {
      return bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
        == own.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    }
    var position = 0
    while position + 8 < count {
      if bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        != own.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      {
        return false
      }
      position += 8
    }
    return bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      == own.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
  }
}
