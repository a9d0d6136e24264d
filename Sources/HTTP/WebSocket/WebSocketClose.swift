// How a WebSocket ended: code, reason, and who began.

/// The code of a close (RFC 6455 section 7.4 and IANA's registry).
package struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16

  package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// A code by number; 3000 to 3999 are for libraries, 4000 to 4999 for applications.
  package init(_ rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// 1000: what the connection was for is done.
  package static let normal = WebSocketCloseCode(1000)
  /// 1001: the server shuts down, or the browser leaves the page.
  package static let goingAway = WebSocketCloseCode(1001)
  /// 1002: the peer broke the protocol.
  package static let protocolError = WebSocketCloseCode(1002)
  /// 1003: a kind of message the receiver does not take, such as binary where it wants text.
  package static let unsupportedData = WebSocketCloseCode(1003)
  /// The peer's close frame had no code. Never on the wire.
  package static let noCode = WebSocketCloseCode(1005)
  /// The connection ended without a close frame. Never on the wire.
  package static let abnormal = WebSocketCloseCode(1006)
  package static let invalidPayload = WebSocketCloseCode(1007)
  package static let policyViolation = WebSocketCloseCode(1008)
  package static let messageTooBig = WebSocketCloseCode(1009)
  package static let internalError = WebSocketCloseCode(1011)
  package static let serviceRestart = WebSocketCloseCode(1012)
  package static let tryAgainLater = WebSocketCloseCode(1013)

  /// Whether the code may stand in a close frame. 1012 to 1014 came after RFC 6455, by registration.
  package var isSendable: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  package var description: String { String(rawValue) }
}

/// How a connection ended.
package struct WebSocketClose: Sendable, Equatable {
  /// Who ended it.
  package enum Origin: Sendable, Equatable {
    /// The peer sent its close frame first.
    case peer
    /// This end asked for it, and the peer agreed.
    case local
    /// This end found the peer breaking the protocol or a limit; `code` is what it was told.
    case violation
    /// The bytes stopped without a close frame: connection lost, close handshake not answered in time.
    case lost
    /// Nothing came for a whole ping interval and timeout.
    case pingTimeout
  }

  /// The peer's code where it sent one; `.noCode`, `.abnormal` otherwise.
  package let code: WebSocketCloseCode
  /// The peer's words, up to 123 bytes: foreign text, not for logs.
  package let reason: String
  package let origin: Origin

  package init(code: WebSocketCloseCode, reason: String = "", origin: Origin) {
    self.code = code
    self.reason = reason
    self.origin = origin
  }
}

/// What a close frame carries (RFC 6455 section 5.5.1).
struct ClosePayload: Equatable {
  let code: WebSocketCloseCode
  let reason: String

  /// Reads a close frame's payload; nil for one that must be answered with `refusal`.
  static func parse(_ bytes: [UInt8]) -> Result<ClosePayload, Refusal> {
    guard !bytes.isEmpty else { return .success(ClosePayload(code: .noCode, reason: "")) }
    guard bytes.count >= 2 else { return .failure(Refusal(code: .protocolError)) }
    let code = WebSocketCloseCode(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    guard code.isSendable else { return .failure(Refusal(code: .protocolError)) }
    guard let reason = String(validating: bytes[2...], as: UTF8.self) else {
      return .failure(Refusal(code: .invalidPayload))
    }
    return .success(ClosePayload(code: code, reason: reason))
  }

  /// Why a close frame is not one, as the code to answer with.
  struct Refusal: Error, Equatable {
    let code: WebSocketCloseCode
  }

  /// The payload to send: empty for a code that may not be sent, the reason cut to what fits in 123 bytes.
  static func bytes(code: WebSocketCloseCode, reason: String) -> [UInt8] {
    guard code.isSendable else { return [] }
    var bytes = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
    for scalar in reason.unicodeScalars {
      let encoded = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      guard bytes.count + encoded.count <= 125 else { break }
      bytes.append(contentsOf: encoded)
    }
    return bytes
  }
}
