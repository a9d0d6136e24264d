// Where time comes from: the system's clocks, or a test's.

internal import Glibc
internal import Synchronization

/// A moment in UTC, in milliseconds since 1970: what tables, tokens and people see.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
  package var milliseconds: Int64

  @inlinable
  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  @inlinable
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  @inlinable
  package static func + (left: Timestamp, right: Duration) -> Timestamp {
    Timestamp(milliseconds: left.milliseconds + right.wholeMilliseconds)
  }

  @inlinable
  package static func - (left: Timestamp, right: Duration) -> Timestamp {
    Timestamp(milliseconds: left.milliseconds - right.wholeMilliseconds)
  }

  @inlinable
  package static func - (left: Timestamp, right: Timestamp) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }
}

extension Duration {
  /// The duration in milliseconds, rounded toward zero.
  @inlinable
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}

/// Every reading of the time and every wait goes through one of these, so that a test can run a year in a
/// second (`ManualTime`) and production asks the system (`SystemTime`).
package protocol TimeSource: Sendable {
  /// The wall clock. It may jump; never measure with it.
  var now: Timestamp { get }
  /// Time since some fixed past moment, never going back: for measuring and for limits.
  var uptime: Duration { get }
  /// Returns once `duration` has passed.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// The system's clocks.
package struct SystemTime: TimeSource {
  package init() {}

  package var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package var uptime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  package func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}

/// A clock that stands still until it is told to move: for tests, and for the simulator's "move time".
package final class ManualTime: TimeSource {
  private struct Sleeper {
    let deadline: Duration
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var uptime: Duration = .zero
    var nextID = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
  }

  private let start: Timestamp
  private let state = Mutex(State())

  /// A clock that shows `start` (2026-01-01T00:00:00Z unless told).
  package init(start: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)) {
    self.start = start
  }

  package var now: Timestamp { start + uptime }

  package var uptime: Duration { state.withLock { $0.uptime } }

  /// How many tasks wait for the clock to move.
  package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  /// Moves time forward and wakes whoever waited for it, earliest first.
  package func advance(by duration: Duration) {
    let due = state.withLock { state -> [Sleeper] in
      state.uptime += duration
      let ids = state.sleepers.filter { $0.value.deadline <= state.uptime }
        .sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
      for (id, _) in ids { state.sleepers[id] = nil }
      return ids.map(\.value)
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  package func sleep(for duration: Duration) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome = state.withLock { state -> Result<Void, any Error>? in
          if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          guard duration > .zero else { return .success(()) }
          state.sleepers[id] = Sleeper(deadline: state.uptime + duration, continuation: continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
        state.cancelled.insert(id)
        return nil
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
    state.withLock { _ = $0.cancelled.remove(id) }
  }
}
