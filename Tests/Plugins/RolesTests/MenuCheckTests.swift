// Whether a menu can work.

import DiscordCore
import DiscordModels
import Testing

@testable import RolesPlugin

private func menu(
  _ id: Int64, gives: [UInt64], needs: [UInt64] = [], forbids: [UInt64] = [], mode: MenuMode = .toggle,
  style: MenuStyle = .buttons
) -> StoredMenu {
  var menu = RoleMenu()
  (menu.title, menu.mode, menu.style) = ("Menu", mode, style)
  menu.required = needs.map { RoleID($0) }
  menu.forbidden = forbids.map { RoleID($0) }
  for role in gives { menu.add(RoleOption(id: 0, roles: [RoleID(role)], label: "role \(role)")) }
  return StoredMenu(id: id, menu: menu)
}

private func problems(
  _ menu: StoredMenu, among others: [StoredMenu] = [], facts: [UInt64: RoleFacts] = [:]
) -> [MenuProblem] {
  MenuCheck.problems(of: menu, among: others) { facts[$0.rawValue] ?? RoleFacts() }
}

@Suite struct MenuCheckTests {
  @Test func `a menu that can work has no problems`() {
    #expect(problems(menu(1, gives: [1, 2], needs: [9], forbids: [8])).isEmpty)
  }

  @Test func `roles nobody can give are found`() {
    let facts: [UInt64: RoleFacts] = [
      1: RoleFacts(isManaged: true), 2: RoleFacts(isAssignable: false), 3: RoleFacts(isBelowAuthor: false),
    ]
    #expect(
      problems(menu(1, gives: [1, 2, 3]), facts: facts)
        == [.managed(RoleID(1)), .aboveBot(RoleID(2)), .aboveAuthor(RoleID(3))])
    let found = MenuCheck.problems(of: menu(1, gives: [1], needs: [2]), among: []) { _ in nil }
    #expect(found == [.noRole(RoleID(1)), .noRole(RoleID(2))])
  }

  @Test(arguments: [Permissions.administrator, .banMembers, .moderateMembers, .mentionEveryone])
  func `power over others is offered only when somebody said so`(_ power: Permissions) {
    var powerful = menu(1, gives: [1])
    let facts: [UInt64: RoleFacts] = [1: RoleFacts(permissions: [power, .sendMessages])]
    #expect(problems(powerful, facts: facts) == [.powerful(RoleID(1), power)])
    powerful.menu.options[0].isRiskAccepted = true
    #expect(problems(powerful, facts: facts).isEmpty)
  }

  @Test func `each style asks for what it shows`() {
    var reactions = menu(1, gives: [1, 2, 3], style: .reactions)
    reactions.menu.options[0].emoji = "🔴"
    reactions.menu.options[1].emoji = "🔴"
    #expect(problems(reactions) == [.sameEmoji(option: 2), .noEmoji(option: 3)])
    var select = menu(1, gives: [1], style: .select)
    select.menu.options[0].label = ""
    select.menu.options[0].emoji = "🔴"
    #expect(problems(select) == [.noLabel(option: 1)])
    select.menu.style = .buttons
    #expect(problems(select).isEmpty)
    #expect(problems(menu(1, gives: [])) == [.noOptions])
  }

  @Test(arguments: [(MenuStyle.buttons, 25), (.select, 125), (.reactions, 20)])
  func `more than a message holds is refused`(_ style: MenuStyle, _ limit: Int) {
    var full = menu(1, gives: [])
    full.menu.style = style
    for number in 1...limit {
      var option = RoleOption(id: 0, roles: [RoleID(UInt64(number))], label: "\(number)")
      option.emoji = .custom(EmojiID(UInt64(number)), name: "e")
      full.menu.add(option)
    }
    #expect(problems(full).isEmpty)
    var option = RoleOption(id: 0, roles: [RoleID(999)], label: "one more")
    option.emoji = .custom(EmojiID(999), name: "e")
    full.menu.add(option)
    #expect(problems(full) == [.tooManyOptions(limit)])
  }

  @Test func `conditions that contradict themselves are found`() {
    #expect(problems(menu(1, gives: [1], needs: [9], forbids: [9])) == [.requiredAndForbidden(RoleID(9))])
    #expect(problems(menu(1, gives: [1, 2], forbids: [2])) == [.forbidsItself(RoleID(2))])
    #expect(problems(menu(1, gives: [1, 2], forbids: [2], mode: .take)).isEmpty)
  }

  @Test func `menus that wait for each other are found, however many they are`() {
    let circle = [
      menu(1, gives: [1], needs: [3]), menu(2, gives: [2], needs: [1]), menu(3, gives: [3], needs: [2]),
    ]
    #expect(problems(circle[0], among: circle) == [.circle(menus: [1, 2, 3])])
    #expect(problems(menu(4, gives: [4], needs: [4])) == [.circle(menus: [4])])
    // One way in is enough: a role from elsewhere, or from a menu that waits for nobody.
    #expect(problems(menu(1, gives: [1], needs: [3, 77]), among: circle).isEmpty)
    #expect(problems(circle[0], among: circle + [menu(5, gives: [2])]).isEmpty)
    // A chain is no circle, and a menu outside of the circle is not part of it.
    #expect(problems(menu(6, gives: [6]), among: circle).isEmpty)
    #expect(problems(menu(2, gives: [2], needs: [1]), among: [menu(1, gives: [1])]).isEmpty)
  }
}
