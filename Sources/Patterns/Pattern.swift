// One regular expression that is matched in time linear in the text, whatever the pattern.

import CRE2

/// How a pattern is read.
package struct PatternOptions: Hashable, Sendable {
  /// Whether capitals and small letters are the same, by Unicode's simple folding.
  package var ignoresCase = true
  /// Whether `.` matches line ends too.
  package var dotMatchesNewline = false

  package init(ignoresCase: Bool = true, dotMatchesNewline: Bool = false) {
    (self.ignoresCase, self.dotMatchesNewline) = (ignoresCase, dotMatchesNewline)
  }
}

/// A compiled regular expression in RE2's dialect: Perl's without look-around and back references. `\d`, `\w`, `\s` and
/// `\b` know ASCII only; `\pL` and the like know Unicode.
///
/// Matching takes time proportional to the text: there is no pattern that makes it explode. Safe on all threads at
/// once; a call blocks for microseconds per kilobyte.
package final class Pattern: Sendable {
  /// How many instructions a pattern may become. `.` is about nine of them, so that `.{1,40}` is 360.
  ///
  /// A hostile text makes a pattern pay for many of its instructions at each character: at this size some milliseconds
  /// for 4,000 characters, which is why larger ones are refused.
  package static let maximumSize = 1_000
  /// What a pattern and its automata may take, in bytes.
  package static let defaultMemory = 1 << 20

  /// What it was made of.
  package let source: String
  /// How many instructions it became: what a state of its automaton costs at most.
  package let size: Int
  // The compiled pattern is immutable, its caches are behind RE2's own locks.
  nonisolated(unsafe) private let handle: OpaquePointer

  /// `memory` is what the pattern and its automata may take, in bytes; a pattern that needs more to be compiled is
  /// refused, one that needs more to be matched is matched more slowly.
  ///
  /// - Throws: `PatternError`.
  package init(
    _ source: String, options: PatternOptions = PatternOptions(), memory: Int = Pattern.defaultMemory
  ) throws(PatternError) {
    var handle: OpaquePointer?
    var fault = cre2_fault()
    var source = source
    let status = source.withUTF8 { text in
      text.withMemoryRebound(to: CChar.self) { text in
        cre2_compile(
          text.baseAddress, text.count, cre2_options(options, memory: memory), &handle, &fault)
      }
    }
    guard let handle else { throw PatternError(status: status, fault: fault, index: nil) }
    size = Int(cre2_size(handle))
    guard size <= Self.maximumSize else {
      cre2_destroy(handle)
      throw PatternError(.tooLarge)
    }
    (self.handle, self.source) = (handle, source)
  }

  deinit { cre2_destroy(handle) }

  /// Whether it is found anywhere in the text, which is UTF-8.
  package func isFound(in text: borrowing Span<UInt8>) -> Bool {
    text.withUnsafeBytes { bytes in
      cre2_contains(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) != 0
    }
  }

  /// Whether it is found anywhere in the text.
  package func isFound(in text: String) -> Bool {
    var text = text
    return text.withUTF8 { isFound(in: $0.span) }
  }

  /// The leftmost match at or after the byte `start` of UTF-8 text, as a range of bytes; nil when there is none.
  package func firstRange(in text: borrowing Span<UInt8>, from start: Int = 0) -> Range<Int>? {
    guard start >= 0, start <= text.count else { return nil }
    var range = (Int.max, Int.max)
    let isFound = text.withUnsafeBytes { bytes in
      withUnsafeMutableBytes(of: &range) { range in
        cre2_find(
          handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, start,
          range.bindMemory(to: Int.self).baseAddress, 1) != 0
      }
    }
    return isFound && range.0 <= range.1 ? range.0..<range.1 : nil
  }

  /// The leftmost match as text; nil when there is none.
  package func firstMatch(in text: String) -> Substring? {
    var copy = text
    guard let range = copy.withUTF8({ firstRange(in: $0.span) }) else { return nil }
    let utf8 = text.utf8
    return text[
      utf8.index(
        utf8.startIndex, offsetBy: range.lowerBound)..<utf8.index(utf8.startIndex, offsetBy: range.upperBound)
    ]
  }
}

extension cre2_options {
  init(_ options: PatternOptions, memory: Int) {
    self.init(
      max_memory: Int64(memory), ignores_case: options.ignoresCase ? 1 : 0,
      dot_matches_newline: options.dotMatchesNewline ? 1 : 0)
  }
}
