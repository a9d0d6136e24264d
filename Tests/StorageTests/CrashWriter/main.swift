// A writer to be killed: adds rows as fast as it can, and says on standard output which ones are durable.
//
//     storage-crash-writer sqlite <path> <key as 64 hex digits, or -> <first id>
//     storage-crash-writer postgres <url> <first id>
//
// Every line on standard output is an id that was acknowledged. It never ends by itself.

import CSystem
import EventLoop
import Postgres
import SQL
import SQLite

/// What each engine has to offer to be killed.
protocol CrashTarget: Sendable {
  /// Makes the table `ack (id BIGINT PRIMARY KEY, body TEXT)` if it is missing.
  func prepare() async throws
  /// Adds a row; returns once it is durable.
  func add(_ id: Int) async throws
}

struct SQLiteTarget: CrashTarget {
  let database: SQLiteDatabase

  init(path: String, key: SQLiteKey?) async throws {
    database = try await SQLiteDatabase.open(path: path, key: key, on: SQLiteThreads(count: 2))
  }

  func prepare() async throws {
    try await database.execute("CREATE TABLE IF NOT EXISTS ack (id BIGINT PRIMARY KEY, body TEXT NOT NULL)")
  }

  func add(_ id: Int) async throws {
    let body = String(repeating: "payload ", count: 1 + id % 60)
    // One in four is a closure, so that both ways into the writer are killed.
    if id % 4 == 0 {
      try await database.write { session in
        try await session.execute("INSERT INTO ack VALUES (\(id), \(body))")
      }
    } else {
      try await database.execute("INSERT INTO ack VALUES (\(id), \(body))")
    }
  }
}

struct PostgresTarget: CrashTarget {
  let pool: PostgresPool

  init(url: String) throws {
    pool = try PostgresPool(url: url, loops: [EventLoop(name: "crash")])
  }

  func prepare() async throws {
    try await pool.execute("CREATE TABLE IF NOT EXISTS ack (id BIGINT PRIMARY KEY, body TEXT NOT NULL)")
  }

  func add(_ id: Int) async throws {
    let body = String(repeating: "payload ", count: 1 + id % 60)
    if id % 4 == 0 {
      try await pool.transaction { session in
        try await session.execute("INSERT INTO ack VALUES (\(id), \(body))")
      }
    } else {
      try await pool.execute("INSERT INTO ack VALUES (\(id), \(body))")
    }
  }
}

func makeTarget(_ arguments: [String]) async throws -> (any CrashTarget)? {
  switch arguments.first {
  case "sqlite" where arguments.count == 4:
    return try await SQLiteTarget(path: arguments[1], key: key(fromHex: arguments[2]))
  case "postgres" where arguments.count == 3:
    return try PostgresTarget(url: arguments[1])
  default:
    return nil
  }
}

func key(fromHex text: String) throws -> SQLiteKey? {
  guard text != "-" else { return nil }
  let digits = Array(text.utf8).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
  return try SQLiteKey(
    stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
}

func run(_ arguments: [String]) async throws -> CInt {
  guard let target = try await makeTarget(arguments), let first = arguments.last.flatMap({ Int($0) }) else {
    return 64
  }
  try await target.prepare()
  try await withThrowingTaskGroup { group in
    for lane in 0..<8 {
      group.addTask {
        var id = first + lane
        while true {
          try await target.add(id)
          let line = "\(id)\n"
          // Shorter than a pipe's atomic write: lines of several tasks never mix.
          guard write(1, line, line.utf8.count) > 0 else { return }
          id += 8
        }
      }
    }
    try await group.waitForAll()
  }
  return 0
}

do {
  exit(try await run(Array(CommandLine.arguments.dropFirst())))
} catch {
  let line = "storage-crash-writer: \(error)\n"
  write(2, line, line.utf8.count)
  exit(1)
}
