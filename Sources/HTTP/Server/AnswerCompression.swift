// Answers made for one request, compressed on the way out.

internal import Compression
internal import HTTPTypes

/// Compresses text that handlers answer with, in the coding the client likes best.
///
///     router.useAroundAll(AnswerCompression.middleware)
///
/// Left alone are short answers, streams and files, what is encoded already, and what has an entity tag: whoever sends
/// tags has decided about its forms (`StaticFiles`). Pages that hold secrets beside words of strangers must mask the
/// secrets anew in each answer, or their length tells about them (BREACH).
package enum AnswerCompression {
  /// Shorter bodies, in bytes, fit into a packet or so as they are.
  package static let minimumSize = 1_024
  /// In order of preference, each with its level: quick ones, since each answer is compressed for one reader.
  private static let codings: [(name: String, format: CompressionFormat, level: Int)] = [
    ("zstd", .zstd, 3), ("gzip", .gzip, 5),
  ]

  /// To be put around everything whose answers are to be compressed, pages about failures included.
  package static let middleware: HTTPMiddleware = { request, next in
    let response = try await next(request)
    return await compressed(response, acceptEncoding: request["Accept-Encoding"])
  }

  /// The same answer in a coding that the client accepts; as it was when that gains nothing.
  ///
  /// `acceptEncoding`: the request's field; nil when it had none.
  package static func compressed(_ response: HTTPResponse, acceptEncoding: String?) async -> HTTPResponse {
    guard case .bytes(let body) = response.body, body.count >= minimumSize,
      let type = response.fields["Content-Type"], isWorthIt(essence(of: type)),
      ["Content-Encoding", "Content-Range", "ETag"].allSatisfy({ response.fields[$0] == nil }),
      !(response.fields["Cache-Control"] ?? "").contains("no-transform")
    else { return response }
    var answer = response
    let varies = [response.fields["Vary"], "Accept-Encoding"].compactMap(\.self)
    answer.fields["Vary"] = varies.joined(separator: ", ")
    let name = ContentNegotiation.choose(codings.map(\.name), acceptEncoding: acceptEncoding)
    guard let coding = codings.first(where: { $0.name == name }),
      let bytes = await shrink(body, coding.format, coding.level), bytes.count < body.count
    else { return answer }
    answer.fields["Content-Encoding"] = coding.name
    answer.body = .bytes(bytes[...])
    return answer
  }

  /// Events must not wait in a compressor, and are short.
  private static func isWorthIt(_ type: String) -> Bool {
    MediaType.isCompressible(type) && type != "text/event-stream"
  }

  /// `text/html; charset=utf-8` is `text/html`.
  private static func essence(of type: String) -> String {
    String(type.prefix { $0 != ";" && $0 != " " })
  }

  /// On another thread: 73 KiB of HTML take 0.3 ms as zstd and 1.5 ms as gzip, in which a loop serves others.
  @concurrent
  private static func shrink(_ body: ArraySlice<UInt8>, _ format: CompressionFormat, _ level: Int) async
    -> [UInt8]?
  {
    // Without memory for it, the answer goes out as it is.
    try? compress(Array(body), as: format, level: level)
  }
}
