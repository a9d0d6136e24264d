// What can go wrong between us and another server.

/// Why a call did not get its response.
///
/// `description` is safe to log: a code, a fixed sentence and the host, never a path, a query, a field or a body.
/// `debugDescription` adds libcurl's own words.
package struct HTTPError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Name: String, Sendable {
      case resolve = "host name not found"
      case connect = "connection failed"
      case tls = "TLS failed"
      case connectTimeout = "connecting took too long"
      case firstByteTimeout = "the response did not start in time"
      case totalTimeout = "the call took too long"
      case stalled = "the transfer stalled"
      case cancelled = "cancelled"
      case tooLarge = "response too large"
      case refusedAddress = "address not allowed"
      case protocolViolation = "the peer broke the protocol"
      case lost = "connection lost"
      case tooManyRedirects = "too many redirects"
      case invalidRequest = "invalid request"
      case overloaded = "too many calls are waiting"
      case bodyFailed = "the request body failed"
      case closed = "client closed"
      case library = "library error"
    }

    private let name: Name
    private init(_ name: Name) { self.name = name }
    package var description: String { name.rawValue }

    /// The host name has no address, or the resolver failed.
    package static let resolve = Code(.resolve)
    /// No connection could be made; nothing was sent.
    package static let connect = Code(.connect)
    /// The handshake failed or the certificate is not trusted for this host; nothing was sent.
    package static let tls = Code(.tls)
    /// Resolving, connecting and the TLS handshake together took longer than `Timeouts.connect`; nothing was sent.
    package static let connectTimeout = Code(.connectTimeout)
    /// `Timeouts.firstByte` passed. The server may be working on the request.
    package static let firstByteTimeout = Code(.firstByteTimeout)
    /// `Timeouts.total` passed, counted over waiting, every attempt and every redirect.
    package static let totalTimeout = Code(.totalTimeout)
    /// The transfer stayed below `Timeouts.lowSpeed`.
    package static let stalled = Code(.stalled)
    /// The calling task was cancelled. The server may have received the request.
    package static let cancelled = Code(.cancelled)
    /// The header or the (inflated) body passed its limit.
    package static let tooLarge = Code(.tooLarge)
    /// The outbound policy forbids the address; nothing was sent to it.
    package static let refusedAddress = Code(.refusedAddress)
    /// The peer speaks no HTTP that we understand, or damaged compressed data.
    package static let protocolViolation = Code(.protocolViolation)
    /// The connection ended before the response did. The request may or may not have been carried out.
    package static let lost = Code(.lost)
    /// More redirects than `RedirectPolicy` follows.
    package static let tooManyRedirects = Code(.tooManyRedirects)
    /// The URL, method, a field or the options cannot be sent: a bug in the caller, or bad input to it.
    package static let invalidRequest = Code(.invalidRequest)
    /// The bound on waiting calls is reached: push back.
    package static let overloaded = Code(.overloaded)
    /// The caller's own body sequence threw, or gave another length than it declared; see `underlying`.
    package static let bodyFailed = Code(.bodyFailed)
    /// The client was shut down.
    package static let closed = Code(.closed)
    /// libcurl failed for a reason of its own, such as memory.
    package static let library = Code(.library)

    /// Whether time ran out, whichever limit it was.
    package var isTimeout: Bool {
      [.connectTimeout, .firstByteTimeout, .totalTimeout, .stalled].contains(self)
    }
  }

  /// What the caller decides by.
  package let code: Code
  /// A fixed sentence that narrows the code down; never input.
  package let reason: String?
  /// `host:port` of the server, when the request got as far as having one.
  package let host: String?
  /// The error of the caller's own body sequence.
  package let underlying: (any Error)?
  /// libcurl's words; may quote what the peer sent.
  let detail: String?

  init(
    _ code: Code, reason: String? = nil, host: String? = nil, underlying: (any Error)? = nil,
    detail: String? = nil
  ) {
    (self.code, self.reason, self.host, self.underlying, self.detail) = (
      code, reason, host, underlying, detail
    )
  }

  func at(_ host: String) -> HTTPError {
    HTTPError(code, reason: reason, host: self.host ?? host, underlying: underlying, detail: detail)
  }

  package var description: String {
    var text = code.description
    if let reason { text += ": \(reason)" }
    if let host { text += " (\(host))" }
    return text
  }

  package var debugDescription: String {
    detail.map { "\(description) [\($0)]" } ?? description
  }
}
