// PostgreSQL: statements pipelined on one connection against pgbench, and what row-level security costs.

import BenchmarkHarness
import CSystem
import EventLoop
import Glibc
import Postgres
import SQL
import TestKit

/// The rows of the kit's table about PostgreSQL.
let postgresBenchmarks: [Benchmark] = [
  Benchmark("postgres") {
    let server = try await PostgresServer(isDurable: true, settings: ["shared_buffers=128MB"])
    let loop = try EventLoop(name: "bench-postgres")
    let url = try await server.createDatabase("bench")
    let owner = try PostgresPool(url: url, loops: [loop])
    try await prepareTables(owner)
    let address = try PostgresAddress(url: server.url(database: "bench", user: "app"))
    var options = PostgresOptions()
    options.readerCount = 1
    let app = PostgresPool(address: address, loops: [loop], options: options)
    let rows = [
      try await pipelined(app, server, on: loop),
      try await tenantScoped(app, on: loop),
    ]
    await app.close()
    await owner.close()
    loop.shutdown()
    return rows
  }
]

private let depth = 64
private let rowCount = 10_000

private func prepareTables(_ owner: PostgresPool) async throws {
  try await owner.batch([
    "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL)",
    "INSERT INTO item SELECT g, 'name ' || g FROM generate_series(1, \(rowCount)::bigint) g",
    "CREATE TABLE note (guild_id BIGINT NOT NULL, id BIGINT, name TEXT NOT NULL, PRIMARY KEY (guild_id, id))",
    "INSERT INTO note SELECT g % 10, g, 'name ' || g FROM generate_series(1, \(rowCount)::bigint) g",
  ])
  try await owner.batch(try TenantIsolation.enable(onTable: "note", tenantColumn: "guild_id"))
  try await owner.transaction { try await TenantIsolation.prepareRole("app", password: nil, using: $0) }
  try await owner.execute("ANALYZE")
}

/// The same SELECT by primary key, 64 at a time on one connection, against pgbench with one client that sends
/// as many in one pipeline.
private func pipelined(_ pool: PostgresPool, _ server: PostgresServer, on loop: EventLoop) async throws
  -> BenchmarkRow
{
  let script = try PgbenchScript(depth: depth, rowCount: rowCount, in: server)
  _ = try await rate(pool, on: loop, count: 20_000, select)
  let result = try await paired {
    try await rate(pool, on: loop, count: 150_000, select)
  } _: {
    try await script.statementsPerSecond()
  }
  return BenchmarkRow(
    name: "PostgreSQL, the same SELECT pipelined 64 deep on one connection", unit: "statements/s",
    ours: result.ours, peer: "pgbench -M prepared, \\startpipeline", peerValue: result.peer,
    goal: .atLeast(0.7))
}

/// A batch that sets the tenant and reads under row-level security, against the plain read, both as writers do:
/// each with a transaction of its own.
private func tenantScoped(_ pool: PostgresPool, on loop: EventLoop) async throws -> BenchmarkRow {
  let plain: @Sendable (PostgresPool, Int) async throws -> Void = { pool, id in
    _ = try await pool.rows("SELECT id, name FROM item WHERE id = \(id)")
  }
  let scoped: @Sendable (PostgresPool, Int) async throws -> Void = { pool, id in
    let tenant = id % 10
    _ = try await pool.rows(
      "SELECT id, name FROM note WHERE guild_id = \(tenant) AND id = \(id)", tenant: Int64(tenant))
  }
  let result = try await paired {
    try await rate(pool, on: loop, count: 60_000, scoped)
  } _: {
    try await rate(pool, on: loop, count: 60_000, plain)
  }
  return BenchmarkRow(
    name: "PostgreSQL, a tenant-scoped batch under row-level security", unit: "batches/s",
    ours: result.ours, peer: "the plain batch", peerValue: result.peer, goal: .atLeast(0.5))
}

@Sendable private func select(_ pool: PostgresPool, _ id: Int) async throws {
  let rows = try await pool.rows("SELECT id, name FROM item WHERE id = \(id)", access: .readOnly)
  guard rows.count == 1 else { throw TestKitError("a row is missing") }
}

/// Statements a second with `depth` tasks that stay on the loop.
private func rate(
  _ pool: PostgresPool, on loop: EventLoop, count: Int,
  _ statement: @escaping @Sendable (PostgresPool, Int) async throws -> Void
) async throws -> Double {
  let duration = try await seconds {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<depth {
        group.addTask(executorPreference: loop) {
          for round in 0..<count / depth {
            try await statement(pool, 1 + (round &* 7_919 &+ task &* 104_729) % rowCount)
          }
        }
      }
      try await group.waitForAll()
    }
  }
  return Double(count / depth * depth) / duration
}

/// `pgbench` with a script of one pipeline.
private struct PgbenchScript {
  private let path: String
  private let server: PostgresServer
  private let depth: Int

  init(depth: Int, rowCount: Int, in server: PostgresServer) throws {
    self.depth = depth
    self.server = server
    var text = ""
    for index in 0..<depth { text += "\\set id\(index) random(1, \(rowCount))\n" }
    text += "\\startpipeline\n"
    for index in 0..<depth { text += "SELECT id, name FROM item WHERE id = :id\(index);\n" }
    text += "\\endpipeline\n"
    path = try server.writeFile("pipeline.sql", text)
  }

  /// Three seconds' worth.
  func statementsPerSecond() async throws -> Double {
    let report = try await server.run(
      "pgbench", ["-n", "-M", "prepared", "-c", "1", "-j", "1", "-T", "3", "-f", path, "-U", "app", "bench"])
    for line in report.split(separator: "\n") where line.hasPrefix("tps = ") {
      let figure = line.dropFirst(6).prefix { $0 != " " }
      if let tps = Double(figure) { return tps * Double(depth) }
    }
    throw TestKitError("pgbench printed no figure")
  }
}
