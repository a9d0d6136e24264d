// Events: written down here, done by the timers.

import DiscordLimits
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import PlatformPlugins
import Storage

/// What happens when somebody comes, changes, boosts or goes. Handlers run in the guild's lane, so they write down and
/// set timers; nobody waits for Discord behind them.
enum Handlers {
  static func joined(_ context: WelcomeContext, _ event: GuildMemberEvent) async throws {
    let settings = context.settings
    let now = context.now
    let guest = Guest(event.user, event.member, number: context.server.members)
    let left = try await context.rows.left(event.user.id)
    let wishes = RolePlan.onJoining(
      guest, isPending: event.member.isPending, left: left, settings, context.bot.roles, at: now)
    let isGreeted = (settings.join.isOn || settings.direct.isOn) && (!guest.isBot || settings.join.greetsBots)
    let isHeld = settings.join.waitsForScreening && event.member.isPending
    let greeting = WaitingGreeting(
      cause: context.core.causeKey, occasion: .join, guest: guest, happenedAt: now, since: now)
    let rows = context.rows
    _ = try await context.effects.once("join") { session in
      if isGreeted { try await rows.add(greeting, isHeld ? .screening : .waiting, session) }
      try await rows.wish(wishes, for: guest.user, session)
      try await rows.forgetLeft(guest.user, session)
    }
    if isGreeted, !isHeld { try await Greeter.wake(context) }
    if isHeld { context.why(.noMatch, "waitsForScreening") }
    try await RoleDesk.wake(guest.user, context)
  }

  static func left(_ context: WelcomeContext, _ event: GuildEvent) async throws {
    let user = try event.decode(as: GuildMemberRemoveEvent.self).user
    // Guildhall itself was sent away: nobody is left to be told.
    guard user.id != context.bot.user else { return }
    let settings = context.settings
    let now = context.now
    let isTold = settings.leave.isOn && (!user.isBot || settings.leave.greetsBots)
    let greeting = WaitingGreeting(
      cause: event.key, occasion: .leave, guest: Guest(user, number: context.server.members),
      happenedAt: now, since: now)
    let roles = event.priorRoles
    if settings.remembersRoles, roles == nil { context.why(.noMatch, "rolesUnknown") }
    let rows = context.rows
    _ = try await context.effects.once("leave") { session in
      if isTold { try await rows.add(greeting, .waiting, session) }
      try await rows.dropScreening(user.id, at: now, session)
      try await rows.forgetWishes(for: user.id, session)
      guard settings.remembersRoles else { return }
      try await rows.forgetLeft(before: now - settings.sticky.keptFor, session)
      if let roles, !roles.isEmpty {
        try await rows.remember(LeftRoles(user: user.id, roles: roles, leftAt: now), session)
      }
    }
    if isTold { try await Greeter.wake(context) }
  }

  /// Somebody has passed the screening, or begun to boost.
  static func changed(_ context: WelcomeContext, _ event: GuildMemberEvent) async throws {
    if context.settings.boost.isOn { try await boosted(context, event) }
    guard !event.member.isPending, context.settings.waitsForScreening else { return }
    try await released(event.user.id, context)
  }

  /// Begins what waited for the screening of somebody who has passed it. Safe to repeat at any point.
  static func released(_ user: UserID, _ context: WelcomeContext) async throws {
    var pending = try await context.rows.pending(user)
    if pending.waitsForScreening {
      try await context.rows.release(user, at: context.clock)
      context.why(.acted, "screened", about: WhySubject(member: user))
      pending = try await context.rows.pending(user)
    }
    if pending.hasGreeting { try await Greeter.wake(context) }
    if pending.nextRole != nil { try await RoleDesk.wake(user, context) }
  }

  // MARK: Boosts

  private static func boosted(_ context: WelcomeContext, _ event: GuildMemberEvent) async throws {
    guard let since = event.member.premiumSince,
      BoostRule.hasJustBegun(since, at: context.now)
    else { return }
    try await thank(
      Guest(event.user, event.member, number: context.server.members),
      cause: BoostRule.cause(event.user.id, since: since), context)
  }

  /// Discord's own message about a boost; every other message ends here.
  static func wrote(_ context: WelcomeContext, _ notice: BoostNotice) async throws {
    guard let user = notice.user else { return }
    try await thank(
      Guest(user, number: context.server.members), cause: context.core.causeKey, context)
  }

  private static func thank(_ guest: Guest, cause: String, _ context: WelcomeContext) async throws {
    let now = context.now
    // Told already, by the other of the two ways.
    if try await context.rows.hasRecent(.boost, of: guest.user, since: now - BoostRule.span) {
      return try await Greeter.wake(context)
    }
    let greeting = WaitingGreeting(cause: cause, occasion: .boost, guest: guest, happenedAt: now, since: now)
    let rows = context.rows
    _ = try await context.effects.once("boost") { session in
      try await rows.add(greeting, .waiting, session)
    }
    try await Greeter.wake(context)
  }

  // MARK: After an outage

  /// Whoever passed the screening while nobody looked is found here; what else waits has its timers.
  static func reconcile(_ context: WelcomeContext) async throws {
    var last = UserID(0)
    // A few at a time, and no more than a guild's start can bear: the others' next change brings them along.
    for _ in 0..<5 {
      let people = try await context.rows.screened(after: last, limit: 20)
      for user in people {
        if let member = try await context.bot.freshMember(user, priority: .background) {
          if !member.isPending { try await released(user, context) }
        } else {
          let (rows, now) = (context.rows, context.clock)
          try await rows.store.write { session in
            try await rows.dropScreening(user, at: now, session)
            try await rows.forgetWishes(for: user, session)
          }
        }
      }
      guard people.count == 20, let end = people.last else { break }
      last = end
    }
    try await Greeter.wake(context)
  }
}
