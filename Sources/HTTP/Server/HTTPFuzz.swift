// One door for the fuzzer: every parser of bytes from outside, fed with the same bytes.

internal import HTTPTypes

/// Feeds arbitrary bytes to the server's parsers. Refusing them is fine; trapping is not.
package enum HTTPFuzz {
  /// The first byte chooses the parser, the rest is its input.
  package static func run(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let text = String(decoding: input, as: UTF8.self)
    switch choice % 10 {
    case 0: _ = outcome { () throws(HTTPProblem) in _ = try RequestPath.parse(input) }
    case 1:
      _ = outcome { () throws(HTTPProblem) in
        _ = try RequestScreening.framing(of: fields(input), isHTTP11: input.count % 2 == 0)
      }
    case 2: _ = outcome { () throws(HTTPProblem) in _ = try FormFields.parse(input) }
    case 3: _ = RequestCookies.parse([text])
    case 4: _ = (ByteRange.parse(text, size: Int64(input.count)), ByteRange.parse(text, size: .max))
    case 5: _ = ForwardedElement.parse([text]).map(\.address)
    case 6:
      _ = (
        ProxyTrust.address(text[...]), IPNetwork(text),
        ContentNegotiation.choose(["zstd", "gzip"], acceptEncoding: text)
      )
    case 7: _ = outcome { () throws(HTTPProblem) in try multipart(input) }
    case 8:
      _ = (
        HTTPDate.parse(text), FileName.sanitized(text), MediaType.of(path: text),
        ServerSentEvent(text).serialized
      )
    default:
      let validators = Validators(etag: "\"a\"", lastModified: 0)
      _ = (
        validators.isNotModified(ifNoneMatch: text, ifModifiedSince: text),
        validators.allowsRange(ifRange: text)
      )
    }
  }

  private static func outcome(_ body: () throws(HTTPProblem) -> Void) -> HTTPProblem? {
    do {
      try body()
      return nil
    } catch {
      return error
    }
  }

  /// Fields cut at line ends and colons.
  private static func fields(_ bytes: [UInt8]) -> [RawField] {
    bytes.split(separator: 10).map { line in
      let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      return RawField(name: line[..<colon], value: line[colon...].dropFirst())
    }
  }

  /// A form whose pieces are as long as the first byte says.
  private static func multipart(_ bytes: [UInt8]) throws(HTTPProblem) {
    var parser = try MultipartParser(contentType: "multipart/form-data; boundary=b", partLimit: 8)
    let size = Int(bytes.first ?? 0) + 1
    var rest = bytes.dropFirst()
    while !rest.isEmpty {
      _ = try parser.feed(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    try parser.finish()
  }
}
