// What a server decides about moderation.

package import DiscordCore
package import PlatformSettings

/// The settings of the moderation plugin.
package struct ModerationSettings: PluginSettings {
  /// Where what was done is told; nil tells nobody but the case file.
  package var logChannel: ChannelID?
  /// Channels of their own for some kinds of events.
  package var logRoutes: [LogRoute] = []
  package var notices = NoticeSettings()
  /// Whether moderators must say why.
  package var requiresReason = false
  /// What a ban deletes of what was written before it, unless the moderator says otherwise.
  package var banDeletes: Duration = .zero
  package var points = PointSettings()
  package var ladder: [LadderStep] = []
  /// Whoever has one of these is not acted upon.
  package var protectedRoles: [RoleID] = []
  /// Given in place of all other roles; nil makes quarantine impossible.
  package var quarantineRole: RoleID?
  /// Whether what moderators do by hand in Discord becomes a case.
  package var recordsManualActions = true
  /// Whether what a message said is kept with the case that is about it, sealed.
  package var keepsContent = true
  /// Whom `unbanall` leaves banned.
  package var unbanAllProtected: [UserID] = []
  /// Where members' reports go; nil takes none.
  package var reportChannel: ChannelID?
  package var appeals = AppealSettings()
  package var lockdown = LockdownSettings()
  package var purge = PurgeSettings()

  package init() {}

  package static let fields = SettingsFields<ModerationSettings>(
    .init("logChannel", \.logChannel, .optional(.channel(0, 5))),
    .init("logRoutes", \.logRoutes, .list(.record(), 0...20)),
    .init("notices", \.notices, .record()),
    .init("requiresReason", \.requiresReason, .toggle),
    .init("banDeletes", \.banDeletes, .duration(.zero ... .seconds(604_800))),
    .init("points", \.points, .record()),
    .init("ladder", \.ladder, .list(.record(), 0...20)),
    .init("protectedRoles", \.protectedRoles, .unique(.role, 0...50)),
    .init("quarantineRole", \.quarantineRole, .optional(.role)),
    .init("recordsManualActions", \.recordsManualActions, .toggle),
    .init("keepsContent", \.keepsContent, .toggle),
    .init("unbanAllProtected", \.unbanAllProtected, .unique(.user, 0...500)),
    .init("reportChannel", \.reportChannel, .optional(.channel(0, 5))),
    .init("appeals", \.appeals, .record()),
    .init("lockdown", \.lockdown, .record()),
    .init("purge", \.purge, .record()))
}

/// What the mod log tells about, as far as it can have channels of its own.
package enum LogTopic: String, Sendable, Hashable, CaseIterable {
  case note, warn, timeout, kick, ban, unban, quarantine, automatic, edits, purge, lockdown, appeals
}

/// A kind of event and the channel that is told.
package struct LogRoute: SettingsRecord {
  package var topic = LogTopic.ban
  /// nil tells nobody.
  package var channel: ChannelID?

  package init() {}

  package static let fields = SettingsFields<LogRoute>(
    .init("topic", \.topic, .choice), .init("channel", \.channel, .optional(.channel(0, 5))))
}

/// What members are told by direct message when something is done to them.
package struct NoticeSettings: SettingsRecord {
  /// What one can be told of.
  package enum Topic: String, Sendable, Hashable, CaseIterable {
    case warn, timeout, kick, ban, softban, quarantine
  }

  /// What members are told of; nobody is told of the rest.
  package var topics: [Topic] = Topic.allCases
  /// A template; nil takes the sentence that comes with the plugin.
  package var text: String?
  /// Where, or how, one asks for another look; nil says nothing about it.
  package var appeal: String?

  package init() {}

  /// What `text` may name.
  package static let variables = ["server", "action", "reason", "duration", "case", "appeal"]

  package static let fields = SettingsFields<NoticeSettings>(
    .init("topics", \.topics, .unique(.choice, 0...6)),
    .init("text", \.text, .optional(.text(1...1500, isMultiline: true, variables: variables))),
    .init("appeal", \.appeal, .optional(.text(1...300))))
}

/// How heavily an action weighs on the ladder, and how that weight goes.
package struct PointSettings: SettingsRecord {
  /// What time does to points.
  package enum Decay: String, Sendable, Hashable, CaseIterable {
    /// They stay.
    case never
    /// Each case's points are gone after `days`.
    case expiry
    /// Each case's points are half after `days`, a quarter after twice as many.
    case halfLife
  }

  /// What a case of each kind weighs, unless whoever acts says otherwise.
  package var warn = 1.0
  /// As `warn`; by itself a time-out weighs nothing.
  package var timeout = 0.0
  /// As `warn`, for a kick.
  package var kick = 0.0
  /// As `warn`, for a ban.
  package var ban = 0.0
  /// As `warn`, for a soft ban.
  package var softban = 0.0
  /// As `warn`, for quarantine.
  package var quarantine = 0.0
  /// How the weight goes.
  package var decay = Decay.expiry
  /// Of `decay`; without a meaning when points stay.
  package var days = 30

  package init() {}

  private static let bounds = 0.0...1_000

  package static let fields = SettingsFields<PointSettings>(
    .init("warn", \.warn, .number(bounds)), .init("timeout", \.timeout, .number(bounds)),
    .init("kick", \.kick, .number(bounds)), .init("ban", \.ban, .number(bounds)),
    .init("softban", \.softban, .number(bounds)), .init("quarantine", \.quarantine, .number(bounds)),
    .init("decay", \.decay, .choice), .init("days", \.days, .integer(1...3650)))
}

/// One step of the escalation ladder: so much, and that happens.
package struct LadderStep: SettingsRecord {
  /// What is counted.
  package enum Measure: String, Sendable, Hashable, CaseIterable { case points, warnings }
  /// What happens.
  package enum Action: String, Sendable, Hashable, CaseIterable { case timeout, kick, ban, role, quarantine }

  /// What `threshold` is a number of.
  package var measure = Measure.points
  /// Reached, the step is taken.
  package var threshold = 3.0
  /// Only what happened in so long before counts; nil counts all.
  package var window: Duration?
  package var action = Action.timeout
  /// Of a time-out, a role, a ban or quarantine that ends by itself.
  package var duration: Duration? = .seconds(3600)
  /// Given by the action `role`.
  package var role: RoleID?

  package init() {}

  package static let fields = SettingsFields<LadderStep>(
    .init("measure", \.measure, .choice), .init("threshold", \.threshold, .number(0.5...10_000)),
    .init("window", \.window, .optional(.duration(.seconds(60) ... .seconds(366 * 86_400)))),
    .init("action", \.action, .choice),
    .init("duration", \.duration, .optional(.duration(.seconds(60) ... .seconds(3650 * 86_400)))),
    .init("role", \.role, .optional(.role), when: SettingsCondition("action", is: "role")))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    if action == .timeout, duration == nil || duration ?? .zero > SanctionLimits.longestTimeout {
      problems.append(
        SettingsProblem(path.field("duration"), .rule, ["rule": "settings.rule.timeoutDuration"]))
    }
    if action == .role, role == nil {
      problems.append(SettingsProblem(path.field("role"), .rule, ["rule": "settings.rule.role"]))
    }
  }
}

/// Asking for another look at what was done to one.
package struct AppealSettings: SettingsRecord {
  package var isOn = false
  /// Asked in the form, each with an answer of its own; Discord's forms have room for five.
  package var questions: [String] = []
  /// Where the staff decides; nil takes none.
  package var channel: ChannelID?
  /// How long an appeal may wait before the staff is reminded of it, and again after as long.
  package var answerWithin: Duration = .seconds(2 * 86_400)
  /// How long one waits after a refusal before one may ask again.
  package var pauseAfterDenial: Duration = .seconds(30 * 86_400)

  package init() {}

  package static let fields = SettingsFields<AppealSettings>(
    .init("isOn", \.isOn, .toggle),
    .init(
      "questions", \.questions, .list(.text(1...45), 0...5), when: SettingsCondition("isOn", is: "true")),
    .init("channel", \.channel, .optional(.channel(0, 5)), when: SettingsCondition("isOn", is: "true")),
    .init(
      "answerWithin", \.answerWithin, .duration(.seconds(3600) ... .seconds(30 * 86_400)),
      when: SettingsCondition("isOn", is: "true")),
    .init(
      "pauseAfterDenial", \.pauseAfterDenial, .duration(.zero ... .seconds(366 * 86_400)),
      when: SettingsCondition("isOn", is: "true")))
}

/// What locking channels touches.
package struct LockdownSettings: SettingsRecord {
  /// Left as they are when the whole server is locked.
  package var exemptChannels: [ChannelID] = []
  /// Who may not write; nil means everyone.
  package var role: RoleID?
  /// Who may go on writing all the same; administrators always can.
  package var staffRoles: [RoleID] = []

  package init() {}

  package static let fields = SettingsFields<LockdownSettings>(
    .init("exemptChannels", \.exemptChannels, .unique(.channel(), 0...200)),
    .init("role", \.role, .optional(.role)),
    .init("staffRoles", \.staffRoles, .unique(.role, 0...10)))
}

/// What deleting many messages may do.
package struct PurgeSettings: SettingsRecord {
  /// As many messages at once, by number or time.
  package var limit = 1_000
  /// Whether a whole channel may be emptied.
  package var allowsAll = true
  /// Whether pinned messages stay unless somebody says otherwise.
  package var keepsPinned = true

  package init() {}

  package static let fields = SettingsFields<PurgeSettings>(
    .init("limit", \.limit, .integer(1...100_000)), .init("allowsAll", \.allowsAll, .toggle),
    .init("keepsPinned", \.keepsPinned, .toggle))
}
