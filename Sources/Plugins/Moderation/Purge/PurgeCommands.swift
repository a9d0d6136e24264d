// The commands that delete many messages.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformAudit
import PlatformCommands
import PlatformPlugins
import Resources

enum PurgeCommands {
  static let amount = CommandParameter<String>.text("amount", 1...30)
  static let user = CommandParameter<UserID>.user("user")
  static let text = CommandParameter<String>.text("text", 1...200)
  static let message = CommandParameter<String>.text("message", 1...120)
  /// Deletes pinned messages as well.
  static let pinned = CommandParameter.toggle("pinned").or(false)
  static let reason = CommandParameter.rest("reason", 1...400).optional

  private static func command(
    _ name: String, aliases: [String] = [], _ options: [CommandParameterDescription]
  ) -> CommandDeclaration {
    CommandDeclaration(
      "purge \(name)", aliases: aliases, permission: .manageMessages, isEphemeral: true,
      options: options + [pinned.description, reason.description])
  }

  static let all = command("all", [user.optional.description])
  /// `.purge 50`, `.purge 7d @somebody` are this one.
  static let last = command(
    "last", aliases: ["purge", "clear", "prune"], [amount.description, user.optional.description])
  static let ofUser = command("user", [user.description, amount.optional.description])
  static let before = command("before", [message.description, amount.optional.description])
  static let after = command("after", [message.description, user.optional.description])
  static let contains = command("contains", [text.description, amount.optional.description])
  static let matches = command("match", [text.description, amount.optional.description])

  /// The filters that need no word.
  static let filters: [(PurgeFilter, CommandDeclaration)] = [
    PurgeFilter.bots, .humans, .links, .invites, .attachments, .embeds,
  ].map { ($0, command($0.name, [amount.optional.description])) }

  /// How many are looked for where nobody said.
  private static let usualCount = 100

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(all) { call in
      guard call.settings.purge.allowsAll else { throw Refusal("purge.refusal.all") }
      try await run(call, .all) { request in
        request.author = call[user.optional]
        request.locks = request.author == nil
      }
    }
    plugin.command(last) { call in
      let amount = try parse(call[amount])
      if amount == .all, !call.settings.purge.allowsAll { throw Refusal("purge.refusal.all") }
      try await run(call, amount) { request in
        request.author = call[user.optional]
        request.locks = amount == .all && request.author == nil
      }
    }
    plugin.command(ofUser) { call in
      try await run(call, try parse(call[amount.optional])) { $0.author = call[user] }
    }
    plugin.command(before) { call in
      let message = try await find(call[message], call)
      try await run(call, try parse(call[amount.optional])) { $0.before = min($0.before, message) }
    }
    plugin.command(after) { call in
      let message = try await find(call[message], call)
      try await run(call, .all) { request in
        request.after = message
        request.author = call[user.optional]
      }
    }
    plugin.command(contains) { call in
      try await run(call, try parse(call[amount.optional])) { $0.filter = .contains(call[text]) }
    }
    plugin.command(matches) { call in
      try await run(call, try parse(call[amount.optional])) { $0.filter = .matches(call[text]) }
    }
    for (filter, declaration) in filters {
      plugin.command(declaration) { call in
        try await run(call, try parse(call[amount.optional])) { $0.filter = filter }
      }
    }
  }

  private static func parse(_ text: String?) throws -> PurgeAmount {
    guard let text else { return .count(usualCount) }
    guard let amount = PurgeAmount(text) else {
      throw Refusal("purge.refusal.amount", ["typed": Markdown.code(text)])
    }
    return amount
  }

  /// The message that somebody named by a link or an id; of this channel.
  private static func find(_ text: String, _ call: CommandCall<Moderation>) async throws -> MessageID {
    guard let (channel, message) = MessageID.typed(text), channel ?? call.channel == call.channel else {
      throw Refusal("purge.refusal.message")
    }
    return message
  }

  private static func run(
    _ call: CommandCall<Moderation>, _ amount: PurgeAmount, _ change: (inout PurgeRequest) -> Void
  ) async throws {
    let context = call.context
    var request = PurgeRequest(
      channel: call.channel, before: bound(call),
      keepsPinned: call.settings.purge.keepsPinned && !call[pinned], reason: call[reason] ?? "")
    request.bound(by: amount, now: context.now)
    change(&request)
    // What is bounded by time, or by a message, is bounded by number as well; only `all` means all.
    if amount != .all || request.after != nil { request.limit = request.limit ?? call.settings.purge.limit }
    if let refusal = refusal(call, request) { throw refusal }
    _ = try PurgeMatcher(request.filter)
    let jobs = JobStore(store: context.store)
    let key = context.effects.key("purge")
    for other in try await jobs.underWay(.purge) where other.channel == call.channel {
      // The same call again goes on with its own job below.
      guard other.person == call.person.user, other.request == request.json else {
        throw Refusal("purge.refusal.underWay")
      }
    }
    let beginning = try await JobRunner(context).begin(
      NewJob(
        kind: .purge, effectKey: key, person: call.person.user, channel: call.channel, request: request.json))
    try await call.reply(beginning)
  }

  /// Nothing that is newer than the call is deleted, and neither is the call.
  private static func bound(_ call: CommandCall<Moderation>) -> MessageID {
    if case .message(let message) = call.source { return message }
    // An interaction's id is of Discord's clock, as the messages' are; ours may go before or after it.
    let cause = call.context.core.causeKey
    if cause.hasPrefix("i"), let interaction = UInt64(cause.dropFirst()) { return MessageID(interaction) }
    return MessageID(earliestAt: call.context.now)
  }

  private static func refusal(_ call: CommandCall<Moderation>, _ request: PurgeRequest) -> Refusal? {
    let context = call.context
    if let limit = request.limit, limit > context.settings.purge.limit {
      return Refusal("purge.refusal.limit", ["limit": "\(context.settings.purge.limit)"])
    }
    let needed: Permissions = [.viewChannel, .readMessageHistory, .manageMessages]
    guard let own = context.bot.ownPermissions(in: call.channel) else {
      return Refusal("refusal.guildUnknown")
    }
    let missing = needed.subtracting(own)
    guard missing.isEmpty else {
      return Refusal("refusal.botPermission", ["permission": missing.names.joined(separator: ", ")])
    }
    if request.filter.needsContent, let flags = context.bot.application?.flags,
      flags.isDisjoint(with: [.gatewayMessageContent, .gatewayMessageContentLimited])
    {
      context.why(.missingIntent, "purge.intent")
      return Refusal("purge.refusal.content")
    }
    return nil
  }
}

extension PurgeCommands {
  /// The button that stops a job: for whoever began it, and for those who may delete what others write.
  static func stop(_ call: ComponentCall<Moderation>) async throws {
    let context = call.context
    guard let number = Int64(call.state), let job = try await JobStore(store: context.store).job(number)
    else {
      throw Refusal("job.unknown")
    }
    guard call.person.user == job.person || call.person.permissions.contains(.manageGuild) else {
      throw Refusal("job.notYours")
    }
    guard try await JobRunner(context).stop(number) || job.status == .stopping else {
      throw Refusal("job.over")
    }
    try await context.auditOnce("job.stop", by: .user(call.person.user), target: "\(number)")
    var edit = MessageEdit(content: context.strings["job.stopping"])
    edit.components = []
    try await call.update(edit)
  }
}
