// A URL we are willing to call, parsed strictly, so that what was checked is what libcurl connects to.

internal import CSystem

/// An `http` or `https` URL (RFC 3986, RFC 9110 section 4.2) in one plain form.
///
/// Parsing is strict on purpose: two parsers that read one URL differently are how address checks are passed.
/// Refused are user information, percent-encoding or non-ASCII letters in the host (write punycode), zone ids,
/// trailing dots, IPv4 addresses in any form but four decimal numbers, port 0, backslashes, spaces and control
/// characters. A fragment is dropped.
package struct HTTPTarget: Sendable, Hashable, CustomStringConvertible {
  /// What the URL names.
  package enum Host: Sendable, Hashable {
    /// Lower-case letters, digits, `-`, `_` and dots.
    case name(String)
    /// Four bytes in network order.
    case ipv4([UInt8])
    /// Sixteen bytes in network order.
    case ipv6([UInt8])
  }

  package let isSecure: Bool
  /// The host in lower case: a name, or an address without its brackets.
  package let host: Host
  /// 1 to 65535.
  package let port: UInt16
  /// Starts with `/`; with the query, without the fragment. Never percent-decoded.
  package let pathAndQuery: String

  /// The longest URL that is accepted, in bytes.
  package static let maximumLength = 16_384

  /// Which schemes a URL may have.
  package enum Schemes: Sendable {
    /// `http` and `https`.
    case http
    /// `ws` and `wss` (RFC 6455 section 3), and the two above as their synonyms.
    case webSocket
  }

  /// Parses an absolute URL.
  ///
  /// - Throws: `HTTPError` with `.invalidRequest` and the reason.
  package init(parsing text: String, schemes: Schemes = .http) throws(HTTPError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.maximumLength else { throw .badURL("the URL is too long") }
    guard bytes.allSatisfy(Self.isAllowed) else {
      throw .badURL("the URL has a character that must be encoded")
    }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .badURL("the URL has no scheme") }
    let scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    switch (scheme, schemes) {
    case ("https", _), ("wss", .webSocket): isSecure = true
    case ("http", _), ("ws", .webSocket): isSecure = false
    default: throw .badURL("the scheme is not allowed")
    }
    let rest = bytes[(colon + 1)...]
    guard rest.starts(with: Array("//".utf8)) else { throw .badURL("the URL has no authority") }
    let hierarchy = rest.dropFirst(2)
    let end =
      hierarchy.firstIndex {
        $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
      } ?? hierarchy.endIndex
    let (host, port) = try Self.parseAuthority(hierarchy[..<end])
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
    pathAndQuery = Self.pathAndQuery(hierarchy[end...])
  }

  private init(isSecure: Bool, host: Host, port: UInt16, pathAndQuery: String) {
    (self.isSecure, self.host, self.port, self.pathAndQuery) = (isSecure, host, port, pathAndQuery)
  }

  /// Another path on the same origin.
  func with(pathAndQuery: String) -> HTTPTarget {
    HTTPTarget(isSecure: isSecure, host: host, port: port, pathAndQuery: pathAndQuery)
  }

  /// The host as it stands in a URL: an IPv6 address in brackets.
  package var hostText: String {
    switch host {
    case .name(let name): name
    case .ipv4(let bytes): bytes.map(String.init).joined(separator: ".")
    case .ipv6(let bytes): "[\(Self.ipv6Text(bytes))]"
    }
  }

  /// What belongs in the `Host` field: the port only when it is not the scheme's own.
  package var authority: String {
    port == (isSecure ? 443 : 80) ? hostText : hostAndPort
  }

  /// `host:port`, always with the port; safe to log.
  package var hostAndPort: String { "\(hostText):\(port)" }

  /// The URL in its plain form.
  package var url: String { "\(isSecure ? "https" : "http")://\(authority)\(pathAndQuery)" }

  /// Host and port only: a path may hold a webhook's token.
  package var description: String { "\(isSecure ? "https" : "http")://\(authority)" }

  /// Whether both name the same scheme, host and port.
  package func isSameOrigin(as other: HTTPTarget) -> Bool {
    isSecure == other.isSecure && host == other.host && port == other.port
  }
}

extension HTTPError {
  static func badURL(_ reason: String) -> HTTPError { HTTPError(.invalidRequest, reason: reason) }
}

// MARK: Parts

extension HTTPTarget {
  /// Visible ASCII without what no URL may hold and parsers quarrel about.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^"),
      UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
      false
    default: (0x21...0x7E).contains(byte)
    }
  }

  private static func pathAndQuery(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
    return text.hasPrefix("/") ? text : "/\(text)"
  }

  private static func parseAuthority(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> (Host, UInt16?) {
    guard !bytes.contains(UInt8(ascii: "@")) else { throw .badURL("the URL carries user information") }
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else {
        throw .badURL("the address has no end")
      }
      let host = try parseIPv6(bytes[(bytes.startIndex + 1)..<close])
      return (host, try parsePort(bytes[(close + 1)...]))
    }
    let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
    return (try parseName(bytes[..<colon]), try parsePort(bytes[colon...]))
  }

  /// `:8080`, or nothing.
  private static func parsePort(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> UInt16? {
    guard let colon = bytes.first else { return nil }
    let digits = bytes.dropFirst()
    guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count),
      digits.allSatisfy(isDigit), let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
    else { throw .badURL("the port is not one of 1 to 65535") }
    return port
  }

  private static func parseIPv6(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> Host {
    guard bytes.count <= 45,
      bytes.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
    else { throw .badURL("the IPv6 address is malformed") }
    var address = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, String(decoding: bytes, as: UTF8.self), &address) == 1 else {
      throw .badURL("the IPv6 address is malformed")
    }
    return .ipv6(address)
  }

  private static func parseName(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> Host {
    guard (1...253).contains(bytes.count) else { throw .badURL("the host name has the wrong length") }
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    for label in labels {
      guard (1...63).contains(label.count),
        label.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
      else { throw .badURL("the host name is malformed") }
    }
    guard let last = labels.last else { throw .badURL("the host name is malformed") }
    guard isNumeric(last) else { return .name(String(decoding: bytes, as: UTF8.self).lowercased()) }
    // A last label that is a number makes the host an IPv4 address (WHATWG URL, "ends in a number").
    return .ipv4(try parseIPv4(labels))
  }

  private static func parseIPv4(_ labels: [ArraySlice<UInt8>]) throws(HTTPError) -> [UInt8] {
    var address: [UInt8] = []
    for label in labels {
      guard label.allSatisfy(isDigit), label.count == 1 || label.first != UInt8(ascii: "0"),
        let number = UInt8(String(decoding: label, as: UTF8.self))
      else { throw .badURL("an IPv4 address must be four decimal numbers") }
      address.append(number)
    }
    guard address.count == 4 else { throw .badURL("an IPv4 address must be four decimal numbers") }
    return address
  }

  /// Decimal digits, or `0x` and hexadecimal ones (none is allowed, too).
  private static func isNumeric(_ label: ArraySlice<UInt8>) -> Bool {
    label.allSatisfy(isDigit)
      || (label.count >= 2 && label.first == UInt8(ascii: "0")
        && label[label.startIndex + 1] | 0x20 == UInt8(ascii: "x")
        && label.dropFirst(2).allSatisfy(isHexDigit))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func ipv6Text(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    // Sixteen bytes and a buffer of the documented size cannot fail.
    _ = inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
