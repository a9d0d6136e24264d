// From the header lines libcurl hands over to a response's head.

internal import CCurl
internal import HTTPTypes

/// Collects the lines of a header section. Interim responses (1xx) are forgotten when the next status line
/// comes, and lines after the end of the final section are trailers, which are ignored.
struct ResponseHeadReader {
  /// What a line led to.
  enum Step {
    case more
    /// The final section is complete.
    case complete(status: HTTPStatus, fields: HTTPFields, version: HTTPClient.Version)
    case tooLarge
    case malformed
  }

  private var status: HTTPStatus?
  private var version = HTTPClient.Version.http1_1
  private var names: [String] = []
  private var values: [String] = []
  private var bytes = 0
  private let limit: Int
  private(set) var isComplete = false

  /// - Parameter limit: bytes of all sections together.
  init(limit: Int) {
    self.limit = limit
  }

  mutating func read(_ line: UnsafeRawBufferPointer) -> Step {
    guard !isComplete else { return .more }
    bytes += line.count
    guard bytes <= limit else { return .tooLarge }
    let text = line.trimmed(from: 0)
    if text.isEmpty { return endSection() }
    if line.starts(with: "HTTP/".utf8) { return readStatus(text) }
    if line[0] == 0x20 || line[0] == 0x09 {
      // Obsolete folding (RFC 9112 section 5.2): part of the value above.
      guard let last = values.indices.last else { return .malformed }
      values[last] += " " + String(decoding: text, as: UTF8.self)
      return .more
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return .malformed }
    names.append(String(decoding: line[..<colon], as: UTF8.self))
    values.append(String(decoding: line.trimmed(from: colon + 1), as: UTF8.self))
    return .more
  }

  private mutating func readStatus(_ line: Slice<UnsafeRawBufferPointer>) -> Step {
    let words = line.split(separator: 0x20, maxSplits: 2)
    guard words.count >= 2, words[1].count == 3, let code = Int(String(decoding: words[1], as: UTF8.self)),
      (100...599).contains(code)
    else { return .malformed }
    status = HTTPStatus(code)
    version =
      words[0].elementsEqual("HTTP/2".utf8)
      ? .http2 : words[0].elementsEqual("HTTP/1.0".utf8) ? .http1_0 : .http1_1
    names = []
    values = []
    return .more
  }

  private mutating func endSection() -> Step {
    guard let status else { return .malformed }
    guard status.code >= 200 else { return .more }
    isComplete = true
    var fields = HTTPFields()
    for (name, value) in zip(names, values) { fields.append(name, value) }
    return .complete(status: status, fields: fields, version: version)
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes from `start` on, without white space and line ends on either side.
  fileprivate func trimmed(from start: Int) -> Slice<UnsafeRawBufferPointer> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    var (first, end) = (start, count)
    while first < end, isSpace(self[first]) { first += 1 }
    while first < end, isSpace(self[end - 1]) { end -= 1 }
    return self[first..<end]
  }
}
