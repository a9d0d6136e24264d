// Words that client, server and socket share: methods, statuses, header fields.

/// A request method (RFC 9110 section 9), carried as it was sent.
package struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  /// Any method token; case matters (RFC 9110 section 9.1).
  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  /// The methods of RFC 9110 and RFC 5789.
  package static let get = HTTPMethod("GET")
  package static let head = HTTPMethod("HEAD")
  package static let post = HTTPMethod("POST")
  package static let put = HTTPMethod("PUT")
  package static let patch = HTTPMethod("PATCH")
  package static let delete = HTTPMethod("DELETE")
  package static let options = HTTPMethod("OPTIONS")

  /// Whether repeating the request is harmless by definition (RFC 9110 section 9.2.2).
  package var isIdempotent: Bool {
    switch self {
    case .get, .head, .put, .delete, .options, HTTPMethod("TRACE"): true
    default: false
    }
  }

  package var description: String { rawValue }
}

/// A status code (RFC 9110 section 15).
package struct HTTPStatus: Hashable, Sendable, CustomStringConvertible {
  /// 100 to 599.
  package let code: Int

  package init(_ code: Int) {
    self.code = code
  }

  /// The codes we send or decide by, under the names of RFC 9110.
  package static let ok = HTTPStatus(200)
  package static let created = HTTPStatus(201)
  package static let accepted = HTTPStatus(202)
  package static let noContent = HTTPStatus(204)
  package static let partialContent = HTTPStatus(206)
  package static let movedPermanently = HTTPStatus(301)
  package static let found = HTTPStatus(302)
  package static let seeOther = HTTPStatus(303)
  package static let notModified = HTTPStatus(304)
  package static let badRequest = HTTPStatus(400)
  package static let unauthorized = HTTPStatus(401)
  package static let forbidden = HTTPStatus(403)
  package static let notFound = HTTPStatus(404)
  package static let methodNotAllowed = HTTPStatus(405)
  package static let requestTimeout = HTTPStatus(408)
  package static let conflict = HTTPStatus(409)
  package static let contentTooLarge = HTTPStatus(413)
  package static let uriTooLong = HTTPStatus(414)
  package static let unsupportedMediaType = HTTPStatus(415)
  package static let rangeNotSatisfiable = HTTPStatus(416)
  package static let unprocessableContent = HTTPStatus(422)
  package static let upgradeRequired = HTTPStatus(426)
  package static let tooManyRequests = HTTPStatus(429)
  package static let headerFieldsTooLarge = HTTPStatus(431)
  package static let internalServerError = HTTPStatus(500)
  package static let badGateway = HTTPStatus(502)
  package static let serviceUnavailable = HTTPStatus(503)
  package static let gatewayTimeout = HTTPStatus(504)

  package var isSuccess: Bool { (200..<300).contains(code) }
  package var isRedirect: Bool { [301, 302, 303, 307, 308].contains(code) }

  package var description: String { String(code) }
}

/// Header fields in the order they were sent; names compare without regard to ASCII case, and a name may
/// appear more than once (RFC 9110 section 5).
package struct HTTPFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// One field line.
  package struct Field: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The field lines as they came or will be sent.
  package private(set) var fields: [Field] = []

  package init() {}

  package init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  package var isEmpty: Bool { fields.isEmpty }

  /// The first field of that name. Setting replaces every field of that name, nil removes them.
  package subscript(name: String) -> String? {
    get { fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value }
    set {
      fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// All values of that name, in order.
  package func values(_ name: String) -> [String] {
    fields.filter { $0.name.equalsIgnoringASCIICase(name) }.map(\.value)
  }

  /// Appends a field, keeping those of the same name (`Set-Cookie`).
  package mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// The first field whose name or value could not be sent: a name that is no token, or a value with CR, LF or
  /// NUL in it (RFC 9110 section 5.5). Header injection starts with one of these.
  package var firstUnsendable: Field? {
    fields.first { !Self.isToken($0.name) || $0.value.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 } }
  }

  /// Whether the text is a token (RFC 9110 section 5.6.2).
  package static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}

extension StringProtocol {
  /// Equality as header names and tokens compare: ASCII letters without case, all else byte by byte.
  package func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
    utf8.elementsEqual(other.utf8) { left, right in
      left == right || (left ^ right == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(left | 0x20))
    }
  }
}
