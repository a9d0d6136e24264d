// What a pick leads to: every mode in every state.

import DiscordCore
import DiscordModels
import Testing

@testable import RolesPlugin

private let red = RoleID(1)
private let blue = RoleID(2)
private let green = RoleID(3)
private let member = RoleID(9)

private func menu(_ mode: MenuMode, style: MenuStyle = .buttons, limit: Int = 2) -> RoleMenu {
  var menu = RoleMenu()
  (menu.title, menu.mode, menu.style, menu.limit) = ("Colours", mode, style, limit)
  for (role, emoji) in [(red, "🔴"), (blue, "🔵"), (green, "🟢")] {
    menu.add(RoleOption(id: 0, roles: [role], label: "x", emoji: .unicode(emoji)))
  }
  return menu
}

/// A pick, what one had before, and what one has after it or why nothing changes.
struct PickCase: Sendable, CustomTestStringConvertible {
  let mode: MenuMode
  let pick: MenuPick
  let before: Set<RoleID>
  var picked: Set<Int> = []
  let after: Set<RoleID>
  var refusal: MenuDecision.Reason?

  var testDescription: String { "\(mode) \(pick) \(before.map(\.rawValue).sorted())" }
}

@Suite struct MenuRulesTests {
  static let cases: [PickCase] = [
    .init(mode: .toggle, pick: .press([1]), before: [], after: [red]),
    .init(mode: .toggle, pick: .press([1]), before: [red, blue], after: [blue]),
    .init(mode: .toggle, pick: .press([1, 2]), before: [red], after: [blue]),
    .init(mode: .toggle, pick: .press([7]), before: [red], after: [red], refusal: .gone),
    .init(mode: .toggle, pick: .react(1), before: [], after: [red]),
    .init(mode: .toggle, pick: .react(1), before: [red], after: [red]),
    .init(mode: .toggle, pick: .unreact(1), before: [red], picked: [1], after: []),
    .init(mode: .toggle, pick: .unreact(1), before: [red], after: [red]),
    .init(mode: .give, pick: .press([1]), before: [], after: [red]),
    .init(mode: .give, pick: .press([1]), before: [red], after: [red], refusal: .alreadyHas(1)),
    .init(mode: .give, pick: .react(1), before: [], after: [red]),
    .init(mode: .give, pick: .unreact(1), before: [red], picked: [1], after: [red]),
    .init(mode: .take, pick: .press([1]), before: [red, blue], after: [blue]),
    .init(mode: .take, pick: .press([1]), before: [blue], after: [blue], refusal: .doesNotHave(1)),
    .init(mode: .take, pick: .react(1), before: [red], after: []),
    .init(mode: .take, pick: .unreact(1), before: [], picked: [1], after: []),
    .init(mode: .unique, pick: .press([1]), before: [], after: [red]),
    .init(mode: .unique, pick: .press([1]), before: [blue, member], after: [red, member]),
    .init(mode: .unique, pick: .press([1]), before: [red], after: []),
    .init(mode: .unique, pick: .react(1), before: [blue, green], picked: [2], after: [red]),
    .init(mode: .unique, pick: .unreact(2), before: [red], after: [red]),
    .init(mode: .limited, pick: .press([1]), before: [blue], after: [red, blue]),
    .init(
      mode: .limited, pick: .press([1]), before: [blue, green], after: [blue, green], refusal: .limit(2)),
    .init(mode: .limited, pick: .press([1]), before: [red, blue], after: [blue]),
    .init(mode: .limited, pick: .press([2, 1]), before: [blue, green], after: [red, green]),
    .init(mode: .binding, pick: .press([1]), before: [], after: [red]),
    .init(mode: .binding, pick: .press([2]), before: [red], picked: [1], after: [red], refusal: .bound(1)),
    .init(
      mode: .binding, pick: .press([1]), before: [red], picked: [1], after: [red], refusal: .alreadyHas(1)),
    // Left, came back, and may have again what was chosen.
    .init(mode: .binding, pick: .press([1]), before: [], picked: [1], after: [red]),
    .init(mode: .binding, pick: .unreact(1), before: [red], picked: [1], after: [red]),
  ]

  @Test(arguments: cases)
  func `a pick does what the mode says`(_ one: PickCase) {
    let decision = MenuRules.decide(
      one.pick, in: menu(one.mode, style: .reactions), MenuSituation(roles: one.before, picked: one.picked))
    #expect(decision.change.applied(to: one.before) == one.after)
    #expect(decision.refusal == one.refusal)
    // Only what is left to do is asked of Discord.
    #expect(decision.change == decision.change.missing(from: one.before))
  }

  @Test(arguments: MenuMode.allCases)
  func `conditions hold in every mode, and giving back is always free`(_ mode: MenuMode) {
    var conditional = menu(mode)
    conditional.required = [member, RoleID(8)]
    conditional.forbidden = [RoleID(7)]
    let had: Set<RoleID> = mode == .take ? [red] : []
    func decide(_ roles: Set<RoleID>) -> MenuDecision {
      MenuRules.decide(.press([1]), in: conditional, MenuSituation(roles: roles))
    }
    #expect(decide(had).refusal == .lacksRequired([member, RoleID(8)]))
    #expect(decide(had.union([member, RoleID(7)])).refusal == .hasForbidden(RoleID(7)))
    #expect(decide(had.union([RoleID(8)])).refusal == nil)
    if mode == .toggle || mode == .unique || mode == .limited {
      #expect(decide([red]).change == RoleChange(take: [red]))
    }
  }

  @Test func `a role that cannot be given is named, and power nobody confirmed can be given back only`() {
    var situation = MenuSituation(roles: [], blocked: [red: .aboveBot])
    #expect(MenuRules.decide(.press([1]), in: menu(.toggle), situation).refusal == .blocked(red, .aboveBot))
    situation.blocked = [:]
    situation.powerful = [red]
    #expect(MenuRules.decide(.press([1]), in: menu(.toggle), situation).refusal == .blocked(red, .powerful))
    situation.roles = [red]
    #expect(MenuRules.decide(.press([1]), in: menu(.toggle), situation).change == RoleChange(take: [red]))
  }

  @Test func `an option of several roles is given and taken as one`() {
    var menu = menu(.unique)
    menu.add(RoleOption(id: 0, roles: [red, blue], label: "both"))
    let given = MenuRules.decide(.press([4]), in: menu, MenuSituation(roles: [red, green]))
    // A role that the new option shares with the old one stays where it is.
    #expect(given.change == RoleChange(give: [blue], take: [green]))
    #expect(MenuRules.decide(.press([4]), in: menu, MenuSituation(roles: [red, blue])).change.given.isEmpty)
  }

  @Test func `reactions that count are on record, those of other styles are not`() {
    let reaction = MenuRules.decide(
      .react(1), in: menu(.unique, style: .reactions), MenuSituation(roles: [blue], picked: [2]))
    #expect(reaction.picked == [1])
    #expect(reaction.unpicked == [2])
    #expect(MenuRules.decide(.press([1]), in: menu(.unique), MenuSituation(roles: [])).picked.isEmpty)
    #expect(MenuRules.decide(.press([1]), in: menu(.binding), MenuSituation(roles: [])).picked == [1])
    // What was refused is not on record, so that taking the reaction away takes nothing.
    let refused = MenuRules.decide(
      .react(3), in: menu(.limited, style: .reactions), MenuSituation(roles: [red, blue]))
    #expect(refused.picked.isEmpty)
    #expect(refused.change.isEmpty)
  }

  @Test func `what ends by itself may be picked again where a menu only gives`() {
    var menu = menu(.give)
    menu.options[0].duration = .seconds(3600)
    let decision = MenuRules.decide(.press([1]), in: menu, MenuSituation(roles: [red]))
    #expect(decision.refusal == nil)
    #expect(decision.on == [1])
    #expect(decision.change.isEmpty)
  }
}

@Suite struct RoleChangeTests {
  @Test func `a later wish about a role replaces an earlier one`() {
    let change = RoleChange(give: [red, blue]).then(RoleChange(give: [green], take: [red]))
    #expect(change.given == [blue, green])
    #expect(change.taken == [red])
    #expect(change.applied(to: [red, member]) == [blue, green, member])
    #expect(change.missing(from: [blue, green]).isEmpty)
    #expect(change.missing(from: [red, blue]) == RoleChange(give: [green], take: [red]))
  }
}
