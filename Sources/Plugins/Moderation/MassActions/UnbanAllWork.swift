// Lifting all bans but the protected ones: first the list is read, then each ban is lifted.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

enum UnbanAllWork: JobWork {
  /// Bans that one page of Discord's list has.
  private static let pageSize = 1_000

  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep {
    var plan = MassPlan(job)
    defer { job.state = plan.state }
    let jobs = JobStore(store: context.store)
    guard plan.isListed else {
      try await list(&plan, job, jobs, context)
      return .more
    }
    guard let part = try await jobs.part(plan.part, of: job.number) else { return .over(.done) }
    guard part.content.indices.contains(plan.index), let user = UserID(part.content[plan.index]) else {
      (plan.part, plan.index) = (plan.part + 1, 0)
      return .more
    }
    do {
      _ = try await context.bot.send(
        .removeBan(
          of: user, in: context.guild,
          reason: OperationLog(context).auditReason("mass.reason", by: job.person, because: plan.reason)),
        priority: .background, deadline: .seconds(4))
      plan.done += 1
    } catch let error as RESTError where error.kind == .gone {
      // Lifted by somebody else, or by us before the process died.
      plan.done += 1
    }
    try await MassRecords(context).record(.unban, [user], job, plan)
    plan.index += 1
    return .more
  }

  /// Reads a page of the list. Bans that are made later are not among what is lifted.
  private static func list(
    _ plan: inout MassPlan, _ job: Job, _ jobs: JobStore, _ context: PluginContext<Moderation>
  ) async throws {
    let page = try await context.bot.send(
      .getBans(in: context.guild, plan.cursor.map { .after($0) } ?? .first, limit: pageSize),
      priority: .background, deadline: .seconds(4))
    let users = page.map(\.user.id).sorted()
    let free = users.filter { !plan.protected.contains($0) }
    if !free.isEmpty {
      try await jobs.append(
        free.map(\.description), asPart: plan.part, of: job.number, at: context.core.host.time.now)
      plan.part += 1
    }
    plan.refused += users.count - free.count
    plan.count += free.count
    plan.cursor = users.last ?? plan.cursor
    if users.count < pageSize { (plan.isListed, plan.part) = (true, 0) }
  }

  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws {
    try await MassReport.end(context, job, status)
  }

  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    MassReport.text(context, job, status)
  }
}
