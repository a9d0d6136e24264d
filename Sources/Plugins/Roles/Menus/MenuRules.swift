// What a pick leads to: modes, limits, conditions. Pure.

import DiscordCore

/// What somebody did with a menu.
enum MenuPick: Hashable, Sendable {
  /// Pressed a button, or chose these in a menu of choices: each is turned over where the mode lets it.
  case press([Int])
  /// Reacted, or took the reaction back.
  case react(Int)
  case unreact(Int)
}

/// What the rules know of whoever picks, and of the roles.
struct MenuSituation: Sendable {
  /// The roles the person has, wishes that are under way included.
  var roles: Set<RoleID>
  /// What is on record as picked: reactions that count, and choices that bind.
  var picked: Set<Int> = []
  /// Roles that cannot be given or taken now, and why.
  var blocked: [RoleID: Block] = [:]
  /// Roles that carry power which nobody agreed to offer: they are not given; taking them is fine.
  var powerful: Set<RoleID> = []

  /// Why a role cannot be given or taken.
  enum Block: String, Hashable, Sendable, CaseIterable {
    /// The role is gone; belongs to a bot or integration; stands above the bot; the bot may not manage roles at all;
    /// carries power.
    case gone, managed, aboveBot, permission, powerful
  }

  init(roles: Set<RoleID>, picked: Set<Int> = [], blocked: [RoleID: Block] = [:]) {
    (self.roles, self.picked, self.blocked) = (roles, picked, blocked)
  }
}

/// What is to be done.
struct MenuDecision: Hashable, Sendable {
  var change = RoleChange()
  /// Options that are on from now on, and off.
  var on: [Int] = []
  var off: [Int] = []
  /// How the record of picks changes.
  var picked: Set<Int> = []
  var unpicked: Set<Int> = []
  /// Why nothing is done, or not all of it.
  var refusal: Reason?

  init() {}

  /// Why a pick does not do what it asks for.
  enum Reason: Hashable, Sendable {
    /// Has none of the roles it takes.
    case lacksRequired([RoleID])
    case hasForbidden(RoleID)
    /// Has as many as one may have.
    case limit(Int)
    /// Has decided before, for that option.
    case bound(Int)
    /// Has it already, where the menu only gives; does not have it, where it only takes.
    case alreadyHas(Int)
    case doesNotHave(Int)
    /// The role cannot be given or taken.
    case blocked(RoleID, MenuSituation.Block)
    /// The option is no more.
    case gone
  }
}

/// The rules of menus.
enum MenuRules {
  /// What a pick leads to.
  static func decide(_ pick: MenuPick, in menu: RoleMenu, _ situation: MenuSituation) -> MenuDecision {
    var decision = MenuDecision()
    var machine = Machine(menu: menu, situation: situation)
    switch pick {
    case .press(let ids):
      for id in ids { machine.press(id, &decision) }
    case .react(let id):
      machine.react(id, &decision)
    case .unreact(let id):
      machine.unreact(id, &decision)
    }
    // Whoever takes a reaction back wants the role gone, also when it was given so lately that it is not seen yet.
    if case .unreact = pick { return decision }
    decision.change = decision.change.missing(from: situation.roles)
    return decision
  }

  /// Whether somebody has the option: all of its roles.
  static func isOn(_ option: RoleOption, _ roles: Set<RoleID>) -> Bool {
    !option.roles.isEmpty && option.roles.allSatisfy(roles.contains)
  }

  private struct Machine {
    let menu: RoleMenu
    var situation: MenuSituation

    mutating func press(_ id: Int, _ decision: inout MenuDecision) {
      guard let option = menu.option(id) else { return refuse(.gone, &decision) }
      let isOn = isOn(option, situation.roles)
      switch menu.mode {
      case .toggle, .limited, .unique:
        if isOn { turnOff(option, &decision) } else { turnOn(option, &decision) }
      case .give:
        // Given again, what ends by itself ends later.
        if isOn, option.duration == nil { return refuse(.alreadyHas(id), &decision) }
        turnOn(option, &decision)
      case .take:
        let hasSome = option.roles.contains(where: situation.roles.contains)
        if hasSome { takeAway(option, &decision) } else { refuse(.doesNotHave(id), &decision) }
      case .binding: bind(option, &decision)
      }
    }

    /// A reaction says what is wanted; there is nothing to turn over.
    mutating func react(_ id: Int, _ decision: inout MenuDecision) {
      guard let option = menu.option(id) else { return }
      switch menu.mode {
      case .toggle, .limited, .unique, .give: turnOn(option, &decision)
      case .take: takeAway(option, &decision)
      case .binding: bind(option, &decision)
      }
    }

    /// Only a reaction that counted can be taken back: one that was refused, or taken away by us, was never on record.
    mutating func unreact(_ id: Int, _ decision: inout MenuDecision) {
      guard situation.picked.contains(id) else { return }
      switch menu.mode {
      case .toggle, .limited, .unique:
        if let option = menu.option(id) { turnOff(option, &decision) }
        decision.unpicked.insert(id)
      case .give, .take: decision.unpicked.insert(id)
      case .binding: break
      }
    }

    private mutating func turnOn(_ option: RoleOption, _ decision: inout MenuDecision) {
      var change = RoleChange(give: option.roles)
      var others: [Int] = []
      if menu.mode == .unique {
        // A role that the new option has too stays.
        for other in menu.options where other.id != option.id {
          let loses = other.roles.filter { situation.roles.contains($0) && !option.roles.contains($0) }
          if !loses.isEmpty { change = RoleChange(take: loses).then(change) }
          if isOn(other, situation.roles), !loses.isEmpty { others.append(other.id) }
        }
      }
      if let reason = condition() ?? obstacle(change) { return refuse(reason, &decision) }
      let after = change.applied(to: situation.roles)
      if menu.mode == .limited, menu.options.count(where: { isOn($0, after) }) > menu.limit {
        return refuse(.limit(menu.limit), &decision)
      }
      situation.roles = after
      decision.change = decision.change.then(change)
      decision.on.append(option.id)
      decision.off += others
      record(option.id, &decision)
      if menu.mode == .unique {
        let unpicked = situation.picked.subtracting([option.id])
        decision.unpicked.formUnion(unpicked)
        situation.picked.subtract(unpicked)
      }
    }

    private mutating func turnOff(_ option: RoleOption, _ decision: inout MenuDecision) {
      let change = RoleChange(take: option.roles)
      if let reason = obstacle(change) { return refuse(reason, &decision) }
      situation.roles = change.applied(to: situation.roles)
      decision.change = decision.change.then(change)
      decision.off.append(option.id)
    }

    /// Taking is all that the menu does: its conditions are about that.
    private mutating func takeAway(_ option: RoleOption, _ decision: inout MenuDecision) {
      if let reason = condition() { return refuse(reason, &decision) }
      turnOff(option, &decision)
      if decision.refusal == nil { record(option.id, &decision) }
    }

    private mutating func bind(_ option: RoleOption, _ decision: inout MenuDecision) {
      // The record binds, not the role: whoever left and came back may have again what they chose, and nothing else.
      if let bound = situation.picked.first, bound != option.id { return refuse(.bound(bound), &decision) }
      if isOn(option, situation.roles) {
        if situation.picked.isEmpty { record(option.id, &decision) }
        return refuse(.alreadyHas(option.id), &decision)
      }
      turnOn(option, &decision)
    }

    private mutating func record(_ id: Int, _ decision: inout MenuDecision) {
      guard menu.style == .reactions || menu.mode == .binding else { return }
      situation.picked.insert(id)
      decision.picked.insert(id)
      decision.unpicked.remove(id)
    }

    private func condition() -> MenuDecision.Reason? {
      if let role = menu.forbidden.first(where: situation.roles.contains) { return .hasForbidden(role) }
      if !menu.required.isEmpty, !menu.required.contains(where: situation.roles.contains) {
        return .lacksRequired(menu.required)
      }
      return nil
    }

    private func obstacle(_ change: RoleChange) -> MenuDecision.Reason? {
      for (role, isWanted) in change.missing(from: situation.roles).wanted.sorted(by: { $0.key < $1.key }) {
        if let reason = situation.blocked[role] { return .blocked(role, reason) }
        if isWanted, situation.powerful.contains(role) { return .blocked(role, .powerful) }
      }
      return nil
    }

    private func refuse(_ reason: MenuDecision.Reason, _ decision: inout MenuDecision) {
      if decision.refusal == nil { decision.refusal = reason }
    }
  }
}
