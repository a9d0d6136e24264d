// A bare host, in the one form it is compared in.

/// A host without scheme, port and path: a name of letters, digits, dots and hyphens, or an address.
struct HostName: Hashable, Sendable {
  /// In lower case, without a dot at the end.
  let text: String

  /// nil for what is no bare host.
  init?(_ raw: String) {
    var text = raw.lowercased()
    if text.hasSuffix(".") { text.removeLast() }
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      // Of an address of version 6, which has no brackets here.
      case UInt8(ascii: ":"): true
      default: false
      }
    }
    guard isPlain, (1...253).contains(text.utf8.count), !text.hasPrefix("."), !text.contains("..") else {
      return nil
    }
    // One colon is a port's.
    guard text.utf8.count(where: { $0 == UInt8(ascii: ":") }) != 1 else { return nil }
    self.text = text
  }
}
