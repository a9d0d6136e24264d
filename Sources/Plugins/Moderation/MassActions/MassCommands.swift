// Commands that act on many at once, and on the list of bans as a whole.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformCommands
import PlatformPlugins
import PlatformText
import Resources

enum MassCommands {
  /// Ids and mentions; nothing where the list is attached.
  static let users = CommandParameter.rest("users", 1...6_000).optional
  /// A message with a list attached, for slash commands: they have no attachments of their own.
  static let message = CommandParameter<String>.text("message", 1...120).optional.named
  static let reason = CommandParameter<String>.text("reason", 1...400).optional.named
  static let deletes = CommandParameter<Duration>.duration("delete", .zero...SanctionLimits.longestDeletion)
    .optional.named
  static let duration = CommandParameter<Duration>.duration(
    "duration", .seconds(60)...SanctionLimits.longestTimeout)
  static let massban = CommandDeclaration(
    "massban", permission: .banMembers,
    options: [message.description, reason.description, deletes.description, users.description])
  static let masskick = CommandDeclaration(
    "masskick", permission: .kickMembers,
    options: [message.description, reason.description, users.description])
  static let masstimeout = CommandDeclaration(
    "masstimeout", permission: .moderateMembers,
    options: [duration.description, message.description, reason.description, users.description])
  static let restReason = CommandParameter.rest("reason", 1...400).optional
  static let unbanall = CommandDeclaration(
    "unbanall", permission: [.banMembers, .manageGuild], options: [restReason.description])

  /// From so many on, somebody has to say that they mean it.
  static let confirmationSize = 10
  /// How long one has to say so.
  static let confirmationSpan = Duration.seconds(900)
  static let confirmRoute = "confirm"

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(massban) { call in
      try refuse(call, [.banMembers, .manageGuild])
      let list = try await list(call)
      let plan = MassPlan(
        reason: why(call), count: list.users.count,
        deletesMessagesOfSeconds: Int(call[deletes]?.components.seconds ?? 0))
      try await begin(.massban, plan, list.batches(of: MassPlan.banSize), call)
    }
    plugin.command(masskick) { call in
      try refuse(call, .kickMembers)
      let list = try await list(call)
      let plan = MassPlan(reason: why(call), count: list.users.count)
      try await begin(.masskick, plan, list.batches(of: MassPlan.singleSize), call)
    }
    plugin.command(masstimeout) { call in
      try refuse(call, .moderateMembers)
      let list = try await list(call)
      let plan = MassPlan(reason: why(call), count: list.users.count, duration: call[duration])
      try await begin(.masstimeout, plan, list.batches(of: MassPlan.singleSize), call)
    }
    plugin.command(unbanall) { call in
      try refuse(call, .banMembers)
      let plan = MassPlan(
        reason: call[restReason] ?? "", count: 0, protected: Set(call.settings.unbanAllProtected))
      try await begin(.unbanall, plan, [], call, alwaysAsks: true)
    }
    plugin.component(confirmRoute, confirm)
    BanListCommands.declare(&plugin)
  }

  static func refuse(_ call: CommandCall<Moderation>, _ needed: Permissions) throws {
    guard let own = call.context.bot.ownPermissions() else { throw Refusal("refusal.guildUnknown") }
    let missing = needed.subtracting(own)
    guard missing.isEmpty else {
      throw Refusal("refusal.botPermission", ["permission": missing.names.joined(separator: ", ")])
    }
  }

  /// The reason by its option, or what follows the last of the users.
  private static func why(_ call: CommandCall<Moderation>) -> String {
    call[reason] ?? call[users].map { UserList.remark(after: $0) } ?? ""
  }

  // MARK: Lists

  /// What was typed, and what lies in the file that came with it.
  private static func list(_ call: CommandCall<Moderation>) async throws -> UserList {
    var text = call[users] ?? ""
    if let file = try await attached(call, call[message]) {
      text += "\n" + BanFile.users(file).users.map(\.description).joined(separator: "\n")
    }
    let list = UserList(text)
    guard !list.isCut else { throw Refusal("mass.tooMany", ["limit": "\(UserList.limit)"]) }
    guard !list.users.isEmpty else { throw Refusal("mass.nobody") }
    return list
  }

  /// The file of the message that the command stands in, or of the one that somebody named.
  static func attached(_ call: CommandCall<Moderation>, _ named: String?) async throws -> [UInt8]? {
    let bot = call.context.bot
    let place: (channel: ChannelID, message: MessageID)
    if let named {
      guard let (channel, message) = MessageID.typed(named) else { throw Refusal("mass.noMessage") }
      place = (channel ?? call.channel, message)
      let seen = bot.permissions(
        of: call.person.user, roles: call.person.roles, in: bot.settled(place.channel))
      guard place.channel == call.channel || seen?.contains(.viewChannel) ?? false else {
        throw Refusal("mass.noMessage")
      }
    } else if case .message(let message) = call.source {
      place = (call.channel, message)
    } else {
      return nil
    }
    do {
      let message = try await bot.send(.getMessage(place.message, in: place.channel), priority: .interaction)
      guard let attachment = message.attachments.first else {
        if named != nil { throw Refusal("mass.noFile") }
        return nil
      }
      return try await bot.contents(of: attachment, limit: 4 << 20)
    } catch let error as RESTError where error.kind == .gone || error.kind == .userMistake {
      throw Refusal("mass.noMessage")
    } catch PluginMistake.foreignGuild {
      throw Refusal("mass.noMessage")
    }
  }

  // MARK: Beginning

  static func begin(
    _ kind: JobKind, _ plan: MassPlan, _ parts: [[String]], _ call: CommandCall<Moderation>,
    alwaysAsks: Bool = false
  ) async throws {
    let context = call.context
    let asks = alwaysAsks || plan.count >= confirmationSize
    let key = context.effects.key(kind.rawValue)
    for other in try await JobStore(store: context.store).underWay(kind) where other.status != .waiting {
      guard other.person == call.person.user, other.request == plan.request else {
        throw Refusal("mass.underWay")
      }
    }
    let new = NewJob(
      kind: kind, effectKey: key, person: call.person.user, channel: call.channel, request: plan.request,
      needsConfirmation: asks, parts: parts)
    guard asks else { return try await call.reply(try await JobRunner(context).begin(new)) }
    let job = try await JobRunner(context).open(new)
    guard job.status == .waiting else { return }
    let question = context.strings(
      dynamic: "\(kind.rawValue).confirm",
      ["count": "\(plan.count)", "protected": "\(plan.protected.count)"])
    try await call.reply(
      MessageCreate(question).components(
        .row(
          .button(
            context.strings["mass.confirm"],
            id: try await context.componentID(confirmRoute, "\(job.number)"), style: .danger),
          .button(
            context.strings["mass.cancel"],
            id: try await context.componentID(JobRunner.stopRoute, "\(job.number)")))
      ).ephemeral())
  }

  /// Somebody means it.
  private static func confirm(_ call: ComponentCall<Moderation>) async throws {
    let context = call.context
    let runner = JobRunner(context)
    let jobs = JobStore(store: context.store)
    guard let number = Int64(call.state), let job = try await jobs.job(number) else {
      throw Refusal("job.unknown")
    }
    guard call.person.user == job.person else { throw Refusal("job.notYours") }
    guard job.status == .running || context.now - job.createdAt <= confirmationSpan else {
      _ = try await runner.stop(number)
      throw Refusal("job.tooLate")
    }
    guard try await runner.confirm(number), let job = try await jobs.job(number) else {
      throw Refusal("job.over")
    }
    var edit = MessageEdit()
    switch try await runner.begin(job) {
    case .over(let text, _): edit.content = .set(text)
    case .goesOn(let text): edit.content = .set("\(text)\n\(context.strings["job.goesOn"])")
    }
    edit.components = []
    try await call.update(edit)
  }
}
