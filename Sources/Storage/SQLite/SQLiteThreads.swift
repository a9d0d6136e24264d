// The few threads on which all databases do their blocking work.

internal import EventLoop
package import SQL
internal import Synchronization

/// A small fixed pool of database threads.
///
/// Thousands of files share them: each database's writer is pinned to one thread and its readers to others, so
/// that connections need no locks and nothing of SQLite ever blocks Swift's own pool. Backups and checks, which
/// run for seconds, have a thread of their own. One pool per process is enough.
package final class SQLiteThreads: Sendable {
  private let lanes: [Lane]
  /// For backups, checks and rekeying.
  let maintenance: Lane
  private let next = Atomic<Int>(0)

  /// Starts `count` threads (at least 2), and one for maintenance.
  ///
  /// - Throws: `SQLError` with `.overloaded` when the system refuses a thread or descriptor.
  package init(count: Int = 4) throws(SQLError) {
    var lanes: [Lane] = []
    for index in 0..<max(2, count) { lanes.append(try Lane(name: "sqlite-\(index)")) }
    self.lanes = lanes
    maintenance = try Lane(name: "sqlite-keep")
  }

  /// The lanes of a new database, in turn over the pool.
  func assign(readers: Int) -> (writer: Lane, readers: [Lane]) {
    let first = next.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max
    // Readers take the other lanes in turn: one of them beside the writer would wait for every commit.
    let others = lanes.count - 1
    let readerLanes = (0..<max(1, readers)).map { lanes[(first + 1 + $0 % others) % lanes.count] }
    return (lanes[first % lanes.count], readerLanes)
  }

  /// Runs work that blocks (files, mostly) on the maintenance thread, one piece at a time.
  ///
  /// - Throws: what `work` throws.
  package func blocking<Value: Sendable>(_ work: @Sendable () throws -> Value) async throws -> Value {
    try await maintenance.runAny(work)
  }

  /// Stops the threads. Close every database first: work that comes later is never run.
  package func shutdown() {
    for lane in lanes { lane.loop.shutdown() }
    maintenance.loop.shutdown()
  }
}

/// One database thread, as an actor: what is isolated to it runs there and may block there.
///
/// The thread is an event loop that is given to blocking calls; no socket may live on it.
actor Lane {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(name: String) throws(SQLError) {
    do {
      loop = try EventLoop(name: name)
    } catch {
      throw SQLError(.overloaded, message: "no thread for the databases: \(error)")
    }
  }

  /// Runs blocking work that may throw anything on the thread.
  func runAny<Value: Sendable>(_ work: @Sendable () throws -> Value) throws -> Value {
    try work()
  }

  /// Runs blocking work on the thread.
  func run<Value: Sendable>(_ work: @Sendable () throws(SQLError) -> Value) throws(SQLError) -> Value {
    try work()
  }
}
