// Addresses that may stand in a link: of a harmless scheme, or within this site.

/// An address fit for `href`, `src` and `action`: `http`, `https`, `mailto`, or relative to this site. Everything that
/// runs script, carries data, or leads elsewhere by a trick of spelling is refused.
///
/// Rules follow the WHATWG URL standard's parser, because that is what reads the attribute: it drops tabs and line
/// feeds, trims controls, and takes `\` for `/`. None of these characters gets through here.
package struct SafeURL: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// Longer addresses are refused; in bytes.
  package static let maximumLength = 4096

  /// The address in ASCII, other characters percent-encoded.
  package let description: String
  /// Whether the address stays on this site whatever page it stands on: the only kind a redirect may follow.
  package let isLocal: Bool

  /// Checks an address that somebody typed or another system sent; nil when it is refused.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= Self.maximumLength,
      !text.unicodeScalars.contains(where: Self.isForbidden)
    else { return nil }
    let head = text.utf8.prefix { !":/?#".utf8.contains($0) }
    if head.count < text.utf8.count, text.utf8[head.endIndex] == UInt8(ascii: ":") {
      guard Self.isAllowedAbsolute(text, schemeEnd: head.endIndex) else { return nil }
      isLocal = false
    } else {
      guard !text.utf8.starts(with: "//".utf8) else { return nil }
      isLocal = true
    }
    description = Self.percentEncoded(text, allowing: Self.isURLByte)
  }

  /// An address written in the source. It is checked all the same: a refused one is a programmer's error.
  package init(stringLiteral literal: StaticString) {
    let text = literal.description
    guard let url = SafeURL(text) else { preconditionFailure("not a safe address: \(text)") }
    self = url
  }

  /// A path on this site from its segments, each percent-encoded, so that a segment cannot add a level, and with
  /// query parameters in order. Empty segments, `.` and `..` are encoded as `-`, since browsers fold them.
  package init(segments: [String], query: [(name: String, value: String)] = []) {
    var text = ""
    for segment in segments {
      let isFolded = segment.isEmpty || segment == "." || segment == ".."
      text += "/" + (isFolded ? "-" : Self.percentEncoded(segment, allowing: Self.isUnreserved))
    }
    if text.isEmpty { text = "/" }
    for (index, parameter) in query.enumerated() {
      text += index == 0 ? "?" : "&"
      text += Self.percentEncoded(parameter.name, allowing: Self.isUnreserved)
      text += "=" + Self.percentEncoded(parameter.value, allowing: Self.isUnreserved)
    }
    description = text
    isLocal = true
  }

  /// A place on the same page.
  package init(fragment id: ElementID) {
    description = "#" + id.rawValue
    isLocal = true
  }
}

extension SafeURL {
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{0}"..."\u{20}", "\u{7F}"..."\u{A0}", "\\", "\u{2028}", "\u{2029}", "\u{FEFF}": true
    default: false
    }
  }

  private static func isAllowedAbsolute(_ text: String, schemeEnd: String.Index) -> Bool {
    let rest = text[text.index(after: schemeEnd)...]
    switch text[..<schemeEnd].lowercased() {
    case "http", "https":
      guard rest.utf8.starts(with: "//".utf8) else { return false }
      return isPlainAuthority(rest.dropFirst(2).prefix { !"/?#".contains($0) })
    case "mailto":
      // An encoded line break would add header lines in the reader's mail program.
      let lowered = rest.lowercased()
      return rest.contains("@") && !lowered.contains("%0d") && !lowered.contains("%0a")
    default:
      return false
    }
  }

  /// A host name, IPv4 address or bracketed IPv6 address with an optional port. No user part, which serves to make
  /// a link look as if it led elsewhere; no bare Unicode, which serves the same.
  private static func isPlainAuthority(_ authority: Substring) -> Bool {
    var host = authority
    if let end = authority.lastIndex(of: "]") {
      guard authority.first == "[", isPort(authority[authority.index(after: end)...]) else { return false }
      let inner = authority[authority.index(after: authority.startIndex)..<end]
      return !inner.isEmpty && inner.utf8.allSatisfy { isHexDigit($0) || ":.".utf8.contains($0) }
    }
    if let colon = authority.firstIndex(of: ":") {
      guard isPort(authority[colon...]) else { return false }
      host = authority[..<colon]
    }
    return !host.isEmpty && host.utf8.allSatisfy { isLetterOrDigit($0) || "-._".utf8.contains($0) }
      && host.utf8.contains(where: isLetterOrDigit)
  }

  private static func isPort(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    let digits = text.dropFirst()
    return text.first == ":" && !digits.isEmpty && (UInt16(digits) ?? 0) > 0
      && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  /// RFC 3986 section 2.3.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "-._~".utf8.contains(byte)
  }

  /// RFC 3986 section 2, with `%` taken as it stands: the text is an address already.
  private static func isURLByte(_ byte: UInt8) -> Bool {
    isUnreserved(byte) || "%:/?#[]@!$&'()*+,;=".utf8.contains(byte)
  }

  private static func percentEncoded(_ text: String, allowing isAllowed: (UInt8) -> Bool) -> String {
    let hexDigits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isAllowed(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
