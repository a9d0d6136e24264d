// Clocks that run like the system's, and can be moved on: for simulated worlds, and for tests of whole houses.

internal import Synchronization

/// The system's clocks, ahead by as much as somebody said. What waits for a day waits until somebody moves time by one.
package final class ShiftedTime: TimeSource {
  private let system = SystemTime()
  private let shift = Mutex(Duration.zero)
  private let granularity: Duration

  /// - Parameter granularity: how long a sleeper may go without noticing that time was moved.
  package init(granularity: Duration = .milliseconds(10)) { self.granularity = granularity }

  package var now: Timestamp { system.now + shift.withLock { $0 } }
  package var uptime: Duration { system.uptime + shift.withLock { $0 } }

  /// Moves time on.
  package func advance(by duration: Duration) { shift.withLock { $0 += max(.zero, duration) } }

  package func sleep(for duration: Duration) async throws {
    let deadline = uptime + duration
    while uptime < deadline {
      // Looks often, since a jump may come at any time.
      try await system.sleep(for: min(deadline - uptime, granularity))
    }
    try Task.checkCancellation()
  }
}
