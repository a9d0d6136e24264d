// Which heads are refused before anyone acts on them: framing that a proxy might read differently.

internal import HTTPTypes

/// One header field as its bytes came, before it is anything else.
package struct RawField: Sendable {
  package let name: ArraySlice<UInt8>
  package let value: ArraySlice<UInt8>

  package init(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
    self.name = name
    self.value = value
  }

  package init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8)[...], value: Array(value.utf8)[...])
  }

  func isNamed(_ lowercased: StaticString) -> Bool {
    name.count == lowercased.utf8CodeUnitCount && name.equalsLowercased(lowercased)
  }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes, with ASCII letters in lower case, are these.
  func equalsLowercased(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { expected in
      var index = startIndex
      for byte in expected {
        let own = self[index]
        let folded = own &- 0x41 < 26 ? own | 0x20 : own
        if folded != byte { return false }
        index += 1
      }
      return true
    }
  }
}

/// What the head says about the body's framing.
package enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int64)
  case chunked

  package var hasBody: Bool { self != .none && self != .length(0) }
}

/// The rules of RFC 9112 sections 3.2, 5.1 and 6.3 that libmicrohttpd 0.9.75 leaves open, each a known way to
/// smuggle a request past a proxy.
package enum RequestScreening {
  /// The framing of a request with these fields.
  ///
  /// `isHTTP11`: HTTP/1.1 requires one `Host`; 1.0 allows none, and knows no `Transfer-Encoding`.
  /// - Throws: `HTTPProblem` 400 that closes the connection.
  package static func framing(of fields: [RawField], isHTTP11: Bool) throws(HTTPProblem) -> BodyFraming {
    var length: ArraySlice<UInt8>?
    var transferCodings = 0
    var hosts = 0
    for field in fields {
      try checkCharacters(of: field)
      switch field.name.count {
      case 4 where field.isNamed("host"):
        hosts += 1
        guard isPlausibleHost(field.value) else { throw .ambiguous("Host is malformed.") }
      case 14 where field.isNamed("content-length"):
        guard length == nil else { throw .ambiguous("Content-Length appears more than once.") }
        length = field.value
      case 17 where field.isNamed("transfer-encoding"):
        transferCodings += 1
        guard field.value.equalsLowercased("chunked") else {
          throw .ambiguous("Transfer-Encoding is not one this server knows.")
        }
      default: break
      }
    }
    guard hosts == 1 || (hosts == 0 && !isHTTP11) else {
      throw .ambiguous(hosts == 0 ? "Host is missing." : "Host appears more than once.")
    }
    guard transferCodings <= 1 else { throw .ambiguous("Transfer-Encoding appears more than once.") }
    if transferCodings == 1 {
      guard length == nil else { throw .ambiguous("Content-Length and Transfer-Encoding are both there.") }
      guard isHTTP11 else { throw .ambiguous("Transfer-Encoding is not part of HTTP/1.0.") }
      return .chunked
    }
    guard let length else { return .none }
    guard let count = parseLength(length) else { throw .ambiguous("Content-Length is not a number.") }
    return .length(count)
  }

  /// A name must be a token (a trailing space or tab is the classic trick), a value free of control bytes.
  private static func checkCharacters(of field: RawField) throws(HTTPProblem) {
    guard !field.name.isEmpty, field.name.allSatisfy({ isTokenByte($0) }) else {
      throw .ambiguous("A field name has a character that does not belong there.")
    }
    guard field.value.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
      throw .ambiguous("A field value has a control character.")
    }
  }

  /// Digits only: no sign, no list, no space, at most 18 of them.
  private static func parseLength(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }

  /// A name or address with an optional port: what ends up in links must not hold anything else.
  static func isPlausibleHost(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count <= 255
      && bytes.allSatisfy { byte in
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2d || byte == 0x2e || byte == 0x3a
          || byte == 0x5b || byte == 0x5d || byte == 0x5f
      }
  }

  static func isTokenByte(_ byte: UInt8) -> Bool {
    if byte < 64 { return tokenLow & (1 << UInt64(byte)) != 0 }
    return byte < 128 && tokenHigh & (1 << UInt64(byte - 64)) != 0
  }

  private static let tokenLow = mask { $0 }
  private static let tokenHigh = mask { $0 + 64 }

  /// The token characters of RFC 9110 section 5.6.2 as bits, 64 to a word.
  private static func mask(_ byte: (UInt8) -> UInt8) -> UInt64 {
    var mask: UInt64 = 0
    for bit in UInt8(0)..<64 where HTTPFields.isToken(String(UnicodeScalar(byte(bit)))) {
      mask |= 1 << UInt64(bit)
    }
    return mask
  }
}
