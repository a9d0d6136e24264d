// Texts made to trip readers: none of them does.

import AutoModPlugin
import DiscordCore
import TestKit
import Testing

@Suite struct HostileTextTests {
  private static let pieces = [
    "<", ">", "<@", "<@&", "<@!1>", "<:a:", ":1>", "<a:b:2>", "@", "@everyone", "[", "]", "](", "(", ")",
    "://",
    "https:", "http://", "hxxp[:]//", "\\", "/", "//", ".", "..", "a.b", "xn--", "xn--a.com",
    "xn--99999999999.com",
    "discord", ".gg", "/", "discord.gg/", "discord . gg /", "-", "_", "%", "#", "?", ":", "user@", "\u{200B}",
    "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{301}", "🇩", "👩", "\u{1F3FB}", "$", "1", "s h", "aaa", "ſ", "К",
    "ß", "İ",
    " ", "\n", "\u{0}", "\u{FFFD}", "\u{10FFFF}", "\u{E0020}", "é", "字", "ff",
  ]

  @Test("Any mixture of awkward pieces is decided upon", arguments: 0..<8)
  func mixtures(seed: UInt64) throws {
    var all = AutoModSettings()
    (all.links.isOn, all.capitals.isOn, all.emoji.isOn, all.walls.isOn) = (true, true, true, true)
    all.words.words = ["a*b", "*字*", "s h", "aaa"]
    all.words.patterns = ["(a|b)*c", ".{3}$"]
    let rules = try CompiledRules(all)
    var numbers = SplitMix(state: seed)
    var state = AutoModState()
    for id in 1...150 as ClosedRange<UInt64> {
      let text = (0..<Int.random(in: 0...40, using: &numbers))
        .map { _ in Self.pieces.randomElement(using: &numbers) ?? "" }.joined()
      let facts = message(text, id: id, by: id % 9, at: Double(id))
      let first = rules.decide(facts, in: GuildFacts(), state: &state)
      // What a message says by itself it says again.
      var fresh = AutoModState()
      let again = rules.decide(facts, in: GuildFacts(), state: &fresh)
      func alone(_ verdict: Verdict) -> [RuleMatch] {
        verdict.matches.filter {
          if case .filter(let kind) = $0.rule { return !kind.needsHistory }
          return true
        }
      }
      #expect(alone(first) == alone(again))
    }
  }

  @Test("Every hostile pattern may be a rule, on every hostile text")
  func patterns() throws {
    let rules = try CompiledRules(
      settings {
        $0.words.isOn = true
        $0.words.patterns = HostilePatterns.patterns(80)
      })
    var state = AutoModState()
    var matches = 0
    for (index, text) in HostilePatterns.texts(bytes: 1_000, random: 6).enumerated() {
      matches += rules.decide(message(text, id: UInt64(index)), in: GuildFacts(), state: &state).matches.count
    }
    #expect(matches > 0)
  }
}
