// Settings rows: how soon a change that one process makes is in force in another.

import BenchmarkHarness
import Bus
import EventLoop
import Glibc
import PlatformAudit
import PlatformConfiguration
import Redis
import Storage
import Telemetry
import TestKit
import Vault

let settingsBenchmarks: [Benchmark] = [
  Benchmark("settings: in force on every process") { try await settingsRows() }
]

/// One process of an installation, as far as settings go.
private struct SettingsProcess: Sendable {
  let storage: Storage
  let bus: RedisBus
  let configurations: Configuration
  let loop: EventLoop

  /// - Parameter arguments: the folder, the database's address and Redis's.
  /// - Throws: `TestKitError` for other arguments; what cannot be opened.
  init(_ arguments: [String]) async throws {
    guard arguments.count == 3 else { throw TestKitError("folder, database and bus, please") }
    loop = try EventLoop(name: "settings")
    storage = try await Storage.open(
      StorageSettings(folder: DataFolder("\(arguments[0])/data"), databaseURL: arguments[1]),
      vault: try Vault.open(masterKeyFile: "\(arguments[0])/master.key"),
      schema: Schema(guild: [AuditSchema.owner, ConfigurationSchema.owner]), loops: [loop])
    bus = RedisBus(try RedisAddress(arguments[2]), on: loop, time: SystemTime())
    var registry = ConfigurationRegistry()
    registry.register(LoadSettings.self, as: "load", isOnByDefault: true)
    configurations = Configuration(storage: storage, bus: bus, registry: registry)
  }

  func close() async {
    await bus.close()
    await storage.close()
    loop.shutdown()
  }
}

private let guild = Tenant(42)

/// The other process: looks at the guild's settings as the dispatcher does for every event, once a millisecond, and says
/// what it sees and when. Runs until it is killed.
func runSettingsWatcher(_ arguments: [String]) async throws {
  let process = try await SettingsProcess(arguments)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await process.configurations.run() }
    group.addTask {
      var known = "-"
      while true {
        let word = try await process.configurations.current(guild).settings(LoadSettings.self, of: "load")
          .word
        if word != known {
          known = word
          let line = Array("\(word) \(uptimeNanoseconds())\n".utf8)
          _ = write(1, line, line.count)
        }
        try await Task.sleep(for: .milliseconds(1))
      }
    }
    try await group.next()
  }
}

private func settingsRows() async throws -> [BenchmarkRow] {
  let root = try TemporaryDirectory()
  let redis = try await RedisServer.start(keeps: false)
  let postgres = try await PostgresServer()
  let arguments = [root.path, try await postgres.createDatabase("settings"), redis.url]
  let process = try await SettingsProcess(arguments)
  let other = try await ChildProcess.start(["/proc/\(getpid())/exe", "settings-watcher"] + arguments)
  defer { other.kill() }
  guard await other.nextLine(timeout: .seconds(60)) != nil else { throw TestKitError("nobody watches") }
  // It may have looked before it listened.
  try await Task.sleep(for: .seconds(1))
  var afterWrite: [Double] = []
  var altogether: [Double] = []
  for number in 0..<500 {
    let start = uptimeNanoseconds()
    try await process.configurations.update(
      LoadSettings.self, plugin: "load", in: guild, by: ChangeOrigin(.system, at: SystemTime().now)
    ) { $0.word = "word-\(number)" }
    let written = uptimeNanoseconds()
    let line = try await other.line { $0.hasPrefix("word-\(number) ") }
    guard let seen = line.split(separator: " ").last.flatMap({ Int($0) }) else {
      throw TestKitError("the other process said: \(line)")
    }
    afterWrite.append(Double(max(0, seen - written)) / 1e6)
    altogether.append(Double(seen - start) / 1e6)
  }
  await process.close()
  await redis.kill()
  withExtendedLifetime((root, postgres)) {}
  func row(_ what: String, _ figures: [Double]) -> BenchmarkRow {
    BenchmarkRow(
      name: "Settings, PostgreSQL and Redis: \(what), p99 of 500", unit: "ms",
      ours: percentile(figures, 0.99),
      peer: "bound", peerValue: 250, goal: .atMost(1))
  }
  return [
    row("from the write's return to the other process", afterWrite),
    row("from the beginning of the write to the other process", altogether),
  ]
}
