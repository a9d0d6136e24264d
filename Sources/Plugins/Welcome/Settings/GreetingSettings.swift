// The messages: where they go, what they say, how they look.

package import DiscordCore
package import PlatformSettings

/// A message in a channel.
package struct GreetingSettings: SettingsRecord, Hashable {
  /// How the text is sent.
  package enum Form: String, CaseIterable, Sendable { case plain, embed }

  package var isOn = false
  /// nil is the guild's system channel.
  package var channel: ChannelID?
  /// Templates, one of which is taken each time; without any, the plugin's own sentence in the guild's language.
  package var texts: [String] = []
  package var form = Form.plain
  /// Of the embed; a template as well.
  package var title = ""
  package var color = SettingsColor(0x5865F2)
  /// Whether the person is notified.
  package var pings = true
  package var hasCard = false
  /// Templates for the card; empty ones are the plugin's own.
  package var headline = ""
  package var detail = ""
  /// When the message goes again; nil leaves it.
  package var deletesAfter: Duration?
  /// Whether bots are greeted, too.
  package var greetsBots = false
  /// Of joins: not before the person has passed the guild's membership screening.
  package var waitsForScreening = false

  package init() {}

  init(isOn: Bool, hasCard: Bool) { (self.isOn, self.hasCard) = (isOn, hasCard) }

  package static let fields = SettingsFields<GreetingSettings>(
    .init("isOn", \.isOn, .toggle), .init("channel", \.channel, .optional(.channel(0, 5))),
    .init(
      "texts", \.texts,
      .list(.text(1...2_000, isMultiline: true, variables: TemplateValues.names), 0...20)),
    .init("form", \.form, .choice),
    .init(
      "title", \.title, .text(0...256, variables: TemplateValues.names), when: .init("form", is: "embed")),
    .init("color", \.color, .color, when: .init("form", is: "embed")),
    .init("pings", \.pings, .toggle), .init("hasCard", \.hasCard, .toggle),
    .init(
      "headline", \.headline, .text(0...100, variables: TemplateValues.names),
      when: .init("hasCard", is: "true")),
    .init(
      "detail", \.detail, .text(0...100, variables: TemplateValues.names), when: .init("hasCard", is: "true")),
    .init("deletesAfter", \.deletesAfter, .optional(.duration(.seconds(5) ... .seconds(43_200)))),
    .init("greetsBots", \.greetsBots, .toggle),
    .init("waitsForScreening", \.waitsForScreening, .toggle))
}

/// A direct message to whoever joins.
package struct DirectSettings: SettingsRecord, Hashable {
  package var isOn = false
  /// As in `GreetingSettings`.
  package var texts: [String] = []
  package var hasCard = false

  package init() {}

  package static let fields = SettingsFields<DirectSettings>(
    .init("isOn", \.isOn, .toggle),
    .init(
      "texts", \.texts,
      .list(.text(1...2_000, isMultiline: true, variables: TemplateValues.names), 0...20)),
    .init("hasCard", \.hasCard, .toggle))
}

/// How cards look.
package struct CardSettings: SettingsRecord, Hashable {
  /// Ready-made colours.
  package enum Style: String, CaseIterable, Sendable { case midnight, daylight, forest, ember }

  /// What the colours below begin with.
  package var style = Style.midnight
  /// Colours in place of the style's; nil leaves them.
  package var background: SettingsColor?
  package var accent: SettingsColor?
  package var text: SettingsColor?

  package init() {}

  package static let fields = SettingsFields<CardSettings>(
    .init("style", \.style, .choice), .init("background", \.background, .optional(.color)),
    .init("accent", \.accent, .optional(.color)), .init("text", \.text, .optional(.color)))
}
