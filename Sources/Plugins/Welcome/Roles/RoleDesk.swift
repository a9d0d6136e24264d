// Gives and takes what is due: one change for each member, based on the roles they have at that moment.

import DiscordLimits
import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule
import Resources

/// Fulfils wishes about roles.
enum RoleDesk {
  /// The timer that does; its key is the person.
  static let timer = "roles"

  /// What came of it.
  struct Outcome: Hashable, Sendable {
    var given: [RoleID] = []
    var taken: [RoleID] = []
    /// Why something could not be done.
    var refusal: Refusal?
    /// Whether the person is a member at all.
    var isMember = true
    /// When more is due.
    var next: Timestamp?
  }

  /// Sets the timer to when the next role of somebody is due, if one is.
  static func wake(_ user: UserID, _ context: WelcomeContext) async throws {
    guard let due = try await context.rows.pending(user).nextRole else { return }
    try await context.timers.set(timer, key: "\(user)", at: max(due, context.clock))
  }

  static func fired(_ context: WelcomeContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let user = UserID(firing.name.key) else { return .done }
    guard context.isOn else {
      try await context.rows.forgetWishes(for: user)
      return .done
    }
    do {
      return try await settle(user, context).next.map { .again(at: $0) } ?? .done
    } catch let error as RESTError {
      guard case .retry(let after) = error.kind else { throw error }
      return .again(at: context.clock + max(after, .seconds(1)))
    }
  }

  /// Does what is due for somebody.
  ///
  /// - Throws: `RESTError` when Discord cannot be asked: the wishes stay. What the store throws.
  static func settle(_ user: UserID, _ context: WelcomeContext) async throws -> Outcome {
    let wishes = try await context.rows.wishes(for: user)
    let now = context.clock
    let due = wishes.filter { !$0.waitsForScreening && $0.due <= now }
    var outcome = Outcome(
      next: wishes.filter { !$0.waitsForScreening && $0.due > now }.map(\.due).min())
    guard !due.isEmpty else { return outcome }
    guard let member = try await context.bot.freshMember(user, priority: .reply) else {
      try await context.rows.forgetWishes(for: user)
      return Outcome(isMember: false)
    }
    var refusals: [RoleID: Refusal] = [:]
    for wish in due {
      refusals[wish.role] = try await refusal(of: wish, for: user, member.roles, context)
    }
    let patch = RolePatch(due, for: member.roles, context.settings) { refusals[$0.role] }
    await tell(patch, user, context)
    outcome.refusal = patch.refused.min { $0.key < $1.key }?.value
    if !patch.isEmpty {
      do {
        try await change(patch, of: user, member.roles, due, context)
        (outcome.given, outcome.taken) = (patch.given, patch.taken)
        context.why(
          .acted, "roles", ["given": list(patch.given), "taken": list(patch.taken)],
          about: WhySubject(member: user))
      } catch let error as RESTError where error.kind == .gone || error.kind == .missingPermission {
        // Between the look and the change the person left, a role was deleted, or the bot lost its right.
        context.why(.refused, "rolesRefused", about: WhySubject(member: user))
        outcome.refusal = Refusal("refused.discord")
      }
    }
    try await context.rows.forget(due, of: user)
    return outcome
  }

  private static func refusal(
    of wish: RoleWish, for user: UserID, _ roles: [RoleID], _ context: WelcomeContext
  ) async throws -> Refusal? {
    if wish.gives, let role = context.bot.role(wish.role), RolePlan.isPowerful(role),
      !(wish.source == .sticky && context.settings.sticky.restoresPowerful)
    {
      return Refusal("refused.powerful", ["role": role.name])
    }
    return try await context.bot.refusal(of: .roles([wish.role]), on: user, roles: roles)
  }

  /// One role by itself; more as the whole set, which Discord replaces.
  private static func change(
    _ patch: RolePatch, of user: UserID, _ roles: [RoleID], _ due: [RoleWish], _ context: WelcomeContext
  ) async throws {
    let sources = Set(due.map(\.source.rawValue)).sorted()
    let reason = context.strings(
      dynamic: "reason.roles",
      ["why": sources.map { context.strings[dynamic: "reason.\($0)"] }.joined(separator: ", ")])
    let name = "roles \(user)"
    switch (patch.given.count, patch.taken.count) {
    case (1, 0):
      try await context.effects.perform(
        .addRole(patch.given[0], to: user, in: context.guild, reason: reason), as: name, priority: .reply)
    case (0, 1):
      try await context.effects.perform(
        .removeRole(patch.taken[0], from: user, in: context.guild, reason: reason), as: name, priority: .reply
      )
    default:
      var edit = MemberEdit()
      edit.roles = patch.applied(to: roles)
      try await context.effects.perform(
        .modifyGuildMember(user, in: context.guild, edit, reason: reason), as: name, priority: .reply)
    }
  }

  private static func tell(_ patch: RolePatch, _ user: UserID, _ context: WelcomeContext) async {
    let subject = WhySubject(member: user)
    for role in patch.excluded {
      context.why(.exempt, "roleExcluded", ["role": Mention.role(role).description], about: subject)
    }
    for (role, refusal) in patch.refused.sorted(by: { $0.key < $1.key }) {
      context.why(.roleOrder, "roleRefused", ["role": Mention.role(role).description], about: subject)
      await context.notify(
        .warning, "roleRefused",
        ["role": context.bot.role(role)?.name ?? "\(role)", "reason": context.sentence(refusal)])
    }
  }

  /// Roles as mentions.
  static func list(_ roles: [RoleID]) -> String {
    roles.isEmpty ? "–" : roles.map { Mention.role($0).description }.joined(separator: ", ")
  }
}

extension WelcomeContext {
  /// The sentence of a refusal: the plugin's, or the platform's.
  func sentence(_ refusal: Refusal) -> String {
    let isOurs = strings.sentence(refusal.key) != nil
    let catalog = isOurs ? strings : core.host.strings(of: "core", language: core.preferences.language)
    return catalog(dynamic: refusal.key, refusal.parameters)
  }
}
