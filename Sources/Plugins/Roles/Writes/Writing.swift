// Doing at Discord what is wished for: one call at a time for each person, one a second.

import Storage
import Resources
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformPlugins
import PlatformSchedule
import SQL
import Synchronization

typealias RoleContext = PluginContext<Roles>

extension RoleContext {
  /// What time it is, however long the handler has been running.
  var clock: Timestamp { core.host.time.now }
  var rows: RoleStore { RoleStore(store) }
  fileprivate var gate: WriteDesk { memory("gate") { WriteDesk() } }

  /// The statement that audits what a person did, for the transaction of `effects.once` in which it is done.
  func audited(
    _ action: String, by user: UserID, target: String, before: JSONValue = .null, after: JSONValue = .null
  ) throws -> SQL {
    try AuditLog.insertion(
      AuditEntry(
        at: clock, actor: .user(user), action: "\(Roles.id).\(action)", target: target, before: before,
        after: after), in: store.tenant)
  }

  /// What was written a moment ago, which an event's roles may not show yet. Ask after the wish was read.
  func recentChange(of user: UserID) -> RoleChange { gate.value.withLock { $0.recent(user, at: clock) } }
}

/// The gate of a guild, for all handlers that run at once.
private final class WriteDesk: Sendable {
  let value = Mutex(WriteGate())
}

/// Fulfils wishes.
enum Writing {
  /// What came of it.
  enum Outcome: Hashable, Sendable {
    /// There was nothing to do.
    case nothing
    case done(RoleChange)
    /// A durable timer does it then.
    case later(Timestamp)
    /// Discord does not let the bot, for good: the wish is forgotten.
    case refused(Refusal)
    /// The person is no member any more.
    case gone
  }

  /// The timer that fulfils what could not be at once; its key is the person.
  static let timer = "write"

  /// Fulfils what somebody wishes for now, if it is their turn; otherwise a timer is set.
  ///
  /// - Throws: what the store throws; with the wish written down, the timer or `reconcile` finds it.
  static func flush(_ user: UserID, _ context: RoleContext) async throws -> Outcome {
    let (outcome, next) = try await attempt(user, context, patience: .seconds(2))
    if let next { try await context.timers.set(timer, key: "\(user)", at: next) }
    return outcome
  }

  /// The same, soon and not here: for handlers that others wait behind.
  static func flushSoon(_ user: UserID, _ context: RoleContext) async throws {
    try await context.timers.set(timer, key: "\(user)", at: context.clock)
  }

  static func fired(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let user = UserID(firing.name.key) else { return .done }
    let (_, next) = try await attempt(user, context, patience: .seconds(4))
    return next.map { .again(at: $0) } ?? .done
  }

  /// One write, if it is the person's turn, and when to come back.
  ///
  /// `patience`: how long the call may wait for room in Discord's limit, ten a guild in ten seconds when this was written.
  private static func attempt(
    _ user: UserID, _ context: RoleContext, patience: Duration
  ) async throws -> (Outcome, next: Timestamp?) {
    let desk = context.gate
    let begun = context.clock
    if case .wait(let until) = desk.value.withLock({ $0.ask(user, at: begun) }) {
      return (.later(until), until)
    }
    defer { desk.value.withLock { $0.finished(user) } }
    guard let wish = try await context.rows.wish(of: user) else { return (.nothing, nil) }
    let outcome: Outcome
    do {
      outcome = try await write(wish, context, patience)
    } catch {
      guard let pause = pause(after: error) else {
        let refusal = Refusal("refused.discord")
        context.why(.refused, "refusedByDiscord", about: WhySubject(member: user))
        _ = try await context.rows.settle(wish)
        // An end that was written down for a role nobody got would take it from whoever gets it another way.
        try await context.rows.release(wish.change.given, of: user)
        return (.refused(refusal), nil)
      }
      let next = context.clock + pause
      return (.later(next), next)
    }
    if case .done(let change) = outcome {
      desk.value.withLock { $0.wrote(user, wish.change, at: context.clock) }
      await Telling.told(change, of: user, because: wish.reason, context)
    }
    let isSettled = try await context.rows.settle(wish)
    return (outcome, isSettled ? nil : begun + WriteGate.interval)
  }

  /// How long to wait after a failure; nil when another attempt would fail as well.
  private static func pause(after error: any Error) -> Duration? {
    guard let error = error as? RESTError else { return .seconds(5) }
    return switch error.kind {
    case .retry(let after): max(after, WriteGate.interval)
    case .unavailable, .cancelled: .seconds(5)
    case .operatorAction: .seconds(60)
    default: nil
    }
  }

  /// One call: of the role by itself when only one changes, of the whole set when more do.
  private static func write(
    _ wish: RoleWish, _ context: RoleContext, _ patience: Duration
  ) async throws -> Outcome {
    let bot = context.bot
    do {
      guard wish.change.wanted.count > 1 else {
        return try await writeOne(wish.change, wish, context, patience)
      }
      // Discord replaces the set: it is made of the roles as they are at this moment, so that nobody's change is lost.
      guard let member = try await bot.freshMember(wish.user, priority: .reply) else { return .gone }
      let missing = wish.change.missing(from: member.roles)
      guard missing.wanted.count > 1 else { return try await writeOne(missing, wish, context, patience) }
      let roles = missing.applied(to: member.roles).sorted()
      _ = try await bot.send(
        .modifyGuildMember(
          wish.user, in: context.guild, MemberEdit { $0.roles = roles }, reason: wish.reason),
        priority: .reply, deadline: patience)
      return .done(missing)
    } catch let error as RESTError where error.kind == .gone && error.discordCode != .unknownRole {
      return .gone
    }
  }

  private static func writeOne(
    _ change: RoleChange, _ wish: RoleWish, _ context: RoleContext, _ patience: Duration
  ) async throws -> Outcome {
    let call: Endpoint<Empty>
    if let role = change.given.first {
      call = .addRole(role, to: wish.user, in: context.guild, reason: wish.reason)
    } else if let role = change.taken.first {
      call = .removeRole(role, from: wish.user, in: context.guild, reason: wish.reason)
    } else {
      return .done(RoleChange())
    }
    _ = try await context.bot.send(call, priority: .reply, deadline: patience)
    return .done(change)
  }
}

/// Telling the guild what was changed.
enum Telling {
  /// Writes a change into the log channel, if there is one. That it cannot be told changes nothing of what was done.
  static func told(
    _ change: RoleChange, of user: UserID, because reason: String, _ context: RoleContext
  ) async {
    guard !change.isEmpty else { return }
    context.why(
      .acted, "changed", ["given": list(change.given), "taken": list(change.taken)],
      about: WhySubject(member: user))
    guard let channel = context.settings.logChannel else { return }
    var lines: [String] = []
    let person = Mention.user(user).description
    if !change.given.isEmpty {
      lines.append(context.strings(dynamic: "log.given", ["user": person, "roles": list(change.given)]))
    }
    if !change.taken.isEmpty {
      lines.append(context.strings(dynamic: "log.taken", ["user": person, "roles": list(change.taken)]))
    }
    let embed = Embed(description: lines.joined(separator: "\n"), timestamp: context.clock)
      .footer(String(reason.prefix(200)))
    do {
      try await context.effects.send(
        MessageCreate().embed(embed), to: channel, as: "log \(user) \(lines.joined())", priority: .background)
    } catch {
      context.why(.failed, "logFailed", about: WhySubject(member: user, channel: channel))
    }
  }

  /// Roles as mentions.
  static func list(_ roles: some Sequence<RoleID>) -> String {
    let mentions = roles.map { Mention.role($0).description }
    return mentions.isEmpty ? "–" : mentions.joined(separator: ", ")
  }
}
