// Snapshots: isolated from writers, never writing, interruptible.

import SQL
import SQLite
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ReaderTests {
  @Test func `a snapshot does not see later commits`() async throws {
    try await withDatabase { database, _ in
      try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      let counts = try await database.read { session in
        var counts: [Int] = []
        for id in 0..<3 {
          counts.append(try await session.rows("SELECT count(*) FROM item")[0].get(0))
          try await database.execute("INSERT INTO item VALUES (\(id))")
        }
        return counts
      }
      #expect(counts == [0, 0, 0])
      let now = try await database.rows("SELECT count(*) FROM item")
      #expect(now.map(\.values) == [[.integer(3)]])
    }
  }

  @Test func `a snapshot cannot write`() async throws {
    try await withDatabase { database, _ in
      try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      await expect(.notPermitted) {
        _ = try await database.read { try await $0.execute("INSERT INTO item VALUES (1)") }
      }
      await expect(.notPermitted) { _ = try await database.rows("DELETE FROM item RETURNING id") }
    }
  }

  @Test func `cancelling a read interrupts the statement, and the reader goes on`() async throws {
    var options = SQLiteOptions()
    options.readers = 1
    try await withDatabase(options: options) { database, _ in
      let endless: SQL =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
      for isPlain in [true, false] {
        let task = Task {
          if isPlain { return try await database.rows(endless) }
          return try await database.read { try await $0.rows(endless) }
        }
        while database.lentReaders < 1 { await Task.yield() }
        task.cancel()
        await expect(.cancelled) { _ = try await task.value }
        let rows = try await database.rows("SELECT 1")
        #expect(rows.count == 1)
      }
    }
  }

  @Test func `a read that runs too long is interrupted`() async throws {
    var options = SQLiteOptions()
    options.timeLimit = .milliseconds(50)
    try await withDatabase(options: options) { database, _ in
      await expect(.timeout) {
        _ = try await database.rows(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
      }
    }
  }

  @Test func `more snapshots than readers wait their turn`() async throws {
    try await withDatabase { database, _ in
      try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      try await withThrowingTaskGroup { group in
        for _ in 0..<50 {
          group.addTask {
            try await database.read { try await $0.rows("SELECT count(*) FROM item")[0].get(0, as: Int.self) }
          }
        }
        for try await count in group { #expect(count == 0) }
      }
    }
  }

  @Test func `the statement cache stays within its limit`() async throws {
    var options = SQLiteOptions()
    options.statementLimit = 8
    options.readers = 1
    try await withDatabase(options: options) { database, _ in
      for round in 0..<3 {
        for number in 0..<20 {
          let rows = try await database.rows(
            SQL(unescaped: "SELECT \(number) + $1", parameters: [.integer(1)]))
          #expect(rows[0].values == [.integer(Int64(number + 1))], "round \(round)")
        }
      }
    }
  }

  @Test func `a statement that is kept follows a change of schema`() async throws {
    try await withDatabase { database, _ in
      try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      try await database.execute("INSERT INTO item VALUES (1)")
      let narrow = try await database.rows("SELECT * FROM item")
      #expect(narrow.map(\.columns) == [["id"]])
      try await database.execute("ALTER TABLE item ADD COLUMN name TEXT DEFAULT 'x'")
      let wide = try await database.rows("SELECT * FROM item")
      #expect(wide.map(\.columns) == [["id", "name"]])
      #expect(wide.map(\.values) == [[.integer(1), .text("x")]])
    }
  }
}
