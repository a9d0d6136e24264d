// A pick, from the click to the wish that is written down and the write that follows.

import Resources
import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import PlatformPlugins
import SQL

/// Handles picks.
///
/// Decision, record and wish are one transaction under the event's key: a pick counts once, and once it counts its wish
/// is found again whatever happens. Clicks that come faster than roles may be written change the wish, not the roles.
enum Picking {
  enum Outcome: Sendable {
    case decided(MenuDecision, Writing.Outcome)
    /// The same event was handled before.
    case known(Writing.Outcome)
  }

  /// What somebody did with a menu. `roles` are those the event brought along, or the cache has; when nobody waits for the
  /// answer, a timer does the write; `name` tells apart what one cause leads to.
  static func pick(
    _ pick: MenuPick, in menu: StoredMenu, by user: UserID, roles: [RoleID], isWaitedFor: Bool,
    as name: String = "pick", _ context: RoleContext
  ) async throws -> Outcome {
    let rows = context.rows
    let now = context.clock
    let reason = context.strings(
      dynamic: "reason.menu", ["id": "\(menu.id)", "title": String(menu.menu.title.prefix(100))])
    var situation = MenuSituation(roles: Set(roles))
    (situation.blocked, situation.powerful) = try obstacles(in: menu.menu, context)
    let base = situation
    let decision = try await context.effects.once(name) { session in
      var situation = base
      // In this order: what is written is remembered before its wish goes.
      let wished = try await rows.hold(user, at: now, session)
      let recent = context.recentChange(of: user)
      situation.roles = wished.applied(to: recent.applied(to: situation.roles))
      situation.picked = try await rows.picked(menu.id, by: user, session)
      let decision = MenuRules.decide(pick, in: menu.menu, situation)
      try await rows.record(
        decision.picked, not: decision.unpicked, in: menu.id, by: user, at: now, session)
      try await rows.wish(decision.change, for: user, because: reason, at: now, session)
      try await keepEnds(of: decision, in: menu, for: user, because: reason, at: now, rows, session)
      return decision
    }
    if decision?.endsSomething(in: menu.menu) ?? true { try await Temporaries.arm(user, context) }
    if let decision {
      file(decision, menu, user, context)
      if decision.change.isEmpty { return .decided(decision, .nothing) }
    }
    var written = Writing.Outcome.later(now)
    if isWaitedFor {
      written = try await Writing.flush(user, context)
    } else {
      try await Writing.flushSoon(user, context)
    }
    return decision.map { .decided($0, written) } ?? .known(written)
  }

  /// Ends of what is given for a while; what is taken has no end any more.
  private static func keepEnds(
    of decision: MenuDecision, in menu: StoredMenu, for user: UserID, because reason: String,
    at now: Timestamp,
    _ rows: RoleStore, _ session: any SQLSession
  ) async throws {
    for role in decision.change.taken { try await session.execute(rows.releasing(role, of: user)) }
    for option in decision.on.compactMap({ menu.menu.option($0) }) {
      guard let duration = option.duration else { continue }
      for role in option.roles {
        // A role that somebody has for good does not get an end.
        if decision.change.wanted[role] != true {
          guard try await rows.isTemporary(role, of: user, session) else { continue }
        }
        try await rows.keep(
          TemporaryRole(user: user, role: role, end: now + duration, reason: reason), since: now, session)
      }
    }
  }

  /// What stands in the way of giving and taking the menu's roles.
  ///
  /// - Throws: `Refusal` while the guild is not known.
  static func obstacles(
    in menu: RoleMenu, _ context: RoleContext
  ) throws -> (blocked: [RoleID: MenuSituation.Block], powerful: Set<RoleID>) {
    let bot = context.bot
    guard bot.info != nil, let own = bot.ownPermissions() else { throw Refusal("refusal.guildUnknown") }
    let mayManage = own.contains(.administrator) || own.contains(.manageRoles)
    var blocked: [RoleID: MenuSituation.Block] = [:]
    var powerful: Set<RoleID> = []
    for option in menu.options {
      for id in option.roles {
        guard let role = bot.role(id) else {
          blocked[id] = .gone
          continue
        }
        if role.isManaged || id == context.guild.everyoneRole {
          blocked[id] = .managed
        } else if !mayManage {
          blocked[id] = .permission
        } else if bot.mayAssign(id) != .yes {
          blocked[id] = .aboveBot
        }
        if !option.isRiskAccepted, !role.permissions.isDisjoint(with: MenuCheck.powerful) {
          powerful.insert(id)
        }
      }
    }
    return (blocked, powerful)
  }

  private static func file(
    _ decision: MenuDecision, _ menu: StoredMenu, _ user: UserID, _ context: RoleContext
  ) {
    let subject = WhySubject(message: menu.place?.message, member: user, channel: menu.place?.channel)
    var parameters = ["menu": "\(menu.id)"]
    if !decision.change.isEmpty || !decision.on.isEmpty || !decision.off.isEmpty {
      parameters["given"] = Telling.list(decision.change.given)
      parameters["taken"] = Telling.list(decision.change.taken)
      context.why(.acted, "picked", parameters, about: subject)
    }
    guard let refusal = decision.refusal else { return }
    parameters.merge(Answers.parameters(refusal, menu.menu)) { _, new in new }
    context.why(refusal.outcome, "refused.\(refusal.key)", parameters, about: subject)
  }
}

extension MenuDecision {
  /// Whether ends of roles were written down.
  fileprivate func endsSomething(in menu: RoleMenu) -> Bool {
    on.contains { menu.option($0)?.duration != nil }
  }
}

extension MenuDecision.Reason {
  /// The last part of its sentence's key.
  var key: String {
    switch self {
    case .lacksRequired: "required"
    case .hasForbidden: "forbidden"
    case .limit: "limit"
    case .bound: "bound"
    case .alreadyHas: "alreadyHas"
    case .doesNotHave: "doesNotHave"
    case .blocked(_, let block): "blocked.\(block.rawValue)"
    case .gone: "gone"
    }
  }

  /// How it is filed.
  var outcome: WhyRecord.Outcome {
    switch self {
    case .lacksRequired, .hasForbidden, .limit, .bound: .notAllowed
    case .alreadyHas, .doesNotHave, .gone: .noMatch
    case .blocked(_, .permission): .missingPermission
    case .blocked(_, .aboveBot): .roleOrder
    case .blocked: .notAllowed
    }
  }
}
