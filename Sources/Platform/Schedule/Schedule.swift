// The durable schedule: sets timers, cancels them and lists them.

package import EventLoop
package import Storage

/// Timers that outlive the process.
///
///     try await schedule.set(TimerName("moderation.unban", guild: guild, key: "\(user)"), at: end, payload)
///     let runner = ScheduleRunner(schedule, handlers: ["moderation.unban": { firing in … }])
///     try await runner.run()
///
/// A timer is fired at least once, by one process at a time: whoever claims it has `claimDuration` to finish. A slow
/// handler holds up no other timer, and is never called beside itself in one process. A handler that throws is called again after a growing pause; after `attempts` it is given up, kept, and reported. With effects
/// keyed by `TimerFiring.effectKey` "at least once" becomes "exactly once".
package struct Schedule: Sendable {
  let rows: ScheduleStore
  let wakeUp: Doorbell

  /// Timers in that store; declare `ScheduleSchema.owner` in its schema.
  package init(store: PlatformStore) {
    rows = ScheduleStore(store: store)
    wakeUp = Doorbell()
  }

  /// Sets a timer, or moves the one of that name; durable when the call returns. An instant in the past fires at once.
  ///
  /// - Throws: `SQLError`.
  package func set(_ name: TimerName, at due: Timestamp, _ payload: [UInt8] = []) async throws {
    try await rows.set(name, due: due, payload: payload)
    wakeUp.ring()
  }

  /// Removes a timer; one whose handler is running finishes. Returns whether there was one.
  ///
  /// - Throws: `SQLError`.
  @discardableResult
  package func cancel(_ name: TimerName) async throws -> Bool { try await rows.cancel(name) }

  /// Removes all timers of a guild and returns how many there were.
  ///
  /// - Throws: `SQLError`.
  @discardableResult
  package func cancelAll(of guild: Tenant) async throws -> Int { try await rows.cancelAll(of: guild) }

  /// A guild's next thousand timers, earliest first; `withGivenUp`, also those that will not fire any more.
  ///
  /// - Throws: `SQLError`.
  package func pending(
    _ guild: Tenant, withGivenUp: Bool = true
  ) async throws -> [(name: TimerName, due: Timestamp)] {
    try await rows.pending(guild, readyUntil: withGivenUp ? ScheduleStore.never : ScheduleStore.never - 1)
  }
}

/// How many timers there are.
package struct ScheduleCounts: Hashable, Sendable {
  /// All that are to fire.
  package let pending: Int
  /// Those of them whose time has come.
  package let due: Int
  /// Those that failed for good.
  package let givenUp: Int

  package init(pending: Int, due: Int, givenUp: Int) {
    (self.pending, self.due, self.givenUp) = (pending, due, givenUp)
  }
}

extension Schedule {
  /// How many timers there are, of all guilds and of none.
  ///
  /// - Throws: `SQLError`.
  package func counts(at now: Timestamp) async throws -> ScheduleCounts { try await rows.counts(at: now) }
}

/// How the schedule is worked through.
package struct ScheduleLimits: Sendable {
  /// How long a handler may take before another process may begin anew.
  package var claimDuration: Duration = .seconds(60)
  /// Timers claimed at once.
  package var batch = 256
  /// Handlers at work at once.
  package var concurrency = 1_024
  /// While so many of a guild's handlers are at work, no more of its timers are claimed: others' need hands too.
  package var guildShare = 64
  /// How long timers that other processes set may go unnoticed.
  package var pollInterval: Duration = .milliseconds(500)
  /// Attempts before a timer is given up.
  package var attempts = 12
  /// The pause after a first failure; doubled by each further one up to `longestPause`.
  package var firstPause: Duration = .seconds(1)
  /// See `firstPause`.
  package var longestPause: Duration = .seconds(900)

  package init() {}

  /// The pause after that many failures, without the jitter.
  func pause(afterAttempt attempt: Int) -> Duration {
    min(firstPause * (1 << min(attempt - 1, 20)), longestPause)
  }
}
