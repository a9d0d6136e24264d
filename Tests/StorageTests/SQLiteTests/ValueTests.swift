// What goes in comes out: every kind of value, at its edges.

import SQL
import SQLite
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ValueTests {
  static let edges: [SQLValue] = [
    .null,
    .integer(0), .integer(-1), .integer(.max), .integer(.min), .integer(1 << 53 + 1),
    .double(0.1), .double(-1.5), .double(.infinity), .double(-.infinity), .double(.greatestFiniteMagnitude),
    .double(.leastNonzeroMagnitude),
    .text(""), .text("plain"), .text("naïve 🦊 ‮"), .text("with\0NUL"),
    .text(String(repeating: "x", count: 70_000)),
    .blob([]), .blob([0]), .blob([0, 255, 0]), .blob([UInt8](repeating: 7, count: 70_000)),
  ]

  @Test(arguments: [true, false])
  func `every value comes back as it went in`(isSealed: Bool) async throws {
    try await withDatabase(isSealed: isSealed) { database, _ in
      try await database.execute("CREATE TABLE edge (id BIGINT PRIMARY KEY, value)")
      for (index, value) in Self.edges.enumerated() {
        try await database.execute("INSERT INTO edge VALUES (\(index), \(value))")
      }
      let rows = try await database.rows("SELECT value FROM edge ORDER BY id")
      #expect(rows.map(\.values) == Self.edges.map { [$0] })
    }
  }

  @Test func `a declared boolean reads as a boolean, any other number as a number`() async throws {
    try await withDatabase { database, _ in
      try await database.execute("CREATE TABLE flag (id BIGINT PRIMARY KEY, isOn BOOLEAN, count BIGINT)")
      try await database.execute("INSERT INTO flag VALUES (1, \(true), 1), (2, \(false), 0)")
      let rows = try await database.rows("SELECT isOn, count, isOn AND count FROM flag ORDER BY id")
      #expect(
        rows.map(\.values) == [
          [.boolean(true), .integer(1), .integer(1)], [.boolean(false), .integer(0), .integer(0)],
        ])
      let flags = try rows.map { row in try row.get("isOn", as: Bool.self) }
      #expect(flags == [true, false])
    }
  }

  @Test func `a parameter that is used twice is bound twice, in any order`() async throws {
    try await withDatabase { database, _ in
      let statement = SQL(unescaped: "SELECT $2, $1, $2", parameters: [.text("one"), .text("two")])
      let rows = try await database.rows(statement)
      #expect(rows.first?.values == [.text("two"), .text("one"), .text("two")])
    }
  }

  @Test(arguments: [
    SQL(unescaped: "SELECT $1"),
    SQL(unescaped: "SELECT $1", parameters: [.null, .null]),
    SQL(unescaped: "SELECT $2", parameters: [.null]),
    SQL(unescaped: "SELECT ?", parameters: [.null]),
    SQL(unescaped: "SELECT :name", parameters: [.null]),
    SQL(unescaped: "SELECT $0", parameters: [.null]),
    SQL(unescaped: "SELECT $99999999999", parameters: [.null]),
    SQL(unescaped: ""),
    SQL(unescaped: "-- nothing"),
    SQL(unescaped: "SELECT 1; SELECT 2"),
    SQL(unescaped: "SELEKT 1"),
    SQL(unescaped: "SELECT \"no such column\""),
    SQL(unescaped: "SELECT $1", parameters: [.double(.nan)]),
  ])
  func `a wrong statement is refused`(statement: SQL) async throws {
    try await withDatabase { database, _ in
      await expect(.invalidStatement) { _ = try await database.rows(statement) }
      await expect(.invalidStatement) { try await database.execute(statement) }
    }
  }

  @Test func `white space and comments behind a statement are none`() async throws {
    try await withDatabase { database, _ in
      let rows = try await database.rows("SELECT 1; -- done\n ")
      #expect(rows.count == 1)
    }
  }
}
