// What ends by itself, and what is tried again.

import DiscordCore
import EventLoop
import JSON
import PlatformPlugins
import PlatformSchedule
import Resources

/// The plugin's timers about cases.
enum SanctionTimers {
  /// How long after a refusal the end of a ban or quarantine is tried again: the bot may have its permission back.
  private static let pause = Duration.seconds(3600)
  /// How long it is tried.
  private static let patience = Duration.seconds(7 * 86_400)

  /// How long after a failure a case is posted to the mod log again, and how old it may be then.
  static let logPause = Duration.seconds(60)
  private static let logPatience = Duration.seconds(86_400)

  static func unban(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws -> TimerOutcome
  {
    try await end(.ban, by: .unban, context, firing)
  }

  static func release(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws
    -> TimerOutcome
  {
    try await end(.quarantine, by: .release, context, firing)
  }

  /// Ends what a case began, unless it is over or another case has taken its place.
  private static func end(
    _ kind: CaseKind, by ending: CaseKind, _ context: PluginContext<Moderation>, _ firing: TimerFiring
  ) async throws -> TimerOutcome {
    let cases = CaseStore(context.store)
    guard let number = firing.value["case"]?.int64, let record = try await cases.find(number),
      record.kind == kind
    else { return .done }
    let key = "\(record.effectKey)/end"
    // What this very timer began and a crash cut off looks ended from outside, and still wants its case.
    if record.endedAt != nil, try await !context.keyed(by: key).effects.isDone("approved") { return .done }
    let order = SanctionOrder(
      ending, of: record.target, by: .automatic(plugin: Moderation.id, rule: "expiry"),
      because: context.strings("expiry.reason", ["case": "\(number)"]))
    // The case is the cause: however often the timer is set, it ends once.
    switch try await Sanctioner(context).carryOut(order, as: key) {
    case .done: return .done
    case .refused(let refusal):
      if ["refusal.notBanned", "refusal.notQuarantined"].contains(refusal.key) {
        try await cases.end([kind], of: record.target, upTo: number, at: context.now)
        return .done
      }
      await context.notify(
        .problem, "endRefused", ["case": "\(number)", "reason": context.sentence(refusal)])
      let due = record.expiresAt ?? firing.due
      return context.now - due < patience ? .again(at: context.now + pause) : .done
    }
  }

  /// Posts a case to the mod log that could not be posted before.
  static func log(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let number = Int64(firing.name.key), let record = try await CaseStore(context.store).find(number)
    else { return .done }
    if try await ModLog(context.keyed(by: record.effectKey)).post(record) { return .done }
    return context.now - record.at < logPatience ? .again(at: context.now + logPause) : .done
  }
}
