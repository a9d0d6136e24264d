// Many databases, few open.

import SQL
import SQLite
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct FleetTests {
  /// Counts what a fleet opens.
  private final class Openings: Sendable {
    private let ids = Mutex<[Int]>([])
    var all: [Int] { ids.withLock { $0 } }
    func add(_ id: Int) { ids.withLock { $0.append(id) } }
  }

  private func makeFleet(_ bench: Bench, limit: Int, waitingLimit: Int = 100) -> (SQLiteFleet<Int>, Openings)
  {
    let openings = Openings()
    let fleet = SQLiteFleet<Int>(limit: limit, waitingLimit: waitingLimit) { id in
      openings.add(id)
      return try await bench.open("\(id).db")
    }
    return (fleet, openings)
  }

  private func touch(_ fleet: SQLiteFleet<Int>, _ id: Int) async throws {
    try await fleet.withDatabase(id) { _ = try await $0.rows("SELECT 1") }
  }

  @Test func `the least recently used database makes room`() async throws {
    let bench = try Bench()
    let (fleet, openings) = makeFleet(bench, limit: 2)
    for id in [1, 2, 1, 3, 1, 2] { try await touch(fleet, id) }
    #expect(openings.all == [1, 2, 3, 2])
    let count = await fleet.count
    #expect(count == 2)
    await fleet.close()
    await expect(.closed) { try await touch(fleet, 1) }
  }

  @Test func `opening the same id at once opens it once`() async throws {
    let bench = try Bench()
    let (fleet, openings) = makeFleet(bench, limit: 2)
    try await withThrowingTaskGroup { group in
      for _ in 0..<50 { group.addTask { try await touch(fleet, 1) } }
      try await group.waitForAll()
    }
    #expect(openings.all == [1])
    await fleet.close()
  }

  @Test func `a database in use stays open, and others wait for a place`() async throws {
    let bench = try Bench()
    let (fleet, _) = makeFleet(bench, limit: 1)
    try await withThrowingTaskGroup { group in
      for id in 0..<20 {
        group.addTask {
          try await fleet.withDatabase(id % 4) { database in
            try await database.execute("CREATE TABLE IF NOT EXISTS item (id BIGINT PRIMARY KEY)")
            try await database.execute("INSERT INTO item VALUES (\(id))")
            await Task.yield()
            let rows = try await database.rows("SELECT count(*) FROM item WHERE id = \(id)")
            #expect(rows.map(\.values) == [[.integer(1)]])
          }
        }
      }
      try await group.waitForAll()
    }
    await fleet.close()
  }

  @Test func `an opener that fails tells every caller, and the place is free again`() async throws {
    let bench = try Bench()
    let mayOpen = Mutex(false)
    let fleet = SQLiteFleet<Int>(limit: 1) { id in
      guard mayOpen.withLock({ $0 }) else { throw SQLError(.wrongKey, message: "no key") }
      return try await bench.open("\(id).db")
    }
    await expect(.wrongKey) { try await touch(fleet, 1) }
    mayOpen.withLock { $0 = true }
    try await touch(fleet, 1)
    await fleet.close()
  }

  @Test func `exclusive work finds the file closed and keeps others out`() async throws {
    let bench = try Bench()
    let (fleet, openings) = makeFleet(bench, limit: 4)
    try await fleet.withDatabase(1) { try await $0.execute("CREATE TABLE item (id BIGINT)") }
    try await fleet.withExclusiveFile(1) {
      try await SQLiteDatabase.rekey(
        path: bench.folder.file("1.db"), from: bench.key, to: bench.key, on: bench.threads)
    }
    try await touch(fleet, 1)
    #expect(openings.all == [1, 1])
    await fleet.closeIdle(unusedFor: .zero)
    let count = await fleet.count
    #expect(count == 0)
    await fleet.close()
  }
}
