// kill -9 of a writer in a loop: no acknowledged write is lost.

import EventLoop
import Postgres
import SQL
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct WriterKillTests {
  @Test func `two hundred kills of a writer lose nothing that was acknowledged`() async throws {
    let server = try await PostgresServer()
    let url = try await server.createDatabase("kills")
    let loop = try EventLoop(name: "kills")
    defer { loop.shutdown() }
    let pool = try PostgresPool(url: url, loops: [loop])
    var acknowledged: Set<Int> = []
    var next = 0
    for round in 0..<200 {
      var writer = try CrashWriter(["postgres", url, String(next)])
      let ids = try writer.acknowledgements(killingAfter: 1 + (round * 37) % 60)
      #expect(!ids.isEmpty)
      acknowledged.formUnion(ids)
      next = (acknowledged.max() ?? 0) + 1_000
    }
    let rows = try await pool.rows("SELECT id FROM ack", access: .readOnly)
    let found = Set(try rows.map { try $0.get(0, as: Int.self) })
    #expect(acknowledged.subtracting(found).isEmpty)
    #expect(acknowledged.count > 200)
    await pool.close()
  }
}
