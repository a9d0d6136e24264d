// Interactive transactions: a leased connection between BEGIN and COMMIT.

internal import EventLoop
package import SQL
internal import Synchronization

/// How far a transaction is kept apart from others (PostgreSQL manual, 13.2).
package enum PostgresIsolation: String, Sendable {
  /// Each statement sees what was committed before it began.
  case readCommitted = "READ COMMITTED"
  /// The whole transaction sees one snapshot; a conflicting write fails with `.retryable`.
  case repeatableRead = "REPEATABLE READ"
  /// As if transactions ran one after the other; conflicts fail with `.retryable`.
  case serializable = "SERIALIZABLE"
}

extension PostgresPool {
  /// Runs `body` in a transaction on a connection of its own, commits when it returns, rolls back when it throws.
  ///
  /// When the task is cancelled, the server is asked to stop the statement that runs; the body gets
  /// `.cancelled` from it.
  ///
  /// - Parameters:
  ///   - tenant: the tenant whose rows it may see and write.
  ///   - access: `.readOnly` makes the server refuse writes.
  ///   - isolation: how far it is kept apart from transactions that run meanwhile.
  ///   - attempts: how often it is tried in all when another transaction is in the way (`.retryable`), with
  ///     growing, jittered pauses. The body must then be fit to run more than once.
  ///   - body: what to do; its session is of no use afterwards.
  /// - Returns: what the body returns.
  /// - Throws: what the body throws; `SQLError` with `.overloaded` when no connection became free in time, with
  ///   `.connectionLost` when the commit's outcome is unknown.
  @discardableResult
  package func transaction<Value>(
    tenant: Int64? = nil, access: PostgresAccess = .readWrite,
    isolation: PostgresIsolation = .readCommitted, attempts: Int = 1,
    _ body: (any SQLSession) async throws -> Value
  ) async throws -> Value {
    var attempt = 1
    while true {
      do {
        return try await withLease { slot in
          try await Self.run(body, on: slot, opening: Self.opening(tenant, access, isolation))
        }
      } catch let error as SQLError where error.code == .retryable && attempt < attempts {
        // Doubling from 5 ms, each pause somewhere between half and all of it.
        let longest = 5_000 << min(attempt - 1, 8)
        try await time.sleep(for: .microseconds(Int.random(in: longest / 2...longest)))
        attempt += 1
      }
    }
  }

  private static func opening(_ tenant: Int64?, _ access: PostgresAccess, _ isolation: PostgresIsolation)
    -> [SQL]
  {
    let mode = access == .readOnly ? "READ ONLY" : "READ WRITE"
    let begin: SQL = "BEGIN ISOLATION LEVEL \(unescaped: isolation.rawValue) \(unescaped: mode)"
    guard let tenant else { return [begin] }
    return [begin, "SELECT set_config('app.tenant', \(String(tenant)), true)"]
  }

  private static func run<Value>(
    _ body: (any SQLSession) async throws -> Value, on slot: PostgresSlot, opening: [SQL]
  ) async throws -> Value {
    let begin = PostgresRequest(opening, isShielded: true)
    _ = try await slot.perform(begin)
    let session = PostgresTransaction(slot: slot, session: begin.session)
    do {
      let value = try await body(session)
      session.end()
      try await commit(slot, begin.session)
      return value
    } catch {
      if session.end() { await rollBack(slot, begin.session) }
      throw error
    }
  }

  private static func commit(_ slot: PostgresSlot, _ session: UInt64) async throws(SQLError) {
    let results: [PostgresResult]
    do throws(SQLError) {
      results = try await slot.perform(
        PostgresRequest(["COMMIT"], requiredSession: session, isShielded: true))
    } catch {
      // A failed COMMIT has ended the transaction, or the connection is of no use any more.
      slot.abandon(session: session)
      throw error
    }
    // A statement failed and the body went on as if nothing had happened.
    guard results.first?.isRollback == false else {
      throw SQLError(
        .invalidStatement, message: "a statement of the transaction had failed; all of it was undone",
        engineCode: "25P02")
    }
  }

  static func rollBack(_ slot: PostgresSlot, _ session: UInt64, _ cleaning: [SQL] = []) async {
    do throws(SQLError) {
      _ = try await slot.perform(
        PostgresRequest(["ROLLBACK"] + cleaning, requiredSession: session, isShielded: true))
    } catch {
      // Without its connection the server rolls back by itself.
      slot.abandon(session: session)
    }
  }

  /// Runs `body` while this login holds an advisory lock of the database, so that of several processes only one
  /// is in it at a time. The lock is the session's: it falls when the process or its connection ends.
  ///
  /// - Parameters:
  ///   - key: which lock; one number a purpose, chosen by us.
  ///   - patience: how long to wait for whoever holds it.
  ///   - body: what to do under the lock.
  /// - Returns: what the body returns.
  /// - Throws: what the body throws; `SQLError` with `.timeout` when the lock stayed taken. It holds one of
  ///   `leaseCount` connections meanwhile, and the body may use the others.
  package func withAdvisoryLock<Value>(
    _ key: Int64, patience: Duration = .seconds(60), _ body: () async throws -> Value
  ) async throws -> Value {
    try await withLease { slot in
      let session = try await self.lock(key, on: slot, patience: patience)
      defer { slot.abandon(session: session) }
      return try await body()
    }
  }

  /// Asks again and again, because waiting in the server would run into `statement_timeout`.
  private func lock(_ key: Int64, on slot: PostgresSlot, patience: Duration) async throws -> UInt64 {
    let deadline = time.uptime + patience
    while true {
      let request = PostgresRequest(["SELECT pg_try_advisory_lock(\(key))"])
      if try await slot.perform(request).first?.rows.first?.get(0) == true { return request.session }
      guard time.uptime < deadline else {
        throw SQLError(.timeout, message: "the advisory lock stayed taken")
      }
      try await time.sleep(for: .milliseconds(Int.random(in: 25...75)))
    }
  }
}

/// A transaction as its body sees it. Refuses to work once the body has ended.
private final class PostgresTransaction: SQLSession {
  private let slot: PostgresSlot
  private let session: UInt64
  private let isOpen = Atomic<Bool>(true)

  init(slot: PostgresSlot, session: UInt64) {
    self.slot = slot
    self.session = session
  }

  /// Returns whether it was open until now.
  @discardableResult
  func end() -> Bool {
    isOpen.exchange(false, ordering: .acquiringAndReleasing)
  }

  func rows(_ statement: SQL) async throws(SQLError) -> [SQLRow] {
    try await result(statement).rows
  }

  func execute(_ statement: SQL) async throws(SQLError) -> Int {
    try await result(statement).changed
  }

  private func result(_ statement: SQL) async throws(SQLError) -> PostgresResult {
    guard isOpen.load(ordering: .acquiring) else {
      throw SQLError(.closed, message: "the transaction has ended")
    }
    guard !Task.isCancelled else { throw .taskCancelled }
    try PostgresPool.check(statement, isLeased: true)
    let results = try await slot.perform(PostgresRequest([statement], requiredSession: session))
    guard let result = results.first else { throw .lost }
    return result
  }
}
