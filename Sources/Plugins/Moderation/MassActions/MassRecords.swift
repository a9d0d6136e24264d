// The cases of mass actions that are taken past the sanctions: those that Discord does many at a time.

import DiscordCore
import EventLoop
import PlatformPlugins

struct MassRecords: Sendable {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  /// A case for each, once: keyed by the job and the user. Nobody is told, and the mod log has one line for all.
  func record(_ kind: CaseKind, _ users: [UserID], _ job: Job, _ plan: MassPlan) async throws {
    let cases = CaseStore(context.store)
    for user in users {
      var draft = CaseDraft(
        kind, of: user, by: .person(job.person), because: plan.reason,
        effectKey: context.effects.key("\(kind.rawValue)/\(user)"), at: context.core.host.time.now)
      draft.isFinished = true
      let record = try await cases.record(draft)
      if kind == .unban { try await cases.end([.ban], of: user, upTo: record.number, at: record.at) }
    }
  }
}
