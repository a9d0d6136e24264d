// Slow mode, for good or for a while.

import DiscordCore
import DiscordLimits
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

enum SlowmodeCommands {
  /// What Discord takes (https://discord.com/developers/docs/resources/channel#channel-object): six hours.
  static let longest = Duration.seconds(21_600)

  static let interval = CommandParameter<String>.text("interval", 1...20)
  static let channel = CommandParameter.channel("channel").optional
  static let duration = CommandParameter<Duration>.duration(
    "duration", .seconds(60) ... .seconds(366 * 86_400)
  ).optional
  static let reason = CommandParameter.rest("reason", 1...400).optional

  static let slowmode = CommandDeclaration(
    "slowmode", aliases: ["slow"], permission: .manageChannels,
    options: [interval.description, channel.description, duration.description, reason.description])

  static let timer = "slowmode"

  /// "off", a number of seconds, or a span up to six hours.
  static func seconds(_ text: String) -> Int? {
    if ["off", "none", "0", "0s"].contains(text.lowercased()) { return 0 }
    guard let span = HumanDuration.parse(text, bareUnit: .seconds(1)), span <= longest else { return nil }
    return Int(span.components.seconds)
  }

  static func run(_ call: CommandCall<Moderation>) async throws {
    let context = call.context
    guard let seconds = seconds(call[interval]) else { throw Refusal("slowmode.interval") }
    let channel = call[Self.channel] ?? call.channel
    guard try await context.bot.owns(channel) else { throw Refusal("lockdown.noChannel") }
    let settled = context.bot.settled(channel)
    let own = context.bot.ownPermissions(in: settled) ?? []
    let needed: Permissions = settled == channel ? .manageChannels : .manageThreads
    guard own.contains(needed) else {
      throw Refusal("refusal.botPermission", ["permission": needed.names.joined(separator: ", ")])
    }
    let theirs = context.bot.permissions(of: call.person.user, roles: call.person.roles, in: settled) ?? []
    guard theirs.contains(.manageChannels) else {
      throw Refusal("lockdown.notYours", ["channel": "<#\(channel)>"])
    }
    let why = call[reason] ?? ""
    let store = LockStore(store: context.store)
    let before = try await context.bot.send(.getChannel(channel), priority: .moderation).rateLimitPerUser ?? 0
    if let duration = call[duration] {
      let end = context.now + duration
      try await store.slow(
        SlowedChannel(channel: channel, before: before, applied: seconds, endsAt: end))
      try await context.timers.set(timer, key: "\(channel)", at: end)
    } else {
      try await store.unslow(channel)
      try await context.timers.cancel(timer, key: "\(channel)")
    }
    try await apply(
      seconds, to: channel, context,
      because: OperationLog(context).auditReason("slowmode.reason", by: call.person.user, because: why))
    try await record(context, call.person.user, channel, before, seconds, why)
    context.why(
      .acted, "slowmode", ["channel": "<#\(channel)>", "interval": HumanDuration.format(.seconds(seconds))])
    let end = call[duration].map { "\(Mention.timestamp(context.now + $0, .relative))" }
    try await call.reply(
      seconds == 0 ? "slowmode.off" : end == nil ? "slowmode.done" : "slowmode.doneUntil",
      [
        "channel": "<#\(channel)>", "interval": HumanDuration.format(.seconds(seconds)), "time": end ?? "",
      ])
  }

  /// The time is over: the channel is as slow as before, unless somebody has set it otherwise meanwhile.
  static func ended(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws -> TimerOutcome
  {
    let store = LockStore(store: context.store)
    guard let channel = ChannelID(firing.name.key), let slowed = try await store.slowed(channel) else {
      return .done
    }
    do {
      let current =
        try await context.bot.send(.getChannel(channel), priority: .moderation).rateLimitPerUser ?? 0
      if current == slowed.applied {
        try await apply(slowed.before, to: channel, context, because: context.strings["lockdown.over"])
        context.why(
          .acted, "slowmode",
          ["channel": "<#\(channel)>", "interval": HumanDuration.format(.seconds(slowed.before))])
      } else {
        context.why(.exempt, "slowmode.changed", ["channel": "<#\(channel)>"])
      }
    } catch  where error.meansGone {
      // The channel is gone, and its slow mode with it.
    }
    try await store.unslow(channel)
    return .done
  }

  private static func apply(
    _ seconds: Int, to channel: ChannelID, _ context: PluginContext<Moderation>, because reason: String
  ) async throws {
    if context.bot.thread(channel) != nil {
      var edit = ThreadEdit()
      edit.slowmode = seconds
      _ = try await context.bot.send(.modifyThread(channel, edit, reason: reason), priority: .moderation)
    } else {
      var edit = ChannelEdit()
      edit.slowmode = seconds
      _ = try await context.bot.send(.modifyChannel(channel, edit, reason: reason), priority: .moderation)
    }
  }

  private static func record(
    _ context: PluginContext<Moderation>, _ person: UserID, _ channel: ChannelID, _ before: Int,
    _ seconds: Int, _ reason: String
  ) async throws {
    try await OperationLog(context).post(
      .lockdown, title: "log.slowmode",
      fields: [
        ("log.channel", "<#\(channel)>"), ("log.by", "<@\(person)>"),
        ("log.slowmode.interval", HumanDuration.format(.seconds(seconds))), ("log.reason", reason),
      ])
    try await context.auditOnce(
      "slowmode", by: .user(person), target: "\(channel)", before: ["seconds": .integer(Int64(before))],
      after: ["seconds": .integer(Int64(seconds))])
  }
}
