// Banned words: what is one, what only looks like one, what hides as one.

import AutoModPlugin
import EventLoop
import Testing

@Suite struct WordTests {
  private func matches(_ words: [String], _ text: String, allowed: [String] = [], seesThrough: Bool = true)
    throws
    -> MatchSign?
  {
    let settings = settings {
      $0.words.isOn = true
      $0.words.words = words
      $0.words.allowed = allowed
      $0.words.seesThroughDisguise = seesThrough
    }
    return try verdict(message(text), settings).signs.first
  }

  @Test(
    "A word is found as a word",
    arguments: [
      ("ass", "you ass!"), ("ass", "ASS"), ("ass", "**ass**"), ("ass", "__ass__"), ("ass", "(ass),"),
      ("ass", "ass-hat"), ("bad phrase", "such a bad  \n phrase here"), ("größe", "GRÖSSE? nein, Größe"),
      ("сука", "ну СУКА же"), ("ﬀ", "ﬀ"), ("naïve", "so naive"), ("naive", "so naïve"),
      ("scunth*", "Scunthorpe"), ("*orpe", "scunthorpe"), ("*unt*", "scunthorpe"), ("f*ck", "frack, fck"),
      ("bad * here", "a bad thing here"), ("坏", "这是坏话"), ("ass", "💩ass💩"), ("5ex", "5ex"),
    ])
  func finds(word: String, text: String) throws {
    #expect(try matches([word], text) == .word)
  }

  @Test(
    "What merely contains a word is none",
    arguments: [
      ("ass", "class"), ("ass", "assume"), ("ass", "passé"), ("ass", "a ss"), ("ass", "bass-line"),
      ("hell", "hello shell"), ("scunth*", "prescunth"), ("*orpe", "orpes"), ("f*ck", "f is a duck"),
      ("bad phrase", "bad phrases"), ("ass", "4.55"), ("ass", "https://youtu.be/a55"), ("ass", "as, s"),
      ("tit", "title"), ("сос", "насос"), ("ass", "455"), ("i", "1"),
      ("as", "asssss!".replacing("!", with: "et")),
    ])
  func spares(word: String, text: String) throws {
    #expect(try matches([word], text) == nil)
  }

  @Test(
    "A word in disguise is seen",
    arguments: [
      ("ass", "@ss"), ("ass", "a$$"), ("ass", "a$$!"), ("ass", "A55"), ("fuck", "fuuuuuck"),
      ("ass", "assssss"),
      ("shit", "s h i t"), ("shit", "s.h.i.t"), ("shit", "so s-h-1-t then"), ("shit", "$h1t"),
      ("shit", "ｓｈｉｔ"), ("shit", "𝓼𝓱𝓲𝓽"), ("shit", "ⓢⓗⓘⓣ"), ("shit", "s\u{200B}h\u{200D}i\u{2060}t"),
      ("shit", "s̶h̶i̶t̶"), ("shit", "ѕhіt"), ("hello", "he11o"), ("shit", "sh\u{AD}it"), ("shit", "🇸🇭🇮🇹"),
      ("ass", "аss"), ("shit", "SHIIIIIIT!!!"),
    ])
  func disguised(word: String, text: String) throws {
    #expect(try matches([word], text) != nil)
  }

  @Test("Who does not want to see through disguise does not")
  func plainOnly() throws {
    #expect(try matches(["ass"], "a$$", seesThrough: false) == nil)
    #expect(try matches(["ass"], "ass", seesThrough: false) == .word)
    #expect(try matches(["a*s"], "a$$", seesThrough: false) == nil)
    #expect(try matches(["a*s"], "a$$") == .disguisedWord)
  }

  @Test("An exception saves the word that a wildcard catches, and no other")
  func exceptions() throws {
    #expect(try matches(["*unt*"], "Scunthorpe", allowed: ["scunthorpe"]) == nil)
    #expect(try matches(["*unt*"], "Scunthorpe runt", allowed: ["scunthorpe"]) == .word)
  }

  @Test("Regular expressions run over the cleaned text")
  func patterns() throws {
    let settings = settings {
      $0.words.isOn = true
      $0.words.patterns = ["buy\\s+gold", "^!sell"]
    }
    #expect(try verdict(message("BUY\u{200B}  gold"), settings).signs == [.pattern])
    #expect(try verdict(message("!sell"), settings).signs == [.pattern])
    #expect(try verdict(message("don't !sell"), settings).matches.isEmpty)
  }

  @Test("Rules of a server's own match by words, patterns, domains, or their conditions alone")
  func customRules() throws {
    let settings = settings {
      var words = CustomRule()
      (words.name, words.words) = ("Politics", ["election"])
      var domains = CustomRule()
      (domains.name, domains.domains) = ("Shops", ["shop.example"])
      var newcomers = CustomRule()
      (newcomers.name, newcomers.joinedWithin, newcomers.response.actions) = ("New", .seconds(3_600), [.log])
      var off = words
      off.isOn = false
      $0.rules = [off, words, domains, newcomers]
    }
    #expect(try verdict(message("the Election"), settings).matches.map(\.rule) == [.custom(1, "Politics")])
    #expect(try verdict(message("see my.shop.example/x"), settings).names == ["rule:Shops"])
    #expect(try verdict(message("hi"), settings).matches.isEmpty)
    let newcomer = try verdict(message("hi") { $0.joinedAt = start - .seconds(60) }, settings)
    #expect(newcomer.signs == [.conditions])
    #expect(newcomer.deletes.isEmpty && newcomer.logs)
  }
}
