// Addresses and networks, as bits.

internal import CSystem
internal import CMicrohttpd

/// An IPv4 or IPv6 address. An IPv4 address that came mapped into IPv6 is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  private static let mappedPrefix: UInt64 = 0xffff_0000_0000

  private init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// IPv4, in host order.
  package init(v4: UInt32) {
    self.init(high: 0, low: Self.mappedPrefix | UInt64(v4))
  }

  /// Whether it is this machine talking to itself: 127.0.0.0/8 or ::1.
  package var isLoopback: Bool { isV4 ? low >> 24 & 0xff == 127 : high == 0 && low == 1 }

  package var isV4: Bool { high == 0 && low >> 32 == 0xffff }

  /// Reads dotted or colon notation; nil for anything else, host names, ports and zones included.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    // C would not see what is behind a NUL.
    guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self.init(v4: UInt32(bigEndian: v4.s_addr))
      return
    }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    self.init(v6)
  }

  private init(_ address: in6_addr) {
    (high, low) = withUnsafeBytes(of: address) { bytes in
      (
        UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  /// The address of a socket; nil for a Unix socket.
  init?(_ address: UnsafePointer<sockaddr>?) {
    guard let address else { return nil }
    switch CInt(address.pointee.sa_family) {
    case AF_INET:
      let v4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
      self.init(v4: UInt32(bigEndian: v4.sin_addr.s_addr))
    case AF_INET6:
      self.init(UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr)
    default: return nil
    }
  }

  /// Whether the first `length` bits (of 128) are those of `other`.
  func matches(_ other: IPAddress, length: Int) -> Bool {
    if length <= 64 { return (high ^ other.high) & Self.mask(length) == 0 }
    return high == other.high && (low ^ other.low) & Self.mask(length - 64) == 0
  }

  private static func mask(_ length: Int) -> UInt64 {
    length == 0 ? 0 : ~UInt64(0) << UInt64(64 - length)
  }

  package var description: String {
    if isV4 {
      let bits = UInt32(truncatingIfNeeded: low)
      return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    }
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    var text = [CChar](repeating: 0, count: 46)
    inet_ntop(AF_INET6, &address, &text, 46)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// A network in CIDR notation.
package struct IPNetwork: Hashable, Sendable {
  private let address: IPAddress
  private let length: Int

  /// Reads `10.0.0.0/8`, `fd00::/8` or a single address; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
    let bits = address.isV4 ? 32 : 128
    var length = bits
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let given = Int(parts[1]),
        (0...bits).contains(given)
      else { return nil }
      length = given
    }
    self.address = address
    self.length = address.isV4 ? length + 96 : length
  }

  /// Whether the address lies in the network; IPv4 and IPv6 never match each other.
  package func contains(_ other: IPAddress) -> Bool {
    address.isV4 == other.isV4 && other.matches(address, length: length)
  }
}
