// Which addresses belong to the public internet, and which never do.

/// Tells public addresses from all others, after IANA's special-purpose registries for IPv4 and IPv6
/// (RFC 6890 and what updates it). Anything a registry names is refused, even what it calls reachable: no web
/// site lives there.
package enum PublicAddress {
  /// What an address is.
  package enum Verdict: Sendable, Equatable {
    /// Ordinary unicast on the public internet.
    case allowed
    /// Not public; the range's name, a constant.
    case refused(String)

    package var isAllowed: Bool { self == .allowed }
  }

  /// Judges 4 (IPv4) or 16 (IPv6) bytes in network order; any other count is refused.
  package static func classify(_ bytes: some Collection<UInt8>) -> Verdict {
    let bytes = Array(bytes)
    switch bytes.count {
    case 4: return firstRange(of: bytes, in: ipv4Ranges)
    case 16: return classifyIPv6(bytes)
    default: return .refused("not an IP address")
    }
  }

  private static func classifyIPv6(_ bytes: [UInt8]) -> Verdict {
    let verdict = firstRange(of: bytes, in: ipv6Ranges)
    guard verdict.isAllowed else { return verdict }
    // Only 2000::/3 has been given out for global unicast.
    guard bytes[0] & 0xE0 == 0x20 else { return .refused("outside global unicast") }
    // ISATAP (RFC 5214) hides an IPv4 address in the interface id, whatever the prefix is.
    guard !(bytes[8] & 0xFD == 0 && bytes[9...11] == [0x00, 0x5E, 0xFE]) else { return .refused("ISATAP") }
    return .allowed
  }

  private struct Range {
    let prefix: [UInt8]
    let length: Int
    let name: String

    init(_ prefix: [UInt8], _ length: Int, _ name: String) {
      (self.prefix, self.length, self.name) = (prefix, length, name)
    }

    /// Whether the first `length` bits agree; bytes the prefix leaves out are zero.
    func contains(_ address: [UInt8]) -> Bool {
      for index in 0..<((length + 7) / 8) {
        let bits = min(8, length - index * 8)
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
        let expected = index < prefix.count ? prefix[index] : 0
        if address[index] & mask != expected & mask { return false }
      }
      return true
    }
  }

  private static func firstRange(of address: [UInt8], in ranges: [Range]) -> Verdict {
    ranges.first { $0.contains(address) }.map { .refused($0.name) } ?? .allowed
  }

  private static let ipv4Ranges = [
    Range([0], 8, "this network"),
    Range([10], 8, "private"),
    Range([100, 64], 10, "carrier-grade NAT"),
    Range([127], 8, "loopback"),
    Range([169, 254], 16, "link-local"),
    Range([172, 16], 12, "private"),
    Range([192, 0, 0], 24, "protocol assignments"),
    Range([192, 0, 2], 24, "documentation"),
    Range([192, 31, 196], 24, "AS112"),
    Range([192, 52, 193], 24, "AMT"),
    Range([192, 88, 99], 24, "6to4 relay"),
    Range([192, 168], 16, "private"),
    Range([192, 175, 48], 24, "AS112"),
    Range([198, 18], 15, "benchmarking"),
    Range([198, 51, 100], 24, "documentation"),
    Range([203, 0, 113], 24, "documentation"),
    Range([224], 4, "multicast"),
    Range([240], 4, "reserved and broadcast"),
  ]

  private static let ipv6Ranges = [
    Range([], 128, "unspecified"),
    Range([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    Range([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, "IPv4-mapped"),
    Range([0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, "IPv4-translated"),
    Range([], 96, "IPv4-compatible"),
    Range([0x00, 0x64, 0xFF, 0x9B], 96, "NAT64"),
    Range([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01], 48, "local NAT64"),
    Range([0x01, 0x00], 64, "discard"),
    Range([0x01, 0x00, 0, 0, 0, 0, 0, 1], 64, "dummy"),
    Range([0x20, 0x01, 0x00, 0x00], 32, "Teredo"),
    Range([0x20, 0x01], 23, "protocol assignments"),
    Range([0x20, 0x01, 0x0D, 0xB8], 32, "documentation"),
    Range([0x20, 0x02], 16, "6to4"),
    Range([0x26, 0x20, 0x00, 0x4F, 0x80, 0x00], 48, "AS112"),
    Range([0x3F, 0xFE], 16, "6bone"),
    Range([0x3F, 0xFF, 0x00], 20, "documentation"),
    Range([0x5F, 0x00], 16, "segment routing"),
    Range([0xFC], 7, "unique local"),
    Range([0xFE, 0x80], 10, "link-local"),
    Range([0xFE, 0xC0], 10, "site-local"),
    Range([0xFF], 8, "multicast"),
  ]
}
