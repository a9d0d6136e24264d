// Forms in which a menu's words are written, and the buttons that open them.

import Resources
import DiscordCore
import DiscordModels
import PlatformPlugins
import PlatformSettings

enum MenuForms {
  static let createRoute = "create"
  static let editRoute = "edit"
  static let publishRoute = "publish"

  private static let (title, text, color) = ("title", "text", "color")

  // MARK: Opening

  /// What the form does not ask for travels in its state.
  static func openCreate(_ menu: RoleMenu, _ call: CommandCall<Roles>) async throws {
    let state = "\(menu.style.rawValue):\(menu.mode.rawValue):\(menu.limit)"
    let id = try await call.context.componentID(createRoute, state)
    try await call.open(form(menu, id: id, title: call.strings["form.create"], call.context))
  }

  static func openEdit(_ call: ComponentCall<Roles>) async throws {
    guard let id = Int64(call.state) else { throw Refusal("refused.gone") }
    try check(call.person)
    try await openEdit(id, call)
  }

  static func openEdit<Call: PersonCall>(_ id: Int64, _ call: Call) async throws where Call.P == Roles {
    guard let menu = try await call.context.rows.menu(id) else {
      throw Refusal("menu.unknown", ["menu": "\(id)"])
    }
    let customID = try await call.context.componentID(editRoute, "\(id)")
    try await call.open(form(menu.menu, id: customID, title: call.strings["form.edit"], call.context))
  }

  private static func form(_ menu: RoleMenu, id: String, title: String, _ context: RoleContext) -> Modal {
    let strings = context.strings
    return Modal(
      title.prefixed(45), id: id,
      [
        .label(
          strings["form.title"],
          .line(id: Self.title, length: 1...256, value: menu.title.isEmpty ? nil : menu.title)),
        .label(
          strings["form.text"],
          .paragraph(
            id: text, length: 0...2_000, isRequired: false, value: menu.text.isEmpty ? nil : menu.text)),
        .label(
          strings["form.color"], description: strings["form.color.help"],
          .line(
            id: color, length: 0...7, isRequired: false, value: menu.color?.text, placeholder: "#1d6a4f")),
      ])
  }

  // MARK: Sent

  static func created(_ call: ModalCall<Roles>) async throws {
    try check(call.person)
    let parts = call.state.split(separator: ":").map(String.init)
    var menu = RoleMenu()
    if parts.count == 3 {
      menu.style = MenuStyle(rawValue: parts[0]) ?? .buttons
      menu.mode = MenuMode(rawValue: parts[1]) ?? .toggle
      menu.limit = Int(parts[2]) ?? 1
    }
    let words = try words(call)
    words.put(into: &menu)
    let stored = try await MenuEditing.create(menu, by: call.person.user, call.context)
    try await call.reply(try await MenuEditing.card(stored, call.context))
  }

  static func edited(_ call: ModalCall<Roles>) async throws {
    try check(call.person)
    guard let id = Int64(call.state) else { throw Refusal("refused.gone") }
    let words = try words(call)
    let stored = try await MenuEditing.change(id, by: call.person, call.context) { words.put(into: &$0) }
    try await call.reply(try await MenuEditing.card(stored, call.context))
  }

  static func publishHere(_ call: ComponentCall<Roles>) async throws {
    try check(call.person)
    guard let id = Int64(call.state) else { throw Refusal("refused.gone") }
    try await MenuEditing.publish(id, in: call.channel, call)
  }

  /// A button may stay on a screen for long: who presses it is asked again.
  private static func check(_ person: Person) throws {
    guard person.permissions.contains(.manageRoles) || person.permissions.contains(.administrator) else {
      throw Refusal("menu.notYours")
    }
  }

  private struct Words: Sendable {
    let title: String
    let text: String
    let color: SettingsColor?

    func put(into menu: inout RoleMenu) { (menu.title, menu.text, menu.color) = (title, text, color) }
  }

  private static func words(_ call: ModalCall<Roles>) throws -> Words {
    guard let title = call[title]?.trimmed, !title.isEmpty else { throw Refusal("menu.noTitle") }
    var shade: SettingsColor?
    if let typed = call[color]?.trimmed, !typed.isEmpty {
      guard let read = SettingsColor(typed) else { throw Refusal("menu.noColor", ["typed": typed]) }
      shade = read
    }
    return Words(title: title, text: call[text] ?? "", color: shade)
  }
}
