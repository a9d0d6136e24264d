// One store, two processes on it, and what tests need to look behind them.

import Bus
import DiscordCore
import EventLoop
import PlatformAccounts
import SQL
import Storage
import StorageTestKit
import Telemetry
import Testing
import Vault

let ada = UserID(7)
let bob = UserID(8)

/// A process that serves the dashboard.
struct Process: Sendable {
  let sessions: Sessions
  let tokens: APITokens
  let accounts: Accounts

  init(store: PlatformStore, bus: any Bus, capacity: Int = 100) {
    sessions = Sessions(store: store, bus: bus, capacity: capacity)
    tokens = APITokens(store: store, bus: bus, capacity: capacity)
    accounts = Accounts(store: store, sessions: sessions, tokens: tokens)
  }
}

/// Two processes, of which the second listens.
struct Bench: Sendable {
  let storage: Storage
  let time: ManualTime
  let first: Process
  let second: Process

  var store: PlatformStore { storage.platform }
  var now: Timestamp { time.now }

  /// How many rows a table has.
  func count(_ table: String) async throws -> Int {
    try await store.rows("SELECT COUNT(*) FROM \(unescaped: table)").first?.get(0) ?? -1
  }

  /// Every value of a table that is text or bytes, as bytes.
  func contents(of table: String, _ columns: [String]) async throws -> [[UInt8]] {
    var result: [[UInt8]] = []
    for column in columns {
      for row in try await store.rows("SELECT \(unescaped: column) FROM \(unescaped: table)") {
        switch try row.get(0, as: SQLValue.self) {
        case .text(let text): result.append(Array(text.utf8))
        case .blob(let bytes): result.append(bytes)
        default: break
        }
      }
    }
    return result
  }
}

func withBench(_ engine: Engine, _ body: @Sendable (Bench) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(platform: [AccountSchema.platform])) { storage in
      let time = ManualTime()
      let bus = LocalBus(time: time, metrics: MetricRegistry())
      let bench = Bench(
        storage: storage, time: time, first: Process(store: storage.platform, bus: bus),
        second: Process(store: storage.platform, bus: bus))
      try await withThrowingTaskGroup(of: Void.self) { group in
        // A short test may be over, and the bus closed, before they begin to listen.
        group.addTask { try? await bench.second.sessions.run() }
        group.addTask { try? await bench.second.tokens.run() }
        do { try await body(bench) } catch {
          await bus.close()
          throw error
        }
        await bus.close()
        try await group.waitForAll()
      }
    }
  }
}

/// Asks until the answer is nothing: for what travels over the bus. Gives up after a second.
func becomesNil<Value>(_ question: () async throws -> Value?) async throws -> Bool {
  for _ in 0..<1_000 {
    if try await question() == nil { return true }
    try await Task.sleep(for: .milliseconds(1))
  }
  return false
}

extension Secret {
  /// The text, as it goes into a cookie or a header.
  var text: String {
    withBytes { bytes in String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self) }
  }
}

extension [[UInt8]] {
  /// Whether any of them has the text, or its bytes, in it.
  func has(_ text: String) -> Bool {
    let bytes = Array<UInt8>(text.utf8)
    return contains { $0.contains(bytes) || (Base64URL.decode(text).map($0.contains) ?? false) }
  }
}

let day = Duration.seconds(86_400)
