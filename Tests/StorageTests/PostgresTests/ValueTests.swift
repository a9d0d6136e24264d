// Values there and back, and what hostile bytes do.

import Postgres
import SQL
import Testing

@Suite struct `Values` {
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("BIGINT", .integer(.min)), ("BIGINT", .integer(.max)), ("BIGINT", .integer(0)),
      ("INTEGER", .integer(-2_147_483_648)), ("SMALLINT", .integer(32_767)),
      ("DOUBLE PRECISION", .double(0.1)), ("DOUBLE PRECISION", .double(-.infinity)),
      ("DOUBLE PRECISION", .double(.leastNonzeroMagnitude)), ("REAL", .double(0.5)),
      ("BOOLEAN", .boolean(true)), ("BOOLEAN", .boolean(false)),
      ("TEXT", .text("")), ("TEXT", .text("Grüße 👩‍👩‍👧‍👦 \" ' \\ \n")), ("VARCHAR(20)", .text("v")),
      ("NAME", .text("n")), ("TEXT", .text(String(repeating: "x", count: 300_000))),
      ("BYTEA", .blob([])), ("BYTEA", .blob([0, 255, 39, 92])),
      ("BYTEA", .blob([UInt8](repeating: 0, count: 300_000))),
      ("BIGINT", .null), ("TEXT", .null), ("BYTEA", .null), ("BOOLEAN", .null), ("DOUBLE PRECISION", .null),
    ] as [(String, SQLValue)])
  func `a value comes back as it was stored`(type: String, value: SQLValue) async throws {
    try await withPool { pool async throws in
      try await pool.execute(SQL(unescaped: "CREATE TABLE item (value \(type))"))
      let stored = try await pool.rows("INSERT INTO item (value) VALUES (\(value)) RETURNING value")
      #expect(stored == [SQLRow(columns: ["value"], values: [value])])
      #expect(try await pool.rows("SELECT value FROM item", access: .readOnly) == stored)
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("count(*) FROM generate_series(1, 3)", .integer(3)),
      ("sum(g) FROM generate_series(1, 3) g", .integer(6)),
      ("sum(g::bigint) FROM generate_series(1, 3) g", .integer(6)),
      ("avg(g) FROM generate_series(1, 2) g", .double(1.5)),
      ("9223372036854775807::numeric", .integer(.max)), ("(-9223372036854775808)::numeric", .integer(.min)),
      ("9223372036854775808::numeric", .double(9_223_372_036_854_775_808)), ("0::numeric", .integer(0)),
      ("10000::numeric", .integer(10_000)), ("100000000::numeric", .integer(100_000_000)),
      ("0.00012345::numeric", .double(0.00012345)), ("-12345.678::numeric", .double(-12_345.678)),
      ("1e300::numeric", .double(1e300)), ("'Infinity'::numeric", .double(.infinity)),
      ("1.50::numeric(10,2)", .double(1.5)), ("timestamptz '1970-01-01 00:00:00.001Z'", .integer(1)),
      ("timestamptz '1969-12-31 23:59:59.9995Z'", .integer(-1)),
      ("timestamptz '2026-01-01Z'", .integer(1_767_225_600_000)),
      ("date '1970-01-02'", .integer(86_400_000)), ("'{\"a\": 1}'::jsonb", .text("{\"a\": 1}")),
      ("'[1]'::json", .text("[1]")), ("pg_advisory_xact_lock(1)", .null), ("'x'::\"char\"", .text("x")),
      ("4000000000::oid", .integer(4_000_000_000)), ("3.5::real", .double(3.5)), ("'abc'", .text("abc")),
    ] as [(String, SQLValue)])
  func `what a server computes is read as the nearest of our kinds`(expression: String, value: SQLValue)
    async throws
  {
    try await withPool { pool async throws in
      let rows = try await pool.rows(SQL(unescaped: "SELECT \(expression)"))
      #expect(rows.map(\.values) == [[value]])
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a NaN comes back as one`() async throws {
    try await withPool { pool async throws in
      for row in try await pool.rows("SELECT 'NaN'::numeric, \(Double.nan), 'NaN'::real") {
        for index in 0..<3 { #expect(try row.get(index, as: Double.self).isNaN) }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `integers, booleans and NULL go into columns of every portable type`()
    async throws
  {
    try await withPool { pool async throws in
      try await pool.execute(
        "CREATE TABLE item (s SMALLINT, i INTEGER, b BIGINT, d DOUBLE PRECISION, f BOOLEAN, t TEXT)")
      let (number, nothing): (Int, String?) = (7, nil)
      try await pool.execute(
        "INSERT INTO item VALUES (\(number), \(number), \(number), \(number), \(true), \(nothing))")
      let found: SQL =
        "SELECT count(*) FROM item WHERE s = \(number) AND i = \(number) AND b = \(number) AND d = \(number) AND f = \(true) AND t IS NULL"
      #expect(try await pool.rows(found)[0].get(0) == 1)
      #expect(
        await code { try await pool.execute("INSERT INTO item (f) VALUES (\(1))") } == .invalidStatement)
      #expect(
        await code { try await pool.execute("INSERT INTO item (s) VALUES (\(70_000))") }
          == .constraintViolation)
      #expect(
        await code { try await pool.execute("INSERT INTO item (t) VALUES (\("a\0b"))") }
          == .constraintViolation)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a type nobody reads is an error that names it and harms no one`()
    async throws
  {
    try await withPool { pool async throws in
      #expect(await code { _ = try await pool.rows("SELECT point '(1,2)'") } == .typeMismatch)
      #expect(try await pool.rows("SELECT (point '(1,2)')::text")[0].get(0) == "(1,2)")
    }
  }

  @Test func `bytes that are no value are a typed error`() {
    let types: [UInt32] = [
      16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701, 705, 1042, 1043, 1082, 1114, 1184, 1700, 2278, 3802,
      600,
    ]
    var generator = SystemRandomNumberGenerator()
    for type in types {
      for length in 0..<40 {
        for _ in 0..<20 {
          let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
          // Not trapping is the point; either a value or `.typeMismatch`.
          do throws(SQLError) {
            _ = try PostgresValue.decode(oid: type, bytes: bytes)
          } catch {
            #expect(error.code == .typeMismatch)
          }
        }
      }
    }
  }

  @Test(
    arguments: [
      (20, [1, 2, 3]), (23, []), (21, [1, 2, 3]), (16, [2]), (16, []), (25, [0xFF]), (25, [0xC0, 0x80]),
      (701, [0]), (3802, []), (3802, [2, 0x7B]), (1184, [0x7F] + [UInt8](repeating: 0xFF, count: 7)),
      (1700, [0, 1, 0, 0, 0, 0, 0, 0]), (1700, [0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10]),
      (1700, [0, 0, 0, 0, 0x12, 0x34, 0, 0]),
      (1700, [0xFF, 0xFF, 0, 0, 0, 0, 0, 0]), (600, [1]),
    ] as [(UInt32, [UInt8])])
  func `short, long or senseless bytes are refused`(type: UInt32, bytes: [UInt8]) {
    #expect(throws: SQLError.self) { try PostgresValue.decode(oid: type, bytes: bytes) }
  }

  @Test(
    arguments: [
      ([0, 1, 0x7F, 0xFF, 0, 0, 0, 0, 0, 1], .double(.infinity)),
      ([0, 1, 0x80, 0x00, 0, 0, 0, 0, 0, 1], .double(0)),
      ([0, 0, 0, 9, 0, 0, 0, 0], .integer(0)),
    ] as [([UInt8], SQLValue)])
  func `a NUMERIC of extreme weight is read without effort`(bytes: [UInt8], value: SQLValue) throws {
    #expect(try PostgresValue.decode(oid: 1700, bytes: bytes) == value)
  }
}
