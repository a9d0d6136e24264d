// An answer, as a handler builds it.

package import EventLoop
package import HTTPTypes

/// One answer: status, fields, and one of several kinds of body.
package struct HTTPResponse: Sendable {
  package var status: HTTPStatus
  package var fields: HTTPFields
  package var body: Body
  /// Whether the connection ends after this answer.
  package var closesConnection = false

  /// What follows the fields.
  package enum Body: Sendable {
    case none
    case bytes(ArraySlice<UInt8>)
    /// Produced while it is sent; see `HTTPResponse.stream`.
    case stream(StreamedBody)
    case file(FileBody)
    case upgrade(Upgrade)
  }

  package init(status: HTTPStatus = .ok, fields: HTTPFields = [:], body: Body = .none) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// An answer of bytes.
  package init(status: HTTPStatus = .ok, contentType: String, bytes: [UInt8]) {
    self.init(status: status, fields: ["Content-Type": contentType], body: .bytes(bytes[...]))
  }

  /// An answer of text, in UTF-8; the content type should say so.
  package init(status: HTTPStatus = .ok, contentType: String = "text/plain; charset=utf-8", text: String) {
    self.init(status: status, contentType: contentType, bytes: Array(text.utf8))
  }

  /// A page.
  package static func html(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
    HTTPResponse(status: status, contentType: "text/html; charset=utf-8", text: text)
  }

  /// A redirect.
  ///
  /// `location`: a path of ours or a checked address: what a client sent must not get here unchecked.
  /// `status`: 303 (the answer to a form) unless told.
  package static func redirect(to location: String, status: HTTPStatus = .seeOther) -> HTTPResponse {
    HTTPResponse(status: status, fields: ["Location": location])
  }

  /// An answer that `produce` writes piece by piece, held back when the client reads slowly. It runs in the
  /// request's own task, after the head is on its way, and is cancelled when the client leaves. An error it throws
  /// is logged, and the connection cut so that the client notices. Read what you need of the request's body before
  /// you return this: the answer begins when the client has sent everything.
  ///
  /// `length`: in bytes, if known; otherwise the answer is chunked.
  package static func stream(
    status: HTTPStatus = .ok, contentType: String, length: Int64? = nil,
    produce: @escaping @Sendable (ResponseWriter) async throws -> Void
  ) -> HTTPResponse {
    HTTPResponse(
      status: status, fields: ["Content-Type": contentType],
      body: .stream(StreamedBody(length: length, produce: produce)))
  }

  /// An answer that forwards a sequence of chunks.
  package static func stream<Chunks: AsyncSequence & Sendable>(
    status: HTTPStatus = .ok, contentType: String, length: Int64? = nil, _ chunks: Chunks
  ) -> HTTPResponse where Chunks.Element == [UInt8] {
    stream(status: status, contentType: contentType, length: length) { writer in
      for try await chunk in chunks { try await writer.write(chunk) }
    }
  }

  /// 101, and then the connection as a stream of bytes both ways.
  ///
  /// `body` runs on `loop` (the server's own unless told) and owns the stream until it returns; the stream is
  /// closed afterwards. Its task is cancelled when the server shuts down.
  ///
  /// `name`: the value of `Upgrade`, such as `websocket`.
  package static func upgrade(
    protocol name: String, fields: HTTPFields = [:], on loop: EventLoop? = nil,
    _ body: @escaping @Sendable (any UpgradedStream) async throws -> Void
  ) -> HTTPResponse {
    var fields = fields
    fields["Upgrade"] = name
    return HTTPResponse(
      status: HTTPStatus(101), fields: fields, body: .upgrade(Upgrade(loop: loop, run: body)))
  }

  /// Adds a `Set-Cookie` field.
  ///
  /// - Throws: `HTTPServerError.badSetting` when the cookie breaks a rule; see `SetCookie.serialized()`.
  package mutating func set(_ cookie: SetCookie) throws(HTTPServerError) {
    fields.append("Set-Cookie", try cookie.serialized())
  }
}

/// A body that is written while it is sent.
package struct StreamedBody: Sendable {
  let length: Int64?
  let produce: @Sendable (ResponseWriter) async throws -> Void
  /// Whether it goes on until someone stops it (server-sent events): a shutdown does not wait for it.
  var isEndless = false
  /// Sent when nothing else was for `interval`.
  var heartbeat: Heartbeat?

  struct Heartbeat: Sendable {
    let interval: Duration
    let bytes: [UInt8]
  }
}

/// What a connection becomes after 101.
package struct Upgrade: Sendable {
  let loop: EventLoop?
  let run: @Sendable (any UpgradedStream) async throws -> Void
}
