// Who the client is when a reverse proxy stands in between: believed from named proxies, and from nobody else.

internal import HTTPTypes

/// Which proxies are believed about the client's address, scheme and host.
///
/// A proxy must *set* the fields it is believed for, and only one family of fields is read: a proxy that sets
/// `X-Forwarded-For` and passes a client's own `Forwarded` through must not be tricked with the latter.
package struct ProxyTrust: Sendable {
  /// The fields a proxy speaks with.
  package enum Dialect: Sendable {
    /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`.
    case xForwarded
    /// `Forwarded` (RFC 7239).
    case forwarded
  }

  /// From where proxies are believed, and in which words.
  package let networks: [IPNetwork]
  package let dialect: Dialect
  /// Whether a peer on a Unix socket is a trusted proxy: only the operator's own programs reach it.
  package let trustsUnixSockets: Bool

  /// Nobody is believed.
  package static let none = ProxyTrust()

  private init() {
    networks = []
    dialect = .xForwarded
    trustsUnixSockets = false
  }

  /// `networks`: in CIDR notation, or single addresses.
  /// - Throws: `.badSetting` naming the entry that is no network.
  package init(networks: [String], dialect: Dialect = .xForwarded, trustsUnixSockets: Bool = false)
    throws(HTTPServerError)
  {
    var parsed: [IPNetwork] = []
    for text in networks {
      guard let network = IPNetwork(text) else {
        throw HTTPServerError(.badSetting, "“\(text)” is no network in CIDR notation")
      }
      parsed.append(network)
    }
    self.networks = parsed
    self.dialect = dialect
    self.trustsUnixSockets = trustsUnixSockets
  }

  /// Whether that peer is a proxy we believe; nil is a Unix socket.
  package func trusts(_ peer: IPAddress?) -> Bool {
    guard let peer else { return trustsUnixSockets }
    return networks.contains { $0.contains(peer) }
  }

  /// The client's view of a request, from its peer and a lookup of header fields.
  package func resolve(peer: IPAddress?, values: (StaticString) -> [String]) -> ClientView {
    var view = ClientView(address: peer, scheme: "http", host: values("host").first ?? "")
    guard trusts(peer) else { return view }
    switch dialect {
    case .xForwarded:
      let hops = values("x-forwarded-for").flatMap { $0[...].parts(at: UInt8(ascii: ",")) }
      view.address = client(behind: hops.map { Self.address($0.trimmingSpaces) }, peer: peer)
      view.adopt(
        scheme: Self.last(values("x-forwarded-proto")), host: Self.last(values("x-forwarded-host")))
    case .forwarded:
      let elements = ForwardedElement.parse(values("forwarded"))
      view.address = client(behind: elements.map { $0.address }, peer: peer)
      view.adopt(scheme: elements.last?.scheme, host: elements.last?.host)
    }
    return view
  }

  /// Walks the hops from the nearest to the farthest as long as each is trusted; the first that is not is the
  /// client. An unreadable hop ends the walk at the hop that reported it.
  private func client(behind hops: [IPAddress?], peer: IPAddress?) -> IPAddress? {
    var current = peer
    for hop in hops.reversed() {
      guard let hop else { return current }
      current = hop
      if !trusts(hop) { return hop }
    }
    return current
  }

  /// The entry that the nearest proxy added.
  private static func last(_ values: [String]) -> String? {
    values.last.flatMap { $0[...].parts(at: UInt8(ascii: ",")).last { !$0.isEmpty } }.map {
      String($0.trimmingSpaces)
    }
  }

  /// An address with an optional port and optional brackets.
  static func address(_ text: Substring) -> IPAddress? {
    let bytes = text.utf8
    if bytes.first == UInt8(ascii: "[") {
      guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      let rest = bytes[bytes.index(after: end)...]
      guard rest.isEmpty || isPort(rest) else { return nil }
      return IPAddress(text[bytes.index(after: bytes.startIndex)..<end])
    }
    if let address = IPAddress(text) { return address }
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")), isPort(bytes[colon...]) else { return nil }
    return IPAddress(text[..<colon])
  }

  /// A colon, and a number or an obfuscated name (RFC 7239 section 6). Anything else behind an address may be what
  /// the next hop wrote, swallowed by what the client wrote.
  private static func isPort(_ bytes: Substring.UTF8View) -> Bool {
    guard bytes.first == UInt8(ascii: ":") else { return false }
    let port = bytes.dropFirst()
    if port.first == UInt8(ascii: "_") { return HTTPFields.isToken(String(Substring(port))) }
    return (1...5).contains(port.count) && port.allSatisfy { $0 &- 0x30 < 10 }
  }
}

/// Who asked, and how they addressed us.
package struct ClientView: Sendable, Equatable {
  /// nil on a Unix socket.
  package var address: IPAddress?
  /// `http` or `https`.
  package var scheme: String
  /// Name and port as in `Host`; empty when an HTTP/1.0 client sent none. It comes from outside: compare it with
  /// the configured origin before building a link from it.
  package var host: String

  package init(address: IPAddress?, scheme: String, host: String) {
    (self.address, self.scheme, self.host) = (address, scheme, host)
  }

  fileprivate mutating func adopt(scheme: String?, host: String?) {
    if let scheme = scheme?.lowercased(), scheme == "http" || scheme == "https" { self.scheme = scheme }
    if let host, !host.isEmpty, RequestScreening.isPlausibleHost(Array(host.utf8)[...]) { self.host = host }
  }
}

/// One element of a `Forwarded` field.
struct ForwardedElement: Sendable, Equatable {
  /// nil for `unknown`, an obfuscated name, or what cannot be read.
  var address: IPAddress?
  var scheme: String?
  var host: String?

  /// Reads all elements, nearest proxy last. A quote that is never closed makes its element, and all that it
  /// swallowed, one unreadable element, so that nothing behind it is believed.
  static func parse(_ fields: [String]) -> [ForwardedElement] {
    var elements: [ForwardedElement] = []
    for field in fields {
      let (texts, isClosed) = field[...].parts(outsideQuotesAt: UInt8(ascii: ","), escapes: true)
      elements += (isClosed ? texts[...] : texts.dropLast()).map(element)
      if !isClosed { elements.append(ForwardedElement()) }
    }
    return elements
  }

  private static func element(_ text: Substring) -> ForwardedElement {
    var element = ForwardedElement()
    for pair in text.parts(outsideQuotesAt: UInt8(ascii: ";"), escapes: true).parts {
      guard let (name, raw) = pair.nameAndValue else { continue }
      let value = unquoted(raw)
      switch name.lowercased() {
      case "for": element.address = ProxyTrust.address(value[...])
      case "proto": element.scheme = value
      case "host": element.host = value
      default: break
      }
    }
    return element
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.isInQuotes else { return String(text) }
    var result: [UInt8] = []
    var isEscaped = false
    for byte in text.utf8.dropFirst().dropLast() {
      if byte == UInt8(ascii: "\\"), !isEscaped {
        isEscaped = true
      } else {
        result.append(byte)
        isEscaped = false
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
