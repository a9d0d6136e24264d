// One after another: for answers whose order people see.

import Synchronization

/// Lets one caller in at a time, in the order they came.
final class CallQueue: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Bool, Never>] = []
  }

  private let state = Mutex(State())
  /// How many may wait; more are turned away.
  private let bound: Int

  init(bound: Int) { self.bound = bound }

  /// How many wait for whoever has the turn.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Runs `body` when its turn has come. Waiting is not cut short by cancellation: whoever has the turn ends soon.
  ///
  /// - Returns: nil when too many wait.
  func inTurn<Result>(_ body: () async throws -> Result) async rethrows -> Result? {
    guard await enter() else { return nil }
    defer { leave() }
    return try await body()
  }

  private func enter() async -> Bool {
    await withCheckedContinuation { continuation in
      let answer = state.withLock { state -> Bool? in
        guard state.isTaken else {
          state.isTaken = true
          return true
        }
        guard state.waiting.count < bound else { return false }
        state.waiting.append(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard !state.waiting.isEmpty else {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume(returning: true)
  }
}
