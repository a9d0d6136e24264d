// Filters that count over time: floods, copies, raids.

package import PlatformSettings

/// Many messages of one member in a short time.
package struct SpamFilter: FilterSettings {
  package var isOn = true
  /// So many messages within the window are a flood; all of them are acted upon.
  package var messages = 7
  package var window: Duration = .seconds(5)
  package var response = FilterResponse([.log, .delete, .timeout], timeout: .seconds(300), points: 1)

  package init() {}

  package static let fields = SettingsFields<SpamFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("messages", \.messages, .integer(3...30)),
    .init("window", \.window, .duration(.seconds(1)...(.seconds(120)))),
    .init("response", \.response, .record()))
}

/// The same text again and again by one member, wherever.
package struct DuplicateFilter: FilterSettings {
  package var isOn = true
  /// So many messages with the same text within the window.
  package var messages = 4
  package var window: Duration = .seconds(30)
  /// Shorter texts ("lol") may be repeated; counted without spaces, marks and capitals.
  package var minimumLength = 8
  package var response = FilterResponse([.log, .delete], points: 1)

  package init() {}

  package static let fields = SettingsFields<DuplicateFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("messages", \.messages, .integer(2...30)),
    .init("window", \.window, .duration(.seconds(1)...(.seconds(600)))),
    .init("minimumLength", \.minimumLength, .integer(1...500)),
    .init("response", \.response, .record()))
}

/// The same text by many members at once.
package struct RaidFilter: FilterSettings {
  package var isOn = true
  /// So many members with the same text within the window; every one of them is acted upon.
  package var members = 5
  package var window: Duration = .seconds(10)
  /// Shorter texts ("gg", "happy birthday") are what many people say at once.
  package var minimumLength = 16
  /// How long the text stays forbidden after the last time it was seen.
  package var hold: Duration = .seconds(300)
  package var response = FilterResponse([.log, .delete, .timeout], timeout: .seconds(3_600), points: 3)

  package init() {}

  package static let fields = SettingsFields<RaidFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("members", \.members, .integer(3...50)),
    .init("window", \.window, .duration(.seconds(2)...(.seconds(120)))),
    .init("minimumLength", \.minimumLength, .integer(1...500)),
    .init("hold", \.hold, .duration(.seconds(10)...(.seconds(3_600)))),
    .init("response", \.response, .record()))
}
