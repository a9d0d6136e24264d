// Whether a menu can work: asked when it is saved, of it and all others together. Pure.

import DiscordModels
import DiscordCore

/// What a check knows of a role.
struct RoleFacts: Hashable, Sendable {
  var isManaged = false
  /// Whether the bot stands above it.
  var isAssignable = true
  /// Whether whoever saves the menu stands above it.
  var isBelowAuthor = true
  var permissions: Permissions = []

  init(
    isManaged: Bool = false, isAssignable: Bool = true, isBelowAuthor: Bool = true,
    permissions: Permissions = []
  ) {
    (self.isManaged, self.isAssignable) = (isManaged, isAssignable)
    (self.isBelowAuthor, self.permissions) = (isBelowAuthor, permissions)
  }
}

/// Why a menu cannot be saved, or not published.
enum MenuProblem: Hashable, Sendable {
  case noOptions
  case tooManyOptions(Int)
  case noRole(RoleID)
  case managed(RoleID)
  case aboveBot(RoleID)
  case aboveAuthor(RoleID)
  /// The role carries power, and nobody said that it may be offered all the same.
  case powerful(RoleID, Permissions)
  /// Reactions need emoji, each its own.
  case noEmoji(option: Int)
  case sameEmoji(option: Int)
  /// A button or choice needs something to be seen.
  case noLabel(option: Int)
  case requiredAndForbidden(RoleID)
  /// Whoever takes it can take nothing more from the menu.
  case forbidsItself(RoleID)
  /// What it takes can only be had from menus that in turn take what only this one gives.
  case circle(menus: [Int64])
}

/// The checks.
enum MenuCheck {
  /// Permissions that nobody shall give themselves by accident.
  static let powerful: Permissions = Permissions.elevated.union([
    .moderateMembers, .manageNicknames, .mentionEveryone, .moveMembers, .muteMembers, .deafenMembers,
    .viewAuditLog, .manageEvents, .bypassSlowmode,
  ])

  /// What stands in the way of publishing `menu`; empty when nothing does. `role` is nil for a role that is gone.
  static func problems(
    of menu: StoredMenu, among others: [StoredMenu], role: (RoleID) -> RoleFacts?
  ) -> [MenuProblem] {
    var problems: [MenuProblem] = []
    let (definition, style) = (menu.menu, menu.menu.style)
    if definition.options.isEmpty { problems.append(.noOptions) }
    if definition.options.count > style.maximumOptions {
      problems.append(.tooManyOptions(style.maximumOptions))
    }
    var emoji: Set<String> = []
    for option in definition.options {
      for id in option.roles { problems += self.problems(of: id, in: option, facts: role(id)) }
      let mention = option.emoji?.mention
      if style == .reactions {
        if let mention, !emoji.insert(mention).inserted { problems.append(.sameEmoji(option: option.id)) }
        if mention == nil { problems.append(.noEmoji(option: option.id)) }
      } else if option.label.isEmpty, style == .select || mention == nil {
        problems.append(.noLabel(option: option.id))
      }
    }
    problems += conditions(of: menu, among: others, role: role)
    return problems
  }

  private static func problems(of role: RoleID, in option: RoleOption, facts: RoleFacts?) -> [MenuProblem] {
    guard let facts else { return [.noRole(role)] }
    if facts.isManaged { return [.managed(role)] }
    var problems: [MenuProblem] = []
    if !facts.isAssignable { problems.append(.aboveBot(role)) }
    if !facts.isBelowAuthor { problems.append(.aboveAuthor(role)) }
    let power = facts.permissions.intersection(powerful)
    if !power.isEmpty, !option.isRiskAccepted { problems.append(.powerful(role, power)) }
    return problems
  }

  private static func conditions(
    of menu: StoredMenu, among others: [StoredMenu], role: (RoleID) -> RoleFacts?
  ) -> [MenuProblem] {
    let definition = menu.menu
    var problems: [MenuProblem] = []
    for condition in definition.required + definition.forbidden where role(condition) == nil {
      problems.append(.noRole(condition))
    }
    for role in definition.required where definition.forbidden.contains(role) {
      problems.append(.requiredAndForbidden(role))
    }
    // A menu that only takes is left by whoever has what it takes.
    if definition.mode != .take {
      for role in definition.forbidden where definition.offered.contains(role) {
        problems.append(.forbidsItself(role))
      }
    }
    let circle = circle(with: menu, among: others)
    if !circle.isEmpty { problems.append(.circle(menus: circle)) }
    return problems
  }

  /// The menus that can be used by nobody because each waits for what another gives; empty when `menu` is none of them.
  ///
  /// A role that no menu gives comes from elsewhere and can be had. From there on everything that can be had is found
  /// step by step; what is left waits for itself.
  static func circle(with menu: StoredMenu, among others: [StoredMenu]) -> [Int64] {
    let menus = (others.filter { $0.id != menu.id } + [menu]).filter { $0.menu.mode != .take }
    let offered = menus.reduce(into: Set<RoleID>()) { $0.formUnion($1.menu.offered) }
    var reachable: Set<RoleID> = []
    var waiting = menus
    var isMoving = true
    while isMoving {
      isMoving = false
      waiting.removeAll { candidate in
        let required = candidate.menu.required
        let isUsable =
          required.isEmpty || required.contains { !offered.contains($0) || reachable.contains($0) }
        if isUsable {
          reachable.formUnion(candidate.menu.offered)
          isMoving = true
        }
        return isUsable
      }
    }
    let stuck = waiting.map(\.id).sorted()
    return stuck.contains(menu.id) ? stuck : []
  }
}
