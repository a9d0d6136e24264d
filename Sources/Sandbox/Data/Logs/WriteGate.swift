// Who reads after writes that are under way waits for their end here.

import Synchronization

/// Knows which writes are under way. What a flush took out of a queue is neither there nor in the store until it ends.
final class WriteGate: Sendable {
  private struct State {
    var next = 0
    var active: Set<Int> = []
    var readers: [(before: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  /// - Returns: what `end` is to be called with.
  func begin() -> Int {
    state.withLock { state in
      defer { state.next += 1 }
      state.active.insert(state.next)
      return state.next
    }
  }

  func end(_ write: Int) {
    let done = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.active.remove(write)
      let first = state.active.min() ?? .max
      let done = state.readers.filter { $0.before <= first }.map(\.continuation)
      state.readers.removeAll { $0.before <= first }
      return done
    }
    for reader in done { reader.resume() }
  }

  /// Returns when all writes have ended that had begun; later ones are not waited for.
  func settled() async {
    await withCheckedContinuation { continuation in
      let isSettled = state.withLock { state in
        guard !state.active.isEmpty else { return true }
        state.readers.append((state.next, continuation))
        return false
      }
      if isSettled { continuation.resume() }
    }
  }
}
