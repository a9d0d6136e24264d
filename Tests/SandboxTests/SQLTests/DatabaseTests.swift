// Plugins' SQL on a real server: values, statements, budgets, bounds.

import DiscordCore
import EventLoop
import JSON
import Postgres
import SQL
import SandboxContract
import Testing

@testable import SandboxSQL

@Suite(.timeLimit(.minutes(3))) struct DatabaseTests {
  static let results: [(String, JSONValue)] = {
    var table: [(String, JSONValue)] = []
    table.append(("1", 1))
    table.append(("9007199254740993", 9_007_199_254_740_993))
    table.append(("1::smallint", 1))
    table.append(("1.5::float8", 1.5))
    table.append(("0.1::real", 0.1))
    table.append(("'NaN'::float8", "NaN"))
    table.append(("1.50::numeric(10,2)", "1.50"))
    table.append(("sum(x) FROM (VALUES (1::bigint), (2)) v(x)", "3"))
    table.append(("avg(x) FROM (VALUES (1), (2)) v(x)", "1.5000000000000000"))
    table.append(("count(*) FROM (VALUES (1), (2)) v(x)", 2))
    table.append(("true", true))
    table.append(("NULL::int", nil))
    table.append(("'a'", "a"))
    table.append(("'x'::char(3)", "x  "))
    table.append(("'2026-01-31'::date", "2026-01-31"))
    table.append(("'12:34:56.5'::time", "12:34:56.5"))
    table.append(("'12:34:56+02'::timetz", "12:34:56+02:00"))
    table.append(("'2026-01-31 12:34:56.789'::timestamp", "2026-01-31T12:34:56.789"))
    table.append(("'2026-01-31 12:34:56+02'::timestamptz", "2026-01-31T10:34:56+00:00"))
    table.append(("'infinity'::timestamptz", "infinity"))
    table.append(("'1 day 02:00:00'::interval", "1 day 02:00:00"))
    table.append(("'{\"b\":1,\"a\":[true,null,1.5]}'::json", ["b": 1, "a": [true, nil, 1.5]]))
    table.append(("'{\"a\":\"x\"}'::jsonb", ["a": "x"]))
    table.append(("'\\x00ff10'::bytea", "AP8Q"))
    table.append(("'\\x'::bytea", ""))
    table.append(("'\\x41'::bytea", "QQ=="))
    table.append(("ARRAY[1,2,NULL]", [1, 2, nil]))
    table.append(("ARRAY[[1,2],[3,4]]", [[1, 2], [3, 4]]))
    table.append(("'{}'::text[]", []))
    table.append(("ARRAY['a,b','c\"d','NULL',NULL]", ["a,b", "c\"d", "NULL", nil]))
    table.append(("ARRAY['2026-01-31 00:00:00+00'::timestamptz]", ["2026-01-31T00:00:00+00:00"]))
    table.append(("ARRAY[true,false]", [true, false]))
    table.append(("ARRAY['{\"a\":1}'::jsonb]", [["a": 1]]))
    table.append(("ARRAY[1.5,2]", ["1.5", "2"]))
    table.append(("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"))
    table.append(("pg_advisory_xact_lock(hashtext('x'))", nil))
    table.append(("to_regclass('nothing')", nil))
    table.append(("ROW(1,'a')", "(1,a)"))
    return table
  }()

  @Test func `each type has its form in JSON`() async throws {
    let tenant = try await TestTenant()
    for (expression, value) in Self.results {
      #expect(try await tenant.one("SELECT \(expression)") == [value], "\(expression)")
    }
  }

  @Test func `parameters arrive as what they are`() async throws {
    let tenant = try await TestTenant()
    try await tenant.execute(
      "CREATE TABLE v (i INT, b BIGINT, f FLOAT8, n NUMERIC, t TEXT, o BOOLEAN, z TIMESTAMPTZ, j JSONB, ia BIGINT[], ta TEXT[])"
    )
    let values: [JSONValue] = [
      7, 5_000_000_000, 1.5, 12, "it's %s", true, "2026-01-31T12:00:00+00:00", ["a": [1, nil]], [1, 2],
      ["x,y", "z"],
    ]
    let marks = Array(repeating: "%s", count: values.count).joined(separator: ", ")
    #expect(try await tenant.execute("INSERT INTO v VALUES (\(marks))", values) == 1)
    #expect(
      try await tenant.one("SELECT * FROM v")
        == [
          7, 5_000_000_000, 1.5, "12", "it's %s", true, "2026-01-31T12:00:00+00:00", ["a": [1, nil]], [1, 2],
          ["x,y", "z"],
        ])
    #expect(
      try await tenant.one(
        "SELECT t FROM v WHERE i = ANY(%s) AND t = ANY($2)".replacing("$2", with: "%s"),
        [[7, 8], ["it's %s"]]) == ["it's %s"])
    // Where the place tells no type, the value's own kind does.
    #expect(
      try await tenant.one("SELECT jsonb_build_object('a', %s, 'b', %s), %s, %s", ["x", 1, "y", nil])
        == [["a": "x", "b": 1], "y", nil])
    #expect(try await tenant.one("SELECT $2::int - $1::int, $1::int", [1, 3]) == [2, 1])
    #expect(
      try await tenant.one("SELECT count(*) FROM v WHERE z > NOW() - %s * INTERVAL '1 day'", [100_000]) == [1]
    )
    #expect(try await tenant.one("SELECT i FROM v LIMIT %s OFFSET %s", [1, 0]) == [7])
    #expect(try await tenant.one("SELECT 7 %% 4, t LIKE 'it%%' FROM v WHERE i = %s", [7]) == [3, true])
  }

  @Test func `statements of real plugins run`() async throws {
    let tenant = try await TestTenant()
    try await tenant.execute(
      """
      CREATE TABLE IF NOT EXISTS entries (
        id BIGSERIAL PRIMARY KEY, user_id TEXT NOT NULL UNIQUE, points INTEGER NOT NULL DEFAULT 0,
        meta JSONB NOT NULL DEFAULT '{}', made_at TIMESTAMPTZ NOT NULL DEFAULT NOW());
      """)
    try await tenant.execute("CREATE INDEX IF NOT EXISTS entries_points ON entries (points DESC)")
    let upsert =
      "INSERT INTO entries (user_id, points) VALUES (%s, %s) ON CONFLICT (user_id) DO UPDATE SET points = entries.points + EXCLUDED.points"
    #expect(try await tenant.execute(upsert, ["1", 5]) == 1)
    #expect(try await tenant.execute(upsert, ["1", 5]) == 1)
    #expect(try await tenant.execute(upsert + " RETURNING id, points", ["2", 1]) == 1)
    #expect(
      try await tenant.execute("INSERT INTO entries (user_id) VALUES (%s) ON CONFLICT DO NOTHING", ["2"]) == 0
    )
    #expect(
      try await tenant.execute("UPDATE entries SET points = points - 3 WHERE points >= 3 RETURNING points")
        == 1)
    #expect(
      try await tenant.one(
        "SELECT COUNT(*) FILTER (WHERE points > 1), SUM(points), to_char(NOW(), 'YYYY') <> '', date_trunc('day', NOW()) <= NOW() FROM entries"
      )
        == [1, 8, true, true])
    #expect(
      try await tenant.one("SELECT to_regclass('entries') IS NOT NULL, to_regclass('others') IS NULL") == [
        true, true,
      ])
    #expect(
      try await tenant.one(
        "SELECT count(*) FROM entries WHERE made_at > NOW() - INTERVAL '1 hour' AND NOT user_id ILIKE 'x%'")
        == [2])
    #expect(try await tenant.one("SELECT pg_advisory_xact_lock(hashtext('daily:1'))") == [nil])
    #expect(try await tenant.execute("SELECT id FROM entries FOR UPDATE") == 2)
    #expect(
      try await tenant.execute("UPDATE entries SET meta = jsonb_set(meta, '{a}', to_jsonb(%s::text))", ["x"])
        == 2)
    #expect(
      try await tenant.one("SELECT meta->>'a', row_number() OVER (ORDER BY id) FROM entries") == ["x", 1])
    #expect(
      try await tenant.one(
        "SELECT string_agg(user_id, ',' ORDER BY id), gen_random_uuid() IS NOT NULL, random() < 1 FROM entries"
      ) == ["1,2", true, true])
    #expect(
      try await tenant.one("SELECT s.u FROM (SELECT user_id AS u FROM entries ORDER BY points DESC) s") == [
        "1"
      ])
    try await tenant.execute("ALTER TABLE entries ADD COLUMN IF NOT EXISTS note TEXT")
    #expect(try await tenant.execute("DELETE FROM entries WHERE user_id IN (%s, %s)", ["1", "2"]) == 2)
    try await tenant.execute("DROP TABLE IF EXISTS entries")
  }

  @Test func `columns keep their order, and rows are cut at the limit`() async throws {
    let tenant = try await TestTenant()
    let answer = try await tenant.query(
      "SELECT x AS z, x * 2 AS a, 'k' AS m FROM generate_series(1, 10) x ORDER BY x DESC", limit: 3)
    #expect(answer["truncated"] == true)
    #expect(answer["rows"]?.array?.first == ["z": 10, "a": 20, "m": "k"])
    #expect(answer["rows"]?.array?.count == 3)
    #expect(
      try await tenant.query("SELECT 1 AS a FROM generate_series(1, 3)", limit: 3)["truncated"] == false)
    #expect(
      try await tenant.query("SELECT generate_series(1, 1000000000000) AS a", limit: 1_000)["truncated"]
        == true)
    #expect(try await tenant.call("sql.query_one", ["sql": "SELECT 1 WHERE false"]) == ["row": nil])
    #expect(
      try await tenant.call("sql.query_one", ["sql": "SELECT 1 AS a, 2 AS a"])["row"]?.object?.fields.count
        == 2)
    await #expect(throws: RPCError.self) { try await tenant.query("SELECT 1", limit: 1_001) }
    await #expect(throws: RPCError.self) { try await tenant.query("SELECT 1", limit: 0) }
  }

  @Test func `queries only select, and only read`() async throws {
    let tenant = try await TestTenant()
    try await tenant.execute("CREATE TABLE t (a SERIAL)")
    for sql in [
      "INSERT INTO t VALUES (1)", "DELETE FROM t", "DROP TABLE t", "UPDATE t SET a = 1 RETURNING a",
    ] {
      let error = await #expect(throws: RPCError.self) { try await tenant.query(sql) }
      #expect(error?.message == "plugin_sql_query only accepts SELECT statements")
    }
    let write = await #expect(throws: RPCError.self) { try await tenant.query("SELECT nextval('t_a_seq')") }
    #expect(write?.message.contains("read-only transaction") == true)
    await #expect(throws: RPCError.self) { try await tenant.query("SELECT 1 AS a INTO u") }
    #expect(await tenant.failure("SELECT 1 AS a INTO u") != nil)
    #expect(try await tenant.execute("SELECT nextval('t_a_seq') FROM generate_series(1, 3)") == 3)
    #expect(try await tenant.one("SELECT last_value FROM t_a_seq") == [3])
  }

  @Test func `errors are the server's words, cut, and nothing is kept of a failed statement`() async throws {
    let tenant = try await TestTenant()
    try await tenant.execute("CREATE TABLE t (a INT PRIMARY KEY, b TEXT CHECK (length(b) < 5))")
    try await tenant.execute("INSERT INTO t VALUES (1, 'x')")
    #expect(
      await tenant.failure("INSERT INTO t VALUES (1, 'x')")?.message.contains("duplicate key value") == true)
    #expect(
      await tenant.failure("INSERT INTO t VALUES (2, 'x'), (3, 'too long')")?.message.contains(
        "check constraint") == true)
    #expect(
      await tenant.failure("SELECT * FROM missing")?.message
        == "SQL error: relation \"missing\" does not exist")
    #expect(await tenant.failure("SELECT 1/0")?.message == "SQL error: division by zero")
    let long = await tenant.failure("SELECT (repeat('x', 5000))::int")?.message ?? ""
    #expect(long.unicodeScalars.count == "SQL error: ".count + 300)
    #expect(await tenant.failure("SELECT %s::int", ["abc"])?.message.contains("invalid input syntax") == true)
    #expect(await tenant.failure("SELEC 1")?.code == .validation)
    #expect(await tenant.failure("SELECT pg_sleep_x(1")?.code == .validation)
    #expect(try await tenant.one("SELECT count(*) FROM t") == [1])
    await #expect(throws: RPCError.self) {
      try await tenant.call("sql.execute", ["sql": "SELECT 1", "params": ["a": 1]])
    }
    await #expect(throws: RPCError.self) { try await tenant.call("sql.execute", [:]) }
  }

  @Test func `eight conditional updates at once: one succeeds`() async throws {
    let tenant = try await TestTenant()
    try await tenant.execute("CREATE TABLE stock (id INT PRIMARY KEY, amount INT)")
    try await tenant.execute("INSERT INTO stock VALUES (1, 1), (2, 100)")
    func parallel(_ sql: String) async throws -> [Int64] {
      try await withThrowingTaskGroup(of: Int64?.self) { group in
        for _ in 0..<8 { group.addTask { try await tenant.execute(sql, [1]) } }
        return try await group.reduce(into: []) { counts, count in counts.append(count ?? -1) }
      }
    }
    let last = try await parallel("UPDATE stock SET amount = amount - 1 WHERE id = 1 AND amount >= %s")
    #expect(last.sorted() == [0, 0, 0, 0, 0, 0, 0, 1])
    let all = try await parallel("UPDATE stock SET amount = amount - %s WHERE id = 2")
    #expect(all == Array(repeating: 1, count: 8))
    let inserts = try await parallel("INSERT INTO stock VALUES (3, %s) ON CONFLICT DO NOTHING")
    #expect(inserts.reduce(0, +) == 1)
    #expect(try await tenant.one("SELECT sum(amount) FROM stock WHERE id < 3") == [92])
  }

  @Test func `changes of the schema have a budget, rows have none`() async throws {
    let tenant = try await TestTenant(age: .seconds(7_200))
    for _ in 0..<5 { try await tenant.execute("CREATE TABLE IF NOT EXISTS t (a INT)") }
    let error = await tenant.failure("CREATE TABLE IF NOT EXISTS t (a INT)")
    #expect(error?.code == .rateLimited)
    #expect(error?.message == "DDL rate limit: max 5 DDL statements per hour (retry in 3600s)")
    #expect(error?.retryAfter == 3_600)
    for number in 0..<10 { try await tenant.execute("INSERT INTO t VALUES (%s)", [.integer(Int64(number))]) }
    let fresh = try await TestTenant()
    for _ in 0..<40 { try await fresh.execute("CREATE TABLE IF NOT EXISTS t (a INT)") }
    #expect(await fresh.failure("CREATE TABLE IF NOT EXISTS t (a INT)")?.code == .rateLimited)
  }

  @Test func `results too large are stopped by the server`() async throws {
    let tenant = try await TestTenant()
    for sql in [
      "SELECT repeat('x', 5000000)", "SELECT repeat('x', 5000) FROM generate_series(1, 1000)",
      "SELECT array_agg(x) FROM generate_series(1, 3000000) x", "SELECT repeat('x', 100000000)",
      "SELECT repeat('x', 1000000000)",
      "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 1000)",
    ] {
      let error = await #expect(throws: RPCError.self, "\(sql)") { try await tenant.query(sql, limit: 1_000) }
      let isTold = ["larger than 4 MiB", "more memory", "timeout"].contains {
        error?.message.contains($0) == true
      }
      #expect(isTold, "\(sql): \(error?.message ?? "")")
    }
    #expect(
      try await tenant.query("SELECT repeat('x', 4000) FROM generate_series(1, 1000)", limit: 1_000)["rows"]?
        .array?.count == 1_000)
  }

  @Test func `a schema has a size, and deleting makes room`() async throws {
    let tenant = try await TestTenant()
    try await tenant.execute("CREATE TABLE big (id INT, data TEXT)")
    // 31 KB a row that compression leaves alone.
    let fill =
      "INSERT INTO big SELECT x, (SELECT string_agg(md5(x::text || y::text || random()::text), '') FROM generate_series(1, 1000) y) FROM generate_series(1, 100) x"
    var error: RPCError?
    for _ in 0..<80 where error == nil { error = await tenant.failure(fill) }
    #expect(error?.code == .quotaExceeded, "\(error?.message ?? "")")
    #expect(error?.message.contains("of 100 MiB are used") == true)
    #expect(try await tenant.one("SELECT count(*) > 1000 FROM big") == [true])
    // In portions, each far from the time limit.
    var deleted: Int64 = 0
    for part in 0..<10 {
      deleted += try await tenant.execute("DELETE FROM big WHERE id %% 10 = %s", [.integer(Int64(part))]) ?? 0
    }
    #expect(deleted > 1_000)
    // Dead rows are cleared away now and then, as soon as no statement of other cases might still see them: fresh books
    // stand for the time between.
    let deadline = ContinuousClock.now + .seconds(60)
    var last: RPCError?
    repeat {
      let rested = try await TestTenant(guild: tenant.schema.guild.rawValue)
      last = await rested.failure("INSERT INTO big VALUES (1, 'x')")
    } while last != nil && ContinuousClock.now < deadline
    #expect(last == nil)
    #expect(try await SharedDatabase.shared.open().database.size(of: tenant.schema) < 100 << 20)
  }

  @Test func `time and memory of a statement have an end`() async throws {
    let tenant = try await TestTenant()
    for sql in [
      "SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) s",
      "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b",
    ] {
      let start = ContinuousClock.now
      #expect(await tenant.failure(sql)?.message.contains("statement timeout") == true)
      #expect(ContinuousClock.now - start < .seconds(30))
    }
    #expect(try await tenant.one("SELECT 1") == [1])
  }

  @Test func `schemas are listed, dumped and erased`() async throws {
    let tenant = try await TestTenant("archive")
    let database = try await SharedDatabase.shared.open().database
    try await tenant.execute("CREATE TABLE \"Odd \"\"name\" (a INT, at TIMESTAMPTZ)")
    try await tenant.execute("CREATE TABLE two (b JSONB)")
    try await tenant.execute("INSERT INTO \"Odd \"\"name\" VALUES (1, '2026-01-31 00:00:00+00')")
    #expect(try await database.schemas().contains(tenant.schema))
    #expect(try await database.schemas(of: tenant.schema.guild) == [tenant.schema])
    let dump = try await database.dump("archive", in: tenant.schema.guild)
    #expect(
      dump == [
        "schema": .string(tenant.schema.name),
        "tables": [
          ["name": "Odd \"name", "rows": [["a": 1, "at": "2026-01-31T00:00:00+00:00"]], "truncated": false],
          ["name": "two", "rows": [], "truncated": false],
        ], "truncated": false,
      ])
    try await tenant.methods.erase("archive", in: tenant.schema.guild)
    #expect(try await !database.schemas().contains(tenant.schema))
    #expect(try await database.dump("archive", in: tenant.schema.guild) == .null)
    #expect(await tenant.failure("SELECT * FROM two") != nil)
    try await tenant.methods.erase("archive", in: tenant.schema.guild)
    try await tenant.methods.erase("never_there", in: tenant.schema.guild)
  }
}
