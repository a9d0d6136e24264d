// Kicking and timing out many: one after the other, each with a case, a notice and its own check.

import DiscordBot
import DiscordCore
import EventLoop
import PlatformPlugins

enum MassSanctionWork: JobWork {
  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep {
    var plan = MassPlan(job)
    guard let part = try await JobStore(store: context.store).part(plan.part, of: job.number) else {
      return .over(.done)
    }
    guard part.content.indices.contains(plan.index), let user = UserID(part.content[plan.index]) else {
      (plan.part, plan.index) = (plan.part + 1, 0)
      job.state = plan.state
      return .more
    }
    let asker = try await context.bot.member(job.person)
    let person = Person(
      user: job.person, name: asker?.nick ?? "", roles: asker?.roles ?? [],
      permissions: context.bot.permissions(of: job.person, roles: asker?.roles ?? []) ?? [])
    let needed: Permissions = job.kind == .masskick ? .kickMembers : .moderateMembers
    guard person.permissions.contains(needed) else {
      // Whoever lost the right meanwhile does not go on with it.
      context.why(.notAllowed, "mass.lost")
      return .over(.failed)
    }
    let sanction = Sanction(
      job.kind == .masskick ? .kick : .timeout, of: user, by: .person(person), because: plan.reason,
      for: plan.duration)
    switch try await Sanctioner(context).apply(sanction, as: "\(user)") {
    case .done: plan.done += 1
    case .refused: plan.refuse([user])
    }
    plan.index += 1
    job.state = plan.state
    return .more
  }

  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws {
    try await MassReport.end(context, job, status)
  }

  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    MassReport.text(context, job, status)
  }
}
