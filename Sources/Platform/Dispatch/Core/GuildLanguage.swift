// The languages that the bot speaks, and what Discord calls them.

package import DiscordModels

/// A language that a guild may choose for the bot's answers, by its BCP 47 tag.
package enum GuildLanguage: String, CaseIterable, Hashable, Sendable {
  case english = "en"
  case german = "de"
  case spanish = "es"

  /// The tags of all of them, English first: what a `PluginCatalog` is loaded with.
  package static let tags = allCases.map(\.rawValue)

  /// Discord's names of the language, one for each region that it tells apart.
  package var locales: [DiscordLocale] {
    switch self {
    case .english: [.englishUS, .englishUK]
    case .german: [.german]
    case .spanish: [.spanish, .spanishLatinAmerica]
    }
  }

  /// What somebody with that language of Discord reads: English, where the bot does not speak theirs.
  package init(reading locale: DiscordLocale?) {
    self = Self.allCases.first { $0.locales.contains { $0 == locale } } ?? .english
  }
}
