// What Discord shows of commands: in the guild's language, and in the others for people who read those.

import DiscordModels
import PlatformPlugins
import Resources

/// A text of a command in every language that there is.
struct LocalizedText: Hashable {
  /// In the guild's language.
  var text: String
  /// In the other languages, by Discord's locale; without those in which it is the same.
  var others: [String: String] = [:]
}

/// The texts of the commands of one guild.
struct CommandWording {
  let catalog: PluginCatalog
  /// The guild's.
  let language: String

  /// A sentence of a plugin, at most `limit` characters of it; `fallback` where a catalog has none.
  func callAsFunction(
    _ plugin: String, _ key: String, limit: Int = 100, fallback: String? = nil
  ) -> LocalizedText {
    func sentence(_ language: String) -> String {
      let strings = catalog.strings(of: plugin, language: language)
      return String((strings.sentence(key) ?? fallback ?? strings[dynamic: key]).prefix(limit))
    }
    var result = LocalizedText(text: sentence(language))
    for other in GuildLanguage.allCases
    where other.rawValue != language && catalog.languages.contains(other.rawValue) {
      let text = sentence(other.rawValue)
      for locale in other.locales where text != result.text { result.others[locale.rawValue] = text }
    }
    return result
  }

  /// What is said of a word that several commands begin with: of the first plugin that has a sentence for it.
  func word(_ words: String, in commands: [PluginCommand], fallback: String) -> LocalizedText {
    let key = "command.\(words)"
    let plugin = commands.map(\.plugin).first {
      catalog.strings(of: $0, language: language).sentence(key) != nil
    }
    guard let plugin else { return LocalizedText(text: String(fallback.prefix(100))) }
    return self(plugin, key, fallback: fallback)
  }
}
