// What came back: a head, and a body whole or in chunks.

package import HTTPTypes

extension HTTPClient {
  /// The version of HTTP a response came in.
  package enum Version: Sendable, Equatable {
    case http1_0, http1_1, http2
  }

  /// Status and fields of a response. Trailers are ignored.
  package struct ResponseHead: Sendable {
    package var status: HTTPStatus
    package var fields: HTTPFields
    package var version: Version
    /// Whether the call used a connection that an earlier one had made.
    package var reusedConnection: Bool
  }

  /// A response with its whole body.
  package struct Response: Sendable {
    package var head: ResponseHead
    /// Decompressed, unless the request said otherwise.
    package var body: [UInt8]
    /// The URL that answered, after redirects. May hold secrets in its path: do not log it.
    package var url: String

    /// Of the last answer, after redirects and retries.
    package var status: HTTPStatus { head.status }
    package var fields: HTTPFields { head.fields }

    /// The body as UTF-8, with U+FFFD for what is not.
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// A response whose body arrives while it is read.
  package struct StreamedResponse: Sendable {
    package var head: ResponseHead
    /// Read it inside the closure that got the response; once.
    package var body: ResponseBody
    /// The URL that answered, after redirects. May hold secrets in its path: do not log it.
    package var url: String

    /// Of the last answer, after redirects and retries.
    package var status: HTTPStatus { head.status }
    package var fields: HTTPFields { head.fields }
  }

  /// The chunks of a body as they arrive, decompressed. A slow reader slows the sender down: about 256 KiB are
  /// kept ready, then the connection is read no more until half of it is used.
  package struct ResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = HTTPError

    let pipe: DownloadPipe

    package func makeAsyncIterator() -> Iterator {
      Iterator(pipe: pipe)
    }

    /// Gets the body piece by piece.
    package struct Iterator: AsyncIteratorProtocol {
      let pipe: DownloadPipe

      /// - Throws: `HTTPError` when the transfer fails, `.cancelled` when the task is.
      package mutating func next() async throws(HTTPError) -> [UInt8]? {
        try await pipe.next()
      }

      package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
        try await pipe.next()
      }
    }

    /// Everything that is left, at most `limit` bytes.
    ///
    /// - Throws: `HTTPError` with `.tooLarge` beyond the limit.
    package func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] {
      var bytes: [UInt8] = []
      while let chunk = try await pipe.next() {
        guard bytes.count + chunk.count <= limit else { throw HTTPError(.tooLarge) }
        bytes += chunk
      }
      return bytes
    }
  }
}
