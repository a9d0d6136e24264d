// Leased connections: commit, rollback, cancellation, conflicts, waiting.

import EventLoop
import Postgres
import SQL
import TestKit
import Testing

private struct Refusal: Error {}

@Suite(.timeLimit(.minutes(1))) struct `Transactions` {
  private func withTable(
    _ options: PostgresOptions = PostgresOptions(), _ body: (PostgresPool) async throws -> Void
  )
    async throws
  {
    try await withPool(options) { pool async throws in
      try await pool.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, value BIGINT NOT NULL DEFAULT 0)")
      try await body(pool)
    }
  }

  private func count(_ pool: PostgresPool) async throws -> Int {
    try await pool.rows("SELECT count(*) FROM item")[0].get(0)
  }

  @Test func `it is kept when the body returns and undone when it throws`() async throws {
    try await withTable { pool async throws in
      let value = try await pool.transaction { session async throws in
        #expect(try await session.execute("INSERT INTO item VALUES (\(1))") == 1)
        #expect(try await count(pool) == 0)
        return try await session.rows("SELECT id FROM item")[0].get(0, as: Int.self)
      }
      #expect(value == 1)
      #expect(try await count(pool) == 1)
      await #expect(throws: Refusal.self) {
        try await pool.transaction { session async throws in
          try await session.execute("INSERT INTO item VALUES (\(2))")
          throw Refusal()
        }
      }
      #expect(try await count(pool) == 1)
    }
  }

  @Test func `a body that swallows an error does not get a silent rollback`() async throws {
    try await withTable { pool async throws in
      #expect(
        await code {
          try await pool.transaction { session async throws in
            try await session.execute("INSERT INTO item VALUES (\(1))")
            _ = await code { try await session.execute("SELECT 1 / 0") }
          }
        } == .invalidStatement)
      #expect(try await count(pool) == 0)
    }
  }

  @Test func `a savepoint undoes a part`() async throws {
    try await withTable { pool async throws in
      try await pool.transaction { session async throws in
        try await session.execute("INSERT INTO item VALUES (\(1))")
        try await session.execute("SAVEPOINT a")
        _ = await code { try await session.execute("INSERT INTO item VALUES (\(1))") }
        try await session.execute("ROLLBACK TO SAVEPOINT a")
        try await session.execute("INSERT INTO item VALUES (\(2))")
      }
      #expect(try await count(pool) == 2)
    }
  }

  @Test(arguments: ["COMMIT", "ROLLBACK", "BEGIN", "SET app.tenant = '1'"])
  func `its body cannot end it or change the session`(text: String) async throws {
    try await withTable { pool async throws in
      #expect(
        await code { try await pool.transaction { try await $0.execute(SQL(unescaped: text)) } }
          == .invalidStatement)
    }
  }

  @Test func `its session is of no use afterwards`() async throws {
    try await withTable { pool async throws in
      let session = try await pool.transaction { $0 }
      #expect(await code { try await session.execute("INSERT INTO item VALUES (1)") } == .closed)
    }
  }

  @Test func `a read-only one writes nothing`() async throws {
    try await withTable { pool async throws in
      #expect(
        await code {
          try await pool.transaction(access: .readOnly) {
            try await $0.execute("INSERT INTO item VALUES (1)")
          }
        } == .notPermitted)
    }
  }

  @Test func `a conflict is retryable, and the pool tries again when told to`() async throws {
    try await withTable { pool async throws in
      try await pool.execute("INSERT INTO item VALUES (1, 0)")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            for _ in 0..<5 {
              try await pool.transaction(isolation: .serializable, attempts: 60) { session async throws in
                let value: Int = try await session.rows("SELECT value FROM item WHERE id = 1")[0].get(0)
                try await session.execute("UPDATE item SET value = \(value + 1) WHERE id = 1")
              }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await pool.rows("SELECT value FROM item")[0].get(0) == 20)
      let attempts = Guarded(0)
      #expect(
        await code {
          try await pool.transaction(attempts: 3) { _ in
            attempts.withLock { $0 += 1 }
            throw SQLError(.retryable, message: "again")
          }
        } == .retryable)
      #expect(attempts.withLock { $0 } == 3)
    }
  }

  @Test func `a deadlock is retryable for one of the two`() async throws {
    try await withTable { pool async throws in
      try await pool.execute("INSERT INTO item VALUES (1), (2)")
      let arrived = Guarded(0)
      let codes = await withTaskGroup(of: SQLError.Code?.self) { group in
        for (first, second) in [(1, 2), (2, 1)] {
          group.addTask {
            await code {
              try await pool.transaction { session async throws in
                try await session.execute("UPDATE item SET value = 1 WHERE id = \(first)")
                arrived.withLock { $0 += 1 }
                _ = try await eventually { arrived.withLock { $0 == 2 } }
                try await session.execute("UPDATE item SET value = 2 WHERE id = \(second)")
              }
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes.compactMap { $0 } == [.retryable])
    }
  }

  @Test func `cancelling the task stops the statement in the server`() async throws {
    try await withTable { pool async throws in
      let task = Task {
        try await pool.transaction { session async throws in
          try await session.execute("INSERT INTO item VALUES (1)")
          _ = try await session.rows("SELECT pg_sleep(60)")
        }
      }
      let sleepers: SQL =
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active' AND datname = current_database()"
      #expect(try await eventually { try await pool.rows(sleepers)[0].get(0) == 1 })
      let start = ContinuousClock.now
      task.cancel()
      #expect(await code { try await task.value } == .cancelled)
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(try await eventually { try await pool.rows(sleepers)[0].get(0) == 0 })
      #expect(try await count(pool) == 0)
      // The connection is of use again.
      for _ in 0..<8 { try await pool.transaction { _ = try await $0.rows("SELECT 1") } }
    }
  }

  @Test func `those who find every connection leased wait in line, but not for ever and not without end`()
    async throws
  {
    var options = PostgresOptions()
    options.leaseCount = 1
    options.maximumLeaseWaiting = 1
    options.leaseTimeout = .milliseconds(300)
    try await withTable(options) { pool async throws in
      try await pool.transaction { _ in
        async let first = code { try await pool.transaction { _ = try await $0.rows("SELECT 1") } }
        async let second = code { try await pool.transaction { _ = try await $0.rows("SELECT 1") } }
        #expect(await [first, second] == [.overloaded, .overloaded])
        let waiting = Task { try await pool.transaction { _ in } }
        waiting.cancel()
        #expect(await code { try await waiting.value } == .cancelled)
      }
      try await pool.transaction { _ = try await $0.rows("SELECT 1") }
    }
  }

  @Test func `a waiter gets the connection that becomes free`() async throws {
    var options = PostgresOptions()
    options.leaseCount = 2
    try await withTable(options) { pool async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for id in 0..<50 {
          group.addTask {
            _ = try await pool.transaction { try await $0.execute("INSERT INTO item VALUES (\(id))") }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await count(pool) == 50)
    }
  }

  @Test func `a forgotten transaction is ended by the server`() async throws {
    var options = PostgresOptions()
    options.idleInTransactionTimeout = .milliseconds(200)
    try await withTable(options) { pool async throws in
      let here: SQL =
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
      let outcome = await code {
        try await pool.transaction { session async throws in
          try await session.execute("INSERT INTO item VALUES (1)")
          #expect(try await eventually { try await pool.rows(here)[0].get(0) == 0 })
          try await session.execute("INSERT INTO item VALUES (2)")
        }
      }
      // The server says why and hangs up; which of the two is read first is chance.
      #expect(outcome == .connectionLost || outcome == .timeout)
      #expect(try await count(pool) == 0)
      try await pool.transaction { try await $0.execute("INSERT INTO item VALUES (3)") }
      #expect(try await count(pool) == 1)
    }
  }

  @Test func `only one holds an advisory lock`() async throws {
    try await withTable { pool async throws in
      let inside = Guarded((now: 0, most: 0))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask {
            try await pool.withAdvisoryLock(42) {
              inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
              _ = try await pool.rows("SELECT pg_sleep(0.02)")
              inside.withLock { $0.now -= 1 }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(inside.withLock { $0.most } == 1)
      try await pool.withAdvisoryLock(43) {
        #expect(await code { try await pool.withAdvisoryLock(43, patience: .zero) {} } == .timeout)
      }
    }
  }
}
