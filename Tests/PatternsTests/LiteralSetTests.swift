// Many literals: the same as looking for each by itself.

import Patterns
import TestKit
import Testing

@Suite struct LiteralSetTests {
  private func occurrences(_ literals: [String], _ text: String) -> Set<String> {
    var found: Set<String> = []
    let set = LiteralSet(literals)
    set.forEachOccurrence(in: Array(text.utf8).span) {
      found.insert("\(literals[$0.literal])@\($0.range.lowerBound)")
    }
    return found
  }

  @Test("Literals within literals are all found")
  func nested() {
    #expect(
      occurrences(["he", "she", "his", "hers"], "ushers") == ["she@1", "he@2", "hers@2"])
    #expect(occurrences(["a", "aa", "aaa"], "aaa").count == 6)
    #expect(occurrences(["ü"], "über ü") == ["ü@0", "ü@6"])
  }

  @Test("Nothing finds nothing, and an empty literal is never found")
  func empty() {
    #expect(occurrences([], "abc").isEmpty)
    #expect(occurrences([""], "abc").isEmpty)
    #expect(occurrences(["abc"], "").isEmpty)
    #expect(LiteralSet(["", "b"]).found(in: Array("abc".utf8).span) == [1])
  }

  @Test("Random literals in random texts: as a plain search finds them", arguments: 0..<40)
  func random(seed: UInt64) {
    var numbers = SplitMix(state: seed)
    func word(_ lengths: ClosedRange<Int>) -> [UInt8] {
      (0..<Int.random(in: lengths, using: &numbers)).map { _ in
        UInt8(97 + Int.random(in: 0..<3, using: &numbers))
      }
    }
    let literals = Array(Set((0..<12).map { _ in word(1...5) }))
    let text = word(0...80)
    var expected: Set<LiteralSet.Occurrence> = []
    for (number, literal) in literals.enumerated() where literal.count <= text.count {
      for start in 0...(text.count - literal.count)
      where text[start..<(start + literal.count)].elementsEqual(literal) {
        expected.insert(.init(literal: number, range: start..<(start + literal.count)))
      }
    }
    let set = LiteralSet(literals)
    var found: Set<LiteralSet.Occurrence> = []
    set.forEachOccurrence(in: text.span) { #expect(found.insert($0).inserted) }
    #expect(found == expected)
    #expect(Set(set.found(in: text.span).map(Int.init)) == Set(expected.map(\.literal)))
  }
}
