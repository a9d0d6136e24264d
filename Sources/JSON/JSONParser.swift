// The fast door: a text is parsed once onto simdjson's tape, and read there lazily.

import CSimdjson

/// Parses JSON texts and lends them out as views.
///
/// One parser per event loop or thread, reused for every text: it keeps its memory (about 14 bytes per byte of
/// the longest text up to `retainedSize`). It is not Sendable; views are valid only inside the closure they were
/// lent to.
///
///     let author = try parser.parse(frame) { event in
///       try event.require("d").require("author").require("id").asSnowflake()
///     }
///
/// *Duplicate keys*: the first one wins, in every way of reading. *Strings* are checked to be UTF-8, and escaped
/// surrogates must come in pairs; a lone one is `.invalidEscape`. A byte order mark is `.malformed`. *Integers*
/// beyond 64 bits are read as doubles, and `-0` as the integer 0.
package final class JSONParser {
  /// How many readable bytes after the text spare the copy.
  package static let padding = csimdjson_padding()

  private let handle: OpaquePointer
  private let retainedSize: Int
  private var padded = [UInt8]()
  private var isLent = false

  /// - Parameter retainedSize: texts longer than this many bytes give their memory back after they were read.
  /// - Throws: `.outOfMemory`.
  package init(retainedSize: Int = 1 << 20) throws(JSONError) {
    guard let handle = csimdjson_create() else { throw JSONError(.outOfMemory) }
    self.handle = handle
    self.retainedSize = retainedSize
  }

  deinit { csimdjson_destroy(handle) }

  /// Parses `bytes` and calls `body` with the root of the document.
  ///
  /// Nothing is copied if the array has `JSONParser.padding` bytes of spare capacity (`reserveCapacity(count +
  /// JSONParser.padding)` before filling it); else the text is copied once.
  ///
  /// Texts longer than `maximumSize` are refused unread.
  ///
  /// - Throws: a `JSONError` with an offset for a text that is no JSON or breaks a limit; what `body` throws,
  ///   with the offset added to errors about a view of this document.
  /// - Precondition: `body` does not parse with the same parser: its views would change under it.
  package func parse<Result>(
    _ bytes: [UInt8], maximumSize: Int = JSONLimits.maximumSize, _ body: (JSONView) throws -> Result
  ) throws -> Result {
    try bytes.withUnsafeBufferPointer { text in
      try parse(text, readable: bytes.capacity, maximumSize: maximumSize, body)
    }
  }

  /// Parses the first `count` bytes of a larger buffer, such as an inflater's output.
  ///
  /// Nothing is copied if `buffer` goes on for `JSONParser.padding` bytes or more after the text. What they hold
  /// does not matter. Otherwise as `parse(_:maximumSize:_:)`.
  ///
  /// - Precondition: `count` is within the buffer.
  package func parse<Result>(
    _ buffer: Span<UInt8>, count: Int, maximumSize: Int = JSONLimits.maximumSize,
    _ body: (JSONView) throws -> Result
  ) throws -> Result {
    precondition(count >= 0 && count <= buffer.count, "a text longer than its buffer")
    return try buffer.withUnsafeBufferPointer { whole in
      try parse(
        UnsafeBufferPointer(rebasing: whole[..<count]), readable: whole.count, maximumSize: maximumSize, body)
    }
  }

  private func parse<Result>(
    _ text: UnsafeBufferPointer<UInt8>, readable: Int, maximumSize: Int, _ body: (JSONView) throws -> Result
  ) throws -> Result {
    precondition(!isLent, "a parser is not used while a view of it is in use")
    guard text.count <= min(maximumSize, Int(UInt32.max) - 1) else {
      throw JSONError(.tooLarge, offset: maximumSize)
    }
    isLent = true
    defer {
      isLent = false
      trim(after: text.count)
    }
    let document = try tape(of: text, readable: readable)
    do {
      return try body(document)
    } catch var error as JSONError {
      try error.locate(in: text)
      throw error
    }
  }

  private func tape(of text: UnsafeBufferPointer<UInt8>, readable: Int) throws(JSONError) -> JSONView {
    // The library counts an empty container at the last level as no level. So it is given one level less than
    // it would need, and what it refuses is judged by the scanner, whose count is exact.
    if readable - text.count >= Self.padding, let start = text.baseAddress {
      if let view = try tape(start, text.count, depth: JSONLimits.maximumDepth) { return view }
    } else {
      copy(text, marking: [])
      if let view = try tapeOfCopy(depth: JSONLimits.maximumDepth) { return view }
    }
    let wideIntegers = try JSONScanner.check(text)
    // Nothing is wrong with the text: it is just deep enough, or has integers beyond 64 bits.
    copy(text, marking: wideIntegers)
    if let view = try tapeOfCopy(depth: JSONLimits.maximumDepth + 1) { return view }
    // The two never disagreed under the fuzzer; should they, the library has the last word.
    throw JSONError(.malformed)
  }

  /// Copies the text to where padding follows it, with `e0` after each of the integers that end at `ends`: the
  /// library takes a number of any length if it looks like a double. Tape indices stay what they were.
  private func copy(_ text: UnsafeBufferPointer<UInt8>, marking ends: [Int]) {
    padded.removeAll(keepingCapacity: true)
    padded.reserveCapacity(text.count + 2 * ends.count + Self.padding)
    var start = 0
    for end in ends {
      padded.append(contentsOf: text[start..<end])
      padded.append(contentsOf: [UInt8(ascii: "e"), UInt8(ascii: "0")])
      start = end
    }
    padded.append(contentsOf: text[start...])
    padded.append(contentsOf: repeatElement(UInt8(ascii: " "), count: Self.padding))
  }

  private func tapeOfCopy(depth: Int) throws(JSONError) -> JSONView? {
    let outcome = padded.withUnsafeBufferPointer { copy -> Result<JSONView?, JSONError> in
      guard let start = copy.baseAddress else { return .failure(JSONError(.outOfMemory)) }
      return Result { () throws(JSONError) in try tape(start, copy.count - Self.padding, depth: depth) }
    }
    return try outcome.get()
  }

  /// The document, or nil if the library refuses it. It keeps nothing of the text: strings are copied, unescaped,
  /// beside the tape.
  private func tape(
    _ start: UnsafePointer<UInt8>, _ count: Int, depth: Int
  ) throws(JSONError) -> JSONView? {
    var document = csimdjson_document()
    switch UInt32(csimdjson_parse(handle, start, count, depth, &document)) {
    case CSIMDJSON_OK.rawValue:
      guard let tape = document.tape, let strings = document.strings else { throw JSONError(.outOfMemory) }
      return JSONView(tape: tape, strings: strings, index: 1)
    case CSIMDJSON_NO_MEMORY.rawValue: throw JSONError(.outOfMemory)
    default: return nil
    }
  }

  private func trim(after count: Int) {
    guard count > retainedSize else { return }
    csimdjson_trim(handle, retainedSize)
    padded = []
  }
}

extension JSONError {
  /// Turns the place on the tape into an offset in `text`, which is known to be valid.
  mutating func locate(in text: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    guard let tapeIndex, offset == nil else { return }
    offset = try JSONScanner.offset(ofTapeIndex: tapeIndex, in: text)
    self.tapeIndex = nil
  }
}
