// One call: what to send, how long to wait, what to accept.

package import HTTPTypes

extension HTTPClient {
  /// A call to another server.
  package struct Request: Sendable {
    package var method: HTTPMethod
    /// Absolute, as `HTTPTarget` accepts it.
    package var url: String
    /// Without the fields that frame the message or name the host; those are the client's business and are
    /// refused: `Host`, `Content-Length`, `Transfer-Encoding`, `Connection`, `Expect`, `TE`, `Upgrade` and the like.
    package var fields: HTTPFields
    package var body: RequestBody
    package var timeouts = Timeouts()
    /// Bytes of the response's body, after decompression. A longer one ends the call with `.tooLarge`.
    package var responseLimit = 16 << 20
    package var redirects = RedirectPolicy.none
    package var version = VersionPreference.http2
    /// The path of a Unix socket to connect to; the URL's host then only fills the `Host` field.
    package var unixSocket: String?
    /// Set this only when repeating the call does no harm. Nil sends it once.
    package var retry: RetryPolicy?
    /// Whether to ask for compression and undo it. The fields are handed out as they came, so
    /// `Content-Encoding` and `Content-Length` describe the wire. Switch it off for ranges.
    package var decompresses = true

    package init(
      _ url: String, method: HTTPMethod = .get, fields: HTTPFields = HTTPFields(), body: RequestBody = .none
    ) {
      (self.url, self.method, self.fields, self.body) = (url, method, fields, body)
    }
  }

  /// How long each stage may take. Nil means no limit.
  package struct Timeouts: Sendable {
    /// Resolving, connecting and the TLS handshake of one attempt.
    package var connect: Duration = .seconds(10)
    /// From the request's last byte to the response's first, in one attempt.
    package var firstByte: Duration? = .seconds(30)
    /// The whole call: waiting for a place, every attempt and redirect, to the last byte of the body.
    package var total: Duration? = .seconds(60)
    /// The slowest transfer that is still alive, while the caller is not the one who waits.
    package var lowSpeed: LowSpeed?

    package init(
      connect: Duration = .seconds(10), firstByte: Duration? = .seconds(30), total: Duration? = .seconds(60),
      lowSpeed: LowSpeed? = nil
    ) {
      (self.connect, self.firstByte, self.total, self.lowSpeed) = (connect, firstByte, total, lowSpeed)
    }
  }

  /// Fewer than `bytesPerSecond` for `duration` (whole seconds) in a row is a stall.
  package struct LowSpeed: Sendable {
    package var bytesPerSecond: Int
    package var duration: Duration

    package init(bytesPerSecond: Int, duration: Duration) {
      (self.bytesPerSecond, self.duration) = (bytesPerSecond, duration)
    }
  }

  /// What to do with 301, 302, 303, 307 and 308.
  package enum RedirectPolicy: Sendable, Equatable {
    /// Hand the redirect to the caller.
    case none
    /// Follow so many, one more is `.tooManyRedirects`. The outbound policy is asked anew each time; from `https`
    /// to `http` is refused; to another origin only harmless fields travel along; 303 always and 301 and 302
    /// after POST turn into GET (RFC 9110 section 15.4). A redirect that needs a body which cannot be sent
    /// twice is handed to the caller.
    case follow(maximum: Int)
  }

  /// Which version of HTTP to speak.
  package enum VersionPreference: Sendable, Equatable {
    case http1
    /// HTTP/2 where TLS agrees on it (ALPN), else HTTP/1.1. Calls share one connection.
    case http2
    /// HTTP/2 without asking, also without TLS, for servers known to speak it.
    case http2PriorKnowledge
  }
}
