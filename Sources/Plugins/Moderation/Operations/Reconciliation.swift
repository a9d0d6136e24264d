// After an outage: what was begun has a timer, even where the process died between the two.

import EventLoop
import PlatformPlugins

enum Reconciliation {
  /// Sets the timers of what is under way. One that is there already is moved, at most by a minute.
  static func run(_ context: PluginContext<Moderation>) async throws {
    let now = context.core.host.time.now
    let soon = now + .seconds(60)
    for job in try await JobStore(store: context.store).underWay() where job.status != .waiting {
      try await context.timers.set(JobRunner.timer, key: "\(job.number)", at: soon)
    }
    let locks = LockStore(store: context.store)
    for lock in try await locks.locks() {
      guard let end = lock.endsAt else { continue }
      let key = lock.holder == .server ? "server" : "\(lock.channel)"
      try await context.timers.set(LockCommands.timer, key: key, at: max(end, now))
    }
    for slowed in try await locks.allSlowed() {
      try await context.timers.set(
        SlowmodeCommands.timer, key: "\(slowed.channel)", at: max(slowed.endsAt, now))
    }
    for appeal in try await AppealStore(store: context.store).waiting() {
      guard let due = appeal.dueAt else { continue }
      try await context.timers.set(AppealReminder.timer, key: "\(appeal.number)", at: max(due, now))
    }
  }
}
