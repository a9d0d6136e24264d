// What a server sets about AutoMod: every filter with its thresholds and what happens, heat, rules of its own.

package import DiscordCore
package import PlatformSettings

/// The settings of AutoMod.
///
/// With the defaults, switching the plugin on helps at once: scams, raids, floods, copies, mass mentions and foreign
/// invites go; nothing that people write in peace does.
package struct AutoModSettings: PluginSettings {
  /// Where matches with the action `log` are shown, and Discord's own AutoMod sends its alerts.
  package var alertChannel: ChannelID?
  /// Whoever has one of these roles is never looked at, and nothing is looked at in these channels, the channels of
  /// these categories and their threads.
  package var exemptRoles: [RoleID] = []
  package var exemptChannels: [ChannelID] = []
  /// Whether members who may manage messages are exempt, as those who may manage the server are on Discord.
  package var exemptModerators = true
  /// Whether edited messages are looked at again.
  package var checksEdits = true
  /// Whether what fits is also made a rule of Discord's AutoMod, which stops a message before anybody sees it.
  package var usesDiscord = true
  /// What a member is told in a direct message when something of theirs was removed.
  package var notice =
    "Your message in **{server}** was removed: {rule}. Please read the rules of the server."

  /// The filters.
  package var spam = SpamFilter()
  package var duplicates = DuplicateFilter()
  package var raid = RaidFilter()
  package var mentions = MentionFilter()
  package var scams = ScamFilter()
  package var links = LinkFilter()
  package var invites = InviteFilter()
  package var capitals = CapitalsFilter()
  package var emoji = EmojiFilter()
  package var walls = WallFilter()
  package var words = WordFilter()
  package var attachments = AttachmentFilter()
  package var hiddenText = HiddenTextFilter()
  /// The score of members, and the server's own rules.
  package var heat = HeatSettings()
  package var rules: [CustomRule] = []

  package init() {}

  package static let fields = SettingsFields<AutoModSettings>(
    .init("alertChannel", \.alertChannel, .optional(.channel(0, 5))),
    .init("exemptRoles", \.exemptRoles, .unique(.role, 0...SettingsBounds.exemptions)),
    .init("exemptChannels", \.exemptChannels, .unique(.channel(), 0...SettingsBounds.exemptions)),
    .init("exemptModerators", \.exemptModerators, .toggle),
    .init("checksEdits", \.checksEdits, .toggle),
    .init("usesDiscord", \.usesDiscord, .toggle),
    .init("notice", \.notice, .text(0...1_000, isMultiline: true, variables: ["server", "rule", "channel"])),
    .init("spam", \.spam, .record()),
    .init("duplicates", \.duplicates, .record()),
    .init("raid", \.raid, .record()),
    .init("mentions", \.mentions, .record()),
    .init("scams", \.scams, .record()),
    .init("links", \.links, .record()),
    .init("invites", \.invites, .record()),
    .init("capitals", \.capitals, .record()),
    .init("emoji", \.emoji, .record()),
    .init("walls", \.walls, .record()),
    .init("words", \.words, .record()),
    .init("attachments", \.attachments, .record()),
    .init("hiddenText", \.hiddenText, .record()),
    .init("heat", \.heat, .record()),
    .init("rules", \.rules, .list(.record(), 0...SettingsBounds.rules)))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    var patterns = words.patterns.count
    for rule in rules { patterns += rule.patterns.count }
    guard patterns > SettingsBounds.patterns else { return }
    problems.append(
      SettingsProblem(
        path.field("rules"), .rule,
        ["rule": "problem.tooManyPatterns", "limit": "\(SettingsBounds.patterns)"]))
  }
}
