// What happens in the server past the plugin: bans by hand, people in quarantine who come back.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import PlatformSchedule
import Resources

/// Events that concern cases.
enum SanctionHandlers {
  /// Somebody's ban was lifted, by whomever: what was to lift it has nothing to do any more.
  static func unbanned(_ context: PluginContext<Moderation>, _ event: GuildBanEvent) async throws {
    let (cases, user) = (CaseStore(context.store), event.user.id)
    guard let record = try await cases.lasting(.ban, of: user) else { return }
    // They may have been banned anew since Discord sent this.
    do {
      _ = try await context.bot.send(.getBan(of: user, in: context.guild), priority: .moderation)
      return
    } catch let error as RESTError where error.isGone {
      try await cases.end([.ban], of: user, upTo: record.number, at: context.now)
      try await context.timers.cancel("unban", key: "\(user)")
    }
  }

  /// Whoever leaves quarantine by leaving the server finds it when they come back.
  static func joined(_ context: PluginContext<Moderation>, _ event: GuildMemberEvent) async throws {
    guard let role = context.settings.quarantineRole, let user = event.member.user?.id,
      try await QuarantineStore(store: context.store).entry(user) != nil
    else { return }
    try await context.effects.perform(
      .addRole(role, to: user, in: context.guild, reason: context.strings["quarantine.again"]),
      as: "quarantineAgain", priority: .moderation)
    context.why(.acted, "quarantineAgain", about: WhySubject(member: user))
  }

  /// A person acted in Discord itself: that becomes a case like others.
  static func audited(
    _ context: PluginContext<Moderation>, _ event: GuildAuditLogEntryCreateEvent
  ) async throws {
    guard let user = event.entry.userID, user != context.bot.user,
      var draft = draft(of: event.entry, by: user, at: context.now)
    else { return }
    // Bots keep their own records.
    if let member = try await context.bot.member(user), member.isBot { return }
    draft.points = context.settings.points.weight(of: draft.kind)
    let record = try await CaseStore(context.store).record(
      draft, steps: context.settings.ladder, points: context.settings.points)
    _ = try await Sanctioner(context).finish(record)
  }

  /// The case that an entry of Discord's audit log makes; nil for what is no action on a member.
  static func draft(of entry: AuditLogEntry, by user: UserID, at now: Timestamp) -> CaseDraft? {
    guard let target: UserID = entry.targetID() else { return nil }
    let kind: CaseKind
    var duration: Duration?
    switch entry.action {
    case .memberKick: kind = .kick
    case .memberBanAdd: kind = .ban
    case .memberBanRemove: kind = .unban
    case .memberUpdate:
      guard let change = entry["communication_disabled_until"] else { return nil }
      let end = change.new?.string.flatMap { Timestamp(iso8601: $0) }
      if let end, end > now {
        (kind, duration) = (.timeout, end - now)
      } else {
        kind = .untimeout
      }
    default: return nil
    }
    var draft = CaseDraft(
      kind, of: target, by: .byHand(user), because: entry.reason ?? "", effectKey: "audit/\(entry.id)",
      at: now)
    draft.duration = duration
    return draft
  }

  /// Finishes what a process that died, or a call that was cut off, left half done.
  static func reconcile(_ context: PluginContext<Moderation>) async throws {
    try await finish(upTo: context.now, context)
  }

  /// The same every hour, but for cases that may be under way.
  static func tidy(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws {
    try await finish(upTo: context.now - .seconds(120), context)
  }

  private static func finish(upTo instant: Timestamp, _ context: PluginContext<Moderation>) async throws {
    for record in try await CaseStore(context.store).unfinished(upTo: instant) {
      _ = try await Sanctioner(context).finish(record)
    }
  }
}
