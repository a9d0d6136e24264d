// Takes an input apart into the choices a target needs; what is missing at its end reads as zero or empty.

/// Reads an input from its front.
struct InputReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) { rest = input[...] }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// Eight bytes, the most significant first.
  mutating func number() -> UInt64 { (0..<8).reduce(0) { number, _ in number << 8 | UInt64(byte()) } }

  /// A length of one byte and so many bytes.
  mutating func bytes() -> [UInt8] {
    let count = Int(byte())
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// `bytes()` as text, repaired where it is not UTF-8.
  mutating func text() -> String { String(decoding: bytes(), as: UTF8.self) }

  /// Up to eight piece sizes: a count of one byte, then a byte each, 1 to 256.
  mutating func pieces() -> [Int] { (0..<Int(byte() & 7) + 1).map { _ in Int(byte()) + 1 } }

  /// All that is left.
  var allBytes: [UInt8] { Array(rest) }

  /// All that is left as text, repaired where it is not UTF-8.
  var allText: String { String(decoding: rest, as: UTF8.self) }
}

extension Sequence<UInt8> {
  /// Whether there is a control character (C0 or DEL), which no parsed text of a head may hold.
  var hasControl: Bool { contains { $0 < 0x20 || $0 == 0x7F } }
}

extension [UInt8] {
  /// The lines, each with its line feed, as a transport hands them over.
  var lines: [[UInt8]] {
    split(separator: 10, omittingEmptySubsequences: false).map { Array($0) + [10] }
  }

  /// The bytes in pieces of these sizes, again and again.
  func split(into pieces: [Int]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var rest = self[...]
    while !rest.isEmpty {
      let piece = rest.prefix(pieces[result.count % pieces.count])
      result.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    return result
  }
}
