// Group commit: one transaction for all who wait, each answered only when it is durable.

import EventLoop
import SQL
import SQLite
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WriterTests {
  private struct Refused: Error {}

  private func makeTable(_ database: SQLiteDatabase) async throws {
    try await database.batch([
      "CREATE TABLE item (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)",
      "CREATE TABLE part (item BIGINT NOT NULL REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED)",
    ])
  }

  private func ids(_ database: SQLiteDatabase) async throws -> [Int] {
    var ids: [Int] = []
    for row in try await database.rows("SELECT id FROM item ORDER BY id") { ids.append(try row.get(0)) }
    return ids
  }

  /// Holds the writer inside a closure while `body` runs, so that what it sends queues up.
  private func hold(_ database: SQLiteDatabase, while body: () async throws -> Void) async throws {
    let (release, releaser) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (held, holder) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    async let closure: Void = database.write { _ in
      holder.yield()
      for await _ in release { break }
    }
    for await _ in held { break }
    try await body()
    releaser.yield()
    try await closure
  }

  /// Runs jobs that all wait for the writer together, so that they share one commit.
  private func whileHeld(_ database: SQLiteDatabase, jobs: [@Sendable () async -> Void]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      try await hold(database) {
        for job in jobs { group.addTask { await job() } }
        while database.waitingJobs < jobs.count { await Task.yield() }
      }
      try await group.waitForAll()
    }
  }

  @Test func `jobs that wait together share one commit`() async throws {
    try await withDatabase { database, _ in
      try await makeTable(database)
      let before = database.commitCount
      try await whileHeld(
        database,
        jobs: (1...100).map { id in
          { @Sendable in
            await #expect(throws: Never.self) {
              try await database.execute("INSERT INTO item VALUES (\(id), 0)")
            }
          }
        })
      #expect(database.commitCount == before + 2)
      let found = try await ids(database)
      #expect(found == Array(1...100))
    }
  }

  @Test func `a job that fails is undone alone`() async throws {
    try await withDatabase { database, _ in
      try await makeTable(database)
      try await database.execute("INSERT INTO item VALUES (1, 0)")
      let jobs: [@Sendable () async -> Void] = [
        { _ = try? await database.execute("INSERT INTO item VALUES (2, 0)") },
        {
          await expect(.uniqueViolation) {
            try await database.batch(["INSERT INTO item VALUES (3, 0)", "INSERT INTO item VALUES (1, 0)"])
          }
        },
        {
          await expect(.constraintViolation) {
            try await database.execute("INSERT INTO item VALUES (4, NULL)")
          }
        },
        {
          // Only the commit would notice; it must not take the neighbours along.
          await expect(.constraintViolation) { try await database.execute("INSERT INTO part VALUES (77)") }
        },
        {
          await #expect(throws: Refused.self) {
            try await database.write { session in
              try await session.execute("INSERT INTO item VALUES (5, 0)")
              throw Refused()
            }
          }
        },
        { await expect(.invalidStatement) { try await database.execute("INSERT INTO nowhere VALUES (1)") } },
        {
          await expect(.uniqueViolation) {
            try await database.execute("INSERT OR ROLLBACK INTO item VALUES (1, 0)")
          }
        },
        { _ = try? await database.execute("INSERT INTO item VALUES (6, 0)") },
      ]
      try await whileHeld(database, jobs: jobs)
      let found = try await ids(database)
      #expect(found == [1, 2, 6])
    }
  }

  @Test func `a closure sees its own changes, and its value comes back after the commit`() async throws {
    try await withDatabase { database, _ in
      try await makeTable(database)
      let sum = try await database.write { session in
        try await session.execute("INSERT INTO item VALUES (1, 40), (2, 2)")
        return try await session.rows("SELECT sum(value) FROM item")[0].get(0, as: Int.self)
      }
      #expect(sum == 42)
      let returned = try await database.writeRows("INSERT INTO item VALUES (3, 3) RETURNING id, value")
      #expect(returned.map(\.values) == [[.integer(3), .integer(3)]])
      let counts = try await database.batch([
        "UPDATE item SET value = 0", "DELETE FROM item WHERE id = 9", "CREATE TABLE other (id BIGINT)",
      ])
      #expect(counts == [3, 0, 0])
    }
  }

  @Test func `a session is over with its closure`() async throws {
    try await withDatabase { database, _ in
      let kept = Mutex<(any SQLSession)?>(nil)
      try await database.write { session in kept.withLock { $0 = session } }
      let session = try #require(kept.withLock { $0 })
      await expect(.closed) { try await session.execute("SELECT 1") }
    }
  }

  @Test func `a closure that hangs is undone after its limit, and its neighbours commit`() async throws {
    var options = SQLiteOptions()
    options.timeLimit = .seconds(1)
    try await withDatabase(options: options) { database, _ in
      try await makeTable(database)
      let (forever, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      let (started, start) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await expect(.timeout) {
            _ = try await database.write { session in
              try await session.execute("INSERT INTO item VALUES (1, 0)")
              start.yield()
              for await _ in forever { break }
              try await session.execute("INSERT INTO item VALUES (2, 0)")
            }
          }
        }
        for await _ in started { break }
        await #expect(throws: Never.self) { try await database.execute("INSERT INTO item VALUES (3, 0)") }
        end.yield()
      }
      let found = try await ids(database)
      #expect(found == [3])
    }
  }

  @Test func `a statement that runs too long is interrupted, and statements beside it run again`()
    async throws
  {
    var options = SQLiteOptions()
    options.timeLimit = .seconds(1)
    try await withDatabase(options: options) { database, _ in
      try await makeTable(database)
      let endless: SQL = """
        INSERT INTO item WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n
        """
      try await whileHeld(
        database,
        jobs: [
          {
            await #expect(throws: Never.self) { try await database.execute("INSERT INTO item VALUES (1, 0)") }
          },
          { await expect(.timeout) { try await database.execute(endless) } },
          {
            await #expect(throws: Never.self) { try await database.execute("INSERT INTO item VALUES (2, 0)") }
          },
        ])
      let found = try await ids(database)
      #expect(found == [1, 2])
    }
  }

  @Test func `a job that is cancelled before its turn never runs`() async throws {
    try await withDatabase { database, _ in
      try await makeTable(database)
      try await hold(database) {
        let tasks = [
          Task { _ = try await database.execute("INSERT INTO item VALUES (1, 0)") },
          Task { _ = try await database.write { try await $0.execute("INSERT INTO item VALUES (2, 0)") } },
        ]
        while database.waitingJobs < 2 { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks { await expect(.cancelled) { try await task.value } }
      }
      try await database.execute("INSERT INTO item VALUES (3, 0)")
      let found = try await ids(database)
      #expect(found == [3])
    }
  }

  @Test func `a full queue pushes back`() async throws {
    var options = SQLiteOptions()
    options.queueLimit = 2
    try await withDatabase(options: options) { database, _ in
      try await makeTable(database)
      try await hold(database) {
        let waiting = [1, 2].map { id in
          Task { try await database.execute("INSERT INTO item VALUES (\(id), 0)") }
        }
        while database.waitingJobs < 2 { await Task.yield() }
        await expect(.overloaded) { try await database.execute("INSERT INTO item VALUES (3, 0)") }
        waiting[0].cancel()
        await expect(.cancelled) { _ = try await waiting[0].value }
      }
    }
  }

  @Test(arguments: [
    "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x", "RELEASE job", "PRAGMA synchronous = OFF",
    "ATTACH 'other.db' AS other", "VACUUM", "VACUUM INTO '/tmp/stolen.db'",
  ])
  func `a statement cannot leave its transaction or its file`(text: String) async throws {
    try await withDatabase { database, _ in
      do throws(SQLError) {
        try await database.execute(SQL(unescaped: text))
        Issue.record("'\(text)' was let through")
      } catch {
        #expect([.notPermitted, .invalidStatement].contains(error.code), "\(error)")
      }
      await #expect(throws: Never.self) { try await database.execute("CREATE TABLE fine (id BIGINT)") }
    }
  }

  @Test func `close runs what waits and refuses what comes later`() async throws {
    let bench = try Bench()
    let database = try await bench.open()
    try await makeTable(database)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for id in 1...20 { group.addTask { try await database.execute("INSERT INTO item VALUES (\(id), 0)") } }
      try await group.waitForAll()
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { await database.close() } }
    }
    await expect(.closed) { try await database.execute("SELECT 1") }
    await expect(.closed) { try await database.write { _ in } }
    await expect(.closed) { _ = try await database.rows("SELECT 1") }
    await expect(.closed) { try await database.read { _ in } }
    await expect(.closed) { _ = try await database.integrityCheck() }
    let again = try await bench.open()
    let found = try await ids(again)
    #expect(found == Array(1...20))
    await again.close()
  }
}
