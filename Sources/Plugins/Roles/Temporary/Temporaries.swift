// Roles that go by themselves.

import DiscordBot
import Resources
import DiscordLimits
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule

/// Ends what was given for a while.
enum Temporaries {
  /// The timer of an end; its key is the person and the role.
  static let timer = "end"

  static func key(_ role: RoleID, _ user: UserID) -> String { "\(user)-\(role)" }

  /// Sets the timers of everything somebody has for a while. Setting them again is fine.
  static func arm(_ user: UserID, _ context: RoleContext) async throws {
    for role in try await context.rows.temporaries(of: user) {
      try await context.timers.set(timer, key: key(role.role, user), at: role.end)
    }
  }

  /// A role's time is over.
  static func ended(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    let ids = firing.name.key.split(separator: "-")
    guard ids.count == 2, let user = UserID(ids[0]), let role = RoleID(ids[1]),
      let temporary = try await context.rows.temporary(role, of: user)
    else { return .done }
    // It was given again meanwhile.
    if temporary.end > context.clock { return .again(at: temporary.end) }
    let subject = WhySubject(member: user)
    do {
      try await context.effects.perform(
        .removeRole(
          role, from: user, in: context.guild, reason: context.strings["reason.ended"]), as: "take",
        priority: .moderation)
    } catch let error as RESTError where error.kind == .missingPermission {
      // Somebody may set it right: it must not stay for ever because of a role that was moved.
      context.why(
        .missingPermission, "endMissingPermission", ["role": "\(Mention.role(role))"], about: subject)
      await context.notify(
        .problem, "endMissingPermission", ["role": context.bot.role(role)?.name ?? "\(role)"])
      return .again(at: context.clock + .seconds(6 * 3600))
    } catch let error as RESTError where error.kind == .gone {
      // Left, or the role was deleted: nothing is left to take.
    } catch let error as RESTError where error.isPassing {
      // However long an outage is: a timer that fails is given up one day, an end is not.
      return .again(at: context.clock + max(error.retryAfter ?? .seconds(60), .seconds(1)))
    }
    try await context.rows.release([role], of: user)
    await Telling.told(
      RoleChange(take: [role]), of: user, because: context.strings["reason.ended"], context)
    return .done
  }

  /// Somebody's roles have changed: what was taken from them has no end any more.
  static func changed(_ context: RoleContext, _ event: GuildEvent) async throws {
    guard let prior = event.priorRoles else { return }
    let update = try event.decode(as: GuildMemberEvent.self)
    let lost = prior.filter { !update.member.roles.contains($0) }
    guard !lost.isEmpty else { return }
    let user = update.user.id
    // What has ended is being taken by its timer.
    for ended in try await context.rows.temporaries(of: user)
    where lost.contains(ended.role) && ended.end > context.clock {
      try await context.rows.release([ended.role], of: user)
      try await context.timers.cancel(timer, key: key(ended.role, user))
      context.why(
        .acted, "endedEarly", ["role": "\(Mention.role(ended.role))"], about: WhySubject(member: user))
    }
  }

  /// Somebody came (back): what has not ended is given again.
  static func joined(_ context: RoleContext, _ event: GuildMemberEvent) async throws {
    let user = event.user.id
    let running = try await context.rows.temporaries(of: user).filter { $0.end > context.clock }
    guard !running.isEmpty else { return }
    guard context.settings.restoresOnReturn else {
      return context.why(.switchedOff, "notRestored", about: WhySubject(member: user))
    }
    // A role that was moved or deleted meanwhile must not keep the others away.
    let roles = running.map(\.role).filter { context.bot.mayAssign($0) == .yes }
    guard !roles.isEmpty else { return }
    let (rows, now) = (context.rows, context.clock)
    let reason = context.strings["reason.restored"]
    _ = try await context.effects.once("restore") { session in
      try await rows.wish(RoleChange(give: roles), for: user, because: reason, at: now, session)
    }
    try await Writing.flushSoon(user, context)
  }
}

/// What other plugins get: `Capability.temporaryRoles`.
struct TemporaryRoleGiver: TemporaryRoleGiving {
  let context: RoleContext

  func give(
    _ role: RoleID, to user: UserID, until end: Timestamp, because reason: String
  ) async throws -> Refusal? {
    guard let member = try await context.bot.freshMember(user) else {
      return Refusal("refusal.notMember", ["user": "\(Mention.user(user))"])
    }
    if let refusal = try await context.bot.refusal(of: .roles([role]), on: user, roles: member.roles) {
      return refusal
    }
    // Who has it for good keeps it for good.
    if member.roles.contains(role), try await context.rows.temporary(role, of: user) == nil {
      return Refusal(
        "temporary.hasForGood", ["user": "\(Mention.user(user))", "role": "\(Mention.role(role))"])
    }
    // The timer first: one without a row does nothing, a row without a timer would never end.
    try await context.timers.set(Temporaries.timer, key: Temporaries.key(role, user), at: end)
    let now = context.clock
    try await context.rows.keep(TemporaryRole(user: user, role: role, end: end, reason: reason), since: now)
    do {
      try await context.effects.perform(
        .addRole(role, to: user, in: context.guild, reason: String(reason.prefix(400))),
        as: "temporary \(role) \(user)", priority: .moderation)
    } catch let error as RESTError where error.kind == .missingPermission || error.kind == .gone {
      try await context.rows.release([role], of: user)
      return Refusal("refused.discord")
    }
    context.why(
      .acted, "temporary",
      ["role": "\(Mention.role(role))", "until": "\(Mention.timestamp(end, .relative))"],
      about: WhySubject(member: user))
    return nil
  }

  func end(_ role: RoleID, of user: UserID, because reason: String) async throws -> Bool {
    guard try await context.rows.temporary(role, of: user) != nil else { return false }
    do {
      try await context.effects.perform(
        .removeRole(role, from: user, in: context.guild, reason: String(reason.prefix(400))),
        as: "end \(role) \(user)", priority: .moderation)
    } catch let error as RESTError where error.kind == .gone {
      // Left meanwhile: it has ended.
    }
    try await context.rows.release([role], of: user)
    try await context.timers.cancel(Temporaries.timer, key: Temporaries.key(role, user))
    return true
  }
}

extension RESTError {
  /// Whether it may be well again without anybody's doing.
  fileprivate var isPassing: Bool {
    switch kind {
    case .retry, .unavailable, .operatorAction: true
    default: false
    }
  }
}
