// The durable schedule: sets timers, and fires those that are due, whatever happened in between.

package import EventLoop
package import Storage
import Synchronization
package import Telemetry

/// Timers that outlive the process.
///
///     try await schedule.set(TimerName("moderation.unban", guild: guild, key: "\(user)"), at: end, payload)
///     let runner = ScheduleRunner(schedule, handlers: ["moderation.unban": { firing in … }])
///     try await runner.run()
///
/// A timer is fired at least once, by one process at a time: whoever claims it has `claimDuration` to finish. A handler
/// that throws is called again after a growing pause; after `attempts` it is given up, kept, and reported. With effects
/// keyed by `TimerFiring.effectKey` "at least once" becomes "exactly once".
package struct Schedule: Sendable {
  let rows: ScheduleStore
  let wakeUp: WakeUp

  /// Timers in that store; declare `ScheduleSchema.owner` in its schema.
  package init(store: PlatformStore) {
    rows = ScheduleStore(store: store)
    wakeUp = WakeUp()
  }

  /// Sets a timer, or moves the one of that name; durable when the call returns. An instant in the past fires at once.
  ///
  /// - Throws: `SQLError`.
  package func set(_ name: TimerName, at due: Timestamp, _ payload: [UInt8] = []) async throws {
    try await rows.set(name, due: due, payload: payload)
    wakeUp.signal()
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

  /// A guild's next thousand timers, earliest first.
  ///
  /// - Throws: `SQLError`.
  package func pending(_ guild: Tenant) async throws -> [(name: TimerName, due: Timestamp)] {
    try await rows.pending(guild)
  }
}

/// How the schedule is worked through.
package struct ScheduleLimits: Sendable {
  /// How long a handler may take before another process may begin anew.
  package var claimDuration: Duration = .seconds(60)
  /// Timers claimed at once, and so handlers running at once.
  package var batch = 256
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

/// Fires timers. Any number of them, in any number of processes, share one store.
package struct ScheduleRunner: Sendable {
  /// Does what a timer of one kind is for.
  package typealias Handler = @Sendable (TimerFiring) async throws -> TimerOutcome

  private let schedule: Schedule
  private let handlers: [String: Handler]
  private let onGivenUp: @Sendable (TimerFiring, any Error) async -> Void
  private let limits: ScheduleLimits
  private let time: any TimeSource
  private let random: @Sendable () -> Double
  private let log = Log(room: "schedule")
  private let lateness: Histogram
  private let failures: Counter

  /// `onGivenUp` hears of a timer that failed for the last time; `random` gives numbers from 0 up to 1 for the jitter.
  package init(
    _ schedule: Schedule, handlers: [String: Handler], limits: ScheduleLimits = ScheduleLimits(),
    time: any TimeSource = SystemTime(), metrics: MetricRegistry = .process,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    onGivenUp: @escaping @Sendable (TimerFiring, any Error) async -> Void = { _, _ in }
  ) {
    self.schedule = schedule
    self.handlers = handlers
    self.onGivenUp = onGivenUp
    self.limits = limits
    self.time = time
    self.random = random
    lateness = metrics.histogram("schedule_lateness_seconds", help: "How late timers fired.")
    failures = metrics.counter("schedule_failures_total", help: "Handlers of timers that threw.")
  }

  /// Fires timers until the task is cancelled; handlers under way finish first.
  package func run() async throws {
    while !Task.isCancelled {
      do {
        if try await fireDue() == limits.batch { continue }
        try await waitForNext()
      } catch is CancellationError {
        return
      } catch  where Task.isCancelled {
        return
      } catch {
        log.error("the schedule's store failed", ["error": .string("\(error)")])
        try await time.sleep(for: limits.pollInterval)
      }
    }
  }

  /// Fires what is due now, one batch at most, and returns how many there were.
  ///
  /// - Throws: `SQLError` when timers could not be claimed or settled; they fire again when their claim ends.
  @discardableResult
  package func fireDue() async throws -> Int {
    let now = time.now
    let claim = "\(UInt64.random(in: .min ... .max))"
    let firings = try await schedule.rows.claim(
      claim, now: now, until: now + limits.claimDuration, limit: limits.batch)
    guard !firings.isEmpty else { return 0 }
    let settlements = await withTaskGroup(of: (TimerName, ScheduleStore.Settlement).self) { group in
      for firing in firings {
        lateness.record(now - firing.due)
        group.addTask { (firing.name, await settlement(of: firing)) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    // What was done is written down even when the runner is being stopped, or it would be done again.
    try await Task { [rows = schedule.rows] in try await rows.settle(settlements, claim: claim) }.value
    return firings.count
  }

  /// Calls the handler and says what becomes of the timer.
  private func settlement(of firing: TimerFiring) async -> ScheduleStore.Settlement {
    do {
      guard let handler = handlers[firing.name.kind] else { throw NoHandler() }
      switch try await handler(firing) {
      case .done: return .remove
      case .again(let instant): return .moveTo(instant)
      }
    } catch is CancellationError {
      return .retry(at: time.now)
    } catch {
      failures.increment()
      log.warning(
        "a timer failed",
        [
          "kind": .string(firing.name.kind), "guild": .string(firing.name.guild?.description ?? "-"),
          "attempt": .integer(Int64(firing.attempt)), "error": .string("\(error)"),
        ])
      guard firing.attempt < limits.attempts else {
        await onGivenUp(firing, error)
        return .giveUp
      }
      let pause = limits.pause(afterAttempt: firing.attempt)
      return .retry(at: time.now + pause * (0.75 + random() / 2))
    }
  }

  /// Returns when a timer is due, one was set here, or others may have been set elsewhere.
  private func waitForNext() async throws {
    let next = try await schedule.rows.nextReady().map { $0 - time.now } ?? limits.pollInterval
    guard next > .zero else { return }
    let pause = min(next, limits.pollInterval)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await time.sleep(for: pause) }
      group.addTask { await schedule.wakeUp.wait() }
      try await group.next()
      group.cancelAll()
    }
    try Task.checkCancellation()
  }

  /// No plugin of this process handles the kind: it may be switched off, or another process's.
  private struct NoHandler: Error, CustomStringConvertible {
    let description = "nobody handles timers of this kind"
  }
}

/// A doorbell: rung any number of times, it wakes one who waits, or the next one who will.
final class WakeUp: Sendable {
  private let stream: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation

  init() { (stream, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func signal() { bell.yield() }

  /// Returns when it was rung, or when the task is cancelled.
  func wait() async {
    for await _ in stream { return }
  }
}
