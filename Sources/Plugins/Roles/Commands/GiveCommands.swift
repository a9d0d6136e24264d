// `role add`, `role remove`, `role toggle`: several members and several roles at once.

import DiscordLimits
import DiscordBot
import SQL
import DiscordCore
import DiscordModels
import EventLoop
import JSON
import PlatformCommands
import PlatformPlugins
import Resources

/// Roles as an option takes them: one is needed, up to five can be named.
enum RoleOptions {
  static let first = CommandParameter.role("role")
  static let further = (2...5).map { CommandParameter.role("role\($0)").optional }

  static var descriptions: [CommandParameterDescription] { [first.description] + further.map(\.description) }

  static func read(_ call: CommandCall<Roles>) -> [RoleID] {
    var roles = [call[first]]
    for role in further.compactMap({ call[$0] }) where !roles.contains(role) { roles.append(role) }
    return roles
  }
}

enum GiveCommands {
  enum Verb: String, Sendable { case add, remove, toggle }

  private static let members = CommandParameter.users("members", atMost: 10)
  private static let duration = CommandParameter.duration("duration", RoleOption.durations).optional
  private static let reason = CommandParameter.rest("reason", 1...400).optional
  private static let member = CommandParameter.user("member").optional

  static let add = declaration(.add, [duration.description])
  static let remove = declaration(.remove, [])
  static let toggle = declaration(.toggle, [])
  static let info = CommandDeclaration(
    "role info", permission: .manageRoles, isEphemeral: true, options: [RoleOptions.first.description])
  static let temporary = CommandDeclaration(
    "role temporary", permission: .manageRoles, isEphemeral: true, options: [member.description])

  private static func declaration(
    _ verb: Verb, _ options: [CommandParameterDescription]
  ) -> CommandDeclaration {
    CommandDeclaration(
      "role \(verb.rawValue)", permission: .manageRoles,
      options: [members.description] + RoleOptions.descriptions + options + [reason.description])
  }

  static func declare(_ plugin: inout PluginDeclaration<Roles>) {
    plugin.command(add) { call in try await change(.add, call, for: call[duration]) }
    plugin.command(remove) { call in try await change(.remove, call, for: nil) }
    plugin.command(toggle) { call in try await change(.toggle, call, for: nil) }
    plugin.command(info, showInfo)
    plugin.command(temporary, showTemporary)
  }

  // MARK: Changing

  private static func change(_ verb: Verb, _ call: CommandCall<Roles>, for duration: Duration?) async throws {
    let (context, roles) = (call.context, RoleOptions.read(call))
    try checkLimits(roles, call.person, context)
    let reason = context.strings(
      dynamic: "reason.command", ["user": call.person.name, "reason": call[reason] ?? "–"])
    let order = Order(verb: verb, roles: roles, duration: duration, reason: String(reason.prefix(400)))
    var lines: [String] = []
    var isWaitedFor = true
    for user in call[members] {
      let (line, isLate) = try await give(
        order, to: user, by: call.person, isWaitedFor: isWaitedFor, context)
      lines.append(line)
      // Discord's limit has no room: the rest is done by timers, and nobody waits behind a command that waits.
      if isLate { isWaitedFor = false }
    }
    try await call.reply(MessageCreate(lines.joined(separator: "\n")))
  }

  private struct Order: Sendable {
    let verb: Verb
    let roles: [RoleID]
    let duration: Duration?
    let reason: String
  }

  /// One member's turn; returns the line that says what came of it, and whether it is still to come.
  private static func give(
    _ order: Order, to user: UserID, by person: Person, isWaitedFor: Bool, _ context: RoleContext
  ) async throws -> (line: String, isLate: Bool) {
    let (strings, rows, now) = (context.strings, context.rows, context.clock)
    let mention = "\(Mention.user(user))"
    guard let member = try await context.bot.freshMember(user, priority: .reply) else {
      return (strings(dynamic: "give.notMember", ["user": mention]), false)
    }
    if let refusal = try await context.bot.refusal(
      of: .roles(order.roles), on: user, by: person, roles: member.roles)
    {
      context.why(.roleOrder, "notGiven", about: WhySubject(member: user))
      return ("\(mention): \(context.sentence(refusal))", false)
    }
    let end = order.duration.map { now + $0 }
    let ending = try await rows.temporaries(of: user).map(\.role)
    // Who has a role for good keeps it for good.
    let permanent =
      end == nil ? [] : order.roles.filter { member.roles.contains($0) && !ending.contains($0) }
    let change = change(order, of: Set(member.roles), except: permanent)
    guard !change.isEmpty else {
      return (
        strings(dynamic: "give.hasForGood", ["user": mention, "roles": Telling.list(permanent)]), false
      )
    }
    let audit = try context.audited(
      order.verb.rawValue, by: person.user, target: "\(user)",
      after: [
        "given": .array(change.given.map { .id($0) }), "taken": .array(change.taken.map { .id($0) }),
        "until": end.map { .integer($0.milliseconds) } ?? .null,
      ])
    let isNew: Void? = try await context.effects.once("give \(user)") { session in
      try await session.execute(audit)
      try await rows.wish(change, for: user, because: order.reason, at: now, session)
      for role in change.taken { try await session.execute(rows.releasing(role, of: user)) }
      for role in change.given {
        // Given without an end, a role that had one stays.
        guard let end else {
          try await session.execute(rows.releasing(role, of: user))
          continue
        }
        try await rows.keep(
          TemporaryRole(user: user, role: role, end: end, reason: order.reason), since: now, session)
      }
    }
    if end != nil { try await Temporaries.arm(user, context) }
    var outcome = Writing.Outcome.later(now)
    if isWaitedFor {
      outcome = try await Writing.flush(user, context)
    } else {
      try await Writing.flushSoon(user, context)
    }
    // Turned over already: what is seen now is the other way round.
    if isNew == nil, order.verb == .toggle { return (strings["answer.known"], false) }
    var parts = line(change, mention, outcome, context)
    // Of two ends the later counts, which need not be the one that was asked for.
    if end != nil,
      let last = try await rows.temporaries(of: user).last(where: { change.given.contains($0.role) })
    {
      parts.append(
        strings(dynamic: "give.until", ["when": "\(Mention.timestamp(last.end, .relative))"]))
    }
    if !permanent.isEmpty {
      parts.append(
        strings(dynamic: "give.hasForGood", ["user": mention, "roles": Telling.list(permanent)]))
    }
    let isLate = if case .later = outcome { true } else { false }
    return (parts.joined(separator: " "), isLate)
  }

  private static func change(
    _ order: Order, of roles: Set<RoleID>, except permanent: [RoleID]
  ) -> RoleChange {
    switch order.verb {
    case .add: RoleChange(give: order.roles.filter { !permanent.contains($0) })
    case .remove: RoleChange(take: order.roles)
    case .toggle:
      RoleChange(
        give: order.roles.filter { !roles.contains($0) }, take: order.roles.filter(roles.contains))
    }
  }

  private static func line(
    _ change: RoleChange, _ mention: String, _ outcome: Writing.Outcome, _ context: RoleContext
  ) -> [String] {
    let strings = context.strings
    switch outcome {
    case .refused(let refusal): return ["\(mention): \(context.sentence(refusal))"]
    case .gone: return [strings(dynamic: "give.notMember", ["user": mention])]
    case .nothing, .done, .later: break
    }
    var parts: [String] = []
    if !change.given.isEmpty {
      parts.append(strings(dynamic: "give.given", ["user": mention, "roles": Telling.list(change.given)]))
    }
    if !change.taken.isEmpty {
      parts.append(strings(dynamic: "give.taken", ["user": mention, "roles": Telling.list(change.taken)]))
    }
    if case .later = outcome { parts.append(strings["give.soon"]) }
    return parts
  }

  /// - Throws: `Refusal` when the guild limits what this person gives.
  static func checkLimits(_ roles: [RoleID], _ person: Person, _ context: RoleContext) throws {
    guard person.user != context.bot.info?.owner, !person.permissions.contains(.administrator) else { return }
    let forbidden = context.settings.forbidden(roles, to: person.roles)
    if !forbidden.isEmpty {
      context.why(.notAllowed, "limits", ["roles": Telling.list(forbidden)])
      throw Refusal("give.limits", ["roles": Telling.list(forbidden)])
    }
  }

  // MARK: Looking

  private static func showInfo(_ call: CommandCall<Roles>) async throws {
    let (context, strings) = (call.context, call.strings)
    guard let role = context.bot.role(call[RoleOptions.first]) else {
      throw Refusal("refusal.noRole", ["role": "\(call[RoleOptions.first])"])
    }
    let menus = try await context.rows.menus().filter { $0.menu.offered.contains(role.id) }
    let powers = role.permissions.intersection(MenuCheck.powerful).names
    var embed = Embed(
      title: role.name, description: "\(Mention.role(role.id))",
      color: role.color == 0 ? nil : Int(role.color))
    embed = embed.field(strings["info.id"], "\(role.id)", inline: true)
    embed = embed.field(
      strings["info.made"], "\(Mention.timestamp(role.id.createdAt, .longDate))", inline: true)
    embed = embed.field(strings["info.position"], "\(role.position)", inline: true)
    let seen = context.bot.seenMembers.count { $0.roles.contains(role.id) }
    embed = embed.field(strings["info.members"], "\(seen)", inline: true)
    let assignable = role.isManaged ? "managed" : context.bot.mayAssign(role.id) == .yes ? "yes" : "above"
    embed = embed.field(strings["info.assignable"], strings[dynamic: "info.assignable.\(assignable)"])
    if !powers.isEmpty { embed = embed.field(strings["info.powers"], powers.joined(separator: ", ")) }
    if !menus.isEmpty {
      embed = embed.field(
        strings["info.menus"],
        menus.map { "#\($0.id) \($0.menu.title)" }.joined(separator: "\n").prefixed(1_000))
    }
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  private static func showTemporary(_ call: CommandCall<Roles>) async throws {
    let context = call.context
    let known =
      if let user = call[member] {
        try await context.rows.temporaries(of: user)
      } else {
        try await context.rows.temporaries(before: context.clock + .seconds(366 * 86_400), limit: 25)
      }
    guard !known.isEmpty else { throw Refusal("temporary.none") }
    let lines = known.map { role in
      call.strings(
        dynamic: "temporary.line",
        [
          "user": "\(Mention.user(role.user))", "role": "\(Mention.role(role.role))",
          "when": "\(Mention.timestamp(role.end, .relative))",
        ])
    }
    try await call.reply(
      MessageCreate().embed(
        Embed(title: call.strings["temporary.title"], description: lines.joined(separator: "\n"))
      ).ephemeral())
  }
}

extension String {
  /// At most that many scalars, as Discord counts.
  func prefixed(_ count: Int) -> String {
    unicodeScalars.count <= count
      ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(count - 1))) + "…"
  }
}
