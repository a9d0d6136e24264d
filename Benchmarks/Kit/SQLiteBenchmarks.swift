// The embedded storage's rows of the kit's table.

import BenchmarkHarness
import CSystem
import SQL
import SQLite
import TestKit

let sqliteBenchmarks: [Benchmark] = [
  Benchmark("storage.sealed") { try await sealedAgainstPlain() },
  Benchmark("storage.upserts") { try await groupCommitUpserts() },
  Benchmark("storage.fleet") { try await manyGuildFiles() },
]

// MARK: Sealed against plain

private func sealedAgainstPlain() async throws -> [BenchmarkRow] {
  let threads = try SQLiteThreads()
  defer { threads.shutdown() }
  let result = try await paired(
    { try await mixedLoad(key: SQLiteKey.random(), threads) }, { try await mixedLoad(key: nil, threads) })
  return [
    BenchmarkRow(
      name: "embedded storage, mixed load: sealed", unit: "s", ours: result.ours, peer: "plain SQLite",
      peerValue: result.peer, goal: .atMost(1.6))
  ]
}

/// Bulk inserts, point reads beyond the cache, updates and scans, as a guild's plugins would mix them.
private func mixedLoad(key: SQLiteKey?, _ threads: SQLiteThreads) async throws -> Double {
  let folder = try TemporaryDirectory()
  let database = try await SQLiteDatabase.open(path: folder.file("mixed.db"), key: key, on: threads)
  try await database.execute(
    "CREATE TABLE member (id BIGINT PRIMARY KEY, guild BIGINT NOT NULL, name TEXT, xp BIGINT NOT NULL)")
  let elapsed = try await seconds {
    for start in stride(from: 0, to: 20_000, by: 500) {
      try await database.batch(
        (start..<start + 500).map { id in
          "INSERT INTO member VALUES (\(id), \(id % 7), \("member number \(id) with a name of usual length"), 0)"
        })
    }
    try await withThrowingTaskGroup { group in
      for lane in 0..<8 {
        group.addTask {
          for step in 0..<1_000 {
            let id = (lane * 7_919 + step * 104_729) % 20_000
            if step % 5 == 0 {
              try await database.execute("UPDATE member SET xp = xp + 1 WHERE id = \(id)")
            } else {
              _ = try await database.rows("SELECT name, xp FROM member WHERE id = \(id)")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    for _ in 0..<5 {
      _ = try await database.rows("SELECT guild, sum(xp), max(name) FROM member GROUP BY guild")
    }
  }
  await database.close()
  return elapsed
}

// MARK: Group commit

private func groupCommitUpserts() async throws -> [BenchmarkRow] {
  let threads = try SQLiteThreads()
  defer { threads.shutdown() }
  var rates: [Double] = []
  for _ in 0..<5 { rates.append(try await upsertRate(threads)) }
  return [
    BenchmarkRow(
      name: "embedded storage: single-row upserts through the group-commit writer, durable, sealed",
      unit: "upserts/s", ours: median(rates), peer: "goal", peerValue: 20_000, goal: .atLeast(1))
  ]
}

private func upsertRate(_ threads: SQLiteThreads) async throws -> Double {
  let folder = try TemporaryDirectory()
  let database = try await SQLiteDatabase.open(path: folder.file("upserts.db"), key: .random(), on: threads)
  try await database.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)")
  let count = 20_000
  let elapsed = try await seconds {
    try await withThrowingTaskGroup { group in
      for lane in 0..<256 {
        group.addTask {
          for id in stride(from: lane, to: count, by: 256) {
            try await database.execute(
              """
              INSERT INTO counter VALUES (\(id % 5_000), 1)
              ON CONFLICT (id) DO UPDATE SET value = counter.value + 1
              """)
          }
        }
      }
      try await group.waitForAll()
    }
  }
  await database.close()
  return Double(count) / elapsed
}

// MARK: Many files

private func manyGuildFiles() async throws -> [BenchmarkRow] {
  let folder = try TemporaryDirectory()
  let threads = try SQLiteThreads()
  defer { threads.shutdown() }
  let key = try SQLiteKey.random()
  let fleet = SQLiteFleet<Int>(limit: 256) { id in
    try await SQLiteDatabase.open(path: folder.file("\(id).db"), key: key, on: threads)
  }
  for id in 0..<2_000 {
    try await fleet.withDatabase(id) { database in
      try await database.batch([
        "CREATE TABLE setting (plugin TEXT PRIMARY KEY, revision BIGINT NOT NULL, body TEXT NOT NULL)",
        "INSERT INTO setting VALUES ('starboard', 1, \(String(repeating: "x", count: 1_000)))",
      ])
    }
  }
  await fleet.closeIdle(unusedFor: .zero)
  let elapsed = try await seconds {
    for id in 0..<2_000 {
      try await fleet.withDatabase(id) {
        _ = try await $0.rows("SELECT body FROM setting WHERE plugin = 'starboard'")
      }
    }
  }
  let resident = Double(csystem_resident_bytes()) / 1_048_576
  await fleet.close()
  return [
    BenchmarkRow(
      name: "2,000 guild files in turn, 256 kept open: resident", unit: "MiB", ours: resident, peer: "goal",
      peerValue: 300, goal: .atMost(1)),
    BenchmarkRow(
      name: "2,000 guild files in turn, 256 kept open: opening and first read", unit: "ms",
      ours: elapsed / 2_000 * 1_000, peer: "goal", peerValue: 5, goal: .atMost(1)),
  ]
}
