// A set of patterns: the same answer as each by itself, and no text that makes it explode.

import Patterns
import TestKit
import Testing

@Suite struct PatternSetTests {
  @Test("The set answers as each pattern does by itself, on every hostile text")
  func sameAsAlone() throws {
    let sources = HostilePatterns.patterns(120)
    let set = try PatternSet(sources)
    let patterns = try sources.map { try Pattern($0) }
    for text in HostilePatterns.texts(bytes: 300, random: 12) + [
      "", "ſteam GIFT free", "50 \u{212A}", "größe",
    ] {
      let expected = patterns.indices.filter { patterns[$0].isFound(in: text) }
      #expect(set.matches(in: text) == expected, "\(text.prefix(20))")
    }
  }

  @Test("Letters beyond ASCII that fold into it, and those that do not, keep no pattern from running")
  func folding() throws {
    let set = try PatternSet(["steam", "kelvin", "größe", "ГДЕ", "İ"])
    #expect(set.matches(in: "\u{17F}TEAM") == [0])
    #expect(set.matches(in: "\u{212A}elvin") == [1])
    #expect(set.matches(in: "GRÖßE") == [2])
    #expect(set.matches(in: "где") == [3])
    #expect(set.matches(in: "i").isEmpty)
    #expect(set.matches(in: "İ") == [4])
  }

  @Test("A set that shares too little memory to keep its states is slower, never wrong")
  func shortOfMemory() throws {
    let sources = Array(repeating: "(a|b)*a(a|b){14}c", count: 4) + ["zebra"]
    let set = try PatternSet(sources, memory: 5 * (320 << 10))
    var numbers = SplitMix(state: 3)
    for _ in 0..<4 {
      let noise = String((0..<4000).map { _ in Bool.random(using: &numbers) ? "a" : "b" })
      #expect(set.matches(in: noise).isEmpty)
      #expect(set.matches(in: noise + "aaaaaaaaaaaaaaac") == [0, 1, 2, 3])
    }
  }

  @Test("A wrong pattern is named by its number, and so is the first that is too many")
  func faults() {
    let wrong = #expect(throws: PatternError.self) { try PatternSet(["a", "b", "c("]) }
    #expect(wrong?.index == 2)
    #expect(wrong?.code == .missingParenthesis)
    let many = #expect(throws: PatternError.self) {
      try PatternSet(Array(repeating: "a", count: 11), memory: 10 * (320 << 10))
    }
    #expect(many?.code == .tooMany)
    #expect(many?.index == 10)
  }

  @Test("No patterns match nothing")
  func empty() throws {
    #expect(try PatternSet([]).matches(in: "abc").isEmpty)
    #expect(try PatternSet([""]).matches(in: "abc") == [0])
  }
}
