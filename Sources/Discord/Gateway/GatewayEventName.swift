// The name of an event as two bytes: known names have fixed numbers, others are given one when they first appear.

internal import Glibc
package import JSON
internal import Synchronization

/// The `t` of a dispatch, such as `MESSAGE_CREATE`.
///
/// Two bytes, so it is compared and switched over at no cost, and `index` can be the index into a table of handlers.
/// A name that Discord invents later is carried too: it gets a number of its own for the life of the process, up to
/// `inventedLimit` of them, beyond which all further ones are `.unrecognized`.
package struct GatewayEventName: Hashable, Sendable {
  /// Below `documented.count` for a known name.
  @usableFromInline package let index: UInt16

  @inlinable init(index: UInt16) { self.index = index }

  /// Names that came after `inventedLimit` others.
  package static let unrecognized = GatewayEventName(index: .max)
  /// How many names beyond the documented ones are told apart.
  package static let inventedLimit = 256
  private static let firstInvented: UInt16 = 1024

  /// Names beyond the documented ones, by `index - firstInvented`.
  private static let invented = Mutex<[String]>([])

  /// Whether this is one of the documented names.
  @inlinable package var isDocumented: Bool { index < 1024 }

  /// The name as Discord writes it.
  package init(_ name: some StringProtocol) {
    var name = String(name)
    self = name.withUTF8 { Self($0) }
  }

  /// The name in a frame. About 10 ns for a documented one.
  package init(_ text: JSONText) {
    self = text.withContiguousStorageIfAvailable { Self($0) } ?? .unrecognized
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self = Self.table.find(bytes) ?? Self.invent(bytes)
  }

  private static func invent(_ bytes: UnsafeBufferPointer<UInt8>) -> GatewayEventName {
    // A name is an identifier; anything longer is not worth keeping.
    guard bytes.count <= 64 else { return .unrecognized }
    let name = String(decoding: bytes, as: UTF8.self)
    return invented.withLock { names in
      if let known = names.firstIndex(of: name) {
        return GatewayEventName(index: firstInvented + UInt16(known))
      }
      guard names.count < inventedLimit else { return .unrecognized }
      names.append(name)
      return GatewayEventName(index: firstInvented + UInt16(names.count - 1))
    }
  }

  private static let table = NameTable(documented)
}

extension GatewayEventName: CustomStringConvertible {
  /// The name as Discord writes it; `UNRECOGNIZED` for what was not kept.
  package var description: String {
    if Int(index) < Self.documented.count { return "\(Self.documented[Int(index)])" }
    guard index != .max else { return "UNRECOGNIZED" }
    return Self.invented.withLock { $0[Int(index - Self.firstInvented)] }
  }
}

/// Documented names by the hash of a few of their bytes; open addressing.
private struct NameTable: Sendable {
  /// Index plus one; zero is free. Four times as many slots as names keep the chains at about one.
  private var slots = [UInt8](repeating: 0, count: 512)
  private let names: [StaticString]

  init(_ names: [StaticString]) {
    precondition(names.count < 255, "an index no longer fits into a byte")
    self.names = names
    for (index, name) in names.enumerated() {
      let bytes = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
      var slot = Self.slot(bytes)
      while slots[slot] != 0 { slot = (slot + 1) & 511 }
      slots[slot] = UInt8(index + 1)
    }
  }

  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> GatewayEventName? {
    guard let start = bytes.baseAddress else { return nil }
    var slot = Self.slot(bytes)
    while slots[slot] != 0 {
      let name = names[Int(slots[slot]) - 1]
      if name.utf8CodeUnitCount == bytes.count, memcmp(name.utf8Start, start, bytes.count) == 0 {
        return GatewayEventName(index: UInt16(slots[slot]) - 1)
      }
      slot = (slot + 1) & 511
    }
    return nil
  }

  /// Mixes the length with the words at the beginning, in the middle and at the end: names share prefixes
  /// (`GUILD_`) and suffixes (`_CREATE`).
  private static func slot(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let raw = UnsafeRawBufferPointer(bytes)
    var mixed = UInt64(truncatingIfNeeded: bytes.count)
    if raw.count >= 8 {
      mixed ^= raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
      mixed = mixed &* 0x9E37_79B9_7F4A_7C15 ^ mixed &>> 29
      mixed ^= raw.loadUnaligned(fromByteOffset: (raw.count - 8) / 2, as: UInt64.self)
      mixed = mixed &* 0x9E37_79B9_7F4A_7C15 ^ mixed &>> 29
      mixed ^= raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self)
    } else {
      for byte in raw { mixed = mixed &<< 8 ^ UInt64(byte) }
    }
    return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) &>> 55)
  }
}
