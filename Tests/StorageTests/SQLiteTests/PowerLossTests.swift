// The power fails a thousand times: nothing is corrupted, and nothing that was acknowledged is lost.

import CSQLite
import PowerLoss
import SQL
import SQLite
import Testing

@Suite(.timeLimit(.minutes(3)))
struct PowerLossTests {
  /// One row of the table: who must survive what.
  struct Setup: Sendable, CustomTestStringConvertible {
    var isSealed: Bool
    var journal: SQLiteOptions.Journal
    var durability: SQLiteOptions.Durability
    var seed: UInt64

    var testDescription: String {
      "\(isSealed ? "sealed" : "plain") \(journal) \(durability) \(seed)"
    }
  }

  static let setups = [true, false].flatMap { isSealed in
    [
      Setup(isSealed: isSealed, journal: .wal, durability: .full, seed: 1),
      Setup(isSealed: isSealed, journal: .wal, durability: .full, seed: 2),
      Setup(isSealed: isSealed, journal: .rollback, durability: .full, seed: 3),
      Setup(isSealed: isSealed, journal: .rollback, durability: .full, seed: 4),
      Setup(isSealed: isSealed, journal: .wal, durability: .normal, seed: 5),
      Setup(isSealed: isSealed, journal: .wal, durability: .normal, seed: 6),
    ]
  }

  @Test(arguments: setups)
  func `no crash corrupts, and under FULL none loses an acknowledged commit`(setup: Setup) async throws {
    let report = try await crash(setup, times: 90)
    #expect(report.crashes == 90)
    #expect(report.corruptions == [])
    if setup.durability == .full { #expect(report.lost == 0) }
    // The test would be worth nothing if every crash hit an idle disk.
    #expect(report.commits > 90)
  }

  @Test(arguments: [true, false])
  func `a disk that lies about syncing the database is caught`(isSealed: Bool) async throws {
    let setup = Setup(isSealed: isSealed, journal: .wal, durability: .full, seed: 7)
    let report = try await crash(setup, times: 60, onLyingDisk: true)
    #expect(!report.corruptions.isEmpty)
  }

  // MARK: Crashing

  struct Report {
    var crashes = 0
    var commits = 0
    var lost = 0
    var corruptions: [String] = []
  }

  /// Lets the power fail again and again, a fresh disk after every tenth time or a corruption.
  private func crash(_ setup: Setup, times: Int, onLyingDisk: Bool = false) async throws -> Report {
    let bench = try Bench()
    var random = SeededRandom(state: setup.seed)
    var report = Report()
    var chain = 0
    while report.crashes < times {
      chain += 1
      let disk = try #require(SimulatedDisk(seed: random.next()))
      defer { disk.remove() }
      if onLyingDisk { powerloss_lie(disk.handle, 1) }
      var ledger = Ledger()
      for _ in 0..<10 where report.crashes < times {
        powerloss_cut_after(disk.handle, Int64(random.next() % 400) + 1)
        let options = options(for: setup, on: disk)
        await work(on: bench, options, isSealed: setup.isSealed, &ledger)
        guard powerloss_is_off(disk.handle) == 1 else { continue }
        powerloss_restart(disk.handle)
        report.crashes += 1
        do {
          let lost = try await inspect(on: bench, options, isSealed: setup.isSealed, &ledger)
          report.lost += lost
        } catch {
          report.corruptions.append("crash \(report.crashes): \(error)")
          break
        }
      }
      report.commits += ledger.acknowledgements
    }
    return report
  }

  private func options(for setup: Setup, on disk: SimulatedDisk) -> SQLiteOptions {
    var options = SQLiteOptions()
    options.fileSystem = disk.name
    options.journal = setup.journal
    options.durability = setup.durability
    // Small enough for the large transactions to spill, and for checkpoints to come often.
    options.cacheKibibytes = 40
    options.checkpointPages = 30
    options.readers = 1
    return options
  }

  /// What was attempted and what was acknowledged: transactions are numbered, and each has a known content.
  private struct Ledger {
    /// The last transaction that is in the database for certain.
    var acknowledged = 0
    /// The last one that may be.
    var attempted = 0
    var acknowledgements = 0

    static func rows(of transaction: Int) -> Int { transaction % 17 == 0 ? 90 : transaction % 7 + 1 }
    static func bytes(of transaction: Int) -> Int { transaction % 17 == 0 ? 2_500 : transaction * 37 % 900 }
  }

  /// Writes until the power fails.
  private func work(on bench: Bench, _ options: SQLiteOptions, isSealed: Bool, _ ledger: inout Ledger) async {
    do {
      let database = try await bench.open(
        "/simulated.db", isAbsolute: true, isSealed: isSealed, options: options)
      do {
        try await database.batch([
          "CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, transaction_id BIGINT, body BLOB)",
          "CREATE INDEX IF NOT EXISTS item_transaction ON item (transaction_id, body)",
          "CREATE TABLE IF NOT EXISTS head (id BIGINT PRIMARY KEY, latest BIGINT)",
        ])
        for _ in 0..<60 {
          let number = ledger.acknowledged + 1
          ledger.attempted = max(ledger.attempted, number)
          let body = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Ledger.bytes(of: number))
          var statements = (0..<Ledger.rows(of: number)).map { _ in
            "INSERT INTO item (transaction_id, body) VALUES (\(number), \(body))" as SQL
          }
          // Old pages change too, not only new ones.
          statements.append("UPDATE item SET body = body || x'' WHERE id % 11 = \(number % 11)")
          statements.append(
            "INSERT INTO head VALUES (1, \(number)) ON CONFLICT (id) DO UPDATE SET latest = excluded.latest")
          try await database.batch(statements)
          ledger.acknowledged = number
          ledger.acknowledgements += 1
        }
      } catch {
        // The power has failed; what was acknowledged by then is in the ledger.
      }
      await database.close()
    } catch {
      // The power failed while the database was opened.
    }
  }

  /// Checks the database after a crash; returns how many acknowledged transactions are missing.
  private func inspect(on bench: Bench, _ options: SQLiteOptions, isSealed: Bool, _ ledger: inout Ledger)
    async throws -> Int
  {
    let database = try await bench.open(
      "/simulated.db", isAbsolute: true, isSealed: isSealed, options: options)
    let result: Result<Int, any Error>
    do {
      result = .success(try await latest(in: database))
    } catch {
      result = .failure(error)
    }
    await database.close()
    let latest = try result.get()
    guard latest <= ledger.attempted else { throw Corruption("transaction \(latest) came from nowhere") }
    let lost = max(0, ledger.acknowledged - latest)
    ledger.acknowledged = latest
    return lost
  }

  private func latest(in database: SQLiteDatabase) async throws -> Int {
    let problems = try await database.integrityCheck()
    guard problems.isEmpty else { throw Corruption(problems.joined(separator: "; ")) }
    let tables = try await database.rows("SELECT name FROM sqlite_schema WHERE name = 'head'")
    guard !tables.isEmpty else { return 0 }
    let latest = try await database.rows("SELECT latest FROM head").first?.get(0, as: Int.self) ?? 0
    let found = try await database.rows(
      """
      SELECT transaction_id, count(*), min(length(body)), max(length(body)) FROM item
      GROUP BY transaction_id ORDER BY transaction_id
      """
    ).map { $0.values }
    let expected = (1...max(1, latest)).prefix(latest).map { number -> [SQLValue] in
      let bytes = SQLValue.integer(Int64(Ledger.bytes(of: number)))
      return [.integer(Int64(number)), .integer(Int64(Ledger.rows(of: number))), bytes, bytes]
    }
    guard found == expected else { throw Corruption("the rows are not those of \(latest) transactions") }
    return latest
  }
}

struct Corruption: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A simulated disk with a name of its own.
struct SimulatedDisk {
  let name: String
  let handle: OpaquePointer

  init?(seed: UInt64) {
    // SQLite keeps what was sealed over a disk for good, so a name is never used twice.
    name = "disk-\(UInt64.random(in: .min ... .max))"
    guard let handle = powerloss_create(name, seed) else { return nil }
    self.handle = handle
  }

  func remove() {
    powerloss_destroy(handle)
  }
}

/// A small generator that draws the same numbers on every machine.
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
