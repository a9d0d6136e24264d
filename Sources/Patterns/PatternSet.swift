// Many patterns at once: which of them a text matches.

import CRE2

/// A set of patterns, asked in one call which of them are found in a text.
///
/// The text is walked once for all literals that the patterns cannot do without (`LiteralSet`); a pattern whose literals
/// are missing is not run at all. The others are run one by one, each on its own small automaton. One automaton for all
/// (RE2's `Set`) was measured first: with 500 patterns and hostile texts its states multiply, and it took 200 to 800 ms
/// where this takes two or three.
///
/// *Memory.* The automata of a set may grow to at most `memory` bytes together, however hostile patterns and texts are;
/// 500 patterns made to grow took 20 MB. The number of patterns is bounded by it: `maximumCount(memory:)`. An automaton
/// that has reached its share starts anew, or gives way to a slower, still linear way.
///
/// Immutable; safe on all threads at once.
package final class PatternSet: Sendable {
  /// What all automata of a set may grow to, in bytes, unless told.
  package static let defaultMemory = 192 << 20
  /// A pattern's share of it is at least and at most this; less makes hostile texts slow.
  private static let share = (least: 320 << 10, most: 512 << 10)
  /// RE2 splits its allowance among three automata; looking for a match alone uses one of them.
  private static let automataOfPattern = 3

  /// How many patterns fit into that much memory.
  package static func maximumCount(memory: Int = defaultMemory) -> Int { memory / share.least }

  /// How many patterns there are.
  package let count: Int
  /// How many instructions they became together.
  package let size: Int
  // Sealed in the initialiser, only read afterwards; nil when there are no patterns.
  nonisolated(unsafe) private let handle: OpaquePointer?
  private let literals: LiteralSet
  /// The literals beyond ASCII, always taken to be there: folding case outside ASCII is left to RE2.
  private let assumed: [Int32]

  /// - Throws: `PatternError` with the index of the first pattern that is wrong.
  package init(
    _ patterns: [String], options: PatternOptions = PatternOptions(), memory: Int = PatternSet.defaultMemory
  ) throws(PatternError) {
    guard patterns.count <= Self.maximumCount(memory: memory) else {
      throw PatternError(.tooMany, index: Self.maximumCount(memory: memory))
    }
    count = patterns.count
    guard !patterns.isEmpty else {
      (handle, literals, assumed, size) = (nil, LiteralSet([String]()), [], 0)
      return
    }
    guard let handle = cre2_sieve_create() else { throw PatternError(.outOfMemory) }
    do throws(PatternError) {
      let share = min(max(memory / patterns.count, Self.share.least), Self.share.most)
      size = try Self.fill(
        handle, patterns, cre2_options(options, memory: share * Self.automataOfPattern))
    } catch {
      cre2_sieve_destroy(handle)
      throw error
    }
    self.handle = handle
    (literals, assumed) = Self.literals(of: handle)
  }

  deinit { if let handle { cre2_sieve_destroy(handle) } }

  private static func fill(_ handle: OpaquePointer, _ patterns: [String], _ options: cre2_options)
    throws(PatternError) -> Int
  {
    var total = 0
    for (index, pattern) in patterns.enumerated() {
      var fault = cre2_fault()
      var size: CInt = 0
      var pattern = pattern
      let status = pattern.withUTF8 { text in
        text.withMemoryRebound(to: CChar.self) { text in
          cre2_sieve_add(handle, text.baseAddress, text.count, options, &size, &fault)
        }
      }
      guard status == 0 else { throw PatternError(status: status, fault: fault, index: index) }
      guard size <= Pattern.maximumSize else { throw PatternError(.tooLarge, index: index) }
      total += Int(size)
    }
    guard cre2_sieve_seal(handle) == 0 else { throw PatternError(.outOfMemory) }
    return total
  }

  private static func literals(of handle: OpaquePointer) -> (LiteralSet, assumed: [Int32]) {
    var texts: [[UInt8]] = []
    var assumed: [Int32] = []
    for index in 0..<cre2_sieve_literal_count(handle) {
      var length = 0
      guard let start = cre2_sieve_literal(handle, index, &length) else { continue }
      let text = UnsafeRawBufferPointer(start: start, count: length)
      // An empty text in the place of those that are assumed keeps the numbers in step.
      let isPlain = text.allSatisfy { $0 < 0x80 }
      texts.append(isPlain ? Array(text) : [])
      if !isPlain || text.isEmpty { assumed.append(Int32(index)) }
    }
    return (LiteralSet(texts), assumed)
  }

  /// The numbers of the patterns that are found in the text, which is UTF-8, in rising order.
  package func matches(in text: borrowing Span<UInt8>) -> [Int] {
    guard let handle else { return [] }
    var present = literals.found(in: Self.folded(text).span)
    present.append(contentsOf: assumed)
    return text.withUnsafeBytes { bytes in
      let numbers = [Int32](unsafeUninitializedCapacity: count) { buffer, written in
        let answer = cre2_sieve_match(
          handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, present,
          present.count, buffer.baseAddress)
        written = max(answer, 0)
      }
      return numbers.map(Int.init)
    }
  }

  /// The numbers of the patterns that are found in the text, in rising order.
  package func matches(in text: String) -> [Int] {
    var text = text
    return text.withUTF8 { matches(in: $0.span) }
  }

  /// The text in small letters as far as ASCII goes, with the two letters beyond it that fold into ASCII: the long s
  /// and the Kelvin sign.
  private static func folded(_ text: borrowing Span<UInt8>) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == 0xC5, index + 1 < text.count, text[index + 1] == 0xBF {
        folded.append(UInt8(ascii: "s"))
        index += 2
      } else if byte == 0xE2, index + 2 < text.count, text[index + 1] == 0x84, text[index + 2] == 0xAA {
        folded.append(UInt8(ascii: "k"))
        index += 3
      } else {
        folded.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
        index += 1
      }
    }
    return folded
  }
}
