// kill -9 in a loop: no acknowledged write is lost.

import CSystem
import Glibc
import SQL
import SQLite
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct KillTests {
  @Test(arguments: [true, false])
  func `a hundred kills lose nothing that was acknowledged`(isSealed: Bool) async throws {
    let bench = try Bench()
    let path = bench.folder.file("main.db")
    let hex = (0..<32).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
    var random = SeededRandom(state: isSealed ? 1 : 2)
    var acknowledged: Set<Int> = []
    var next = 0
    for round in 0..<100 {
      var writer = try CrashWriter(["sqlite", path, isSealed ? hex : "-", String(next)])
      // Killed at a random acknowledgement: in the middle of whatever the writer's other tasks do then.
      let ids = try writer.acknowledgements(killingAfter: Int.random(in: 1...150, using: &random))
      #expect(!ids.isEmpty)
      acknowledged.formUnion(ids)
      next = (acknowledged.max() ?? 0) + 1_000

      let database = try await bench.open(isSealed: isSealed)
      var found: Set<Int> = []
      for row in try await database.rows("SELECT id FROM ack") { found.insert(try row.get(0)) }
      let problems = round % 10 == 9 ? try await database.integrityCheck() : []
      await database.close()
      #expect(acknowledged.isSubset(of: found), "round \(round)")
      #expect(problems == [], "round \(round)")
    }
  }
}
