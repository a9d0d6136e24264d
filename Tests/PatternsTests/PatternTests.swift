// One pattern: what it finds, and what its author is told.

import Patterns
import Testing

@Suite struct PatternTests {
  @Test(
    "A pattern finds what its author means",
    arguments: [
      ("free\\s+nitro", "get FREE   Nitro now", "FREE   Nitro"), ("^spam$", "spam", "spam"),
      ("größe", "Die GRÖSSE und GRÖßE", "GRÖßE"), ("\\p{Cyrillic}+", "abc где", "где"),
      ("a|", "xyz", ""), ("[[:digit:]]{3}", "call 555-1234", "555"),
    ])
  func finds(pattern: String, text: String, match: String) throws {
    #expect(try Pattern(pattern).firstMatch(in: text).map(String.init) == match)
  }

  @Test("Capitals count when they are asked to")
  func capitals() throws {
    #expect(try !Pattern("spam", options: PatternOptions(ignoresCase: false)).isFound(in: "SPAM"))
    #expect(try Pattern("spam").isFound(in: "SPAM"))
    #expect(try !Pattern("a.b").isFound(in: "a\nb"))
    #expect(try Pattern("a.b", options: PatternOptions(dotMatchesNewline: true)).isFound(in: "a\nb"))
  }

  @Test("Searching can go on behind a match, and finds empty matches at the end")
  func goesOn() throws {
    let text = Array("ab ab".utf8)
    let pattern = try Pattern("ab")
    #expect(pattern.firstRange(in: text.span) == 0..<2)
    #expect(pattern.firstRange(in: text.span, from: 1) == 3..<5)
    #expect(pattern.firstRange(in: text.span, from: 4) == nil)
    #expect(pattern.firstRange(in: text.span, from: 9) == nil)
    #expect(try Pattern("$").firstRange(in: text.span) == 5..<5)
    #expect(try Pattern("x*").firstRange(in: [UInt8]().span) == 0..<0)
  }

  @Test(
    "What is wrong is named, with the place",
    arguments: [
      ("a(b", PatternError.Code.missingParenthesis, "a(b"), ("a)b", .unexpectedParenthesis, "a)b"),
      ("[ab", .missingBracket, "[ab"), ("[z-a]", .badRange, "z-a"), ("*a", .nothingToRepeat, "*"),
      ("a{1001}", .repeatsTooOften, "{1001}"), ("(a{100}){100}", .repeatsTooOften, ""),
      ("a\\", .trailingBackslash, ""), ("(a)\\1", .badEscape, "\\1"), ("(?=a)", .unsupported, "(?="),
      ("(?<!a)b", .unsupported, "(?<"), ("\\p{Smile}", .badClass, "\\p{Smile}"),
      ("a**", .repeatsARepeat, "**"), ("(?P<n-n>a)", .badGroupName, "(?P<n-n>"),
      ("\\pL{900}", .tooLarge, ""), ("(.{1,40}a){3}z", .tooLarge, ""), ("a{1000}b", .tooLarge, ""),
    ])
  func faults(pattern: String, code: PatternError.Code, fragment: String) {
    let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
    #expect(error?.code == code)
    if !fragment.isEmpty { #expect(error?.fragment == fragment) }
    #expect(error?.description.contains("|") == false)
  }

  @Test("One pattern serves many threads")
  func threads() async throws {
    let pattern = try Pattern("(a|b)*a(a|b){12}$")
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          (0..<50).allSatisfy { round in
            let text = String(repeating: number % 2 == 0 ? "ab" : "ba", count: 20 + round)
            return pattern.isFound(in: text) == (text.utf8.dropLast(12).last == UInt8(ascii: "a"))
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
