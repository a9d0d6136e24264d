// The plugin's commands.

import JSON
import PlatformAudit
import Resources
import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import PlatformCommands
import PlatformPlugins
import PlatformSettings
import PlatformText

/// `welcome test`, `welcome rules`, `welcome role …`, `welcome sticky …`.
enum Commands {
  static let occasion = CommandParameter<Occasion>.choice("what").or(.join)
  static let test = CommandDeclaration(
    "welcome test", permission: .manageGuild, coolDown: .seconds(3), isEphemeral: true,
    options: [occasion.description])

  static let channel = CommandParameter<ChannelID>.channel("channel", 0, 5).optional
  static let rules = CommandDeclaration(
    "welcome rules", permission: .manageGuild, isEphemeral: true, options: [channel.description])

  static let role = CommandParameter<RoleID>.role("role")
  static let audience = CommandParameter<AutoRole.Audience>.choice("for").or(.humans)
  static let moment = CommandParameter<AutoRole.Moment>.choice("after").or(.joining)
  static let delay = CommandParameter<Duration>.duration("delay", .zero ... .seconds(30 * 86_400)).or(.zero)
  static let roleAdd = CommandDeclaration(
    "welcome role add", permission: .manageRoles, isEphemeral: true,
    options: [role.description, audience.description, moment.description, delay.description])
  static let roleRemove = CommandDeclaration(
    "welcome role remove", permission: .manageRoles, isEphemeral: true, options: [role.description])
  static let roleList = CommandDeclaration(
    "welcome role list", permission: .manageRoles, isEphemeral: true)

  static let user = CommandParameter<UserID>.user("user").optional
  static let stickyList = CommandDeclaration(
    "welcome sticky list", permission: .manageRoles, isEphemeral: true)
  static let stickyClear = CommandDeclaration(
    "welcome sticky clear", permission: .manageRoles, isEphemeral: true, options: [user.description])

  static func declare(_ plugin: inout PluginDeclaration<Welcome>) {
    plugin.command(test, runTest)
    plugin.command(rules, publishRules)
    plugin.command(roleAdd, addRole)
    plugin.command(roleRemove, removeRole)
    plugin.command(roleList, listRoles)
    plugin.command(stickyList, listSticky)
    plugin.command(stickyClear, clearSticky)
  }

  // MARK: Messages

  @Sendable private static func runTest(_ call: CommandCall<Welcome>) async throws {
    let context = call.context
    guard let member = try await context.bot.member(call.person.user) else { throw Refusal("refused.gone") }
    let settings = context.settings.greeting(call[occasion])
    let greeting = context.greeting(
      call[occasion], of: Guest(member, number: context.server.members), cause: context.core.causeKey)
    let card = settings.hasCard ? await CardDesk.card(for: greeting, settings, context) : nil
    var message = greeting.message(settings, card: card)
    // It is only a test: nobody is called.
    message.allowedMentions = .none
    try await call.reply(message.ephemeral())
  }

  @Sendable private static func publishRules(_ call: CommandCall<Welcome>) async throws {
    let context = call.context
    let place = call[channel] ?? call.channel
    let settings = context.settings.rules
    for role in [settings.gives, settings.takes].compactMap(\.self) {
      try await check(role, call, isGiven: role == settings.gives)
    }
    let mention = Mention.channel(place).description
    do {
      try await context.effects.send(try await Acceptance.panel(context), to: place, as: "rules")
    } catch let error as RESTError where error.kind == .missingPermission || error.kind == .gone {
      throw Refusal("refused.cannotSend", ["channel": mention])
    }
    try await context.audit("rules.publish", by: .user(call.person.user), target: "\(place)")
    try await call.reply("rules.published", ["channel": mention])
  }

  // MARK: Roles

  /// Goes on only if the bot and the person may give the role, and nobody gets power by it.
  private static func check(_ role: RoleID, _ call: CommandCall<Welcome>, isGiven: Bool = true) async throws {
    let bot = call.context.bot
    if let refusal = try await bot.refusal(
      of: .roles([role]), on: call.person.user, by: call.person, roles: call.person.roles)
    {
      throw refusal
    }
    if isGiven, let known = bot.role(role), RolePlan.isPowerful(known) {
      throw Refusal("refused.powerful", ["role": known.name])
    }
  }

  @Sendable private static func addRole(_ call: CommandCall<Welcome>) async throws {
    let auto = AutoRole(call[role], audience: call[audience], moment: call[moment], delay: call[delay])
    try await check(auto.role, call)
    try await call.context.change(by: call.person.user) { settings in
      let index = settings.autoRoles.firstIndex { $0.role == auto.role && $0.audience == auto.audience }
      if let index {
        // Conditions that were set on the dashboard stay.
        settings.autoRoles[index].moment = auto.moment
        settings.autoRoles[index].delay = auto.delay
      } else {
        guard settings.autoRoles.count < 20 else { throw Refusal("refused.tooManyRoles", ["limit": "20"]) }
        settings.autoRoles.append(auto)
      }
    }
    try await call.reply("role.added", ["line": line(auto, call.context)])
  }

  @Sendable private static func removeRole(_ call: CommandCall<Welcome>) async throws {
    let role = call[role]
    try await call.context.change(by: call.person.user) { settings in
      guard settings.autoRoles.contains(where: { $0.role == role }) else {
        throw Refusal("refused.noAutoRole")
      }
      settings.autoRoles.removeAll { $0.role == role }
    }
    try await call.reply("role.removed", ["role": Mention.role(role).description])
  }

  @Sendable private static func listRoles(_ call: CommandCall<Welcome>) async throws {
    let roles = call.settings.autoRoles
    guard !roles.isEmpty else { return _ = try await call.reply("role.none") }
    let lines = roles.map { line($0, call.context) }.joined(separator: "\n")
    try await call.reply(MessageCreate(String(lines.prefix(MessageCreate.maximumContentLength))).ephemeral())
  }

  /// One automatic role in a sentence.
  static func line(_ auto: AutoRole, _ context: WelcomeContext) -> String {
    let strings = context.strings
    var parts = [
      Mention.role(auto.role).description, strings[dynamic: "role.for.\(auto.audience.rawValue)"],
      strings[dynamic: "role.after.\(auto.moment.rawValue)"],
    ]
    if auto.delay > .zero {
      parts.append(strings("role.delay", ["delay": HumanDuration.format(auto.delay)]))
    }
    if auto.minimumAge > .zero {
      parts.append(strings("role.age", ["age": HumanDuration.format(auto.minimumAge)]))
    }
    if !auto.unless.isEmpty { parts.append(strings("role.unless", ["roles": RoleDesk.list(auto.unless)])) }
    return parts.joined(separator: " · ")
  }

  // MARK: Sticky roles

  @Sendable private static func listSticky(_ call: CommandCall<Welcome>) async throws {
    let left = try await call.context.rows.lastLeft(limit: 20)
    guard !left.isEmpty else { return _ = try await call.reply("sticky.none") }
    let lines = left.map { entry in
      call.strings(
        dynamic: "sticky.line",
        [
          "user": Mention.user(entry.user).description,
          "when": Mention.timestamp(entry.leftAt, .relative).description,
          "roles": RoleDesk.list(Array(entry.roles.prefix(8))) + (entry.roles.count > 8 ? " …" : ""),
        ])
    }
    var text = ""
    for line in lines where text.unicodeScalars.count + line.unicodeScalars.count < 1_990 {
      text += line + "\n"
    }
    try await call.reply(MessageCreate(text).ephemeral())
  }

  @Sendable private static func clearSticky(_ call: CommandCall<Welcome>) async throws {
    let count = try await call.context.rows.forgetLeft(call[user])
    try await call.context.audit(
      "sticky.clear", by: .user(call.person.user), target: call[user].map { "\($0)" } ?? "",
      before: .integer(Int64(count)))
    try await call.reply("sticky.cleared", ["count": "\(count)"])
  }
}
