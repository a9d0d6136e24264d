// What the suites share: one server for the process, one loop, and a database and pool for each test.

import EventLoop
import Postgres
import SQL
import Synchronization
import TestKit

/// The server that tests share which do not harm it. Made once; gone with the process.
enum Shared {
  private static let server = Task {
    try await PostgresServer(isDurable: false, settings: ["max_connections=600"])
  }
  static let loop = Result { try EventLoop(name: "postgres-test") }
  private static let lastDatabase = Atomic<Int>(0)

  /// A fresh database's URL.
  static func database() async throws -> (server: PostgresServer, url: String, name: String) {
    let server = try await server.value
    let name = "test\(lastDatabase.wrappingAdd(1, ordering: .relaxed).newValue)"
    return (server, try await server.createDatabase(name), name)
  }
}

/// Runs a test with a pool on a database of its own.
func withPool(
  _ options: PostgresOptions = PostgresOptions(), _ body: (PostgresPool) async throws -> Void
) async throws {
  let database = try await Shared.database()
  try await withPool(url: database.url, options, body)
}

/// Runs a test with a pool on that database.
func withPool(
  url: String, _ options: PostgresOptions = PostgresOptions(), _ body: (PostgresPool) async throws -> Void
) async throws {
  let pool = try PostgresPool(url: url, loops: [try Shared.loop.get()], options: options)
  do {
    try await body(pool)
  } catch {
    await pool.close(grace: .zero)
    throw error
  }
  await pool.close(grace: .zero)
}

/// Polls a condition on a foreign process until it holds.
func eventually(within limit: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws
  -> Bool
{
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}

/// The code of the error that `body` throws; nil when it throws none, or none of ours.
func code<Value>(_ body: () async throws -> Value) async -> SQLError.Code? {
  do {
    _ = try await body()
    return nil
  } catch {
    return (error as? SQLError)?.code
  }
}

/// A value that several tasks of a test share.
final class Guarded<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    value.withLock { body(&$0) }
  }
}
