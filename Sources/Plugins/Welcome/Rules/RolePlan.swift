// Which roles somebody gets, when, and what of it is left to do. Pure.

import DiscordBot
import DiscordCore
import EventLoop
import PlatformPlugins

/// A role that somebody is to get, or to lose.
struct RoleWish: Hashable, Sendable {
  /// Where it comes from: what is told in the audit log's reason.
  enum Source: String, Sendable, CaseIterable { case auto, sticky, rules }

  var role: RoleID
  var gives = true
  var source: Source
  /// Not before the person has passed the guild's screening; then `delay` begins.
  var waitsForScreening = false
  var delay = Duration.zero
  var due: Timestamp
}

/// The roles of somebody who left.
struct LeftRoles: Hashable, Sendable {
  var user: UserID
  var roles: [RoleID]
  var leftAt: Timestamp
}

/// Decides about roles.
enum RolePlan {
  /// What somebody who joins is to get.
  static func onJoining(
    _ guest: Guest, isPending: Bool, left: LeftRoles?, _ settings: WelcomeSettings,
    _ guildRoles: [CachedRole],
    at now: Timestamp
  ) -> [RoleWish] {
    var wishes = sticky(left, settings.sticky, guildRoles, at: now)
    for auto in settings.autoRoles where auto.moment != .rules && auto.isFor(bot: guest.isBot) {
      guard Set(auto.unless).isDisjoint(with: left?.roles ?? []) else { continue }
      var wish = wish(auto, guest.user, at: now)
      if auto.moment == .screening, isPending { wish.waitsForScreening = true }
      wishes.append(wish)
    }
    return unique(wishes)
  }

  /// What somebody who accepts the rules is to get and to lose.
  static func onAccepting(_ user: UserID, _ settings: WelcomeSettings, at now: Timestamp) -> [RoleWish] {
    var wishes: [RoleWish] = []
    if let role = settings.rules.takes {
      wishes.append(RoleWish(role: role, gives: false, source: .rules, due: now))
    }
    if let role = settings.rules.gives { wishes.append(RoleWish(role: role, source: .rules, due: now)) }
    for auto in settings.autoRoles where auto.moment == .rules && auto.isFor(bot: false) {
      wishes.append(wish(auto, user, at: now))
    }
    return unique(wishes)
  }

  /// Which of the roles somebody left with come back.
  static func sticky(
    _ left: LeftRoles?, _ settings: StickySettings, _ guildRoles: [CachedRole], at now: Timestamp
  ) -> [RoleWish] {
    guard settings.isOn, let left, now - left.leftAt <= settings.keptFor else { return [] }
    let known = Dictionary(guildRoles.map { ($0.id, $0) }) { first, _ in first }
    return left.roles.compactMap { id in
      guard settings.roles.contains(id) == (settings.scope == .only), let role = known[id], !role.isManaged,
        settings.restoresPowerful || !isPowerful(role)
      else { return nil }
      return RoleWish(role: id, source: .sticky, due: now)
    }
  }

  /// Whether a role lets its holders act on others: such a role is given by people.
  static func isPowerful(_ role: CachedRole) -> Bool {
    !role.permissions.isDisjoint(with: .elevated.union(.moderateMembers))
  }

  private static func wish(_ auto: AutoRole, _ user: UserID, at now: Timestamp) -> RoleWish {
    let due = max(now + auto.delay, user.createdAt + auto.minimumAge)
    return RoleWish(role: auto.role, source: .auto, delay: due - now, due: due)
  }

  /// One wish for each role: the first.
  private static func unique(_ wishes: [RoleWish]) -> [RoleWish] {
    var seen: Set<RoleID> = []
    return wishes.filter { seen.insert($0.role).inserted }
  }
}

/// One change of a member's roles: of all that is due, based on what the member has at that moment.
struct RolePatch: Hashable, Sendable {
  var given: [RoleID] = []
  var taken: [RoleID] = []
  /// What cannot be done, and why.
  var refused: [RoleID: Refusal] = [:]
  /// What is not to be done any more: the person has a role that rules it out.
  var excluded: [RoleID] = []

  var isEmpty: Bool { given.isEmpty && taken.isEmpty }

  /// `refusal` says why a role cannot be given or taken; nil when it can.
  init(
    _ wishes: [RoleWish], for roles: [RoleID], _ settings: WelcomeSettings, refusal: (RoleWish) -> Refusal?
  ) {
    for wish in wishes where roles.contains(wish.role) != wish.gives {
      if wish.gives, wish.source == .auto, Self.isRuledOut(wish.role, by: roles, settings) {
        excluded.append(wish.role)
      } else if let refusal = refusal(wish) {
        refused[wish.role] = refusal
      } else if wish.gives {
        given.append(wish.role)
      } else {
        taken.append(wish.role)
      }
    }
  }

  /// The roles of a member who has `roles` now, when the change is made.
  func applied(to roles: [RoleID]) -> [RoleID] {
    Set(roles).subtracting(taken).union(given).sorted()
  }

  private static func isRuledOut(_ role: RoleID, by roles: [RoleID], _ settings: WelcomeSettings) -> Bool {
    let autos = settings.autoRoles.filter { $0.role == role }
    return !autos.isEmpty && autos.allSatisfy { !Set($0.unless).isDisjoint(with: roles) }
  }
}
