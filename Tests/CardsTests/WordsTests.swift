// Tests of what is left of a text that anybody wrote, and of initials.

import Testing

@testable import Cards

struct WordsTests {
  @Test(arguments: [
    ("  Ada\nLovelace\t ", "Ada Lovelace"),
    ("a\u{202E}b\u{2066}c\u{200F}", "abc"),
    ("a\u{0}b", "a b"),
    ("\u{200B}\u{FEFF}", ""),
    ("  \n ", ""),
    ("\u{E000}\u{F8FF}x", "x"),
    ("👩🏽‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿❤️1️⃣", "👩🏽‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿❤️1️⃣"),
    ("می\u{200C}خواهم", "می\u{200C}خواهم"),
    ("สวัสดีครับ, नमस्ते", "สวัสดีครับ, नमस्ते"),
  ])
  func `what steers or hides is left out, what shows stays`(_ written: String, _ drawn: String) {
    #expect(CardText.clean(written) == drawn)
  }

  @Test func `towers of marks are cut down`() {
    let tower = "a" + String(repeating: "\u{0301}", count: 50)
    #expect(CardText.clean(tower).unicodeScalars.count == 3)
  }

  @Test func `length is bounded, in characters and in scalars`() {
    #expect(CardText.clean(String(repeating: "x", count: 100_000)).count == CardText.mostCharacters)
    let huge = "a" + String(repeating: "\u{0301}", count: 1_000_000)
    #expect(CardText.clean(huge).unicodeScalars.count <= 3)
  }

  @Test(arguments: [
    ("Ada Lovelace", "AL"), ("ada", "A"), ("river_stone.99", "RS"), ("42 is it", "4"), ("桜庭 ひなた", "桜"),
    ("🦊 Foxglove", "🦊"), ("  ", "?"), ("", "?"), ("***", "?"), ("*** Neo ***", "N"), ("عبد الرحمن", "ع"),
    ("ßtraße x", "SSX"),
  ])
  func `initials are of the first two words, or one sign that says enough`(_ name: String, _ initials: String)
  {
    #expect(Initials.of(name) == initials)
  }

  @Test func `white is read on every colour behind initials, and a name keeps its colour`() {
    for color in Initials.palette {
      #expect(Color.contrast(color.luminance, Color.white.luminance) >= leastContrast)
    }
    #expect(Initials.color(of: "Ada") == Initials.color(of: "Ada"))
    #expect(Set((0..<100).map { Initials.color(of: "name \($0)") }).count == Initials.palette.count)
  }
}
