// A menu changed by a person, by command or form: checked, audited, shown, and its message brought up to date.

import SQL
import DiscordBot
import PlatformAudit
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import PlatformSettings
import PlatformText
import Resources

enum MenuEditing {
  // MARK: Checking

  /// What is to be known of a role for a check, as this person would save it; nil for a role that is gone.
  static func facts(of role: RoleID, for person: Person?, _ context: RoleContext) -> RoleFacts? {
    guard let known = context.bot.role(role) else { return nil }
    var isBelowAuthor = true
    if let person, person.user != context.bot.info?.owner {
      isBelowAuthor =
        context.bot.rank(of: person.user, roles: person.roles).map { $0.mayManage(known.rank) } ?? false
    }
    return RoleFacts(
      isManaged: known.isManaged || role == context.guild.everyoneRole,
      isAssignable: context.bot.mayAssign(role) == .yes, isBelowAuthor: isBelowAuthor,
      permissions: known.permissions)
  }

  /// - Throws: `Refusal` for the first thing that stands in the way; what the store throws.
  static func check(
    _ menu: StoredMenu, by person: Person, isDraft: Bool, _ context: RoleContext
  ) async throws {
    let problems = MenuCheck.problems(of: menu, among: try await context.rows.menus()) {
      facts(of: $0, for: person, context)
    }
    // A draft may be unfinished; what can never be right is said at once.
    for problem in problems where !(isDraft && problem.isUnfinished) { throw problem.refusal }
  }

  // MARK: Changing

  static func create(_ menu: RoleMenu, by user: UserID, _ context: RoleContext) async throws -> StoredMenu {
    let (rows, now) = (context.rows, context.clock)
    guard try await rows.menus().count < RoleStore.maximumMenus else {
      throw Refusal("menu.tooMany", ["limit": "\(RoleStore.maximumMenus)"])
    }
    try valid(menu)
    let cause = context.effects.key("create")
    let made = try await context.effects.once("create") { session in
      let stored = try await rows.create(menu, by: user, at: now, cause: cause, session)
      try await session.execute(
        context.audited("menu.create", by: user, target: "\(stored.id)", after: menu.document))
      return stored
    }
    if let made { return made }
    guard let known = try await rows.menu(madeBy: cause) else { throw Refusal("refused.gone") }
    return known
  }

  /// Changes a menu and the message it is published in.
  ///
  /// - Throws: `Refusal`, also those of `change`; what the store and Discord throw.
  static func change(
    _ id: Int64, by person: Person, _ context: RoleContext,
    _ change: @escaping @Sendable (inout RoleMenu) throws -> Void
  ) async throws -> StoredMenu {
    guard var wanted = try await context.rows.menu(id) else {
      throw Refusal("menu.unknown", ["menu": "\(id)"])
    }
    try change(&wanted.menu)
    try valid(wanted.menu)
    try await check(wanted, by: person, isDraft: wanted.place == nil, context)
    let rows = context.rows
    let changed = try await context.effects.once("change") { session -> (StoredMenu, StoredMenu)? in
      guard let (before, after) = try await rows.update(id, session, change) else { return nil }
      let changes = SettingsDifference.between(
        before.menu.document, after.menu.document, RoleMenu.fields.descriptions)
      try await session.execute(
        context.audited(
          "menu.change", by: person.user, target: "\(id)", before: object(changes, \.before),
          after: object(changes, \.after)))
      return (before, after)
    }
    if case (let before, let after)?? = changed { try await clear(before, after, context) }
    // Handled before, the message may still have to follow.
    guard let after = try await rows.menu(id) else { throw Refusal("menu.unknown", ["menu": "\(id)"]) }
    try await Publishing.refresh(after, context)
    return try await rows.menu(id) ?? after
  }

  private static func object(
    _ changes: [SettingsChange], _ side: (SettingsChange) -> JSONValue?
  ) -> JSONValue {
    .object(JSONObject(fields: changes.map { .init(key: "\($0.path)", value: side($0) ?? .null) }))
  }

  /// Reactions that stand for nothing any more are taken away.
  private static func clear(_ before: StoredMenu, _ after: StoredMenu, _ context: RoleContext) async throws {
    guard before.menu.style == .reactions, let place = before.place, !before.isMissing else { return }
    let stays = after.menu.style == .reactions ? Set(after.menu.options.compactMap(\.emoji)) : []
    let gone = before.menu.options.compactMap(\.emoji).filter { !stays.contains($0) }
    guard !gone.isEmpty else { return }
    if stays.isEmpty, after.menu.mode != .binding { try await context.rows.forgetAll(after.id) }
    do {
      if stays.isEmpty {
        _ = try await context.bot.send(.deleteAllReactions(from: place.message, in: place.channel))
      } else {
        for emoji in gone {
          _ = try await context.bot.send(
            .deleteAllReactions(with: emoji, from: place.message, in: place.channel))
        }
      }
    } catch let error as RESTError where error.kind == .missingPermission || error.kind == .gone {
      // They look as if they did something, and do not: a reaction without an option is not on record.
    }
  }

  /// - Throws: `Refusal` when a length or count is not right.
  static func valid(_ menu: RoleMenu) throws {
    do {
      _ = try RoleMenu(document: menu.document)
    } catch {
      guard let problem = error.problems.first else { throw Refusal("menu.invalid", ["field": ""]) }
      throw Refusal("menu.invalid", ["field": "\(problem.path)"])
    }
  }

  // MARK: Publishing

  static func publish<Call: PersonCall>(
    _ id: Int64, in channel: ChannelID, _ call: Call
  ) async throws where Call.P == Roles {
    let context = call.context
    guard let menu = try await context.rows.menu(id) else { throw Refusal("menu.unknown", ["menu": "\(id)"]) }
    guard try await context.bot.owns(channel) else { throw Refusal("publish.noAccess", ["channel": "–"]) }
    try await check(menu, by: call.person, isDraft: false, context)
    let place = try await Publishing.publish(menu, in: channel, context)
    let audit = try context.audited(
      "menu.publish", by: call.person.user, target: "\(id)",
      before: menu.place.map { .id($0.channel) } ?? .null, after: .id(place.channel))
    _ = try await context.effects.once("published") { session in try await session.execute(audit) }
    let link = "https://discord.com/channels/\(context.guild)/\(place.channel)/\(place.message)"
    try await call.reply("publish.done", ["menu": "\(id)", "link": link])
  }

  // MARK: Showing

  /// A menu as its makers see it: how it will look, what is missing, and what to do next.
  static func card(_ menu: StoredMenu, _ context: RoleContext) async throws -> MessageCreate {
    let strings = context.strings
    var lines = [
      strings(
        dynamic: "card.head",
        [
          "menu": "\(menu.id)", "style": strings[dynamic: "style.\(menu.menu.style.rawValue)"],
          "mode": strings(dynamic: "mode.\(menu.menu.mode.rawValue)", ["limit": "\(menu.menu.limit)"]),
        ])
    ]
    if !menu.menu.required.isEmpty {
      lines.append(strings(dynamic: "card.required", ["roles": Telling.list(menu.menu.required)]))
    }
    if !menu.menu.forbidden.isEmpty {
      lines.append(strings(dynamic: "card.forbidden", ["roles": Telling.list(menu.menu.forbidden)]))
    }
    for option in menu.menu.options {
      var line =
        "`\(option.id)` \(option.emoji.map { $0.mention + " " } ?? "")\(option.label) → "
        + Telling.list(option.roles)
      if let duration = option.duration {
        line += " · " + strings(dynamic: "card.for", ["duration": HumanDuration.format(duration)])
      }
      lines.append(line)
    }
    let others = try await context.rows.menus()
    let problems = MenuCheck.problems(of: menu, among: others) { facts(of: $0, for: nil, context) }
    for problem in problems.prefix(5) {
      lines.append("• " + context.sentence(problem.refusal))
    }
    lines.append(strings(dynamic: menu.place == nil ? "card.next" : "card.live", ["menu": "\(menu.id)"]))
    var message = MessageCreate(lines.joined(separator: "\n").prefixed(2_000)).ephemeral()
    message.embeds = [MenuMessage.embed(menu.menu, context)]
    var buttons: [Component] = [
      .button(strings["card.edit"], id: try await context.componentID(MenuForms.editRoute, "\(menu.id)"))
    ]
    if problems.isEmpty, menu.place == nil {
      buttons.append(
        .button(
          strings["card.publish"], id: try await context.componentID(MenuForms.publishRoute, "\(menu.id)"),
          style: .primary))
    }
    message.components = [.row(buttons)]
    return message
  }
}

extension MenuProblem {
  /// Whether it is only that a draft is not finished.
  var isUnfinished: Bool {
    switch self {
    case .noOptions, .noEmoji, .noLabel: true
    default: false
    }
  }

  /// The problem in words.
  var refusal: Refusal {
    func role(_ id: RoleID) -> [String: String] { ["role": "\(Mention.role(id))"] }
    return switch self {
    case .noOptions: Refusal("problem.noOptions")
    case .tooManyOptions(let limit): Refusal("problem.tooManyOptions", ["limit": "\(limit)"])
    case .noRole(let id): Refusal("problem.noRole", ["role": "\(id)"])
    case .managed(let id): Refusal("problem.managed", role(id))
    case .aboveBot(let id): Refusal("problem.aboveBot", role(id))
    case .aboveAuthor(let id): Refusal("problem.aboveAuthor", role(id))
    case .powerful(let id, let powers):
      Refusal("problem.powerful", role(id).merging(["powers": powers.names.joined(separator: ", ")]) { $1 })
    case .noEmoji(let option): Refusal("problem.noEmoji", ["option": "\(option)"])
    case .sameEmoji(let option): Refusal("problem.sameEmoji", ["option": "\(option)"])
    case .noLabel(let option): Refusal("problem.noLabel", ["option": "\(option)"])
    case .requiredAndForbidden(let id): Refusal("problem.requiredAndForbidden", role(id))
    case .forbidsItself(let id): Refusal("problem.forbidsItself", role(id))
    case .circle(let menus):
      Refusal("problem.circle", ["menus": menus.map { "#\($0)" }.joined(separator: ", ")])
    }
  }
}
