// What happens when a filter matches, and whom it leaves alone: the same group of fields in every filter.

package import DiscordCore
package import PlatformSettings

/// Something AutoMod does to a message or its author.
package enum AutoModAction: String, CaseIterable, Sendable {
  /// Shows the match in the alert channel.
  case log
  /// Makes a warning: a case in the moderation record, with its points.
  case warn
  /// Removes the message, or all messages of a burst.
  case delete
  case timeout, kick, ban
}

/// What happens when a filter matches.
package struct FilterResponse: SettingsRecord {
  package var actions: [AutoModAction]
  /// How long a timeout lasts; Discord allows 28 days.
  package var timeout: Duration
  /// Points on the member's record, which decay there and may lead up the moderation ladder.
  package var points: Int
  /// Heat that a match adds, on top of the weights of the message itself.
  package var heat: Int
  /// Whether the member is told in a direct message.
  package var tellsMember: Bool
  /// On trial: a match is put on record, and nothing happens.
  package var isDryRun = false
  /// Exempt from this filter alone.
  package var exemptRoles: [RoleID] = []
  package var exemptChannels: [ChannelID] = []

  package init() { self.init([.log, .delete]) }

  /// Defaults of a filter.
  package init(
    _ actions: [AutoModAction], timeout: Duration = .seconds(600), points: Int = 0, heat: Int = 0,
    tellsMember: Bool = false
  ) {
    (self.actions, self.timeout, self.points, self.heat, self.tellsMember) = (
      actions, timeout, points, heat, tellsMember
    )
  }

  package static let fields = SettingsFields<FilterResponse>(
    .init("actions", \.actions, .unique(.choice, 0...AutoModAction.allCases.count)),
    .init("timeout", \.timeout, .duration(.seconds(60)...(.seconds(28 * 86_400)))),
    .init("points", \.points, .integer(0...1_000)),
    .init("heat", \.heat, .integer(0...1_000)),
    .init("tellsMember", \.tellsMember, .toggle),
    .init("isDryRun", \.isDryRun, .toggle),
    .init("exemptRoles", \.exemptRoles, .unique(.role, 0...SettingsBounds.exemptions)),
    .init("exemptChannels", \.exemptChannels, .unique(.channel(), 0...SettingsBounds.exemptions)))
}

/// What every filter has.
package protocol FilterSettings: SettingsRecord {
  var isOn: Bool { get set }
  var response: FilterResponse { get set }
}
