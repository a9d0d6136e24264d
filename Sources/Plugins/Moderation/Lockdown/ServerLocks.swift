// Locking all channels of the server, and giving them back, one after the other.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformPlugins
import Resources

/// What a server-wide lock is asked for with, and how far it is.
struct ServerLockPlan: Hashable, Sendable {
  var channels: [ChannelID]
  var reason: String
  /// When it ends by itself.
  var endsAt: Timestamp?
  /// Channels that are done, those that were changed, and those that could not be.
  var index = 0
  var changed = 0
  var failed = 0

  init(channels: [ChannelID], reason: String, endsAt: Timestamp? = nil) {
    (self.channels, self.reason, self.endsAt) = (channels, reason, endsAt)
  }

  /// The channels that a lock of the whole server is about.
  static func lockable(among all: [CachedChannel], exempt: [ChannelID]) -> [ChannelID] {
    all.filter { channel in
      LockRules.canLock(channel.type) && !exempt.contains(channel.id)
        && !(channel.parent.map { exempt.contains($0) } ?? false)
    }
    .sorted { ($0.position, $0.id.rawValue) < ($1.position, $1.id.rawValue) }.map(\.id)
  }

  var request: JSONValue {
    [
      "channels": .array(channels.map { .id($0) }), "reason": .string(reason),
      "endsAt": endsAt.map { .integer($0.milliseconds) } ?? .null,
    ]
  }

  var state: JSONValue {
    [
      "index": .integer(Int64(index)), "changed": .integer(Int64(changed)),
      "failed": .integer(Int64(failed)),
    ]
  }

  init(_ job: Job) {
    channels = job.request["channels"]?.array?.compactMap { $0.snowflake.map { ChannelID($0) } } ?? []
    reason = job.request["reason"]?.string ?? ""
    endsAt = job.request["endsAt"]?.int64.map { Timestamp(milliseconds: $0) }
    func count(_ name: String) -> Int { job.state[name]?.int64.map { Int($0) } ?? 0 }
    (index, changed, failed) = (count("index"), count("changed"), count("failed"))
  }
}

enum ServerLockWork: JobWork {
  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep {
    var plan = ServerLockPlan(job)
    guard plan.index < plan.channels.count else { return .over(.done) }
    let channel = plan.channels[plan.index]
    switch try await lock(channel, plan, job, context) {
    case .locked:
      plan.changed += 1
      try await LockNotice(context).tell(
        channel, "lockdown.notice", because: plan.reason, until: plan.endsAt)
    case .refused: plan.failed += 1
    case .already, .nothingToDo: break
    }
    plan.index += 1
    job.state = plan.state
    return plan.index < plan.channels.count ? .more : .over(.done)
  }

  private static func lock(
    _ channel: ChannelID, _ plan: ServerLockPlan, _ job: Job, _ context: PluginContext<Moderation>
  ) async throws -> ChannelLocks.Outcome {
    do {
      return try await ChannelLocks(context).lock(
        channel, holder: .server, by: job.person, because: plan.reason, until: plan.endsAt)
    } catch let error as RESTError where error.kind == .missingPermission {
      return .refused(
        Refusal(
          "refusal.botPermission", ["permission": Permissions.manageRoles.names.joined(separator: ", ")]))
    } catch  where error.meansGone {
      return .nothingToDo
    }
  }

  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws {
    let plan = ServerLockPlan(job)
    try await OperationLog(context).post(
      .lockdown, title: "log.lockdown.server",
      fields: [
        ("log.by", "<@\(job.person)>"), ("log.lockdown.channels", "\(plan.changed)"),
        ("log.until", plan.endsAt.map { "\(Mention.timestamp($0, .relative))" } ?? ""),
        ("log.reason", plan.reason),
      ])
    try await context.auditOnce(
      "lockdown", by: .user(job.person), target: "server",
      after: ["channels": .integer(Int64(plan.changed)), "status": .string(status.rawValue)])
  }

  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    ServerLockReport.text("lockdown.server", context, job, status)
  }
}

enum ServerUnlockWork: JobWork {
  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep {
    var plan = ServerLockPlan(job)
    guard plan.index < plan.channels.count else { return .over(.done) }
    let channel = plan.channels[plan.index]
    do {
      if try await ChannelLocks(context).unlock(channel, holder: .server) != nil {
        plan.changed += 1
        try await LockNotice(context).tell(channel, "lockdown.notice.end", because: plan.reason, until: nil)
      }
    } catch let error as RESTError where error.kind == .missingPermission {
      // The lock stays written down: once the bot may again, `unlockdown` gives the channel back.
      plan.failed += 1
    }
    plan.index += 1
    job.state = plan.state
    return plan.index < plan.channels.count ? .more : .over(.done)
  }

  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws {
    let plan = ServerLockPlan(job)
    try await OperationLog(context).post(
      .lockdown, title: "log.unlockdown.server",
      fields: [
        ("log.by", "<@\(job.person)>"), ("log.lockdown.channels", "\(plan.changed)"),
        ("log.reason", plan.reason),
      ])
    try await context.auditOnce(
      "unlockdown", by: job.person == context.bot.user ? .system : .user(job.person), target: "server",
      after: ["channels": .integer(Int64(plan.changed)), "status": .string(status.rawValue)])
  }

  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    ServerLockReport.text("unlockdown.server", context, job, status)
  }
}

private enum ServerLockReport {
  static func text(
    _ key: String, _ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus
  ) -> String {
    let plan = ServerLockPlan(job)
    let values = [
      "changed": "\(plan.changed)", "done": "\(plan.index)", "all": "\(plan.channels.count)",
      "failed": "\(plan.failed)",
    ]
    let sentence = context.strings(dynamic: "\(key).\(status.isOver ? status.rawValue : "running")", values)
    guard status.isOver, plan.failed > 0 else { return sentence }
    return "\(sentence) \(context.strings(dynamic: "lockdown.server.left", values))"
  }
}

/// What the people in a channel are told about its lock.
struct LockNotice: Sendable {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  /// Says it in the channel, once for each cause, where the bot can.
  func tell(_ channel: ChannelID, _ key: String, because reason: String, until end: Timestamp?) async throws {
    var text = context.strings[dynamic: key]
    if let end {
      text +=
        " " + context.strings(dynamic: "lockdown.until", ["time": "\(Mention.timestamp(end, .relative))"])
    }
    if !reason.isEmpty { text += "\n" + context.strings(dynamic: "lockdown.because", ["reason": reason]) }
    do {
      try await context.effects.send(
        MessageCreate(text), to: channel, as: "\(key)/\(channel)", priority: .reply)
    } catch let error as RESTError {
      // A notice that cannot be written (a forum, a channel the bot does not write in) is no reason to stop.
      if case .retry = error.kind { throw error }
    } catch PluginMistake.foreignGuild {
      // The channel is gone.
    }
  }
}
