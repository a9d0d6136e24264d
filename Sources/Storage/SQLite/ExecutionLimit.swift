// What may stop a statement that is running: its time, or its caller.

internal import CSQLite
internal import SQL
internal import Synchronization

/// Watched by SQLite's progress handler while a statement runs.
final class ExecutionLimit: @unchecked Sendable {
  // `@unchecked`: `deadline` and `reason` belong to the connection's thread.
  private let isCancelled = Atomic<Bool>(false)
  private var deadline: ContinuousClock.Instant?
  /// Why the running job was stopped.
  private(set) var reason: SQLError?

  /// How many steps of SQLite's machine pass between two looks: some tens of microseconds.
  private static let steps: CInt = 2_000

  /// Lets the limit stop what runs on `handle`. The connection keeps the limit alive.
  func watch(_ handle: OpaquePointer) {
    sqlite3_progress_handler(handle, Self.steps, shouldStop, Unmanaged.passUnretained(self).toOpaque())
  }

  /// A job begins; it has until `limit` from now. Connection's thread.
  func begin(limit: Duration) {
    reason = nil
    deadline = .now + limit
  }

  /// The job is over, and whatever was asked of it. Connection's thread.
  func end() {
    deadline = nil
    reason = nil
    isCancelled.store(false, ordering: .relaxed)
  }

  /// Stops the running statement from any thread.
  func cancel() {
    isCancelled.store(true, ordering: .relaxed)
  }

  fileprivate func check() -> Bool {
    if isCancelled.load(ordering: .relaxed) {
      reason = SQLError(.cancelled, message: "the task was cancelled")
      return true
    }
    if let deadline, deadline < .now {
      reason = SQLError(.timeout, message: "the statement ran into its time limit")
      return true
    }
    return false
  }
}

private func shouldStop(_ context: UnsafeMutableRawPointer?) -> CInt {
  guard let context else { return 0 }
  return Unmanaged<ExecutionLimit>.fromOpaque(context).takeUnretainedValue().check() ? 1 : 0
}
