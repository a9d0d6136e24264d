// What a guild can set about newcomers, and about those who go.

import DiscordCore
package import PlatformSettings

/// The settings of the plugin.
package struct WelcomeSettings: PluginSettings, Hashable {
  /// Messages in a channel.
  package var join = GreetingSettings(isOn: true, hasCard: true)
  package var leave = GreetingSettings()
  package var boost = GreetingSettings()
  /// A direct message to whoever joins.
  package var direct = DirectSettings()
  /// How cards look.
  package var card = CardSettings()
  /// What becomes of greetings in a rush.
  package var rush = RushSettings()
  /// Roles that are given by themselves.
  package var autoRoles: [AutoRole] = []
  /// Roles that come back with whoever comes back.
  package var sticky = StickySettings()
  /// The button under the rules.
  package var rules = RulesSettings()

  package init() {}

  package static let fields = SettingsFields<WelcomeSettings>(
    .init("join", \.join, .record()), .init("leave", \.leave, .record()), .init("boost", \.boost, .record()),
    .init("direct", \.direct, .record()), .init("card", \.card, .record()),
    .init("rush", \.rush, .record()), .init("autoRoles", \.autoRoles, .list(.record(), 0...20)),
    .init("sticky", \.sticky, .record()), .init("rules", \.rules, .record()))

  /// The settings of the message for an occasion.
  func greeting(_ occasion: Occasion) -> GreetingSettings {
    switch occasion {
    case .join: join
    case .leave: leave
    case .boost: boost
    }
  }

  /// Whether anything waits for members to pass the guild's screening.
  var waitsForScreening: Bool {
    join.waitsForScreening || autoRoles.contains { $0.moment == .screening }
  }

  /// Whether the roles of those who leave are of use later.
  var remembersRoles: Bool { sticky.isOn || autoRoles.contains { !$0.unless.isEmpty } }
}

/// Why somebody is greeted.
enum Occasion: String, CaseIterable, Sendable {
  case join, leave, boost
}

/// In a rush: so many greetings a minute, and what becomes of the others.
package struct RushSettings: SettingsRecord, Hashable {
  /// What becomes of those beyond.
  package enum Overflow: String, CaseIterable, Sendable { case joined, skipped }

  /// Messages of one kind that greet one person each.
  package var perMinute = 10
  package var beyond = Overflow.joined

  package init() {}

  package static let fields = SettingsFields<RushSettings>(
    .init("perMinute", \.perMinute, .integer(1...30)), .init("beyond", \.beyond, .choice))
}
