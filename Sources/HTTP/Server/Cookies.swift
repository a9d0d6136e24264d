// Cookies: reading what came, and building what is set (RFC 6265).

internal import HTTPTypes

/// The cookies of a request.
package struct RequestCookies: Sendable, Equatable {
  /// Name and value, in the order they were sent.
  package private(set) var pairs: [(name: String, value: String)] = []

  package static func == (left: Self, right: Self) -> Bool {
    left.pairs.elementsEqual(right.pairs, by: ==)
  }

  /// The first cookie of that name; browsers send the most specific path first.
  package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// How many cookies are read; the rest is ignored.
  package static let maximumCount = 64

  /// Reads `Cookie` fields. What is no cookie is left out: other people's cookies on the same host must not make
  /// ours unreadable.
  package static func parse(_ fields: [String]) -> RequestCookies {
    var cookies = RequestCookies()
    for field in fields {
      for part in field.utf8.split(separator: UInt8(ascii: ";")) {
        guard cookies.pairs.count < maximumCount else { return cookies }
        let pair = part.drop { $0 == 0x20 || $0 == 0x09 }
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), let name = String(pair[..<equals]),
          HTTPFields.isToken(name)
        else { continue }
        var value = Substring(pair[pair.index(after: equals)...]).trimmingSpaces
        if value.isInQuotes { value = Substring(value.utf8.dropFirst().dropLast()) }
        cookies.pairs.append((name, String(value)))
      }
    }
    return cookies
  }
}

/// A cookie to set. The default is what a session wants: not readable by scripts, sent over TLS only, not sent
/// along from other sites, for the whole host, until the browser closes.
package struct SetCookie: Sendable, Equatable {
  /// When a browser sends the cookie along from other sites.
  package enum SameSite: String, Sendable {
    case strict = "Strict"
    case lax = "Lax"
    /// Needs `isSecure`.
    case none = "None"
  }

  /// A token (RFC 6265 section 4.1.1), and a value of cookie octets; both are checked when it is serialised.
  package let name: String
  package let value: String
  /// Below which path browsers send it back.
  package var path = "/"
  /// nil: until the browser closes. Zero or less removes the cookie.
  package var maxAge: Duration?
  package var isHTTPOnly = true
  package var isSecure = true
  package var sameSite = SameSite.lax
  /// nil: this host only, without subdomains, which is the safe choice.
  package var domain: String?

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// The field value.
  ///
  /// - Throws: `HTTPServerError.badSetting` when name or value has a character cookies do not allow, or a rule of
  ///   the prefixes (`__Host-`: secure, path `/`, no domain; `__Secure-`: secure) or of `SameSite=None` is broken:
  ///   browsers would drop such a cookie silently.
  package func serialized() throws(HTTPServerError) -> String {
    try check()
    var text = "\(name)=\(value); Path=\(path)"
    if let domain { text += "; Domain=\(domain)" }
    if let maxAge { text += "; Max-Age=\(max(0, maxAge.components.seconds))" }
    if isSecure { text += "; Secure" }
    if isHTTPOnly { text += "; HttpOnly" }
    return text + "; SameSite=\(sameSite.rawValue)"
  }

  private func check() throws(HTTPServerError) {
    guard HTTPFields.isToken(name) else { throw HTTPServerError(.badSetting, "a cookie's name is no token") }
    guard value.utf8.allSatisfy(Self.isValueByte) else {
      throw HTTPServerError(.badSetting, "cookie \(name): its value has a character cookies do not allow")
    }
    guard path.hasPrefix("/"), Self.isAttribute(path), domain.map(Self.isAttribute) ?? true else {
      throw HTTPServerError(.badSetting, "cookie \(name): path or domain is malformed")
    }
    if name.hasPrefix("__Host-"), !isSecure || path != "/" || domain != nil {
      throw HTTPServerError(.badSetting, "cookie \(name): __Host- requires Secure, Path=/ and no Domain")
    }
    if name.hasPrefix("__Secure-") || sameSite == .none, !isSecure {
      throw HTTPServerError(.badSetting, "cookie \(name): it must be Secure")
    }
  }

  /// cookie-octet of RFC 6265 section 4.1.1.
  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ",")
      && byte != UInt8(ascii: ";") && byte != UInt8(ascii: "\\")
  }

  private static func isAttribute(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ";") }
  }
}
