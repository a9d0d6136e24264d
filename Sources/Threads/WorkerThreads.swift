// A few threads for calls that block: the pool of Swift's tasks must never wait for one.

internal import Glibc
internal import Synchronization

/// Runs blocking work on at most `limit` threads of its own, in order of arrival, with a bound on what waits. A thread
/// lives while there is work and is gone afterwards, so there is nothing to shut down.
package final class WorkerThreads: Sendable {
  /// Too many callers wait already: this one was refused at once, and its work never began.
  package struct Overloaded: Error, CustomStringConvertible {
    /// How many wait.
    package let waiting: Int
    package var description: String { "\(waiting) callers wait already" }
  }

  private struct Job: Sendable {
    let id: UInt64
    let run: @Sendable () -> Void
    let cancel: @Sendable () -> Void
  }

  private struct State {
    var nextID: UInt64 = 0
    var waiting: [Job] = []
    /// Threads that live.
    var running = 0
    /// Threads that are at a job; the others are on their way to one.
    var busy = 0
  }

  /// How many threads there are at most.
  private let limit: Int
  private let maximumWaiting: Int
  private let state = Mutex(State())

  /// Makes no thread yet: the first job does.
  package init(limit: Int, maximumWaiting: Int) {
    precondition(limit > 0 && maximumWaiting >= 0, "work needs a thread")
    (self.limit, self.maximumWaiting) = (limit, maximumWaiting)
  }

  /// How many jobs wait for a thread: a gauge.
  package var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Runs `work` on a thread and returns what it does. A job that has begun is not interrupted by cancellation, one
  /// that waits is dropped.
  ///
  /// - Throws: what `work` throws; `Overloaded` when too many wait; `CancellationError`.
  package func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return try await withTaskCancellationHandler {
      try Task.checkCancellation()
      return try await withCheckedThrowingContinuation { continuation in
        let job = Job(id: id) {
          continuation.resume(with: Swift.Result { try work() })
        } cancel: {
          continuation.resume(throwing: CancellationError())
        }
        if let refusal = submit(job) { continuation.resume(throwing: refusal) }
        // Cancelled between the check above and the submission: nobody else will look again.
        if Task.isCancelled { drop(id) }
      }
    } onCancel: {
      drop(id)
    }
  }

  private func submit(_ job: Job) -> Overloaded? {
    let (startsThread, refusal) = state.withLock { state -> (Bool, Overloaded?) in
      guard state.busy + state.waiting.count < limit + maximumWaiting else {
        return (false, Overloaded(waiting: state.waiting.count))
      }
      let startsThread = state.running < limit
      state.waiting.append(job)
      if startsThread { state.running += 1 }
      return (startsThread, nil)
    }
    if startsThread { startThread() }
    return refusal
  }

  private func drop(_ id: UInt64) {
    let job = state.withLock { state -> Job? in
      guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
      return state.waiting.remove(at: index)
    }
    job?.cancel()
  }

  private func startThread() {
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    guard pthread_create(&thread, nil, runWorker, context.toOpaque()) == 0 else {
      context.release()
      threadDidNotStart()
      return
    }
    pthread_detach(thread)
  }

  /// Without a thread, jobs wait for one that runs; without any, they must not wait for ever.
  private func threadDidNotStart() {
    let stranded = state.withLock { state -> [Job] in
      state.running -= 1
      guard state.running == 0 else { return [] }
      defer { state.waiting = [] }
      return state.waiting
    }
    for job in stranded { job.cancel() }
  }

  /// Works until nothing is left.
  fileprivate func drain() {
    while let job = takeJob() {
      job.run()
      state.withLock { $0.busy -= 1 }
    }
  }

  /// Nil ends the thread, which is no longer counted then.
  private func takeJob() -> Job? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.running -= 1
        return nil
      }
      state.busy += 1
      return state.waiting.removeFirst()
    }
  }
}

private func runWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<WorkerThreads>.fromOpaque(context).takeRetainedValue().drain()
  return nil
}
