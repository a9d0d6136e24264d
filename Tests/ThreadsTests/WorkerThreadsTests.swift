// Tests of threads for blocking work: the bound on threads and on what waits, order, cancellation, errors.

import Dispatch
import Synchronization
import Testing
import Threads

/// Jobs that stay on their thread until they are let go.
private final class Gate: Sendable {
  private let opening = DispatchSemaphore(value: 0)
  private let counts = Mutex((inside: 0, most: 0))
  private let arrivals = AsyncStream<Void>.makeStream()

  /// Blocks the thread.
  func pass() {
    counts.withLock {
      $0.inside += 1
      $0.most = max($0.most, $0.inside)
    }
    arrivals.continuation.yield()
    opening.wait()
    counts.withLock { $0.inside -= 1 }
  }

  /// Returns once so many jobs have arrived since the last call.
  func waitForArrivals(_ count: Int) async {
    var iterator = arrivals.stream.makeAsyncIterator()
    for _ in 0..<count { await iterator.next() }
  }

  func open(for count: Int) {
    for _ in 0..<count { opening.signal() }
  }

  var most: Int { counts.withLock { $0.most } }
}

@Suite(.timeLimit(.minutes(1))) struct WorkerThreadsTests {
  @Test func `no more jobs run at once than there may be threads, and all run`() async throws {
    let (threads, gate) = (WorkerThreads(limit: 2, maximumWaiting: 16), Gate())
    try await withThrowingTaskGroup { group in
      for number in 0..<8 {
        group.addTask {
          try await threads.run {
            gate.pass()
            return number
          }
        }
      }
      await gate.waitForArrivals(2)
      gate.open(for: 8)
      let numbers = try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      #expect(numbers == Set(0..<8))
    }
    #expect(gate.most == 2)
    #expect(threads.waitingCount == 0)
  }

  @Test func `whoever comes when too many wait is refused at once`() async throws {
    let (threads, gate) = (WorkerThreads(limit: 1, maximumWaiting: 0), Gate())
    async let running: Void = threads.run { gate.pass() }
    await gate.waitForArrivals(1)
    await #expect(throws: WorkerThreads.Overloaded.self) { try await threads.run {} }
    gate.open(for: 1)
    try await running
  }

  @Test func `a job that waits is dropped when its caller is cancelled`() async throws {
    let (threads, gate) = (WorkerThreads(limit: 1, maximumWaiting: 4), Gate())
    async let running: Void = threads.run { gate.pass() }
    await gate.waitForArrivals(1)
    let waiting = Task { try await threads.run { Issue.record("it ran all the same") } }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(threads.waitingCount == 0)
    gate.open(for: 1)
    try await running
  }

  @Test func `what a job throws reaches its caller, and the thread goes on`() async throws {
    struct Broken: Error {}
    let threads = WorkerThreads(limit: 1, maximumWaiting: 4)
    await #expect(throws: Broken.self) { try await threads.run { throw Broken() } }
    #expect(try await threads.run { 7 } == 7)
  }
}
