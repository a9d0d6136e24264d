// So many at a time: for work that takes much of the machine.

import Synchronization

/// Lets a few callers at something at the same time; the others wait in the order in which they came, and too many are
/// refused.
final class Turnstile: Sendable {
  private struct State {
    var free: Int
    var lastID: UInt64 = 0
    var waiting: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
  }

  private let maximumWaiting: Int
  private let state: Mutex<State>

  init(limit: Int, maximumWaiting: Int) {
    precondition(limit > 0 && maximumWaiting >= 0, "somebody has to get through")
    self.maximumWaiting = maximumWaiting
    state = Mutex(State(free: limit))
  }

  /// How many wait.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Does something as soon as there is room for it.
  ///
  /// - Throws: what `body` throws; `EngineError` with `.busy` when too many wait; `CancellationError` at once while it waits.
  func pass<Value>(_ body: () async throws -> Value) async throws -> Value {
    try await enter()
    defer { leave() }
    return try await body()
  }

  private func enter() async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in self.queue(continuation, id) }
    } onCancel: {
      self.giveUp(id)
    }
  }

  private func queue(_ continuation: CheckedContinuation<Void, any Error>, _ id: UInt64) {
    let outcome = state.withLock { state -> Result<Void, any Error>? in
      // Checked under the lock that the cancellation handler takes: it has run, or will find the waiter.
      if Task.isCancelled { return .failure(CancellationError()) }
      if state.free > 0 {
        state.free -= 1
        return .success(())
      }
      guard state.waiting.count < maximumWaiting else { return .failure(EngineError(.busy)) }
      state.waiting.append((id, continuation))
      return nil
    }
    if let outcome { continuation.resume(with: outcome) }
  }

  private func giveUp(_ id: UInt64) {
    let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
      return state.waiting.remove(at: index).continuation
    }
    continuation?.resume(throwing: CancellationError())
  }

  /// The place goes to whoever waits longest, so that nobody who comes now is before them.
  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume()
  }
}
