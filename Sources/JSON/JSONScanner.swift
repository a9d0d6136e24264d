// The slow and exact reader of the grammar: it finds where a text goes wrong, and where an element lies.
//
// The fast parser says only that a text is wrong. This one walks RFC 8259 byte by byte and is run when there is
// something to report, and before Codable decoding.

/// A walk over one text.
struct JSONScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// The element that the fast parser would write next; see `JSONView` for how many each token takes.
  private var tapeIndex = 1
  private let target: Int
  /// One entry per open container: whether it is an object.
  private var containers: [Bool] = []
  /// Where integers end that are beyond 64 bits.
  private var wideIntegers: [Int] = []

  private init(_ text: UnsafeBufferPointer<UInt8>, target: Int) {
    self.text = text
    self.target = target
  }

  /// Checks that `text` is JSON within the depth limit.
  ///
  /// - Returns: where those integers end that are beyond 64 bits, in rising order. They are JSON, and read as
  ///   doubles.
  /// - Throws: what is wrong first, with its exact offset.
  @discardableResult
  static func check(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> [Int] {
    var scanner = JSONScanner(text, target: -1)
    _ = try scanner.document()
    return scanner.wideIntegers
  }

  /// Where in `text` the element at `target` on the tape starts; nil when there is none.
  static func offset(ofTapeIndex target: Int, in text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> Int? {
    var scanner = JSONScanner(text, target: target)
    return try scanner.document()
  }

  /// What the grammar allows at a place.
  private enum Expectation {
    case value
    /// After `[`.
    case valueOrEnd
    /// After `{`.
    case keyOrEnd
    /// After a comma in an object.
    case key
    /// After a value in a container.
    case commaOrEnd
    /// After the outermost value.
    case endOfText
  }

  /// Walks the text until the target or the end.
  private mutating func document() throws(JSONError) -> Int? {
    var expectation = Expectation.value
    while true {
      skipWhitespace()
      guard let byte = peek() else {
        if case .endOfText = expectation { return nil }
        throw JSONError(.unexpectedEnd, offset: position)
      }
      if tapeIndex == target, byte != UInt8(ascii: ",") { return position }
      switch (expectation, byte) {
      case (.valueOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")):
        expectation = close()
      case (.value, _), (.valueOrEnd, _):
        expectation = try value(byte)
      case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
        try string()
        try colon()
        expectation = .value
      case (.commaOrEnd, UInt8(ascii: ",")):
        position += 1
        expectation = containers.last == true ? .key : .value
      case (.commaOrEnd, UInt8(ascii: "]")) where containers.last == false,
        (.commaOrEnd, UInt8(ascii: "}")) where containers.last == true:
        expectation = close()
      default:
        throw JSONError(.malformed, offset: position)
      }
    }
  }

  private mutating func value(_ byte: UInt8) throws(JSONError) -> Expectation {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard containers.count < JSONLimits.maximumDepth else { throw JSONError(.tooDeep, offset: position) }
      let isObject = byte == UInt8(ascii: "{")
      containers.append(isObject)
      advance(elements: 1)
      return isObject ? .keyOrEnd : .valueOrEnd
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default: throw JSONError(.malformed, offset: position)
    }
    return containers.isEmpty ? .endOfText : .commaOrEnd
  }

  private mutating func close() -> Expectation {
    containers.removeLast()
    advance(elements: 1)
    return containers.isEmpty ? .endOfText : .commaOrEnd
  }

  private mutating func colon() throws(JSONError) {
    skipWhitespace()
    try expect(UInt8(ascii: ":"))
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) {
    for offset in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[offset]) }
    tapeIndex += 1
  }

  // MARK: Strings

  private mutating func string() throws(JSONError) {
    position += 1
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        advance(elements: 1)
        return
      case UInt8(ascii: "\\"): try escape()
      case 0x20..<0x80: position += 1
      case 0x80...: try multibyte(byte)
      default: throw JSONError(.malformed, offset: position)
      }
    }
    throw JSONError(.unexpectedEnd, offset: position)
  }

  private mutating func escape() throws(JSONError) {
    let start = position
    position += 1
    guard let byte = peek() else { throw JSONError(.unexpectedEnd, offset: position) }
    position += 1
    switch byte {
    case UInt8(ascii: "u"): break
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return
    default: throw JSONError(.invalidEscape, offset: start)
    }
    let unit = try hexadecimal(start)
    guard UTF16.isSurrogate(unit) else { return }
    guard UTF16.isLeadSurrogate(unit) else { throw JSONError(.invalidEscape, offset: start) }
    for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
      guard let next = peek() else { throw JSONError(.unexpectedEnd, offset: position) }
      guard next == expected else { throw JSONError(.invalidEscape, offset: start) }
      position += 1
    }
    guard UTF16.isTrailSurrogate(try hexadecimal(start)) else {
      throw JSONError(.invalidEscape, offset: start)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek() else { throw JSONError(.unexpectedEnd, offset: position) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw JSONError(.invalidEscape, offset: start)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// Checks one sequence against table 3-7 of the Unicode standard.
  private mutating func multibyte(_ lead: UInt8) throws(JSONError) {
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0...0)
      }
    guard count > 0 else { throw JSONError(.invalidUTF8, offset: position) }
    for offset in 1..<count {
      guard position + offset < text.count,
        (offset == 1 ? second : 0x80...0xBF).contains(text[position + offset])
      else { throw JSONError(.invalidUTF8, offset: position) }
    }
    position += count
  }

  // MARK: Numbers

  private mutating func number() throws(JSONError) {
    let start = position
    let isNegative = peek() == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let magnitudeStart = position
    if peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
    let magnitudeEnd = position
    var isInteger = true
    if peek() == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    tapeIndex += 2
    if isInteger, Self.fits(text[magnitudeStart..<magnitudeEnd], isNegative: isNegative) { return }
    guard Double(String(decoding: text[start..<position], as: UTF8.self))?.isFinite == true else {
      throw JSONError(.numberOutOfRange, offset: start)
    }
    if isInteger { wideIntegers.append(position) }
  }

  private static func fits(_ digits: Slice<UnsafeBufferPointer<UInt8>>, isNegative: Bool) -> Bool {
    var magnitude: UInt64 = 0
    for digit in digits {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit & 0x0F))
      if overflow || carry { return false }
      magnitude = sum
    }
    return !isNegative || magnitude <= Int64.min.magnitude
  }

  private mutating func digits() throws(JSONError) {
    guard let first = peek() else { throw JSONError(.unexpectedEnd, offset: position) }
    guard Self.isDigit(first) else { throw JSONError(.malformed, offset: position) }
    while let byte = peek(), Self.isDigit(byte) { position += 1 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  // MARK: Bytes

  private func peek() -> UInt8? { position < text.count ? text[position] : nil }

  private mutating func advance(elements: Int) {
    position += 1
    tapeIndex += elements
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard let next = peek() else { throw JSONError(.unexpectedEnd, offset: position) }
    guard next == byte else { throw JSONError(.malformed, offset: position) }
    position += 1
  }

  private mutating func skipWhitespace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }
}
