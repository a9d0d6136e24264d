// Roles that come by themselves, come back, or come with the rules.

package import DiscordCore
package import PlatformSettings

/// A role that is given by itself.
package struct AutoRole: SettingsRecord, Hashable {
  /// Who gets it.
  package enum Audience: String, CaseIterable, Sendable { case humans, bots, everyone }
  /// What it is given after.
  package enum Moment: String, CaseIterable, Sendable {
    case joining
    /// Discord's own membership screening; at once in guilds that have none.
    case screening
    /// The button under the rules.
    case rules
  }

  /// Which; 0 while none is chosen, which is not valid.
  package var role = RoleID(0)
  /// Who gets it, after what, and how long after that.
  package var audience = Audience.humans
  package var moment = Moment.joining
  package var delay = Duration.zero
  /// Younger accounts get it when they are that old.
  package var minimumAge = Duration.zero
  /// Not for those who have one of these, or had when they left.
  package var unless: [RoleID] = []

  package init() {}

  package init(
    _ role: RoleID, audience: Audience = .humans, moment: Moment = .joining, delay: Duration = .zero
  ) {
    (self.role, self.audience, self.moment, self.delay) = (role, audience, moment, delay)
  }

  package static let fields = SettingsFields<AutoRole>(
    .init("role", \.role, .role), .init("audience", \.audience, .choice), .init("moment", \.moment, .choice),
    .init("delay", \.delay, .duration(.zero ... .seconds(30 * 86_400))),
    .init("minimumAge", \.minimumAge, .duration(.zero ... .seconds(365 * 86_400))),
    .init("unless", \.unless, .unique(.role, 0...20)))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    if role == RoleID(0) {
      problems.append(SettingsProblem(path.field("role"), .rule, ["rule": "settings.rule.noRole"]))
    }
  }

  /// Whether somebody of that kind gets it.
  func isFor(bot isBot: Bool) -> Bool {
    switch audience {
    case .humans: !isBot
    case .bots: isBot
    case .everyone: true
    }
  }
}

/// Roles that come back with whoever comes back.
package struct StickySettings: SettingsRecord, Hashable {
  /// Which roles.
  package enum Scope: String, CaseIterable, Sendable { case allBut, only }

  package var isOn = false
  /// What `roles` means.
  package var scope = Scope.allBut
  /// Those that do not, or that do.
  package var roles: [RoleID] = []
  /// How long after somebody left.
  package var keptFor = Duration.seconds(30 * 86_400)
  /// Whether roles with a moderator's permissions come back, too.
  package var restoresPowerful = false

  package init() {}

  package static let fields = SettingsFields<StickySettings>(
    .init("isOn", \.isOn, .toggle), .init("scope", \.scope, .choice),
    .init("roles", \.roles, .unique(.role, 0...100)),
    .init("keptFor", \.keptFor, .duration(.seconds(3_600) ... .seconds(365 * 86_400))),
    .init("restoresPowerful", \.restoresPowerful, .toggle))
}

/// The button under the rules.
package struct RulesSettings: SettingsRecord, Hashable {
  package var title = ""
  /// The rules themselves; empty is the plugin's own sentence.
  package var text = ""
  package var color = SettingsColor(0x5865F2)
  /// What stands on the button; empty is the plugin's own word.
  package var button = ""
  /// What accepting gives and takes.
  package var gives: RoleID?
  package var takes: RoleID?
  /// What has to be typed to accept; nil asks for nothing.
  package var phrase: String?

  package init() {}

  package static let fields = SettingsFields<RulesSettings>(
    .init("title", \.title, .text(0...256, variables: TemplateValues.serverNames)),
    .init("text", \.text, .text(0...4_000, isMultiline: true, variables: TemplateValues.serverNames)),
    .init("color", \.color, .color), .init("button", \.button, .text(0...80)),
    .init("gives", \.gives, .optional(.role)), .init("takes", \.takes, .optional(.role)),
    .init("phrase", \.phrase, .optional(.text(1...100))))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    if let gives, gives == takes {
      problems.append(SettingsProblem(path.field("takes"), .rule, ["rule": "settings.rule.sameRole"]))
    }
  }
}
