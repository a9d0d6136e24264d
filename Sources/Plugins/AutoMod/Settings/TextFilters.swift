// Filters that look at the form of one message.

package import PlatformSettings

/// Many people or roles mentioned.
package struct MentionFilter: FilterSettings {
  package var isOn = true
  /// More than so many different users and roles in one message.
  package var maximum = 6
  /// Whether `@everyone` and `@here` by somebody who may not use them counts as a match by itself.
  package var catchesEveryone = true
  package var response = FilterResponse([.log, .delete, .timeout], timeout: .seconds(600), points: 1)

  package init() {}

  package static let fields = SettingsFields<MentionFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("maximum", \.maximum, .integer(1...100)),
    .init("catchesEveryone", \.catchesEveryone, .toggle),
    .init("response", \.response, .record()))
}

/// Shouting.
package struct CapitalsFilter: FilterSettings {
  package var isOn = false
  /// More than this share of the letters, in percent.
  package var percent = 70
  /// Texts with fewer letters may be in capitals.
  package var minimumLetters = 12
  package var response = FilterResponse([.delete])

  package init() {}

  package static let fields = SettingsFields<CapitalsFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("percent", \.percent, .integer(10...100)),
    .init("minimumLetters", \.minimumLetters, .integer(4...500)),
    .init("response", \.response, .record()))
}

/// Many emoji or stickers.
package struct EmojiFilter: FilterSettings {
  package var isOn = false
  /// More than so many in one message, the server's own and Unicode's together.
  package var maximum = 12
  package var response = FilterResponse([.delete])

  package init() {}

  package static let fields = SettingsFields<EmojiFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("maximum", \.maximum, .integer(1...200)),
    .init("response", \.response, .record()))
}

/// Walls of text.
package struct WallFilter: FilterSettings {
  package var isOn = false
  /// More than so many lines, empty ones too.
  package var maximumLines = 25
  /// More than so many characters.
  package var maximumCharacters = 1_800
  /// More than so many times the same character in a row ("aaaaaaa").
  package var maximumRepeats = 40
  package var response = FilterResponse([.delete])

  package init() {}

  package static let fields = SettingsFields<WallFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("maximumLines", \.maximumLines, .integer(2...500)),
    .init("maximumCharacters", \.maximumCharacters, .integer(50...4_000)),
    .init("maximumRepeats", \.maximumRepeats, .integer(5...4_000)),
    .init("response", \.response, .record()))
}

/// Text that hides in or between characters: zero-width characters, marks piled up ("Zalgo").
package struct HiddenTextFilter: FilterSettings {
  package var isOn = true
  /// More than so many marks on one letter; living languages need two, three at most.
  package var maximumMarks = 4
  /// More than so many invisible characters where no script or emoji needs them.
  package var maximumInvisible = 5
  package var response = FilterResponse([.log, .delete])

  package init() {}

  package static let fields = SettingsFields<HiddenTextFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("maximumMarks", \.maximumMarks, .integer(1...50)),
    .init("maximumInvisible", \.maximumInvisible, .integer(0...500)),
    .init("response", \.response, .record()))
}
