// Strings of the writer: copied in runs, escaped where they must be.

extension JSONWriter {
  /// What a string reserves beyond its own bytes: two quotes, one escape of six, and a store of eight.
  @inlinable static var margin: Int { 24 }

  /// Writes a string.
  @inlinable package mutating func string(_ value: String) {
    beginValue()
    appendString(value)
    needsComma = true
  }

  /// Writes a string of a parsed text without making a Swift string of it.
  @inlinable package mutating func string(_ value: JSONText) {
    beginValue()
    appendString(value.start, value.count)
    needsComma = true
  }

  @inlinable mutating func appendString(_ value: String) {
    var value = value
    value.withUTF8 { bytes in
      if let start = bytes.baseAddress {
        appendString(start, bytes.count)
      } else {
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: "\""))
      }
    }
  }

  /// Writes valid UTF-8 as a JSON string.
  @usableFromInline mutating func appendString(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    guard reserve(length + Self.margin) else { return }
    storage[count] = UInt8(ascii: "\"")
    count &+= 1
    var position = 0
    switch escaping {
    case .minimal:
      while true {
        position = copyRun(bytes, position, length)
        guard position < length else { break }
        guard reserve(length - position + Self.margin) else { return }
        appendEscape(bytes[position])
        position &+= 1
      }
    case .script:
      while position < length {
        guard reserve(length - position + Self.margin) else { return }
        position &+= appendForScript(bytes + position, length - position)
      }
    }
    storage[count] = UInt8(ascii: "\"")
    count &+= 1
  }

  /// Copies bytes up to the first that needs an escape, eight at a time; returns where it stopped.
  ///
  /// There is room for the rest of the string and a store of eight beyond it.
  @inline(__always)
  private mutating func copyRun(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ length: Int) -> Int {
    let source = UnsafeRawPointer(bytes)
    let target = UnsafeMutableRawPointer(storage + count)
    var position = start
    while position &+ 8 <= length {
      let word = source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      target.storeBytes(of: word, toByteOffset: position &- start, as: UInt64.self)
      let hits = Self.bytesToEscape(word)
      if hits != 0 {
        position &+= hits.trailingZeroBitCount &>> 3
        count &+= position &- start
        return position
      }
      position &+= 8
    }
    while position < length, !Self.needsEscape(bytes[position]) {
      storage[count &+ position &- start] = bytes[position]
      position &+= 1
    }
    count &+= position &- start
    return position
  }

  /// The high bit of each byte that is below 0x20, a quote or a backslash. Exact up to the lowest one, which is
  /// all that is asked of it: a borrow can only spoil what lies above.
  @inline(__always)
  private static func bytesToEscape(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let below = (word &- (ones &* 0x20)) & ~word
    let equal = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
    return (below | equal) & (ones &* 0x80)
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// Writes one byte as an escape; six bytes are reserved.
  private mutating func appendEscape(_ byte: UInt8) {
    let short: UInt8 =
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
      case 0x08: UInt8(ascii: "b")
      case 0x09: UInt8(ascii: "t")
      case 0x0A: UInt8(ascii: "n")
      case 0x0C: UInt8(ascii: "f")
      case 0x0D: UInt8(ascii: "r")
      default: 0
      }
    guard short != 0 else { return appendUnicodeEscape(UInt16(byte)) }
    storage[count] = UInt8(ascii: "\\")
    storage[count &+ 1] = short
    count &+= 2
  }

  private mutating func appendUnicodeEscape(_ unit: UInt16) {
    storage[count] = UInt8(ascii: "\\")
    storage[count &+ 1] = UInt8(ascii: "u")
    for place in 0..<4 {
      let digit = UInt8(truncatingIfNeeded: unit &>> UInt16(12 &- 4 &* place)) & 0x0F
      storage[count &+ 2 &+ place] =
        digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10
    }
    count &+= 6
  }

  /// Writes what stands at `bytes` so that no HTML parser sees an end of script in it; returns how many bytes
  /// that took.
  private mutating func appendForScript(_ bytes: UnsafePointer<UInt8>, _ left: Int) -> Int {
    let byte = bytes[0]
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
      appendUnicodeEscape(UInt16(byte))
    case 0xE2 where left >= 3 && bytes[1] == 0x80 && (bytes[2] == 0xA8 || bytes[2] == 0xA9):
      appendUnicodeEscape(0x2000 | UInt16(bytes[2] & 0x3F))
      return 3
    case _ where Self.needsEscape(byte):
      appendEscape(byte)
    default:
      storage[count] = byte
      count &+= 1
    }
    return 1
  }
}
