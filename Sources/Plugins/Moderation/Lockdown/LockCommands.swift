// Commands that lock, unlock and slow channels, and the timers that end it.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformCommands
import PlatformPlugins
import PlatformSchedule
import PlatformText
import Resources

enum LockCommands {
  static let channel = CommandParameter.channel("channel").optional
  static let duration = CommandParameter<Duration>.duration(
    "duration", .seconds(60) ... .seconds(366 * 86_400)
  ).optional
  static let server = CommandParameter.toggle("server").or(false)
  static let reason = CommandParameter.rest("reason", 1...400).optional

  static let lockdown = CommandDeclaration(
    "lockdown", aliases: ["lock"], permission: .manageChannels,
    options: [channel.description, duration.description, server.description, reason.description])
  static let unlockdown = CommandDeclaration(
    "unlockdown", aliases: ["unlock"], permission: .manageChannels,
    options: [channel.description, server.description, reason.description])

  static let timer = "unlock"

  static func lock(_ call: CommandCall<Moderation>) async throws {
    let context = call.context
    let end = call[duration].map { context.now + $0 }
    let why = call[reason] ?? ""
    if call[server] { return try await lockServer(call, why, end) }
    let channel = call[Self.channel] ?? call.channel
    try await mayChange(channel, call)
    switch try await ChannelLocks(context).lock(
      channel, holder: .channel, by: call.person.user, because: why, until: end)
    {
    case .refused(let refusal): throw refusal
    case .already(let since):
      throw Refusal(
        "lockdown.already", ["channel": "<#\(channel)>", "time": "\(Mention.timestamp(since, .relative))"])
    case .nothingToDo: throw Refusal("lockdown.nothing", ["channel": "<#\(channel)>"])
    case .locked: break
    }
    if let end { try await context.timers.set(timer, key: "\(channel)", at: end) }
    try await LockNotice(context).tell(channel, "lockdown.notice", because: why, until: end)
    try await record(context, "lockdown", call.person.user, channel, why, end)
    context.why(.acted, "lockdown", ["channel": "<#\(channel)>"])
    try await call.reply("lockdown.done", ["channel": "<#\(channel)>"])
  }

  static func unlock(_ call: CommandCall<Moderation>) async throws {
    let context = call.context
    let why = call[reason] ?? ""
    if call[server] { return try await unlockServer(call, why) }
    let channel = call[Self.channel] ?? call.channel
    try await mayChange(channel, call)
    guard try await ChannelLocks(context).unlock(channel) != nil else {
      if try await context.effects.isDone("lockdown.notice.end/\(channel)") { return }
      throw Refusal("lockdown.notLocked", ["channel": "<#\(channel)>"])
    }
    try await context.timers.cancel(timer, key: "\(channel)")
    try await LockNotice(context).tell(channel, "lockdown.notice.end", because: why, until: nil)
    try await record(context, "unlockdown", call.person.user, channel, why, nil)
    context.why(.acted, "unlockdown", ["channel": "<#\(channel)>"])
    try await call.reply("unlockdown.done", ["channel": "<#\(channel)>"])
  }

  // MARK: The whole server

  private static func lockServer(
    _ call: CommandCall<Moderation>, _ reason: String, _ end: Timestamp?
  ) async throws {
    let context = call.context
    guard let own = context.bot.ownPermissions() else { throw Refusal("refusal.guildUnknown") }
    guard own.contains(.manageRoles) else {
      throw Refusal(
        "refusal.botPermission", ["permission": (Permissions.manageRoles).names.joined(separator: ", ")])
    }
    let key = context.effects.key("lockdown")
    let runner = JobRunner(context)
    if let other = try await JobStore(store: context.store).underWay(.lockdown).first,
      other.person != call.person.user || context.now - other.createdAt > .seconds(60)
    {
      throw Refusal("lockdown.server.underWay")
    }
    let plan = ServerLockPlan(
      channels: ServerLockPlan.lockable(
        among: context.bot.allChannels, exempt: context.settings.lockdown.exemptChannels),
      reason: reason, endsAt: end)
    guard !plan.channels.isEmpty else { throw Refusal("lockdown.server.nothing") }
    if let end { try await context.timers.set(timer, key: "server", at: end) }
    let beginning = try await runner.begin(
      NewJob(
        kind: .lockdown, effectKey: key, person: call.person.user, channel: call.channel,
        request: plan.request))
    try await call.reply(beginning)
  }

  private static func unlockServer(_ call: CommandCall<Moderation>, _ reason: String) async throws {
    let context = call.context
    let jobs = JobStore(store: context.store)
    for job in try await jobs.underWay(.lockdown) { _ = try await JobRunner(context).stop(job.number) }
    let locks = try await LockStore(store: context.store).locks().filter { $0.holder == .server }
    guard !locks.isEmpty else { throw Refusal("unlockdown.server.nothing") }
    try await context.timers.cancel(timer, key: "server")
    let plan = ServerLockPlan(channels: locks.map(\.channel), reason: reason)
    let beginning = try await JobRunner(context).begin(
      NewJob(
        kind: .unlockdown, effectKey: context.effects.key("unlockdown"), person: call.person.user,
        channel: call.channel, request: plan.request))
    try await call.reply(beginning)
  }

  // MARK: Ending by itself

  static func ended(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws -> TimerOutcome
  {
    if firing.name.key == "server" {
      let locks = try await LockStore(store: context.store).locks().filter { $0.holder == .server }
      guard let first = locks.first else { return .done }
      let plan = ServerLockPlan(channels: locks.map(\.channel), reason: context.strings["lockdown.over"])
      _ = try await JobRunner(context).begin(
        NewJob(
          kind: .unlockdown, effectKey: firing.effectKey, person: context.bot.user,
          channel: first.channel, request: plan.request))
      return .done
    }
    guard let channel = ChannelID(firing.name.key) else { return .done }
    guard let lock = try await ChannelLocks(context).unlock(channel, holder: .channel) else { return .done }
    try await LockNotice(context).tell(
      channel, "lockdown.notice.end", because: context.strings["lockdown.over"], until: nil)
    context.why(.acted, "unlockdown", ["channel": "<#\(channel)>"])
    try await record(
      context, "unlockdown", lock.person, channel, context.strings["lockdown.over"], nil, isTimer: true)
    return .done
  }

  /// A moderator of one channel is none of another.
  private static func mayChange(_ channel: ChannelID, _ call: CommandCall<Moderation>) async throws {
    guard channel != call.channel else { return }
    guard try await call.context.bot.owns(channel) else {
      throw Refusal("lockdown.noChannel")
    }
    let permissions =
      call.context.bot.permissions(of: call.person.user, roles: call.person.roles, in: channel) ?? []
    guard permissions.contains(.manageChannels) || permissions.contains(.administrator) else {
      throw Refusal("lockdown.notYours", ["channel": "<#\(channel)>"])
    }
  }

  private static func record(
    _ context: PluginContext<Moderation>, _ action: String, _ person: UserID, _ channel: ChannelID,
    _ reason: String, _ end: Timestamp?, isTimer: Bool = false
  ) async throws {
    try await OperationLog(context).post(
      .lockdown, title: "log.\(action).channel",
      fields: [
        ("log.channel", "<#\(channel)>"), ("log.by", isTimer ? "" : "<@\(person)>"),
        ("log.until", end.map { "\(Mention.timestamp($0, .relative))" } ?? ""), ("log.reason", reason),
      ])
    try await context.auditOnce(
      action, by: isTimer ? .system : .user(person), target: "\(channel)",
      after: ["reason": .string(reason), "until": end.map { .integer($0.milliseconds) } ?? .null])
  }
}

extension PersonCall {
  /// Says how a job that was just begun stands.
  func reply(_ beginning: JobRunner.Beginning) async throws {
    switch beginning {
    case .over(let text, _): try await reply(MessageCreate(text).ephemeral())
    case .goesOn(let text):
      try await reply(MessageCreate("\(text)\n\(strings[dynamic: "job.goesOn"])").ephemeral())
    }
  }
}
