// multipart/form-data, piece by piece (RFC 7578, RFC 2046 section 5.1).

internal import HTTPTypes

/// A parser that is fed bytes as they come and says what they were. It keeps at most one boundary's length, or one
/// part's head, of them.
package struct MultipartParser: Sendable {
  /// What was found.
  package enum Event: Sendable, Equatable {
    /// A part begins.
    case part(PartHead)
    /// Bytes of the part that began last.
    case data(ArraySlice<UInt8>)
    /// The part is complete.
    case partEnd
  }

  /// What a part says about itself.
  package struct PartHead: Sendable, Equatable {
    /// The form field's name.
    package let name: String
    /// As the client sent it, unsanitised; nil for a plain field.
    package let fileName: String?
    /// nil when the part has none.
    package let contentType: String?
  }

  private enum Stage {
    /// Before the first boundary. May become `afterBoundary`.
    case preamble
    /// Right behind a boundary. May become `head` or `epilogue`.
    case afterBoundary
    /// In a part's fields. May become `data`.
    case head
    /// In a part's bytes. May become `afterBoundary`.
    case data
    /// Behind the last boundary: the rest is ignored. Final.
    case epilogue
  }

  /// Bytes of one part's fields.
  package static let headLimit = 4 * 1024

  private var stage = Stage.preamble
  /// CR LF, two dashes, and the boundary.
  private let delimiter: [UInt8]
  private var buffer: [UInt8]
  private var partCount = 0
  private let partLimit: Int

  /// `contentType`: the request's `Content-Type`.
  /// `partLimit`: how many parts there may be.
  /// - Throws: `HTTPProblem` 415 for another type, 400 without a proper boundary.
  package init(contentType: String?, partLimit: Int) throws(HTTPProblem) {
    let (type, parameters) = ParameterizedValue.parse(contentType ?? "")
    guard type == "multipart/form-data" else {
      throw HTTPProblem(
        .unsupportedMediaType, "Unsupported media type", detail: "A multipart form is expected here.")
    }
    guard let boundary = parameters["boundary"], (1...70).contains(boundary.utf8.count) else {
      throw .badRequest("The multipart boundary is missing or too long.")
    }
    delimiter = Array("\r\n--\(boundary)".utf8)
    // The first boundary may come without a line end before it.
    buffer = [13, 10]
    self.partLimit = partLimit
  }

  /// Takes the next bytes.
  ///
  /// - Throws: `HTTPProblem` 400 for what is no multipart form, 413 for too many parts.
  package mutating func feed(_ bytes: [UInt8]) throws(HTTPProblem) -> [Event] {
    if stage == .epilogue { return [] }
    buffer += bytes
    var events: [Event] = []
    var position = 0
    while let next = try step(from: position, &events) { position = next }
    buffer.removeFirst(min(position, buffer.count))
    return events
  }

  /// Call when the body is over.
  ///
  /// - Throws: `HTTPProblem` 400 when the last boundary is missing.
  package func finish() throws(HTTPProblem) {
    guard stage == .epilogue else { throw .badRequest("The multipart form ends too early.") }
  }

  /// Does one thing with what begins at `start`; returns where the next begins, nil when more bytes are needed.
  /// What is behind the returned position stays in the buffer.
  private mutating func step(from start: Int, _ events: inout [Event]) throws(HTTPProblem) -> Int? {
    switch stage {
    case .preamble, .data: return scan(from: start, &events)
    case .afterBoundary: return try afterBoundary(start)
    case .head: return try head(from: start, &events)
    case .epilogue: return nil
    }
  }

  /// Emits data up to the next boundary, or as far as no boundary can begin.
  private mutating func scan(from start: Int, _ events: inout [Event]) -> Int? {
    let found = index(of: delimiter, from: start)
    // What may be the beginning of a boundary waits for the next bytes.
    let end = found ?? max(start, buffer.count - delimiter.count + 1)
    if stage == .data, end > start { events.append(.data(buffer[start..<end])) }
    guard let found else { return end > start ? end : nil }
    if stage == .data { events.append(.partEnd) }
    stage = .afterBoundary
    return found + delimiter.count
  }

  private mutating func afterBoundary(_ start: Int) throws(HTTPProblem) -> Int? {
    var position = start
    // Transport padding.
    while position < buffer.count, buffer[position] == 0x20 || buffer[position] == 0x09 { position += 1 }
    guard position - start <= 100 else { throw .badRequest("A multipart boundary is malformed.") }
    guard position + 1 < buffer.count else { return nil }
    switch (buffer[position], buffer[position + 1]) {
    case (13, 10):
      partCount += 1
      guard partCount <= partLimit else { throw .tooLarge("The form may have at most \(partLimit) parts.") }
      stage = .head
      return position + 2
    case (0x2d, 0x2d):
      stage = .epilogue
      return buffer.count
    default: throw .badRequest("A multipart boundary is malformed.")
    }
  }

  private mutating func head(from start: Int, _ events: inout [Event]) throws(HTTPProblem) -> Int? {
    guard let end = index(of: [13, 10, 13, 10], from: start) else {
      guard buffer.count - start <= Self.headLimit else { throw .tooLarge("A part's fields are too long.") }
      return nil
    }
    guard end - start <= Self.headLimit else { throw .tooLarge("A part's fields are too long.") }
    events.append(.part(try Self.partHead(buffer[start..<end])))
    stage = .data
    return end + 4
  }

  private static func partHead(_ bytes: ArraySlice<UInt8>) throws(HTTPProblem) -> PartHead {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badRequest("A part's fields are not UTF-8.")
    }
    var disposition: String?
    var contentType: String?
    for line in text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }).map(Substring.init) {
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
        throw .badRequest("A part's field is malformed.")
      }
      let value = String(line[line.utf8.index(after: colon)...].trimmingSpaces)
      switch line[..<colon].lowercased() {
      case "content-disposition": disposition = value
      case "content-type": contentType = value
      default: break
      }
    }
    let (kind, parameters) = ParameterizedValue.parse(disposition ?? "")
    guard kind == "form-data", let name = parameters["name"] else { throw .badRequest("A part has no name.") }
    return PartHead(name: name, fileName: parameters["filename"], contentType: contentType)
  }

  private func index(of pattern: [UInt8], from start: Int) -> Int? {
    guard buffer.count - start >= pattern.count else { return nil }
    let last = buffer.count - pattern.count
    return buffer.withUnsafeBufferPointer { bytes in
      var position = start
      while position <= last {
        guard bytes[position] == pattern[0] else {
          position += 1
          continue
        }
        var matched = 1
        while matched < pattern.count, bytes[position + matched] == pattern[matched] { matched += 1 }
        if matched == pattern.count { return position }
        position += 1
      }
      return nil
    }
  }
}

/// `form-data; name="a"; filename="b"`: a word and its parameters.
enum ParameterizedValue {
  static func parse(_ text: String) -> (value: String, parameters: [String: String]) {
    var parameters: [String: String] = [:]
    let parts = text[...].parts(outsideQuotesAt: UInt8(ascii: ";"), escapes: false).parts
    for part in parts.dropFirst() {
      guard let (name, quoted) = part.nameAndValue else { continue }
      let value = quoted.isInQuotes ? Substring(quoted.utf8.dropFirst().dropLast()) : quoted
      // The first of two equal names counts; browsers write quotes in names as %22.
      let key = name.lowercased()
      if parameters[key] == nil { parameters[key] = unescapingQuotes(value) }
    }
    return (parts[0].trimmingSpaces.lowercased(), parameters)
  }

  private static func unescapingQuotes(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      bytes.append(byte)
      if bytes.suffix(3) == Array("%22".utf8)[...] {
        bytes.replaceSubrange((bytes.count - 3)..., with: [0x22])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
