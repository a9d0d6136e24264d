// Erasing people and guilds, on both engines: everything of theirs goes, and nothing of anybody else's.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SQL
import Storage
import StorageTestKit
import Testing

let ada: Int64 = 700
let bert: Int64 = 800
let here = Tenant(41)
let there = Tenant(42)

func user(_ id: Int64) -> UserID { UserID(UInt64(id)) }

/// Runs `body` with an installation of every kind of table, filled with two people in two guilds.
func withData(
  _ engine: Engine, seed: UInt64 = 1, _ body: @Sendable (Storage, ManualTime) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: everyKind) { storage in
      try await storage.seed([ada, bert], [here, there], at: installation.time.now, seed)
      try await body(storage, installation.time)
    }
  }
}

/// What the declarations promise, done to the rows of one person by a reading of them that shares nothing with the code:
/// a row at a time, in memory.
struct Promise {
  let person: Int64
  /// Nil is everywhere.
  let guild: Tenant?

  func kept(_ table: Table, _ tenant: Tenant?, _ row: [SQLValue]) -> [SQLValue]? {
    if let guild, tenant != guild { return row }
    var row = row
    func names(_ one: PersonColumn) -> Bool {
      let isMeant = one.when.map { row[place($0.column, table)] == $0.value } ?? true
      let text = one.form == .id ? nil : "\(one.form == .digits ? "" : "user:")\(person)"
      return isMeant && row[place(one.column, table)] == (text.map { .text($0) } ?? .integer(person))
    }
    for one in table.data.people where names(one) {
      switch one.onErasure {
      case .deleteRow: return nil
      case .keep: continue
      case .anonymise:
        row[place(one.column, table)] = one.form == .id ? .integer(0) : .text("user:0")
        for personal in one.personal {
          let index = place(personal.column, table)
          row[index] =
            switch (personal.column, row[index]) {
            case ("extra", _): .text("{}")
            case (_, .text): .text("[erased]")
            case (_, .integer): .integer(0)
            case (_, .double): .double(0)
            case (_, .boolean): .boolean(false)
            case (_, .blob): .blob([])
            case (_, .null): .null
            }
        }
      }
    }
    return row
  }

  private func place(_ column: String, _ table: Table) -> Int {
    guard let place = table.columns.firstIndex(where: { $0.name == column }) else {
      preconditionFailure("no column '\(column)'")
    }
    return place
  }
}

@Suite(.timeLimit(.minutes(3))) struct ErasureTests {
  @Test(arguments: Engine.allCases, [1, 2, 3])
  func `a person who is erased from one guild is gone there, and everything else is as it was`(
    _ engine: Engine, _ seed: UInt64
  ) async throws {
    try await withData(engine, seed: seed) { storage, time in
      var wanted = try await Everything(storage)
      wanted.change { Promise(person: ada, guild: here).kept($0, $1, $2) }
      let report = try await Erasure(storage, batch: 3, time: time).person(user(ada), in: here)
      #expect(try await Everything(storage) == wanted)
      #expect(report.tables["thing_case"]?.deleted ?? 0 > 3)
      #expect(report.tables["thing_case"]?.anonymised ?? 0 > 3)
      #expect(report.tables["thing_profile"] == .init(deleted: 1))
      #expect(report.tables["thing_log"]?.kept.values.first ?? 0 > 0)
      #expect(report.tables["desk_account"] == nil)
      let again = try await Erasure(storage, time: time).person(user(ada), in: here)
      #expect(again.tables.values.allSatisfy { $0.deleted == 0 && $0.anonymised == 0 && !$0.kept.isEmpty })
      #expect(try await Everything(storage) == wanted)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a person who is erased everywhere is gone from every guild and from the platform`(_ engine: Engine)
    async throws
  {
    try await withData(engine) { storage, time in
      var wanted = try await Everything(storage)
      wanted.change { Promise(person: ada, guild: nil).kept($0, $1, $2) }
      let report = try await Erasure(storage, batch: 3, time: time).person(user(ada))
      #expect(try await Everything(storage) == wanted)
      #expect(report.guilds == 2)
      #expect(report.tables["desk_account"] == .init(deleted: 1))
    }
  }

  @Test(arguments: Engine.allCases)
  func `an erased guild leaves nothing but what must be kept, and its neighbour is as it was`(
    _ engine: Engine
  )
    async throws
  {
    try await withData(engine) { storage, time in
      var wanted = try await Everything(storage)
      wanted.guilds[here] = nil
      wanted.change { table, guild, row in
        guild == here && table.data.keptAfterGuild == nil ? nil : row
      }
      let report = try await Erasure(storage, batch: 3, time: time).guild(here)
      #expect(report.isStoreDestroyed)
      #expect(report.tables["desk_ticket"]?.deleted ?? 0 > 3)
      #expect(report.tables["desk_invoice"]?.kept.values.first ?? 0 > 3)
      #expect(try await Everything(storage) == wanted)
      #expect(try await !Erasure(storage, time: time).guild(here).isStoreDestroyed)
      #expect(try await Everything(storage) == wanted)
      #expect(try await storage.guilds() == [there])
    }
  }

  @Test(arguments: Engine.allCases)
  func `what fails in the middle is finished at the next start`(_ engine: Engine) async throws {
    try await withData(engine) { storage, time in
      let erasure = Erasure(storage, batch: 2, time: time)
      let store = storage.guild(here)
      var wanted = try await Everything(storage)
      wanted.change { Promise(person: ada, guild: here).kept($0, $1, $2) }
      let arm: (Bool) async throws -> Void = { isArmed in
        try await store.execute(
          """
          UPDATE thing_case SET is_armed = \(isArmed) WHERE guild_id > 0 AND id = (
            SELECT id FROM thing_case WHERE guild_id > 0 AND user_id = \(ada) ORDER BY id LIMIT 1)
          """)
      }
      try await arm(true)
      await #expect(throws: SQLError.self) { try await erasure.person(user(ada), in: here) }
      #expect(try await Everything(storage) != wanted)
      await #expect(throws: SQLError.self) { try await erasure.resume() }
      try await arm(false)
      let reports = try await Erasure(storage, time: time).resume()
      #expect(reports.count == 1)
      #expect(try await Everything(storage) == wanted)
      #expect(try await erasure.resume().isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild whose erasure fails in the middle is unreadable already, and gone at the next start`(
    _ engine: Engine
  ) async throws {
    try await withData(engine) { storage, time in
      let erasure = Erasure(storage, batch: 2, time: time)
      try await storage.platform.execute(
        "UPDATE desk_ticket SET is_armed = \(true) WHERE guild_id = \(here.id)")
      await #expect(throws: SQLError.self) { try await erasure.guild(here) }
      #expect(try await storage.guilds() == [there])
      try await storage.platform.execute("UPDATE desk_ticket SET is_armed = \(false)")
      try await erasure.resume()
      let left = try await Everything(storage).platform["desk_ticket"]
      #expect(left?.allSatisfy { $0[1] == .integer(there.id) } == true)
    }
  }

  @Test(arguments: Engine.allCases)
  func `one guild that fails does not keep a person's data in the others`(_ engine: Engine) async throws {
    try await withData(engine) { storage, time in
      try await storage.guild(here).execute("UPDATE thing_case SET is_armed = \(true) WHERE guild_id > 0")
      await #expect(throws: SQLError.self) { try await Erasure(storage, time: time).person(user(ada)) }
      let rows = try await storage.guild(there).rows(
        "SELECT 1 FROM thing_case WHERE guild_id > 0 AND user_id = \(ada)")
      #expect(rows.isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `an erasure leaves proof, for ninety days`(_ engine: Engine) async throws {
    try await withData(engine) { storage, time in
      let report = try await Erasure(storage, time: time).person(user(ada), in: here)
      let rows = try await storage.platform.rows(
        "SELECT guild_id, user_id, is_done, done_at, report FROM data_erasure")
      try #require(rows.count == 1)
      #expect(try rows[0].get("guild_id", as: Int64.self) == here.id)
      #expect(try rows[0].get("is_done", as: Bool.self))
      let stored: String = try rows[0].get("report")
      #expect(try Array(stored.utf8) == report.document.encoded())
      _ = try await Erasure(storage, time: time).guild(here)
      #expect(try await storage.platform.rows("SELECT 1 FROM data_erasure").count == 2)
      time.advance(by: .seconds(90 * 86_400))
      _ = try await RetentionSweeper(storage, time: time).sweep()
      #expect(try await storage.platform.rows("SELECT 1 FROM data_erasure").count == 2)
      time.advance(by: .milliseconds(1))
      _ = try await RetentionSweeper(storage, time: time).sweep()
      #expect(try await storage.platform.rows("SELECT 1 FROM data_erasure").isEmpty)
    }
  }

  @Test func `nobody cannot be erased, and a guild that is not here is not made`() async throws {
    try await withData(.embedded) { storage, time in
      let erasure = Erasure(storage, time: time)
      for attempt in 0..<3 {
        let error = await #expect(throws: DataError.self) {
          switch attempt {
          case 0: _ = try await erasure.person(UserID(0), in: here)
          case 1: _ = try await erasure.person(UserID(0))
          default: _ = try await erasure.guild(Tenant(0))
          }
        }
        #expect(error?.code == .nobody)
      }
      _ = try await erasure.person(user(ada), in: Tenant(99))
      #expect(try await storage.guilds() == [here, there])
    }
  }
}
