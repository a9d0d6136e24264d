// How a menu looks in its channel.

import PlatformSettings
import DiscordCore
import DiscordModels
import PlatformPlugins
import Resources

/// Makes the message of a menu.
enum MenuMessage {
  /// Routes of the components.
  static let buttonRoute = "pick"
  static let selectRoute = "choose"
  /// Choices of one menu of choices.
  static let choicesPerRow = 25

  /// The message with everything that can be pressed.
  ///
  /// - Throws: what signing throws.
  static func make(_ menu: StoredMenu, _ context: RoleContext) async throws -> MessageCreate {
    var message = MessageCreate().embed(embed(menu.menu, context))
    message.components = try await components(menu, context)
    return message
  }

  /// Title, text and what there is to pick.
  static func embed(_ menu: RoleMenu, _ context: RoleContext) -> Embed {
    var parts: [String] = []
    if !menu.text.isEmpty { parts.append(menu.text) }
    let list = menu.options.filter { menu.style == .reactions || $0.description != nil }.map {
      line($0, context)
    }
    // Discord takes 4,096 characters; with the menu's own 2,000 the list may fill the rest.
    var text = ""
    for line in list where text.unicodeScalars.count + line.unicodeScalars.count < 2_000 {
      text += line + "\n"
    }
    if !text.isEmpty { parts.append(text) }
    let color = menu.color.map { Int($0.rgb) }
    let embed = Embed(title: menu.title, description: parts.joined(separator: "\n\n"), color: color)
    let hint = context.strings(dynamic: "hint.\(menu.mode.rawValue)", ["limit": "\(menu.limit)"])
    return embed.footer(hint)
  }

  private static func line(_ option: RoleOption, _ context: RoleContext) -> String {
    let name = option.label.isEmpty ? Telling.list(option.roles) : "**\(option.label)**"
    let emoji = option.emoji.map { $0.mention + " " } ?? ""
    return emoji + name + (option.description.map { " · \($0)" } ?? "")
  }

  static func components(_ menu: StoredMenu, _ context: RoleContext) async throws -> [Component] {
    switch menu.menu.style {
    case .reactions: return []
    case .buttons:
      var buttons: [Component] = []
      for option in menu.menu.options.prefix(MenuStyle.buttons.maximumOptions) {
        let id = try await context.componentID(buttonRoute, "\(menu.id):\(option.id)")
        let label = option.label.isEmpty ? nil : option.label
        buttons.append(.button(label, id: id, emoji: option.emoji))
      }
      return stride(from: 0, to: buttons.count, by: 5).map {
        .row(Array(buttons[$0..<min($0 + 5, buttons.count)]))
      }
    case .select:
      let options = Array(menu.menu.options.prefix(MenuStyle.select.maximumOptions))
      var rows: [Component] = []
      for start in stride(from: 0, to: options.count, by: choicesPerRow) {
        let part = options[start..<min(start + choicesPerRow, options.count)]
        let id = try await context.componentID(selectRoute, "\(menu.id):\(start)")
        let choices = part.map { option in
          Component.Choice(
            option.label, value: "\(option.id)", description: option.description, emoji: option.emoji)
        }
        rows.append(
          .row(
            .select(
              id: id, choices, placeholder: context.strings["menu.placeholder"],
              choosing: 1...mostChoices(menu.menu, choices.count))))
      }
      return rows
    }
  }

  /// How many may be chosen at once.
  private static func mostChoices(_ menu: RoleMenu, _ count: Int) -> Int {
    switch menu.mode {
    case .unique, .binding: 1
    case .limited: max(1, min(menu.limit, count))
    case .toggle, .give, .take: max(1, count)
    }
  }
}
