// Events and clicks: translate, ask the rules, perform.

import DiscordBot
import DiscordCore
import DiscordModels
import PlatformPlugins

enum Handlers {
  // MARK: Reactions

  static func reacted(_ context: RoleContext, _ event: MessageReactionAddEvent) async throws {
    guard event.userID != context.bot.user, event.member?.user?.isBot != true,
      let menu = try await reactionMenu(event.messageID, context), let option = menu.menu.option(event.emoji)
    else { return }
    let roles: [RoleID]
    if let member = event.member {
      roles = member.roles
    } else if let member = try await context.bot.member(event.userID), !member.isBot {
      roles = member.roles
    } else {
      return
    }
    try await react(option, in: menu, by: event.userID, roles: roles, as: "pick", context)
  }

  /// A reaction that counts, now or found later.
  static func react(
    _ option: RoleOption, in menu: StoredMenu, by user: UserID, roles: [RoleID], as name: String,
    _ context: RoleContext
  ) async throws {
    let outcome = try await Picking.pick(
      .react(option.id), in: menu, by: user, roles: roles, isWaitedFor: false, as: name, context)
    guard case .decided(let decision, _) = outcome else { return }
    if let refusal = decision.refusal {
      // Whoever has it already may leave the reaction where it is.
      if case .alreadyHas = refusal { return }
      guard context.settings.clearsRefusedReactions else { return }
      return try await Publishing.untick(option, of: user, in: menu, context)
    }
    for other in decision.unpicked {
      if let other = menu.menu.option(other) {
        try await Publishing.untick(other, of: user, in: menu, context)
      }
    }
  }

  static func unreacted(_ context: RoleContext, _ event: MessageReactionRemoveEvent) async throws {
    guard event.userID != context.bot.user, let menu = try await reactionMenu(event.messageID, context),
      let option = menu.menu.option(event.emoji), let member = try await context.bot.member(event.userID)
    else { return }
    _ = try await Picking.pick(
      .unreact(option.id), in: menu, by: event.userID, roles: member.roles, isWaitedFor: false, context)
  }

  /// A moderator cleared the reactions: roles stay, and what was on record is void.
  static func clearedAll(_ context: RoleContext, _ event: MessageReactionRemoveAllEvent) async throws {
    guard let menu = try await reactionMenu(event.messageID, context) else { return }
    if menu.menu.mode != .binding { try await context.rows.forgetAll(menu.id) }
    try await Publishing.seed(menu, context)
  }

  static func clearedEmoji(_ context: RoleContext, _ event: MessageReactionRemoveEmojiEvent) async throws {
    guard let menu = try await reactionMenu(event.messageID, context),
      let option = menu.menu.option(event.emoji)
    else { return }
    if menu.menu.mode != .binding { try await context.rows.forget(option: option.id, in: menu.id) }
    try await Publishing.seed(menu, context)
  }

  private static func reactionMenu(
    _ message: MessageID, _ context: RoleContext
  ) async throws -> StoredMenu? {
    guard let menu = try await context.rows.menu(in: message), menu.menu.style == .reactions else {
      return nil
    }
    return menu
  }

  // MARK: Components

  static func pressed(_ call: ComponentCall<Roles>) async throws {
    let ids = call.state.split(separator: ":")
    guard ids.count == 2, let id = Int64(ids[0]), let option = Int(ids[1]) else {
      throw Refusal("refused.gone")
    }
    try await press([option], in: id, call)
  }

  static func chose(_ call: ComponentCall<Roles>) async throws {
    guard let id = call.state.split(separator: ":").first.flatMap({ Int64($0) }) else {
      throw Refusal("refused.gone")
    }
    if let menu = try await call.context.rows.menu(id) {
      // Shown anew, nothing is chosen: the same choice can be made again.
      var edit = MessageEdit()
      edit.components = try await MenuMessage.components(menu, call.context)
      try await call.update(edit)
    }
    try await press(call.values.compactMap { Int($0) }, in: id, call)
  }

  private static func press(_ options: [Int], in id: Int64, _ call: ComponentCall<Roles>) async throws {
    guard let menu = try await call.context.rows.menu(id) else { throw Refusal("refused.gone") }
    let outcome = try await Picking.pick(
      .press(options), in: menu, by: call.person.user, roles: call.person.roles, isWaitedFor: true,
      call.context)
    try await call.reply(MessageCreate(Answers.text(outcome, menu.menu, call.context)).ephemeral())
  }

  // MARK: Menus that vanish

  static func deleted(_ context: RoleContext, _ event: MessageDeleteEvent) async throws {
    guard let menu = try await context.rows.menu(in: event.id) else { return }
    try await Publishing.missing([menu], context)
  }

  static func deletedMany(_ context: RoleContext, _ event: MessageDeleteBulkEvent) async throws {
    let ids = Set(event.ids)
    let menus = try await context.rows.menus().filter { $0.place.map { ids.contains($0.message) } ?? false }
    try await Publishing.missing(menus, context)
  }

  /// A channel went with its menus: they are drafts again, to be published somewhere else.
  static func channelDeleted(_ context: RoleContext, _ event: Channel) async throws {
    for menu in try await context.rows.menus() where menu.place?.channel == event.id {
      try await context.rows.place(menu.id, nil)
      context.why(.acted, "menuMissing", ["menu": "\(menu.id)"], about: WhySubject(channel: event.id))
      await context.notify(.warning, "menuMissing", ["menu": "\(menu.id)", "title": menu.menu.title])
    }
  }

  /// A role went that menus offer or ask for: whoever looks after them should know before the first click.
  static func roleDeleted(_ context: RoleContext, _ event: GuildRoleDeleteEvent) async throws {
    for menu in try await context.rows.menus() {
      let named = menu.menu.offered.union(menu.menu.required).union(menu.menu.forbidden)
      guard named.contains(event.roleID) else { continue }
      await context.notify(.warning, "roleGone", ["menu": "\(menu.id)", "title": menu.menu.title])
    }
  }
}
