// Exports, on both engines: all that is held, and nothing that is somebody else's.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SQL
import Storage
import StorageTestKit
import TestKit
import Testing

/// An export, read back: its rows by table.
private struct ReadExport {
  let document: JSONValue
  var rows: [String: [JSONValue]] = [:]
  let largestPiece: Int
  let summary: ExportSummary

  init(_ export: (DataExport.Receiver) async throws -> ExportSummary) async throws {
    let pieces = Recorder<[UInt8]>()
    summary = try await export { pieces.record($0) }
    largestPiece = pieces.values.map(\.count).max() ?? 0
    document = try JSONValue(parsing: Array(pieces.values.joined()))
    for table in document["tables"]?.array ?? [] {
      let name = try #require(table["table"]?.string)
      rows[name, default: []] += try #require(table["rows"]?.array)
    }
    #expect(rows.mapValues(\.count) == summary.rows)
  }
}

@Suite(.timeLimit(.minutes(3))) struct ExportTests {
  @Test(arguments: Engine.allCases, [1, 2])
  func `a person gets every row that names them, in that guild only, and after erasure what is kept`(
    _ engine: Engine, _ seed: UInt64
  ) async throws {
    try await withData(engine, seed: seed) { storage, time in
      let everything = try await Everything(storage)
      var expected: [String: Int] = [:]
      var tables = everything.guilds[here] ?? [:]
      tables.merge(everything.platform.filter { everyKind.table($0.key).hasTenant }) { first, _ in first }
      for (name, rows) in tables {
        let table = everyKind.table(name)
        // Whatever promise an erasure would keep or break for a row, it names the person.
        let texts = ["\(ada)", "user:\(ada)"]
        let count = rows.count { row in
          table.data.people.contains { person in
            let value = row[table.columns.firstIndex { $0.name == person.column }!]
            let isMeant =
              person.when.map { when in
                row[table.columns.firstIndex { $0.name == when.column }!] == when.value
              }
              ?? true
            let tenant = row[table.columns.firstIndex { $0.name == "guild_id" }!]
            return isMeant && tenant == .integer(here.id)
              && (value == .integer(ada) || texts.contains { value == .text($0) })
          }
        }
        if count > 0 { expected[name] = count }
      }
      let export = DataExport(storage, batch: 4, time: time)
      let before = try await ReadExport { try await export.person(user(ada), in: here, to: $0) }
      #expect(before.summary == ExportSummary(rows: expected))
      #expect(before.document["user"]?.string == "\(ada)")
      #expect(before.document["guild"]?.string == "\(here)")
      #expect(before.document["exported_at"]?.string == time.now.iso8601)
      _ = try await Erasure(storage, time: time).person(user(ada), in: here)
      let after = try await ReadExport { try await export.person(user(ada), in: here, to: $0) }
      #expect(Set(after.rows.keys) == ["thing_log", "desk_invoice", "data_erasure"])
    }
  }

  @Test(arguments: Engine.allCases)
  func `ids are texts, what is sealed is open, credentials and other people are left out`(_ engine: Engine)
    async throws
  {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: everyKind) { storage in
        let store = storage.guild(here)
        func insert(_ table: String, _ row: [SQLValue]) async throws {
          try await store.insert([row], into: everyKind.table(table))
        }
        try await storage.seed([ada], [here], at: installation.time.now, 1)
        for table in everyKind.things(.guild) where table.name != "thing_note" {
          try await store.execute("DELETE FROM \(unescaped: table.name) WHERE guild_id > 0")
        }
        let guild = SQLValue.integer(here.id)
        try await insert(
          "thing_case",
          [guild, .integer(1), .integer(ada), .integer(bert), .text("spam"), .integer(5), .boolean(false)])
        try await insert(
          "thing_case",
          [guild, .integer(2), .integer(bert), .integer(ada), .text("rude"), .integer(6), .boolean(false)])
        try await insert("thing_link", [guild, .text("x"), .integer(ada), .blob([1])])
        try await insert(
          "thing_profile", [guild, .integer(ada), .text("Ada"), .double(1.5), .blob([1, 2, 3])])
        try await insert("thing_grant", [guild, .text("user"), .integer(ada), .text("user:\(bert)")])
        let export = DataExport(storage, time: installation.time)
        let read = try await ReadExport { try await export.person(user(ada), in: here, to: $0) }
        #expect(
          read.rows["thing_case"] == [
            [
              "guild_id": "41", "id": "1", "user_id": "700", "reason": "spam", "at": 5, "is_armed": false,
            ], ["guild_id": "41", "id": "2", "moderator_id": "700", "at": 6, "is_armed": false],
          ])
        #expect(read.rows["thing_link"] == [["guild_id": "41", "id": "x", "user_id": "700"]])
        #expect(
          read.rows["thing_profile"] == [
            ["guild_id": "41", "user_id": "700", "name": "Ada", "level": 1.5, "picture": "AQID"]
          ])
        #expect(
          read.rows["thing_grant"] == [["guild_id": "41", "subject_kind": "user", "subject_id": "700"]])
        let notes = try #require(read.rows["thing_note"])
        #expect(notes.map { $0["letter"]?.string } == (1...40).map { "letter \($0)" })
        try await store.execute(
          "UPDATE thing_note SET letter = \([UInt8]([9])) WHERE guild_id > 0 AND number = 1")
        let broken = try await ReadExport { try await export.person(user(ada), in: here, to: $0) }
        #expect(broken.summary.unreadable == 1)
        #expect(broken.rows["thing_note"]?.first?["letter"] == .null)
        _ = try await Erasure(storage, time: installation.time).person(user(ada), in: here)
        let whole = try await ReadExport { try await export.guild(here, to: $0) }
        #expect(whole.rows["thing_note"]?.count == 40)
        #expect(
          whole.rows["thing_note"]?.allSatisfy { $0["letter"] == .null && $0["author_id"] == "0" } == true)
        #expect(whole.summary.unreadable == 0)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `a guild's export has all its rows and no other's, in pieces of a batch`(_ engine: Engine) async throws
  {
    try await withData(engine) { storage, time in
      let everything = try await Everything(storage)
      var expected = (everything.guilds[here] ?? [:]).mapValues(\.count)
      for name in ["desk_ticket", "desk_invoice"] {
        expected[name] = everything.platform[name]?.count { $0[1] == .integer(here.id) }
      }
      let small = try await ReadExport {
        try await DataExport(storage, batch: 2, time: time).guild(here, to: $0)
      }
      #expect(small.summary.rows == expected)
      #expect(small.largestPiece < 600)
      let large = try await ReadExport {
        try await DataExport(storage, batch: 1_000, time: time).guild(here, to: $0)
      }
      #expect(large.document == small.document)
      #expect(large.rows["thing_case"]?.allSatisfy { $0["moderator_id"] != nil } == true)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a person's export over everything has every guild's rows and the platform's own`(_ engine: Engine)
    async throws
  {
    try await withData(engine) { storage, time in
      let read = try await ReadExport { try await DataExport(storage, time: time).person(user(ada), to: $0) }
      #expect(read.rows["desk_account"]?.count == 1)
      #expect(Set((read.rows["thing_profile"] ?? []).map { $0["guild_id"]?.string }) == ["41", "42"])
      let nobody = try await ReadExport {
        try await DataExport(storage, time: time).person(UserID(999), to: $0)
      }
      #expect(nobody.rows.isEmpty)
      await #expect(throws: DataError.self) {
        try await DataExport(storage, time: time).person(UserID(0)) { _ in }
      }
    }
  }
}
