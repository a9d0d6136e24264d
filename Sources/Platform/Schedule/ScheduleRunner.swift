// Fires timers that are due, and goes on claiming while slow handlers are at work.

package import EventLoop
import Storage
package import Telemetry

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

  /// Fires timers until the task is cancelled.
  ///
  /// No timer waits for another's handler: what falls due while handlers are at work is claimed and fired, as long as
  /// fewer than `concurrency` are, and fewer than `guildShare` of its guild. Each timer is settled when its own handler
  /// is done. One that is set anew while its handler is at work fires after it, not beside it.
  ///
  /// Cancelled, it claims nothing more; handlers under way, which are cancelled too, finish and are settled before this
  /// returns.
  package func run() async {
    let underway = TimersUnderway(limits)
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        do {
          let (count, guilds) = underway.room
          let claimed = try await claim(count, outside: guilds, underway)
          for firing in claimed.toCall {
            group.addTask {
              do { try await fire(firing, underway) } catch { report(error) }
            }
          }
          if count > 0, claimed.count == count { continue }
          try await waitForNext(hasRoom: count > 0, outside: guilds)
        } catch  where Task.isCancelled {
          return
        } catch {
          report(error)
          // Cancelled while it waits: the loop ends.
          try? await time.sleep(for: limits.pollInterval)
        }
      }
    }
  }

  /// Fires what is due now, one batch at most, waits for the handlers, and returns how many there were.
  ///
  /// - Throws: `SQLError` when timers could not be claimed or settled; they fire again when their claim ends.
  @discardableResult
  package func fireDue() async throws -> Int {
    let underway = TimersUnderway(limits)
    let claimed = try await claim(limits.batch, outside: [], underway)
    let failure = await withTaskGroup(of: (any Error)?.self) { group in
      for firing in claimed.toCall {
        group.addTask {
          do { try await fire(firing, underway) } catch { return error }
          return nil
        }
      }
      return await group.reduce(nil) { $0 ?? $1 }
    }
    if let failure { throw failure }
    return claimed.count
  }

  /// Claims what is due, and says how many there were and whose handlers shall be called.
  private func claim(
    _ limit: Int, outside guilds: [Tenant], _ underway: TimersUnderway
  ) async throws -> (count: Int, toCall: [TimerFiring]) {
    guard limit > 0 else { return (0, []) }
    let now = time.now
    let claim = "\(UInt64.random(in: .min ... .max))"
    let firings = try await schedule.rows.claim(
      claim, now: now, until: now + limits.claimDuration, limit: limit, outside: guilds)
    guard !firings.isEmpty else { return (0, []) }
    let toCall = underway.begin(firings, claim: claim)
    for firing in toCall { lateness.record(now - firing.due) }
    return (firings.count, toCall)
  }

  /// Calls a handler and settles its timer, with those of others that are done meanwhile.
  private func fire(_ firing: TimerFiring, _ underway: TimersUnderway) async throws {
    guard underway.finish(firing.name, await settlement(of: firing)) else { return }
    var failure: (any Error)?
    while let (ended, looksAgain) = underway.takeEnded() {
      do {
        // What was done is written down even when the runner is being stopped, or it would be done again.
        try await Task { [rows = schedule.rows] in try await rows.settle(ended) }.value
      } catch {
        failure = failure ?? error
      }
      if looksAgain { schedule.wakeUp.ring() }
    }
    if let failure { throw failure }
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

  /// Returns when a timer is due, one was set here, a hand is free again, or others may have been set elsewhere.
  private func waitForNext(hasRoom: Bool, outside guilds: [Tenant]) async throws {
    var pause = limits.pollInterval
    if hasRoom, let next = try await schedule.rows.nextReady(outside: guilds) {
      pause = min(pause, next - time.now)
    }
    guard pause > .zero else { return }
    await schedule.wakeUp.wait(atMost: pause, by: time)
  }

  private func report(_ error: any Error) {
    log.error("the schedule's store failed", ["error": .string("\(error)")])
  }

  /// No plugin of this process handles the kind: it may be switched off, or another process's.
  private struct NoHandler: Error, CustomStringConvertible {
    let description = "nobody handles timers of this kind"
  }
}
