// Timer rows: a million are pending, a thousand are due every second.

import BenchmarkHarness
import CSystem
import EventLoop
import PlatformSchedule
import SQL
import Storage
import Synchronization
import Telemetry
import TestKit
import Vault

let timerBenchmarks: [Benchmark] = [
  Benchmark("timers: a million pending, SQLite") { try await timerRows(isServer: false) },
  Benchmark("timers: a million pending, PostgreSQL") { try await timerRows(isServer: true) },
]

private let pending = 1_000_000
private let perSecond = 1_000
private let seconds = 30

private func timerRows(isServer: Bool) async throws -> [BenchmarkRow] {
  let root = try TemporaryDirectory()
  let postgres = isServer ? try await PostgresServer() : nil
  let loop = try EventLoop(name: "timers")
  let storage = try await Storage.open(
    StorageSettings(
      folder: DataFolder(root.file("data")), databaseURL: try await postgres?.createDatabase("timers")),
    vault: try Vault.open(masterKeyFile: root.file("master.key")),
    schema: Schema(platform: [ScheduleSchema.owner]), loops: [loop])
  try await fill(storage.platform)
  let firings = Mutex<[Double]>([])
  let runner = ScheduleRunner(
    Schedule(store: storage.platform),
    handlers: [
      "bench.timer": { firing in
        let lateness = (SystemTime().now - firing.due) / .milliseconds(1)
        firings.withLock { $0.append(lateness) }
        return .done
      }
    ], metrics: MetricRegistry())
  let before = residentMebibytes()
  let most = Mutex(before)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await runner.run() }
    for _ in 0..<(seconds + 120) * 4 where firings.withLock({ $0.count }) < perSecond * seconds {
      try await Task.sleep(for: .milliseconds(250))
      let now = residentMebibytes()
      most.withLock { $0 = max($0, now) }
    }
    group.cancelAll()
  }
  let latenesses = firings.withLock { $0 }
  let left = try await storage.platform.rows("SELECT COUNT(*) FROM schedule_timer").first?.get(
    0, as: Int64.self)
  await storage.close()
  loop.shutdown()
  withExtendedLifetime((root, postgres)) {}
  guard latenesses.count == perSecond * seconds, left == Int64(pending - latenesses.count) else {
    throw TestKitError("\(latenesses.count) timers fired, and \(left ?? -1) are left")
  }
  let name =
    "Timers, \(isServer ? "PostgreSQL" : "SQLite"), \(pending) pending, \(perSecond) due every second"
  return [
    BenchmarkRow(
      name: "\(name): lateness, p50", unit: "ms", ours: percentile(latenesses, 0.5), peer: "bound",
      peerValue: 1_000, goal: .atMost(1)),
    BenchmarkRow(
      name: "\(name): lateness, p99", unit: "ms", ours: percentile(latenesses, 0.99), peer: "bound",
      peerValue: 1_000, goal: .atMost(1)),
    BenchmarkRow(
      name: "\(name): growth of resident memory", unit: "MiB", ours: most.withLock { $0 } - before,
      peer: "bound", peerValue: 64, goal: .atMost(1)),
  ]
}

/// Timers of five thousand guilds, in an order that has nothing to do with when they are due: within the year, but for
/// those that are due a thousand a second from soon on, which come last.
private func fill(_ store: PlatformStore) async throws {
  let due = perSecond * seconds
  let chunk = 10_000
  for first in stride(from: 0, to: pending - due, by: chunk) {
    let base = SystemTime().now.milliseconds + 3_600_000
    // 7919 and the year's milliseconds have no common divisor.
    try await store.execute(
      insertion("\(base) + (n * 7919000017) % 31536000000", first..<min(first + chunk, pending - due)))
  }
  // As long as it takes to begin.
  let start = SystemTime().now.milliseconds + 3_000
  try await store.execute(
    insertion("\(start) + (n - \(pending - due)) * 1000 / \(perSecond)", (pending - due)..<pending))
}

/// Adds timers of these numbers; `due` is an expression of `n`.
private func insertion(_ due: String, _ numbers: Range<Int>) -> SQL {
  SQL(
    unescaped: """
      WITH RECURSIVE numbers(n) AS (
        SELECT CAST(\(numbers.lowerBound) AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < \(numbers.upperBound - 1))
      INSERT INTO schedule_timer (kind, guild_id, timer_key, due, ready, claim, attempts, payload)
      SELECT 'bench.timer', 1000 + n % 5000, CAST(n AS TEXT), \(due), \(due), '', 0, $1 FROM numbers
      """, parameters: [.blob(Array("{\"reason\":\"a temporary ban\"}".utf8))])
}

/// How much memory this process has.
private func residentMebibytes() -> Double { Double(csystem_resident_bytes()) / 1_048_576 }
