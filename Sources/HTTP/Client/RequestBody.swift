// What a request carries: nothing, bytes, chunks as they come, or a form.

/// The content of a request.
package struct RequestBody: Sendable {
  /// Hands chunks on, waiting while the connection is slower than the producer; throws when the call has ended.
  package typealias Writer = @Sendable (_ chunk: [UInt8]) async throws -> Void

  enum Content: Sendable {
    case none
    case bytes([UInt8])
    case stream(Stream)
    case multipart(MultipartForm)
  }

  struct Stream: Sendable {
    /// Bytes in all; nil when unknown until the end.
    let length: Int?
    let isReplayable: Bool
    let produce: @Sendable (Writer) async throws -> Void
  }

  let content: Content

  private init(_ content: Content) {
    self.content = content
  }

  /// No content.
  package static let none = RequestBody(.none)

  /// These bytes. A retry or redirect can send them again.
  package static func bytes(_ bytes: [UInt8]) -> RequestBody {
    RequestBody(.bytes(bytes))
  }

  /// The text in UTF-8.
  package static func text(_ text: String) -> RequestBody {
    .bytes(Array(text.utf8))
  }

  /// Chunks as the sequence yields them. It is read once, so the call is never retried.
  ///
  /// `length` is the number of bytes in all; giving another number ends the call with `.bodyFailed`. Nil sends
  /// chunked (HTTP/1.1) or unannounced (HTTP/2).
  package static func stream<S: AsyncSequence & Sendable>(_ chunks: S, length: Int? = nil) -> RequestBody
  where S.Element == [UInt8] {
    let stream = Stream(length: length, isReplayable: false) { write in
      for try await chunk in chunks { try await write(chunk) }
    }
    return RequestBody(.stream(stream))
  }

  /// Chunks as `produce` writes them, from the start each time it is called: retries and redirects can repeat it.
  package static func produced(
    length: Int? = nil, by produce: @escaping @Sendable (Writer) async throws -> Void
  )
    -> RequestBody
  {
    RequestBody(.stream(Stream(length: length, isReplayable: true, produce: produce)))
  }

  /// A form with files (RFC 7578). Can be sent again.
  package static func multipart(_ form: MultipartForm) -> RequestBody {
    RequestBody(.multipart(form))
  }

  /// Whether a retry or a redirect can send it again.
  var isReplayable: Bool {
    if case .stream(let stream) = content { stream.isReplayable } else { true }
  }
}
