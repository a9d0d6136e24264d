// Patterns that bring backtracking engines down, and the texts that do it: for tests and benchmarks of linear time.

/// Classic regular expressions whose running time explodes in engines that backtrack, each with a text that does it.
package enum HostilePatterns {
  /// A pattern, and what is repeated to make its worst text, with the end that makes it fail.
  package struct Shape: Sendable {
    package let pattern: String
    package let unit: String
    package let ending: String

    package init(_ pattern: String, _ unit: String, _ ending: String) {
      (self.pattern, self.unit, self.ending) = (pattern, unit, ending)
    }

    /// Its worst text of at most so many bytes.
    package func text(bytes: Int) -> String {
      let room = max(0, bytes - ending.utf8.count)
      return String(repeating: unit, count: room / unit.utf8.count) + ending
    }
  }

  /// Each shape once.
  package static let shapes: [Shape] = [
    Shape("(a+)+$", "a", "!"), Shape("([a-zA-Z]+)*$", "a", "!"), Shape("(a|aa)+$", "a", "!"),
    Shape("(a|a?)+$", "a", "!"), Shape("(.*a){20}$", "a", "!"), Shape("(x+x+)+y", "x", ""),
    Shape("^(([a-z])+.)+[A-Z]([a-z])+$", "a", ""), Shape("(a*)*b", "a", ""), Shape("(a*a*)*b", "a", "c"),
    Shape("(.*)*x", "y", ""), Shape("^(\\w+\\s?)*$", "word ", "!"), Shape("(\\w+\\d?)+!", "w1", ""),
    Shape("([^@]+)*@", "a", ""), Shape("(.+)+=(.+)+;", "=", ""), Shape("\\s+$", " ", "x"),
    Shape("^\\s+|\\s+$", " ", "x"), Shape("(ab|a|b)*c", "ab", ""), Shape("(?:a|b|ab)*d", "ab", ""),
    Shape("(a|b)*a(a|b){12}", "ba", ""), Shape("[ab]*a[ab]{14}c", "aabab", ""),
    Shape("(.{1,20}a){3}z", "a", ""), Shape("(\\d+,?)+x", "1", ""), Shape("(<[^>]*>)*y", "<a>", ""),
    Shape("(https?://)?([\\w-]+\\.)+[a-z]{2,6}(/.*)*\\?q$", "https://a.b/", ""),
    Shape("\\b(\\w+\\W+){10,20}end\\b", "a ", ""), Shape("(foo|foobar|fo+)+baz", "foobar", ""),
    Shape("([a-z0-9]+[-_.]?)+@([a-z0-9-]+\\.)+com", "a-", "@a"), Shape("(a?){30}a{30}", "a", ""),
    Shape("(?:(?:a+)+b)+c", "aab", ""), Shape("free.*nitro", "free ", ""),
    Shape("(steam|discord).{0,30}gift.{0,30}(free|nitro)", "steam gift ", ""),
    Shape("(\\w{1,10}\\s){1,8}scam", "word ", ""), Shape("(.*,){11}P", ",", ""),
    Shape("x*x*x*x*x*x*y", "x", ""), Shape("(d[i1!|]+s+c+[o0]+r+d+)+\\.?(g+i+f+t+)", "discord", ""),
    Shape("[\\s\\S]*evil[\\s\\S]*", "evi", ""), Shape("(?:[^\\n]*\\n)*END", "\n", ""),
    Shape("((a{1,5}){1,5}){1,5}b", "a", ""), Shape("n+[i1!]+t+r+[o0]+", "nitr", ""),
    Shape("^(?:(?:[^,]*,){1,10}){2}$", ",", "\n"),
  ]

  /// As many patterns as asked for, as a server might have them: the shapes, again and again, with other letters.
  package static func patterns(_ count: Int) -> [String] {
    (0..<count).map { shifted(shapes[$0 % shapes.count].pattern, by: $0 / shapes.count) }
  }

  /// Texts of at most `bytes` that are the worst for some shape, then ones made of random letters.
  package static func texts(bytes: Int, random: Int = 20) -> [String] {
    var numbers = SplitMix(state: 7)
    let worst = shapes.map { $0.text(bytes: bytes) }
    return worst
      + (0..<random).map { index in
        let letters: ClosedRange<UInt8> = index % 3 == 0 ? 97...98 : index % 3 == 1 ? 97...122 : 32...126
        return String(
          decoding: (0..<bytes).map { _ in UInt8.random(in: letters, using: &numbers) }, as: UTF8.self)
      }
  }

  /// The pattern with its literal letters moved along the alphabet; escapes, ranges and flags stay.
  private static func shifted(_ pattern: String, by amount: Int) -> String {
    let bytes = Array(pattern.utf8)
    let letters: ClosedRange<UInt8> = UInt8(ascii: "a")...UInt8(ascii: "z")
    let shifted = bytes.indices.map { index -> UInt8 in
      let before = index > 0 ? bytes[index - 1] : 0
      let after = index + 1 < bytes.count ? bytes[index + 1] : 0
      let isFixed =
        [UInt8(ascii: "\\"), UInt8(ascii: "-"), UInt8(ascii: "?")].contains(before)
        || after == UInt8(ascii: "-")
      guard letters.contains(bytes[index]), !isFixed else { return bytes[index] }
      return letters.lowerBound + UInt8((Int(bytes[index] - letters.lowerBound) + amount) % 26)
    }
    return String(decoding: shifted, as: UTF8.self)
  }
}

/// A small generator of random numbers that a seed decides.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
