// Calls of plugins, each with a deadline: one that does not return is left behind, and nobody waits for it.

import EventLoop
import Synchronization

/// A call took longer than it may. It was cancelled; what it does after that is its own.
struct CallTooSlow: Error {}

/// Told to the task of a call that took too long, when the call returns after all: nobody waits for what it says.
struct CallLeftBehind: Error {}

/// Runs calls and watches over them. They have tasks of their own, since a structured child that never ends would hold
/// up whoever started it.
final class CallRunner: Sendable {
  private struct State {
    var running: [UInt64: CallTask] = [:]
    var lastID: UInt64 = 0
  }

  private let time: any TimeSource
  private let state = Mutex(State())

  init(time: any TimeSource) { self.time = time }

  /// How many calls, or series of them, are under way.
  var load: Int { state.withLock { $0.running.count } }

  /// Runs `body` and returns when it does, or when its time is over.
  ///
  /// - Throws: what `body` throws; `CallTooSlow`.
  func run(within deadline: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let task = CallTask(time)
    try await run(task) { try await task.run(within: deadline, body) }
  }

  /// Makes calls one after another, in one task for as long as each returns in time. One that does not keeps the task,
  /// and those that follow get another.
  ///
  /// - Parameters:
  ///   - calls: how many there are.
  ///   - make: makes the call of a number, by way of the task it is given; returns when that throws `CallLeftBehind`.
  ///   - onLate: hears of a call that did not return in time, before the next one is made.
  /// - Throws: `CancellationError` when the task is cancelled.
  func runSeries(
    of calls: Int, _ make: @escaping @Sendable (Int, CallTask) async -> Void, onLate: (Int) async -> Void
  ) async throws {
    var first = 0
    while first < calls {
      let task = CallTask(time)
      do {
        try await run(task) { [first] in
          for number in first..<calls {
            guard task.begin(number) else { return }
            await make(number, task)
          }
        }
        return
      } catch is CallTooSlow {
        await onLate(task.number)
        first = task.number + 1
      }
    }
  }

  private func run(_ task: CallTask, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      state.running[state.lastID] = task
      return state.lastID
    }
    defer { state.withLock { _ = $0.running.removeValue(forKey: id) } }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        task.start(continuation, body)
      }
    } onCancel: {
      task.cancel()
    }
  }

  /// Cuts off the calls whose time is over, until the task is cancelled.
  func watch(every interval: Duration = .milliseconds(100)) async throws {
    while !Task.isCancelled {
      try await time.sleep(for: interval)
      let now = time.uptime
      for task in state.withLock({ Array($0.running.values) }) { task.cutOff(ifDueAt: now) }
    }
  }
}

/// The task in which calls are made.
final class CallTask: Sendable {
  private struct State {
    /// Whoever waits for the calls; nil when nobody does any more.
    var continuation: CheckedContinuation<Void, any Error>?
    var task: Task<Void, Never>?
    /// When the call under way is too late.
    var due: Duration?
    var number = 0
    var isLeftBehind = false
  }

  private let time: any TimeSource
  private let state = Mutex(State())

  fileprivate init(_ time: any TimeSource) { self.time = time }

  /// Makes a call, from within the task.
  ///
  /// - Throws: what `body` throws; `CallLeftBehind` when it took too long.
  func run(within deadline: Duration, _ body: () async throws -> Void) async throws {
    let due = time.uptime + deadline
    state.withLock { $0.due = due }
    do { try await body() } catch {
      try endCall()
      throw error
    }
    try endCall()
  }

  private func endCall() throws(CallLeftBehind) {
    let isLeftBehind = state.withLock { state in
      state.due = nil
      return state.isLeftBehind
    }
    if isLeftBehind { throw CallLeftBehind() }
  }

  /// The call that is made, or was last.
  fileprivate var number: Int { state.withLock { $0.number } }

  /// Notes which call comes next; false when nobody waits for it.
  fileprivate func begin(_ number: Int) -> Bool {
    state.withLock { state in
      guard !state.isLeftBehind else { return false }
      state.number = number
      return true
    }
  }

  fileprivate func start(
    _ continuation: CheckedContinuation<Void, any Error>, _ body: @escaping @Sendable () async throws -> Void
  ) {
    state.withLock { $0.continuation = continuation }
    let task = Task {
      do {
        try await body()
        self.finish(nil)
      } catch {
        self.finish(error)
      }
    }
    state.withLock { state in
      if state.continuation != nil { state.task = task }
    }
  }

  private func finish(_ error: (any Error)?) {
    let continuation = state.withLock { state in
      defer { (state.continuation, state.task) = (nil, nil) }
      return state.continuation
    }
    if let error { continuation?.resume(throwing: error) } else { continuation?.resume() }
  }

  fileprivate func cutOff(ifDueAt now: Duration) {
    let (isLate, task) = state.withLock { state -> (Bool, Task<Void, Never>?) in
      guard let due = state.due, due <= now else { return (false, nil) }
      state.isLeftBehind = true
      return (true, state.task)
    }
    guard isLate else { return }
    task?.cancel()
    finish(CallTooSlow())
  }

  fileprivate func cancel() { state.withLock { $0.task }?.cancel() }
}
