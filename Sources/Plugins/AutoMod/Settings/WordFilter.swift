// Banned words, and rules that a server makes itself.

package import DiscordCore
package import PlatformSettings

/// Banned words, by word, with wildcards, or as regular expressions.
package struct WordFilter: FilterSettings {
  package var isOn = true
  /// `word` is the whole word, `word*` words that begin so, `*word*` anything that contains it, `w*d` what lies between.
  /// Phrases have spaces.
  package var words: [String] = []
  /// Regular expressions of RE2's dialect; capitals and small letters are the same.
  package var patterns: [String] = []
  /// Words that are not meant although a wildcard catches them.
  package var allowed: [String] = []
  /// Whether "$h0rt", "s h o r t", "shhhhort" and letters of other alphabets that look alike are seen through.
  package var seesThroughDisguise = true
  /// Discord's own lists, which stop messages before they are sent.
  package var discordLists: [DiscordWordList] = []
  package var response = FilterResponse([.log, .delete], points: 1, tellsMember: true)

  package init() {}

  package static let fields = SettingsFields<WordFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("words", \.words, .unique(.word, 0...SettingsBounds.words)),
    .init("patterns", \.patterns, .unique(.pattern, 0...SettingsBounds.patterns)),
    .init("allowed", \.allowed, .unique(.word, 0...SettingsBounds.words)),
    .init("seesThroughDisguise", \.seesThroughDisguise, .toggle),
    .init("discordLists", \.discordLists, .unique(.choice, 0...DiscordWordList.allCases.count)),
    .init("response", \.response, .record()))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    problems.checkWords(words, at: path.field("words"))
    problems.checkWords(allowed, at: path.field("allowed"))
    problems.checkPatterns(patterns, at: path.field("patterns"))
  }
}

/// Lists of words that Discord keeps.
package enum DiscordWordList: String, CaseIterable, Sendable {
  case profanity, sexualContent, slurs
}

/// A rule of a server's own: any of its words, patterns or domains, under its conditions. Without any of the three, every
/// message under the conditions matches.
package struct CustomRule: FilterSettings {
  package var name = ""
  package var isOn = true
  /// Words and regular expressions, as in the filter of banned words.
  package var words: [String] = []
  package var patterns: [String] = []
  /// Links to these domains and their subdomains.
  package var domains: [String] = []
  /// As in the filter of banned words.
  package var allowed: [String] = []
  /// When any stand here, the rule holds there alone, in the categories' channels and in their threads.
  package var onlyChannels: [ChannelID] = []
  /// When any stand here, the rule holds for members with one of these roles alone.
  package var onlyRoles: [RoleID] = []
  /// When set, the rule holds for accounts younger than this alone.
  package var accountYoungerThan: Duration?
  /// When set, the rule holds for members who joined less than this ago alone.
  package var joinedWithin: Duration?
  package var response = FilterResponse()

  package init() {}

  private static let ages: ClosedRange<Duration> = .seconds(60)...(.seconds(3_650 * 86_400))

  package static let fields = SettingsFields<CustomRule>(
    .init("name", \.name, .text(1...60)),
    .init("isOn", \.isOn, .toggle),
    .init("words", \.words, .unique(.word, 0...SettingsBounds.words)),
    .init("patterns", \.patterns, .unique(.pattern, 0...SettingsBounds.patterns)),
    .init("domains", \.domains, .unique(.domain, 0...SettingsBounds.domains)),
    .init("allowed", \.allowed, .unique(.word, 0...SettingsBounds.words)),
    .init("onlyChannels", \.onlyChannels, .unique(.channel(), 0...SettingsBounds.exemptions)),
    .init("onlyRoles", \.onlyRoles, .unique(.role, 0...SettingsBounds.exemptions)),
    .init("accountYoungerThan", \.accountYoungerThan, .optional(.duration(ages))),
    .init("joinedWithin", \.joinedWithin, .optional(.duration(ages))),
    .init("response", \.response, .record()))

  /// Whether the rule asks for more than the text and the exemptions that Discord's AutoMod knows.
  var hasConditions: Bool {
    !onlyChannels.isEmpty || !onlyRoles.isEmpty || accountYoungerThan != nil || joinedWithin != nil
  }

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    problems.checkWords(words, at: path.field("words"))
    problems.checkWords(allowed, at: path.field("allowed"))
    problems.checkPatterns(patterns, at: path.field("patterns"))
    problems.checkDomains(domains, at: path.field("domains"))
    if words.isEmpty, patterns.isEmpty, domains.isEmpty, !hasConditions {
      problems.append(SettingsProblem(path, .rule, ["rule": "problem.emptyRule"]))
    }
  }
}

extension [SettingsProblem] {
  /// Notes words of which nothing is left when marks and spaces are taken away.
  mutating func checkWords(_ words: [String], at path: SettingsPath) {
    for (index, word) in words.enumerated() where WordRule(word) == nil {
      append(SettingsProblem(path.element(index), .rule, ["rule": "problem.noWord"]))
    }
  }
}
