// Many requests on one connection: order, isolation of errors, prepared statements.

import EventLoop
import Postgres
import SQL
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Pipelining` {
  @Test(arguments: [PostgresAccess.readOnly, .readWrite])
  func `64 at a time, each gets its own answer`(access: PostgresAccess) async throws {
    try await withPool { pool async throws in
      try await pool.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL)")
      try await pool.execute("INSERT INTO item SELECT g, 'name ' || g FROM generate_series(1, 500) g")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<64 {
          group.addTask {
            for round in 0..<30 {
              let id = 1 + (task * 31 + round * 7) % 500
              let rows = try await pool.rows("SELECT id, name FROM item WHERE id = \(id)", access: access)
              #expect(
                rows == [
                  SQLRow(columns: ["id", "name"], values: [.integer(Int64(id)), .text("name \(id)")])
                ])
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: [PostgresAccess.readOnly, .readWrite])
  func `an error in the middle leaves its neighbours alone`(access: PostgresAccess) async throws {
    try await withPool { pool async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask { () async throws in
            switch number % 10 {
            case 3:
              #expect(
                await code { _ = try await pool.rows("SELECT 1 / \(0)", access: access) } == .invalidStatement
              )
            case 7:
              #expect(
                await code { _ = try await pool.rows("SELECT nothing FROM nowhere", access: access) }
                  == .invalidStatement)
            default:
              #expect(try await pool.rows("SELECT \(number)", access: access)[0].get(0) == number)
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `a batch takes effect as a whole or not at all`() async throws {
    try await withPool { pool async throws in
      try await pool.batch([
        "CREATE TABLE item (id BIGINT PRIMARY KEY)", "INSERT INTO item VALUES (\(1))",
        "INSERT INTO item VALUES (\(2))",
      ])
      #expect(
        await code {
          _ = try await pool.batch(["INSERT INTO item VALUES (\(3))", "INSERT INTO item VALUES (\(1))"])
        } == .uniqueViolation)
      let results = try await pool.batch([
        "UPDATE item SET id = id + 10", "SELECT id FROM item ORDER BY id", "DELETE FROM item WHERE id = 11",
      ])
      #expect(results.map(\.changed) == [2, 0, 1])
      #expect(results[1].rows.map(\.values) == [[.integer(11)], [.integer(12)]])
      #expect(try await pool.batch([]).isEmpty)
    }
  }

  @Test func `a constraint that is checked at the commit fails the batch`() async throws {
    try await withPool { pool async throws in
      try await pool.execute(
        "CREATE TABLE item (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES item DEFERRABLE INITIALLY DEFERRED)"
      )
      #expect(
        await code { try await pool.execute("INSERT INTO item VALUES (\(1), \(2))") } == .constraintViolation)
      #expect(try await pool.rows("SELECT id FROM item").isEmpty)
    }
  }

  @Test func `a write declared read-only is refused by the server`() async throws {
    try await withPool { pool async throws in
      try await pool.execute("CREATE TABLE item (id BIGINT)")
      #expect(
        await code { _ = try await pool.rows("INSERT INTO item VALUES (1) RETURNING id", access: .readOnly) }
          == .notPermitted)
      #expect(try await pool.rows("SELECT id FROM item").isEmpty)
    }
  }

  @Test(arguments: [
    "BEGIN", "COMMIT", "ROLLBACK", "SET search_path = x", "COPY item TO STDOUT", "SAVEPOINT a", "a\0b",
  ])
  func `what would disturb those who share the connection is refused`(text: String) async throws {
    try await withPool { pool async throws in
      #expect(await code { try await pool.execute(SQL(unescaped: text)) } == .invalidStatement)
      #expect(try await pool.rows("SELECT 1")[0].get(0) == 1)
    }
  }

  @Test
  func `a procedure that leaves a transaction open costs the connection, not the neighbours' isolation`()
    async throws
  {
    try await withPool { pool async throws in
      // EXPLAIN and the like begin with other words than BEGIN; DO cannot begin one. What is left to test is
      // that the connection is clean after every call.
      try await pool.execute("DO 'BEGIN PERFORM 1; END'")
      #expect(try await pool.rows("SELECT 1")[0].get(0) == 1)
    }
  }

  @Test func `results larger than any buffer arrive whole while large parameters leave`() async throws {
    try await withPool { pool async throws in
      let large = String(repeating: "ä", count: 1 << 20)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { () async throws in
            #expect(try await pool.rows("SELECT \(large)")[0].get(0) == large)
          }
        }
        group.addTask {
          let rows = try await pool.rows("SELECT g FROM generate_series(1, 100000) g")
          #expect(rows.count == 100_000)
          #expect(try rows[99_999].get("g") == 100_000)
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `no rows, no columns, many columns`() async throws {
    try await withPool { pool async throws in
      #expect(try await pool.rows("SELECT 1 WHERE false").isEmpty)
      #expect(try await pool.rows("SELECT FROM generate_series(1, 2)").map(\.values) == [[], []])
      #expect(try await pool.execute("") == 0)
      let wide = (1...1_600).map(String.init).joined(separator: ",")
      #expect(try await pool.rows(SQL(unescaped: "SELECT \(wide)"))[0].values.count == 1_600)
      let tooMany = SQL(unescaped: "SELECT 1", parameters: [SQLValue](repeating: .integer(1), count: 65_536))
      #expect(await code { try await pool.execute(tooMany) } == .invalidStatement)
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Prepared statements` {
  private func prepared(_ pool: PostgresPool) async throws -> [String] {
    try await pool.rows("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time").map {
      try $0.get(0)
    }
  }

  @Test func `a text is prepared once a connection, however often it runs`() async throws {
    try await withPool { pool async throws in
      for number in 0..<20 { _ = try await pool.rows("SELECT \(number)") }
      _ = try await pool.rows("SELECT \(SQLValue.null)")
      #expect(try await prepared(pool).filter { $0 == "SELECT $1" }.count == 1)
      _ = try await pool.rows("SELECT \("text")")
      #expect(try await prepared(pool).filter { $0 == "SELECT $1" }.count == 2)
    }
  }

  @Test func `the server keeps no more than the bound`() async throws {
    var options = PostgresOptions()
    options.preparedStatementCount = 5
    try await withPool(options) { pool async throws in
      for number in 0..<40 {
        #expect(try await pool.rows(SQL(unescaped: "SELECT \(number)"))[0].get(0) == number)
      }
      // The one that asks has just pushed another out, whose end follows it.
      #expect(try await prepared(pool).count <= 6)
      #expect(try await pool.rows("SELECT 39")[0].get(0) == 39)
    }
  }

  @Test func `a batch may use the table it creates`() async throws {
    try await withPool { pool async throws in
      let results = try await pool.batch([
        "CREATE TABLE item (id BIGINT)", "INSERT INTO item VALUES (\(7))", "SELECT id FROM item",
      ])
      #expect(results[2].rows.map(\.values) == [[.integer(7)]])
    }
  }

  @Test func `a preparation that failed is tried again`() async throws {
    try await withPool { pool async throws in
      #expect(await code { _ = try await pool.rows("SELECT id FROM item") } == .invalidStatement)
      try await pool.execute("CREATE TABLE item (id BIGINT)")
      #expect(try await pool.rows("SELECT id FROM item").isEmpty)
    }
  }

  @Test func `after a table changes its shape, the same text runs again`() async throws {
    try await withPool { pool async throws in
      try await pool.execute("CREATE TABLE item (id BIGINT)")
      try await pool.execute("INSERT INTO item VALUES (1)")
      _ = try await pool.rows("SELECT * FROM item")
      try await pool.execute("ALTER TABLE item ADD COLUMN name TEXT")
      #expect(await code { _ = try await pool.rows("SELECT * FROM item") } == .retryable)
      #expect(try await pool.rows("SELECT * FROM item")[0].columns == ["id", "name"])
    }
  }
}
