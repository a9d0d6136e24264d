// `rolemenu …`: making, changing and publishing menus.

import SQL
import PlatformAudit
import Resources
import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import JSON
import PlatformCommands
import PlatformPlugins
import PlatformSettings

enum MenuCommands {
  private static let menu = CommandParameter.integer("menu", 1...1_000_000_000)
  private static let style = CommandParameter<MenuStyle>.choice("style").optional
  private static let mode = CommandParameter<MenuMode>.choice("mode").optional
  private static let limit = CommandParameter.integer("limit", 1...125).optional
  private static let color = CommandParameter.text("color", 7...7).optional
  private static let require = CommandParameter.role("require").optional
  private static let forbid = CommandParameter.role("forbid").optional
  private static let free = CommandParameter.toggle("free").or(false)
  private static let title = CommandParameter.rest("title", 1...256).optional
  private static let channel = CommandParameter.channel("channel", 0, 5, 11, 12).optional
  private static let option = CommandParameter.integer("option", 1...100_000)
  private static let emoji = CommandParameter.text("emoji", 1...100).optional
  private static let duration = CommandParameter.duration("duration", RoleOption.durations).optional
  private static let confirm = CommandParameter.toggle("confirm").or(false)
  private static let label = CommandParameter.rest("label", 1...183).optional
  private static let member = CommandParameter.user("member")

  private static func declaration(
    _ words: String, opensForm: Bool = false, _ options: CommandParameterDescription...
  ) -> CommandDeclaration {
    var command = CommandDeclaration(
      "rolemenu \(words)", permission: .manageRoles, isEphemeral: true, options: options)
    command.opensForm = opensForm
    return command
  }

  static let create = declaration(
    "create", opensForm: true, style.description, mode.description, limit.description, title.description)
  static let edit = declaration(
    "edit", opensForm: true, menu.description, style.description, mode.description, limit.description,
    require.description,
    forbid.description, free.description, color.description, title.description)
  static let addOption = CommandDeclaration(
    "rolemenu option add", permission: .manageRoles, isEphemeral: true,
    options: [menu.description] + RoleOptions.descriptions
      + [emoji.description, duration.description, confirm.description, label.description])
  static let removeOption = declaration("option remove", menu.description, option.description)
  static let publish = declaration("publish", menu.description, channel.description)
  static let list = declaration("list")
  static let delete = declaration("delete", menu.description)
  static let reset = declaration("reset", menu.description, member.description)

  static func declare(_ plugin: inout PluginDeclaration<Roles>) {
    plugin.command(create, runCreate)
    plugin.command(edit, runEdit)
    plugin.command(addOption, runAddOption)
    plugin.command(removeOption, runRemoveOption)
    plugin.command(publish, runPublish)
    plugin.command(list, runList)
    plugin.command(delete, runDelete)
    plugin.command(reset, runReset)
  }

  // MARK: Making and changing

  private static func runCreate(_ call: CommandCall<Roles>) async throws {
    var menu = RoleMenu()
    menu.style = call[style] ?? .buttons
    menu.mode = call[mode] ?? .toggle
    menu.limit = call[limit] ?? 1
    guard let title = call[title] else {
      guard call.responder.canOpenModals else { throw Refusal("menu.noTitle") }
      return try await MenuForms.openCreate(menu, call)
    }
    menu.title = title
    let stored = try await MenuEditing.create(menu, by: call.person.user, call.context)
    try await call.reply(try await MenuEditing.card(stored, call.context))
  }

  private static func runEdit(_ call: CommandCall<Roles>) async throws {
    let id = Int64(call[menu])
    let color = try call[color].map { text in
      guard let color = SettingsColor(text) else { throw Refusal("menu.noColor", ["typed": text]) }
      return color
    }
    let (style, mode, limit) = (call[style], call[mode], call[limit])
    let (require, forbid, free, title) = (call[require], call[forbid], call[free], call[title])
    let isEmpty =
      style == nil && mode == nil && limit == nil && require == nil && forbid == nil && !free && color == nil
      && title == nil
    if isEmpty {
      guard call.responder.canOpenModals else { throw Refusal("menu.nothingToEdit") }
      return try await MenuForms.openEdit(id, call)
    }
    let stored = try await MenuEditing.change(id, by: call.person, call.context) { menu in
      if let style { menu.style = style }
      if let mode { menu.mode = mode }
      if let limit { menu.limit = limit }
      if let color { menu.color = color }
      if let title { menu.title = title }
      if free { (menu.required, menu.forbidden) = ([], []) }
      if let require, !menu.required.contains(require) { menu.required.append(require) }
      if let forbid, !menu.forbidden.contains(forbid) { menu.forbidden.append(forbid) }
    }
    try await call.reply(try await MenuEditing.card(stored, call.context))
  }

  private static func runAddOption(_ call: CommandCall<Roles>) async throws {
    let context = call.context
    var option = RoleOption(id: 0, roles: RoleOptions.read(call))
    var words = call[label] ?? ""
    if let typed = call[emoji] {
      option.emoji = EmojiReference(typed: typed)
      if option.emoji == nil {
        // After a prefix, the first word of the label stands where the emoji would.
        guard case .message = call.source else { throw Refusal("menu.notAnEmoji", ["typed": typed]) }
        words = words.isEmpty ? typed : "\(typed) \(words)"
      }
    }
    let parts = words.split(separator: "|", maxSplits: 1).map { String($0).trimmed }
    option.label = (parts.first ?? context.bot.role(option.roles[0])?.name ?? "").prefixed(80)
    option.description = parts.count > 1 && !parts[1].isEmpty ? parts[1].prefixed(100) : nil
    option.duration = call[duration]
    option.isRiskAccepted = call[confirm]
    let added = option
    let stored = try await MenuEditing.change(Int64(call[menu]), by: call.person, context) { menu in
      guard menu.options.count < menu.style.maximumOptions else {
        throw Refusal("problem.tooManyOptions", ["limit": "\(menu.style.maximumOptions)"])
      }
      menu.add(added)
    }
    try await call.reply(try await MenuEditing.card(stored, context))
  }

  private static func runRemoveOption(_ call: CommandCall<Roles>) async throws {
    let (id, option) = (Int64(call[menu]), call[option])
    let stored = try await MenuEditing.change(id, by: call.person, call.context) { menu in
      guard menu.option(option) != nil else { throw Refusal("menu.noOption", ["option": "\(option)"]) }
      menu.options.removeAll { $0.id == option }
    }
    try await call.context.rows.forget(option: option, in: id)
    try await call.reply(try await MenuEditing.card(stored, call.context))
  }

  // MARK: Publishing and the rest

  private static func runPublish(_ call: CommandCall<Roles>) async throws {
    try await MenuEditing.publish(Int64(call[menu]), in: call[channel] ?? call.channel, call)
  }

  private static func runList(_ call: CommandCall<Roles>) async throws {
    let menus = try await call.context.rows.menus()
    guard !menus.isEmpty else { throw Refusal("menu.none") }
    let lines = menus.map { menu in
      let place =
        menu.isMissing
        ? call.strings["list.missing"]
        : menu.place.map { "\(Mention.channel($0.channel))" } ?? call.strings["list.draft"]
      return "**#\(menu.id)** \(menu.menu.title.prefixed(60)) · \(menu.menu.style.rawValue), "
        + "\(menu.menu.mode.rawValue) · \(menu.menu.options.count) · \(place)"
    }
    let embed = Embed(
      title: call.strings["list.title"], description: lines.joined(separator: "\n").prefixed(4_000))
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  private static func runDelete(_ call: CommandCall<Roles>) async throws {
    let (context, id) = (call.context, Int64(call[menu]))
    guard let menu = try await context.rows.menu(id) else { throw Refusal("menu.unknown", ["menu": "\(id)"]) }
    // The timer first: once the row is gone, nobody else knows of the message.
    if let place = menu.place, !menu.isMissing { try await Publishing.removeSoon(place, context) }
    let audit = try context.audited(
      "menu.delete", by: call.person.user, target: "\(id)", before: menu.menu.document)
    let rows = context.rows
    _ = try await context.effects.once("delete") { session in
      _ = try await rows.delete(id, session)
      try await session.execute(audit)
    }
    try await call.reply("menu.deleted", ["menu": "\(id)", "title": menu.menu.title])
  }

  private static func runReset(_ call: CommandCall<Roles>) async throws {
    let (context, id, user) = (call.context, Int64(call[menu]), call[member])
    let audit = try context.audited(
      "menu.reset", by: call.person.user, target: "\(user)", after: ["menu": .integer(id)])
    let rows = context.rows
    let count = try await context.effects.once("reset") { session in
      let count = try await rows.forget(id, by: user, session)
      if count > 0 { try await session.execute(audit) }
      return count
    }
    if count == 0 {
      throw Refusal("menu.nothingToReset", ["user": "\(Mention.user(user))", "menu": "\(id)"])
    }
    try await call.reply("menu.reset", ["user": "\(Mention.user(user))", "menu": "\(id)"])
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
