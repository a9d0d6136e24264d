// What follows from a case: what it ends and when it ends, its line in the mod log, the ladder.

import DiscordCore
import EventLoop
import JSON
import PlatformPlugins
import Resources

extension Sanctioner {
  /// Does what follows from a case and was not done yet. The case's own key is the cause, so that it does not matter who
  /// does it: the call that made the case, a repetition, or the next start.
  ///
  /// - Returns: the case that the ladder added.
  func finish(_ record: CaseRecord) async throws -> Int64? {
    guard !record.isFinished else { return try await cases.child(of: record.number) }
    let keyed = Sanctioner(context.keyed(by: record.effectKey))
    try await keyed.settle(record)
    if try await !ModLog(keyed.context).post(record) {
      try await context.timers.set(
        "log", key: "\(record.number)", at: context.now + SanctionTimers.logPause)
    }
    let escalated = try await keyed.escalate(record)
    keyed.context.why(
      .acted, "sanctioned",
      ["action": context.strings[dynamic: "action.\(record.kind.rawValue)"], "case": "\(record.number)"],
      about: WhySubject(message: record.message?.message, member: record.target))
    try await cases.finish(record.number)
    return escalated
  }

  /// Ends what the case makes an end of, and has what it begins end in time.
  private func settle(_ record: CaseRecord) async throws {
    let (user, before) = (record.target, record.number - 1)
    switch record.kind {
    case .ban:
      try await cases.end([.ban], of: user, upTo: before, at: record.at)
      try await schedule("unban", record)
    case .unban, .softban:
      try await cases.end([.ban], of: user, upTo: before, at: record.at)
      try await context.timers.cancel("unban", key: "\(user)")
    case .timeout, .untimeout:
      try await cases.end([.timeout], of: user, upTo: before, at: record.at)
    case .quarantine:
      try await cases.end([.quarantine], of: user, upTo: before, at: record.at)
      try await schedule("release", record)
    case .release:
      try await cases.end([.quarantine], of: user, upTo: before, at: record.at)
      try await context.timers.cancel("release", key: "\(user)")
    case .note, .warn, .kick, .role: break
    }
  }

  /// Sets the timer that ends the case, or takes back the one of an earlier case.
  private func schedule(_ timer: String, _ record: CaseRecord) async throws {
    guard record.endedAt == nil, let end = record.expiresAt else {
      try await context.timers.cancel(timer, key: "\(record.target)")
      return
    }
    try await context.timers.set(
      timer, key: "\(record.target)", at: end, ["case": .integer(record.number)])
  }

  /// Takes the step of the ladder that the case reached.
  private func escalate(_ record: CaseRecord) async throws -> Int64? {
    guard let step = record.step else { return nil }
    let reason = context.strings("ladder.reason", ["case": "\(record.number)"])
    let order = SanctionOrder(step, after: record, because: reason)
    switch try await carryOut(order, as: context.effects.key("ladder")) {
    case .done(let number, _): return number
    // Filed by `carryOut`: whoever was banned by the case itself cannot be timed out for it.
    case .refused: return nil
    }
  }
}
