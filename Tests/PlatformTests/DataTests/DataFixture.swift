// A schema with every kind of declaration, and rows for it.

import EventLoop
import PlatformData
import SQL
import Storage
import StorageTestKit
import Vault

private let statute = "the law wants invoices kept"
private let record = "a record of what was changed"

/// Refuses to delete armed rows: the failure in the middle.
private func tripwire(_ table: String) -> [Migration.Step] {
  [
    .perEngine(
      sqlite: "SELECT 1",
      postgres: """
        CREATE FUNCTION \(table)_tripwire() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN IF OLD.is_armed THEN RAISE EXCEPTION ''armed''; END IF; RETURN OLD; END'
        """),
    .perEngine(
      sqlite: """
        CREATE TRIGGER \(table)_tripwire BEFORE DELETE ON \(table) WHEN OLD.is_armed
        BEGIN SELECT RAISE(ABORT, 'armed'); END
        """,
      postgres: """
        CREATE TRIGGER \(table)_tripwire BEFORE DELETE ON \(table) FOR EACH ROW EXECUTE FUNCTION \(table)_tripwire()
        """),
  ]
}

/// Makes a table's declaration and the statement for it from one list.
private func made(_ name: String, _ columns: [(String, Table.Kind)], key: [String], _ data: TableData) -> (
  Table, Migration.Step
) {
  let types: [Table.Kind: String] = [
    .integer: "BIGINT", .text: "TEXT", .blob: "BYTEA", .double: "DOUBLE PRECISION", .boolean: "BOOLEAN",
  ]
  let list = columns.map { "\($0.0) \(types[$0.1] ?? "")" }.joined(separator: ", ")
  let table = Table(name, columns: columns.map { .init($0.0, $0.1) }, key: key, data: data)
  return (table, .both("CREATE TABLE \(name) (\(list), PRIMARY KEY (\(key.joined(separator: ", "))))"))
}

private let guildTables = [
  made(
    "thing_case",
    [
      ("guild_id", .integer), ("id", .integer), ("user_id", .integer), ("moderator_id", .integer),
      ("reason", .text), ("at", .integer), ("is_armed", .boolean),
    ], key: ["guild_id", "id"],
    TableData(
      "Cases", people: [.subject("user_id", with: ["reason"]), .actor("moderator_id")],
      kept: .withGuild(since: "at", downToDays: 30))),
  made(
    "thing_profile",
    [
      ("guild_id", .integer), ("user_id", .integer), ("name", .text), ("level", .double), ("picture", .blob),
    ], key: ["guild_id", "user_id"],
    TableData("Profiles", people: [.subject("user_id", with: ["name"])], kept: .until("the member leaves"))),
  made(
    "thing_note",
    [
      ("guild_id", .integer), ("number", .integer), ("author_id", .integer), ("body", .text),
      ("extra", .text),
      ("weight", .double), ("is_shy", .boolean), ("letter", .blob), ("count", .integer),
    ], key: ["guild_id", "number"],
    TableData(
      "Notes",
      people: [
        .subject(
          "author_id",
          with: ["body", PersonalColumn("extra", erasedTo: "{}"), "weight", "is_shy", "letter", "count"],
          onErasure: .anonymise)
      ], kept: .withGuild, sealed: [SealedColumn("letter", row: "number")])),
  made(
    "thing_grant",
    [
      ("guild_id", .integer), ("subject_kind", .text), ("subject_id", .integer), ("given_by", .text),
    ], key: ["guild_id", "subject_kind", "subject_id"],
    TableData(
      "Grants",
      people: [
        .subject("subject_id", when: .column("subject_kind", is: "user")),
        .actor("given_by", as: .text(prefix: "user:")),
      ], kept: .withGuild)),
  made(
    "thing_log",
    [
      ("guild_id", .integer), ("number", .integer), ("actor", .text), ("address", .text), ("at", .integer),
    ], key: ["guild_id", "number"],
    TableData(
      "A log", people: [.actor("actor", as: .digits, with: ["address"], onErasure: .keep(record))],
      kept: .days(30, since: "at", downToDays: 7))),
  made(
    "thing_link", [("guild_id", .integer), ("id", .text), ("user_id", .integer), ("token", .blob)],
    key: ["guild_id", "id"],
    TableData("Links", people: [.subject("user_id")], kept: .withGuild, secrets: ["token"])),
  made(
    "thing_menu", [("guild_id", .integer), ("id", .integer), ("title", .text)], key: ["guild_id", "id"],
    TableData("Menus", kept: .withGuild)),
]

private let platformTables = [
  made(
    "desk_ticket",
    [
      ("number", .integer), ("guild_id", .integer), ("user_id", .integer), ("text", .text), ("at", .integer),
      ("is_armed", .boolean),
    ], key: ["number"],
    TableData(
      "Tickets", people: [.subject("user_id", with: ["text"])], kept: .months(1, since: "at", downToDays: 2))),
  made(
    "desk_invoice",
    [("number", .integer), ("guild_id", .integer), ("user_id", .integer), ("total", .double)],
    key: ["number"],
    TableData(
      "Invoices", people: [.subject("user_id", onErasure: .keep(statute))],
      kept: .until("the law lets them go"), keptAfterGuild: statute)),
  made(
    "desk_account", [("user_id", .integer), ("name", .text)], key: ["user_id"],
    TableData(
      "Accounts", people: [.subject("user_id", with: ["name"])], kept: .until("the account is closed"))
  ),
  made(
    "desk_code", [("id", .integer), ("asked_at", .integer), ("is_used", .boolean)], key: ["id"],
    TableData(
      "Codes",
      kept: .days(1, since: "asked_at", when: .column("is_used", is: true), words: "for a day after its use"))
  ),
]

/// Every kind of declaration, in both scopes.
let everyKind = Schema(
  platform: [
    DataSchema.owner,
    SchemaOwner(
      "desk", migrations: [Migration(1, platformTables.map(\.1) + tripwire("desk_ticket"))],
      tables: platformTables.map(\.0)),
  ],
  guild: [
    SchemaOwner(
      "thing", migrations: [Migration(1, guildTables.map(\.1) + tripwire("thing_case"))],
      tables: guildTables.map(\.0))
  ])

extension Schema {
  /// The fixture's own tables of a scope: all but those of the room under test.
  func things(_ scope: StoreScope) -> [Table] { tables(scope).filter { !$0.name.hasPrefix("data") } }

  func table(_ name: String) -> Table {
    guard let table = StoreScope.allCases.flatMap({ tables($0) }).first(where: { $0.name == name }) else {
      preconditionFailure("no table '\(name)'")
    }
    return table
  }
}

/// Rows by table, in no order.
typealias Rows = [String: [[SQLValue]]]

extension Store {
  /// All rows of these tables, in the order of their keys.
  func dump(_ tables: [Table]) async throws -> Rows {
    var rows: Rows = [:]
    for table in tables {
      rows[table.name] = []
      try await forEachBatch(of: table, batch: 7) { rows[table.name, default: []] += $0 }
    }
    return rows
  }

  func insert(_ rows: [[SQLValue]], into table: Table) async throws {
    try await batch(
      rows.map { row in
        let places = row.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let names = table.columns.map(\.name).joined(separator: ", ")
        return SQL(unescaped: "INSERT INTO \(table.name) (\(names)) VALUES (\(places))", parameters: row)
      })
  }
}

/// Everything that is stored, to compare what is with what should be.
struct Everything: Equatable {
  var platform: Rows
  var guilds: [Tenant: Rows]

  init(_ storage: Storage) async throws {
    platform = try await storage.platform.dump(everyKind.things(.platform))
    guilds = [:]
    for guild in try await storage.guilds() {
      guilds[guild] = try await storage.guild(guild).dump(everyKind.things(.guild))
    }
  }

  /// Changes every row of every table, each told with the guild it belongs to; nil removes it.
  mutating func change(_ body: (Table, Tenant?, [SQLValue]) -> [SQLValue]?) {
    for (name, rows) in platform {
      let table = everyKind.table(name)
      let place = table.columns.firstIndex { $0.name == "guild_id" }
      platform[name] = rows.compactMap { row in
        var guild: Tenant?
        if let place, case .integer(let id) = row[place] { guild = Tenant(id) }
        return body(table, guild, row)
      }
    }
    for (guild, tables) in guilds {
      for (name, rows) in tables {
        guilds[guild]?[name] = rows.compactMap { body(everyKind.table(name), guild, $0) }
      }
    }
  }
}

/// A generator whose numbers are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 2 &+ 1 }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var word = state
    word = (word ^ (word >> 33)) &* 0xff51_afd7_ed55_8ccd
    return word ^ (word >> 33)
  }
}

extension Storage {
  /// Fills every table of the fixture with rows of these users, in these guilds, made from nothing but declarations.
  func seed(_ users: [Int64], _ guilds: [Tenant], at now: Timestamp, _ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    for guild in guilds {
      let store = self.guild(guild)
      let key = try await store.key()
      for table in everyKind.things(.guild) {
        try await store.insert(
          Self.rows(table, users, [guild], now, &random) { name, row in
            key.seal(
              Array("letter \(row)".utf8),
              context: SealContext(tenant: "\(guild)", table: table.name, column: name, row: "\(row)"))
          }, into: table)
      }
    }
    for table in everyKind.things(.platform) {
      try await platform.insert(
        Self.rows(table, users, guilds, now, &random) { _, _ in [] }, into: table)
    }
  }

  private static func rows(
    _ table: Table, _ users: [Int64], _ guilds: [Tenant], _ now: Timestamp, _ random: inout SeededGenerator,
    _ seal: (String, Int64) -> [UInt8]
  ) -> [[SQLValue]] {
    var rows: [[SQLValue]] = []
    var keys: Set<String> = []
    for number in 1...40 {
      let conditions = table.data.people.compactMap(\.when).filter { _ in Bool.random(using: &random) }
      let row = table.columns.map { column -> SQLValue in
        if column.name == "guild_id" { return .integer(guilds.randomElement(using: &random)?.id ?? 0) }
        if column.name == "is_armed" { return .boolean(false) }
        if let condition = conditions.first(where: { $0.column == column.name }) { return condition.value }
        if let person = table.data.people.first(where: { $0.column == column.name }) {
          return person.value(of: users.randomElement(using: &random) ?? 0)
        }
        if table.data.sealed.contains(where: { $0.column == column.name }) {
          return .blob(seal(column.name, Int64(number)))
        }
        switch column.kind {
        case .integer: return .integer(table.key.contains(column.name) ? Int64(number) : now.milliseconds)
        case .double: return .double(Double(number) / 4)
        case .boolean: return .boolean(Bool.random(using: &random))
        case .text: return .text("\(column.name) \(number)")
        case .blob: return .blob([UInt8](repeating: UInt8(number), count: 3))
        }
      }
      let key = table.key.map { name in "\(row[table.columns.firstIndex { $0.name == name } ?? 0])" }
      if keys.insert(key.joined(separator: "/")).inserted { rows.append(row) }
    }
    return rows
  }
}
