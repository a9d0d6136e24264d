// Full and broken disks: a clear error, nothing lost, and work goes on when the cause is gone.

import CSQLite
import PowerLoss
import SQL
import SQLite
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var result: CInt
    var code: SQLError.Code
    var testDescription: String { "\(result)" }
  }

  // SQLITE_IOERR with WRITE (3) and FSYNC (4) in the second byte.
  static let faults = [
    Fault(result: SQLITE_FULL, code: .diskFull),
    Fault(result: SQLITE_IOERR | 3 << 8, code: .io),
    Fault(result: SQLITE_IOERR | 4 << 8, code: .io),
  ]

  @Test(arguments: faults, [true, false])
  func `a disk that fails for a while loses nothing`(fault: Fault, isSealed: Bool) async throws {
    for journal in [SQLiteOptions.Journal.wal, .rollback] {
      let bench = try Bench()
      let disk = try #require(SimulatedDisk(seed: 1))
      var options = SQLiteOptions()
      options.fileSystem = disk.name
      options.journal = journal
      let database = try await bench.open("/main.db", isAbsolute: true, isSealed: isSealed, options: options)
      try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, body BLOB)")
      try await database.execute("INSERT INTO item VALUES (1, \([UInt8](repeating: 1, count: 20_000)))")

      powerloss_fail(disk.handle, fault.result)
      await expect(fault.code) {
        try await database.execute("INSERT INTO item VALUES (2, \([UInt8](repeating: 2, count: 20_000)))")
      }
      await expect(fault.code) {
        _ = try await database.write { session in
          try await session.execute("INSERT INTO item VALUES (3, \([UInt8](repeating: 3, count: 20_000)))")
        }
      }
      let during = try await database.rows("SELECT id FROM item").map(\.values)
      #expect(during == [[.integer(1)]])

      powerloss_fail(disk.handle, 0)
      try await database.execute("INSERT INTO item VALUES (4, \([UInt8](repeating: 4, count: 20_000)))")
      let after = try await database.rows("SELECT id FROM item ORDER BY id").map(\.values)
      #expect(after == [[.integer(1)], [.integer(4)]])
      let problems = try await database.integrityCheck()
      #expect(problems == [])
      await database.close()
      disk.remove()
    }
  }

  @Test func `a disk that cannot be read says so, and recovers`() async throws {
    let bench = try Bench()
    let disk = try #require(SimulatedDisk(seed: 1))
    var options = SQLiteOptions()
    options.fileSystem = disk.name
    options.cacheKibibytes = 16
    let database = try await bench.open("/main.db", isAbsolute: true, options: options)
    try await database.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, body BLOB)")
    for id in 0..<50 {
      try await database.execute("INSERT INTO item VALUES (\(id), \([UInt8](repeating: 1, count: 3_000)))")
    }
    powerloss_fail(disk.handle, SQLITE_IOERR | 1 << 8)
    await expect(.io) { _ = try await database.rows("SELECT sum(length(body)) FROM item") }
    powerloss_fail(disk.handle, 0)
    let sum = try await database.rows("SELECT sum(length(body)) FROM item").map(\.values)
    #expect(sum == [[.integer(150_000)]])
    await database.close()
    disk.remove()
  }

  @Test func `a file that may not be created, or a folder that is not there, is an I/O error`() async throws {
    let bench = try Bench()
    var options = SQLiteOptions()
    options.mayCreate = false
    await expect(.io) { _ = try await bench.open(options: options) }
    await expect(.io) { _ = try await bench.open("no/such/folder.db") }
  }
}
