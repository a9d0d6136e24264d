// Copies, checks, new keys.

import SQL
import SQLite
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct MaintenanceTests {
  @Test func `a copy of a live database is consistent, and sealed under its own key`() async throws {
    try await withDatabase { database, bench in
      try await database.execute("CREATE TABLE pair (id BIGINT PRIMARY KEY, a BIGINT, b BIGINT)")
      for id in 0..<500 { try await database.execute("INSERT INTO pair VALUES (\(id), 0, 0)") }
      let other = try SQLiteKey.random()
      // Every transaction keeps a and b equal; a torn copy would not.
      let writer = Task {
        var round = 0
        while !Task.isCancelled {
          round += 1
          try await database.batch(["UPDATE pair SET a = \(round)", "UPDATE pair SET b = \(round)"])
        }
      }
      for (name, key) in [("sealed.db", other), ("plain.db", nil)] {
        try await database.backup(to: bench.folder.file(name), key: key)
        let copy = try await SQLiteDatabase.open(path: bench.folder.file(name), key: key, on: bench.threads)
        let unequal = try await copy.rows("SELECT count(*) FROM pair WHERE a <> b").map(\.values)
        #expect(unequal == [[.integer(0)]])
        let count = try await copy.rows("SELECT count(*) FROM pair").map(\.values)
        #expect(count == [[.integer(500)]])
        let problems = try await copy.integrityCheck()
        #expect(problems == [])
        await copy.close()
      }
      writer.cancel()
      _ = try? await writer.value
      let leftOver = try contents(bench.folder.file("sealed.db.partial"), orEmpty: true)
      #expect(leftOver.isEmpty)
      await expect(.io) { try await database.backup(to: "/nowhere/copy.db", key: nil) }
    }
  }

  @Test func `a new key replaces the old one, also from plain and to plain`() async throws {
    let bench = try Bench()
    let path = bench.folder.file("main.db")
    let keys = [nil, try SQLiteKey.random(), try SQLiteKey.random(), nil]
    let first = try await SQLiteDatabase.open(path: path, key: nil, on: bench.threads)
    try await first.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
    try await first.execute("INSERT INTO item VALUES (7)")
    await expect(.retryable) {
      try await SQLiteDatabase.rekey(path: path, from: nil, to: keys[1], on: bench.threads)
    }
    await first.close()
    for (old, new) in zip(keys, keys.dropFirst()) {
      try await SQLiteDatabase.rekey(path: path, from: old, to: new, on: bench.threads)
      await expect(.wrongKey) { _ = try await SQLiteDatabase.open(path: path, key: old, on: bench.threads) }
      let database = try await SQLiteDatabase.open(path: path, key: new, on: bench.threads)
      let rows = try await database.rows("SELECT id FROM item").map(\.values)
      #expect(rows == [[.integer(7)]])
      try await database.execute("INSERT INTO item VALUES (8)")
      try await database.execute("DELETE FROM item WHERE id = 8")
      await database.close()
    }
  }

  @Test func `the state of the files changes with every write, and with nothing else`() async throws {
    let bench = try Bench()
    let path = bench.folder.file("main.db")
    #expect(SQLiteDatabase.fileState(path: path) == nil)
    let database = try await bench.open()
    try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
    await database.close()
    let first = try #require(SQLiteDatabase.fileState(path: path))
    let again = try await bench.open()
    _ = try await again.rows("SELECT * FROM item")
    #expect(again.commitCount == 0)
    await again.close()
    #expect(SQLiteDatabase.fileState(path: path) == first)
    let writing = try await bench.open()
    try await writing.execute("INSERT INTO item VALUES (1)")
    #expect(writing.commitCount == 1)
    #expect(SQLiteDatabase.fileState(path: path) != first)
    await writing.close()
    #expect(SQLiteDatabase.fileState(path: path) != first)
    #expect(SQLiteFileState(text: first.text) == first)
  }

  @Test func `a checkpoint empties the log`() async throws {
    try await withDatabase { database, bench in
      try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      let before = try contents(bench.folder.file("main.db-wal"))
      #expect(!before.isEmpty)
      try await database.checkpoint()
      let after = try contents(bench.folder.file("main.db-wal"))
      #expect(after.isEmpty)
    }
  }

  @Test func `a broken reference is found`() async throws {
    try await withDatabase(isSealed: false) { database, _ in
      try await database.batch([
        "CREATE TABLE item (id BIGINT PRIMARY KEY)", "CREATE TABLE part (item BIGINT REFERENCES item (id))",
      ])
      await expect(.constraintViolation) { try await database.execute("INSERT INTO part VALUES (1)") }
      let problems = try await database.integrityCheck()
      #expect(problems == [])
    }
  }
}
