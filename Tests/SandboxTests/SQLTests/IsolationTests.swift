// What an attacker reaches who got past the statement rules: nothing but the own schema.

import DiscordCore
import JSON
import Postgres
import SQL
import SandboxContract
import StorageTestKit
import Testing

@testable import SandboxSQL

@Suite(.timeLimit(.minutes(5))) struct IsolationTests {
  /// What may become of an attack.
  enum End: Sendable {
    /// The server says no.
    case denied
    /// It runs, and ends, and does nothing to others.
    case harmless
    /// It runs into a bound of time, memory or space.
    case bounded
  }

  /// Statements that the rules for texts refuse, or that hide from them, run without those rules.
  static let attacks: [(String, End)] = [
    // Names of schemas, in spellings that no pattern catches.
    ("SELECT * FROM U&\"plugin\\005fvictim_1\".secret", .denied),
    ("SELECT * FROM U&\"plugin!005fvictim_1\" UESCAPE '!' .secret", .denied),
    ("SELECT * FROM \"plugin_victim_1\".\"secret\"", .denied),
    ("INSERT INTO plugin_victim_1.secret VALUES ('mine')", .denied),
    ("UPDATE plugin_victim_1.secret SET word = 'mine'", .denied),
    ("DELETE FROM plugin_victim_1.secret", .denied),
    ("DROP TABLE plugin_victim_1.secret", .denied),
    ("ALTER TABLE plugin_victim_1.secret ADD x INT", .denied),
    ("CREATE TABLE plugin_victim_1.mine (a INT)", .denied),
    ("CREATE INDEX i ON plugin_victim_1.secret (word)", .denied),
    ("CREATE TABLE mine (LIKE plugin_victim_1.secret)", .denied),
    ("CREATE TABLE mine (a INT) INHERITS (plugin_victim_1.secret)", .denied),
    ("CREATE TABLE mine (a TEXT REFERENCES plugin_victim_1.secret (word))", .denied),
    ("CREATE TABLE mine AS SELECT * FROM plugin_victim_1.secret", .denied),
    ("SELECT nextval('plugin_victim_1.numbers')", .denied),
    ("SELECT setval('plugin_victim_1.numbers', 1)", .denied),
    ("SELECT 'plugin_victim_1.secret'::regclass", .denied),
    ("SELECT pg_get_serial_sequence('plugin_victim_1.secret', 'word')", .denied),
    ("SELECT * FROM public.anything", .denied), ("CREATE TABLE public.mine (a INT)", .denied),
    ("SELECT * FROM guildhall.tenant", .denied), ("DELETE FROM guildhall.tenant", .denied),
    // The way out of the login, the schema and the transaction.
    ("SELECT set_config('search_path', 'plugin_victim_1', false)", .denied),
    ("SELECT U&\"set\\005fconfig\"('statement_timeout', '0', false)", .denied),
    ("SELECT pg_catalog.set_config('role', 'guildhall', false)", .denied),
    ("UPDATE pg_settings SET setting = '0' WHERE name = 'statement_timeout'", .denied),
    ("SELECT current_setting('data_directory')", .denied),
    ("ALTER SCHEMA plugin_attacker_1 RENAME TO mine", .denied),
    ("DROP SCHEMA plugin_attacker_1 CASCADE", .denied), ("CREATE SCHEMA mine", .denied),
    ("GRANT ALL ON SCHEMA plugin_attacker_1 TO PUBLIC", .harmless), ("CREATE ROLE mine", .denied),
    ("ALTER ROLE CURRENT_USER SUPERUSER", .denied),
    ("ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000", .denied),
    ("ALTER TABLE own OWNER TO guildhall", .denied), ("GRANT guildhall TO CURRENT_USER", .denied),
    ("ALTER SYSTEM SET fsync = off", .denied), ("ALTER DATABASE plugins SET fsync = off", .denied),
    ("CREATE DATABASE mine", .denied), ("CREATE EXTENSION dblink", .denied),
    ("CREATE EXTENSION plpgsql", .denied),
    ("DO 'BEGIN PERFORM 1; END'", .denied), ("DO LANGUAGE plpgsql $$ BEGIN END $$", .denied),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", .denied),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END'", .denied),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'int4pl'", .denied),
    ("CREATE TEMP TABLE mine (a INT)", .denied), ("CREATE TABLE pg_temp.mine (a INT)", .denied),
    ("SELECT 1 INTO TEMP mine", .denied),
    ("CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()", .denied),
    ("CREATE PUBLICATION p FOR ALL TABLES", .denied),
    ("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", .denied),
    ("CREATE SERVER s FOREIGN DATA WRAPPER w", .denied), ("CREATE TABLESPACE t LOCATION '/tmp'", .denied),
    ("CREATE LANGUAGE c", .denied), ("SET SESSION AUTHORIZATION guildhall", .denied),
    ("SET ROLE guildhall", .denied),
    ("PREPARE p AS SELECT 1", .denied), ("LISTEN x", .denied), ("LOAD 'x'", .denied), ("COMMIT", .denied),
    ("VACUUM", .denied),
    ("SELECT 1; SELECT 2", .denied),
    // Files, programs, the network.
    ("COPY own TO PROGRAM 'id'", .denied), ("COPY own FROM '/etc/passwd'", .denied),
    ("COPY own TO STDOUT", .denied),
    ("WITH x AS (COPY own TO STDOUT) SELECT 1", .denied),
    ("SELECT pg_read_file('/etc/passwd')", .denied), ("SELECT pg_read_\u{0066}ile('PG_VERSION')", .denied),
    ("SELECT U&\"pg\\005fread\\005ffile\"('PG_VERSION')", .denied),
    ("SELECT pg_read_binary_file('PG_VERSION')", .denied),
    ("SELECT pg_ls_dir('.')", .denied), ("SELECT * FROM pg_ls_waldir()", .denied),
    ("SELECT pg_stat_file('.')", .denied),
    ("SELECT lo_import('/etc/passwd')", .denied), ("SELECT lo_export(1, '/tmp/x')", .denied),
    ("SELECT lo_create(0)", .denied),
    ("SELECT lo_creat(-1)", .denied), ("SELECT lo_from_bytea(0, 'x')", .denied),
    ("SELECT lo_put(1, 0, 'x')", .denied),
    ("SELECT lo_get(1)", .denied), ("SELECT lo_unlink(1)", .denied), ("SELECT loread(1, 1)", .denied),
    ("SELECT dblink('host=localhost', 'SELECT 1')", .denied), ("SELECT inet_server_addr()", .denied),
    // SQL inside of a text.
    ("SELECT query_to_xml('SELECT 1', true, true, '')", .denied),
    ("SELECT query_to_xml('COPY own TO PROGRAM ''id''', true, true, '')", .denied),
    ("SELECT database_to_xml(true, true, '')", .denied),
    ("SELECT schema_to_xml('plugin_victim_1', true, true, '')", .denied),
    ("SELECT table_to_xml('own', true, true, '')", .denied),
    ("SELECT cursor_to_xml('c', 1, true, true, '')", .denied),
    ("SELECT ts_stat('SELECT 1')", .denied), ("SELECT ts_rewrite('a'::tsquery, 'SELECT 1')", .denied),
    // Others at work, and the server itself.
    ("SELECT pg_terminate_backend(1)", .denied), ("SELECT pg_cancel_backend(1)", .denied),
    ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity", .denied),
    ("SELECT * FROM pg_stat_activity", .denied),
    ("SELECT pg_stat_get_activity(NULL)", .denied), ("SELECT pg_reload_conf()", .denied),
    ("SELECT pg_switch_wal()", .denied),
    ("SELECT pg_sleep(1)", .denied), ("SELECT pg_sleep(0.01) FROM generate_series(1, 100000)", .denied),
    ("SELECT pg_sleep_for('1 s')", .denied), ("SELECT pg_sleep_until(now())", .denied),
    ("SELECT pg_notify('a', 'b')", .denied), ("SELECT pg_advisory_lock(1)", .denied),
    ("SELECT pg_try_advisory_lock(1)", .denied),
    ("SELECT pg_advisory_unlock_all()", .denied), ("SELECT pg_export_snapshot()", .denied),
    ("SELECT pg_logical_emit_message(false, 'a', 'b')", .denied),
    ("SELECT pg_create_restore_point('a')", .denied),
    ("SELECT pg_log_backend_memory_contexts(1)", .denied), ("SELECT pg_stat_reset()", .denied),
    // Catalogs.
    ("SELECT * FROM pg_class", .denied), ("SELECT * FROM pg_namespace", .denied),
    ("SELECT * FROM pg_roles", .denied),
    ("SELECT * FROM pg_authid", .denied), ("SELECT * FROM pg_proc", .denied),
    ("SELECT * FROM pg_tables", .denied),
    ("SELECT * FROM pg_settings", .denied), ("SELECT * FROM pg_database", .denied),
    ("SELECT * FROM pg_locks", .denied),
    ("SELECT * FROM pg_stats", .denied), ("SELECT * FROM information_schema.tables", .denied),
    ("SELECT * FROM pg_largeobject", .denied),
    ("SELECT pg_database_size('plugins')", .denied), ("SELECT pg_total_relation_size('own')", .denied),
    ("SELECT pg_get_userbyid(10)", .denied), ("SELECT obj_description(1)", .denied),
    ("SELECT has_schema_privilege('plugin_victim_1', 'usage')", .denied),
    // Time, memory, space.
    ("SELECT count(*) FROM generate_series(1, 1000000000000)", .bounded),
    ("SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) s", .bounded),
    ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r", .bounded),
    ("WITH RECURSIVE r AS (SELECT 'x' AS t UNION ALL SELECT t || t FROM r) SELECT count(*) FROM r", .bounded),
    ("SELECT length(repeat('x', 1000000000))", .bounded),
    ("SELECT repeat(repeat('x', 1000000), 1000)", .bounded),
    ("SELECT lpad('', 1000000000, 'x')", .bounded), ("SELECT format('%1000000000s', 'x')", .bounded),
    ("SELECT array_fill(0, ARRAY[100000000])", .bounded),
    ("SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 10000)", .bounded),
    ("SELECT array_agg(x) FROM generate_series(1, 100000000) x", .bounded),
    ("SELECT jsonb_agg(repeat('x', 100000)) FROM generate_series(1, 100000)", .bounded),
    ("SELECT x FROM generate_series(1, 100000000) x ORDER BY md5(x::text) LIMIT 1", .bounded),
    (
      "SELECT count(*) FROM generate_series(1, 3000) a, generate_series(1, 3000) b, generate_series(1, 3000) c",
      .bounded
    ),
    ("SELECT repeat('a', 5000) ~ '^(((a+)+)+)+b$'", .harmless),
    ("SELECT repeat('a', 40) ~ '(a|a)*(a|a)*(a|a)*\\1\\1x'", .harmless),
    ("SELECT regexp_matches(repeat('ab', 100000), '(.*)(.*)(.*)(.*)\\1', 'g')", .bounded),
    ("SELECT 10::numeric ^ 100000 ^ 2", .bounded), ("SELECT factorial(30000) > 0", .harmless),
    ("CREATE TABLE huge AS SELECT md5(x::text) FROM generate_series(1, 100000000) x", .bounded),
    ("CREATE TABLE huge AS SELECT repeat('x', 5000) || generate_series(1, 100000000)", .bounded),
    (
      "INSERT INTO own SELECT md5(random()::text) || repeat(md5(random()::text), 60) FROM (SELECT generate_series(1, 100000000)) s",
      .bounded
    ),
    ("INSERT INTO own SELECT repeat(md5(x::text), 1000) FROM generate_series(1, 100000000) x", .bounded),
    ("SELECT \(String(repeating: "(", count: 20_000))1\(String(repeating: ")", count: 20_000))", .bounded),
    ("SELECT \(Array(repeating: "1", count: 40_000).joined(separator: "+"))", .bounded),
  ]

  @Test func `no attack reaches anything, whatever the rules for texts let through`() async throws {
    let database = try await SharedDatabase.shared.open().database
    let victim = try await TestTenant("victim", guild: 1)
    try await victim.execute("CREATE TABLE secret (word TEXT PRIMARY KEY)")
    try await victim.execute("CREATE TABLE numbers_of (a SERIAL)")
    try await victim.execute("INSERT INTO secret VALUES ('xyzzy')")
    let attacker = try await TestTenant("attacker", guild: 1)
    try await attacker.execute("CREATE TABLE own (a TEXT)")
    for (sql, end) in Self.attacks {
      let start = ContinuousClock.now
      let answer = await outcome(sql, attacker, database)
      #expect(ContinuousClock.now - start < .seconds(30), "\(sql.prefix(120))")
      #expect(!"\(answer)".contains("xyzzy"), "\(sql.prefix(120))")
      switch (end, answer) {
      case (.denied, .failure), (.bounded, .failure), (.harmless, _): break
      default: Issue.record("\(sql.prefix(120)) ran: \("\(answer)".prefix(200))")
      }
    }
    #expect(try await victim.one("SELECT count(*), min(word) FROM secret") == [1, "xyzzy"])
    #expect(try await attacker.one("SELECT count(*) FROM own") == [0])
    let owner = try await database.admin()
    let objects = try await owner.rows("SELECT count(*) FROM pg_largeobject_metadata")
    #expect(try objects.first?.get(0) == 0)
  }

  private func outcome(_ sql: String, _ tenant: TestTenant, _ database: PluginDatabase) async
    -> Result<PostgresTextResult, any Error>
  {
    do {
      return .success(try await database.run(PostgresText(sql), for: tenant.schema, access: .readWrite))
    } catch {
      return .failure(error)
    }
  }

  @Test func `no tenant reaches another: four plugins' tables, by every name`() async throws {
    let database = try await SharedDatabase.shared.open().database
    var tenants: [TestTenant] = []
    for plugin in ["east", "west"] {
      for guild in [901, 902] as [UInt64] {
        let tenant = try await TestTenant(plugin, guild: guild)
        try await tenant.execute("CREATE TABLE mine (word TEXT, id SERIAL)")
        try await tenant.execute("INSERT INTO mine VALUES (%s)", [.string(tenant.schema.name)])
        tenants.append(tenant)
      }
    }
    for tenant in tenants {
      #expect(try await tenant.one("SELECT word FROM mine") == [.string(tenant.schema.name)])
      #expect(
        try await tenant.one("SELECT word FROM \(tenant.schema.name).mine") == [.string(tenant.schema.name)])
      for other in tenants where other.schema != tenant.schema {
        let name = other.schema.name
        #expect(
          await tenant.failure("SELECT * FROM \(name).mine")?.message == "Blocked SQL pattern: \(name).")
        for sql in [
          "SELECT * FROM \(name).mine", "INSERT INTO \(name).mine VALUES ('x')", "DELETE FROM \(name).mine",
          "SELECT setval('\(name).mine_id_seq', 9)", "DROP TABLE \(name).mine",
        ] {
          guard case .failure(let error) = await outcome(sql, tenant, database) else {
            Issue.record("\(sql) ran")
            continue
          }
          #expect((error as? PostgresTextFailure)?.error.code == .notPermitted)
        }
        let hidden = await tenant.failure("SELECT nextval('\(name).mine_id_seq')")
        #expect(hidden != nil)
      }
    }
    for tenant in tenants {
      #expect(try await tenant.one("SELECT count(*), max(id) FROM mine") == [1, 1])
    }
  }

  @Test func `logins are not worth anything elsewhere`() async throws {
    let parts = try await SharedDatabase.shared.open()
    let tenant = try await TestTenant("login", guild: 3)
    try await tenant.execute("CREATE TABLE t (a INT)")
    let role = tenant.schema.role(parts.database.secret)
    let address = try await parts.cluster.ready()
    let password = tenant.schema.password(parts.database.secret)
    for (database, user, secret) in [
      ("postgres", role, password), ("template1", role, password), ("plugins", role, "wrong"),
      ("plugins", "guildhall", "x"),
    ] {
      let pool = PostgresPool(
        address: address.replacing(database: database).replacing(user: user, password: secret),
        loops: [parts.installation.loop])
      // We are who may come in as the owner, without a password.
      if user == "guildhall" {
        _ = try await pool.rows("SELECT 1")
      } else {
        await #expect(throws: SQLError.self) { try await pool.rows("SELECT 1") }
      }
      await pool.close(grace: .zero)
    }
    let owner = try await parts.database.admin()
    let rows = try await owner.rows(
      "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = \(role)"
    )
    #expect(try rows.first?.get(0) == false)
  }

  @Test func `more tenants than places take turns`() async throws {
    let parts = try await SharedDatabase.shared.open()
    var limits = PluginDatabaseLimits()
    limits.openTenants = 2
    let database = PluginDatabase(
      .cluster(parts.cluster), secret: parts.database.secret, loops: [parts.installation.loop], limits: limits
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      for guild in 1...6 {
        for _ in 0..<4 {
          group.addTask {
            let schema = PluginSchema(plugin: "turns", guild: GuildID(UInt64(guild)))
            let rows = try await database.run(
              PostgresText("SELECT current_schema()"), for: schema, access: .readOnly
            ).rows
            #expect(rows == [[schema.name]])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(database.pools.openCount <= 2)
    await database.pools.close()
  }
}
