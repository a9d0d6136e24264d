// Carrying a purge out: what the plan says, at Discord.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformPlugins
import Resources

enum PurgeWork: JobWork {
  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep {
    guard let request = PurgeRequest(job.request) else { return .over(.failed) }
    var plan = PurgePlan(request, state: job.state)
    defer { job.state = plan.json }
    let now = context.core.host.time.now
    let reason = auditReason(context, job, request)
    switch plan.next(at: now) {
    case .finished: return .over(.done)
    case .read(let before):
      let page = try await context.bot.send(
        .getMessages(in: request.channel, .before(before), limit: PurgePlan.bulkSize), priority: .background,
        deadline: .seconds(4))
      let matcher = try PurgeMatcher(request.filter)
      plan.read(page.map { PurgeMessage($0) }, matching: { matcher($0) })
    case .lock:
      // A channel that cannot be locked is emptied all the same: the bound is the command, not the lock.
      _ = try await ChannelLocks(context).lock(
        request.channel, holder: .purge(job.number), by: job.person, because: request.reason, until: nil)
      plan.locked()
    case .deleteTogether(let messages):
      do {
        _ = try await context.bot.send(
          .bulkDeleteMessages(messages, in: request.channel, reason: reason), deadline: .seconds(4))
        plan.deleted(messages)
      } catch let error as RESTError where error.discordCode == .bulkDeleteTooOld {
        plan.togetherRefused()
      }
    case .delete(let message):
      do {
        _ = try await context.bot.send(
          .deleteMessage(message, in: request.channel, reason: reason), priority: .background,
          deadline: .seconds(4))
        plan.deleted([message])
      } catch let error as RESTError where error.kind == .gone && error.discordCode == .unknownMessage {
        plan.deleted([message])
      } catch let error as RESTError where error.discordCode == .systemMessage {
        plan.failed(message)
      }
    }
    return .more
  }

  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws {
    guard let request = PurgeRequest(job.request) else { return }
    let plan = PurgePlan(request, state: job.state)
    if plan.hasLocked {
      _ = try await ChannelLocks(context).unlock(request.channel, holder: .purge(job.number))
    }
    try await OperationLog(context).post(
      .purge, title: "log.purge.title",
      fields: [
        ("log.purge.channel", "<#\(request.channel)>"), ("log.by", "<@\(job.person)>"),
        ("log.purge.what", description(context, request)), ("log.purge.counts", counts(context, plan)),
        ("log.reason", request.reason),
      ])
    try await context.auditOnce(
      "purge", by: .user(job.person), target: "\(request.channel)",
      after: [
        "deleted": .integer(Int64(plan.deleted)), "filter": .string(request.filter.name),
        "status": .string(status.rawValue),
      ])
  }

  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    guard let request = PurgeRequest(job.request) else { return context.strings["job.unreadable"] }
    let plan = PurgePlan(request, state: job.state)
    let counts = counts(context, plan)
    guard !status.isOver else {
      return context.strings(dynamic: "purge.\(status.rawValue)", ["counts": counts])
    }
    let old = plan.old(at: context.core.host.time.now)
    let sentence = context.strings(dynamic: "purge.running", ["counts": counts])
    return old == 0 ? sentence : "\(sentence)\n\(context.strings["purge.twoWeeks"])"
  }

  /// What was asked for, in words.
  static func description(_ context: PluginContext<Moderation>, _ request: PurgeRequest) -> String {
    let strings = context.strings
    var parts = [
      strings(
        dynamic: "purge.filter.\(request.filter.name)", ["text": Markdown.code(request.filter.text ?? "")])
    ]
    if let author = request.author { parts.append(strings(dynamic: "purge.of", ["user": "<@\(author)>"])) }
    if let limit = request.limit { parts.append(strings(dynamic: "purge.limit", ["count": "\(limit)"])) }
    if let after = request.after {
      parts.append(
        strings(dynamic: "purge.since", ["time": "\(Mention.timestamp(after.createdAt, .relative))"]))
    }
    return parts.joined(separator: ", ")
  }

  private static func counts(_ context: PluginContext<Moderation>, _ plan: PurgePlan) -> String {
    let strings = context.strings
    var parts = [
      strings(dynamic: "purge.counts", ["deleted": "\(plan.deleted)", "seen": "\(plan.seen)"])
    ]
    if plan.pinned > 0 { parts.append(strings(dynamic: "purge.counts.pinned", ["count": "\(plan.pinned)"])) }
    if plan.deletedSingly > 0, plan.deletedTogether > 0 || plan.deletedSingly > 1 {
      parts.append(strings(dynamic: "purge.counts.singly", ["count": "\(plan.deletedSingly)"]))
    }
    if plan.failed > 0 { parts.append(strings(dynamic: "purge.counts.failed", ["count": "\(plan.failed)"])) }
    return parts.joined(separator: " ")
  }

  private static func auditReason(
    _ context: PluginContext<Moderation>, _ job: Job, _ request: PurgeRequest
  ) -> String {
    OperationLog(context).auditReason("purge.reason", by: job.person, because: request.reason)
  }
}
