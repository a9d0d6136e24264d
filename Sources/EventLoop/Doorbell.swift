// A doorbell: wakes who waits for something to do.

internal import Synchronization

/// Rung any number of times, it wakes everybody who waits, or the next one who will.
///
/// Unlike a stream it outlives a wait that was given up: cancelling a task that waits ends that wait alone.
package final class Doorbell: Sendable {
  private struct State {
    var isRung = false
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastID = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Rings. From any thread.
  package func ring() {
    let waiters = state.withLock { state in
      defer { state.waiters = [:] }
      state.isRung = state.waiters.isEmpty
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns when it was rung since the last wait, or when the task is cancelled.
  package func wait() async {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let returnsAtOnce = state.withLock { state in
          if state.isRung || Task.isCancelled {
            state.isRung = false
            return true
          }
          state.waiters[id] = continuation
          return false
        }
        if returnsAtOnce { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }

  /// Returns when it was rung, when that long has passed, or when the task is cancelled.
  package func wait(atMost duration: Duration, by time: any TimeSource) async {
    await withTaskGroup(of: Void.self) { group in
      // Cancelled: the bell was first.
      group.addTask { _ = try? await time.sleep(for: duration) }
      group.addTask { await self.wait() }
      await group.next()
      group.cancelAll()
    }
  }
}
