// Makes the plugins' database, and closes in it what reaches beyond a schema.

import Postgres
import SQL

/// What is done once to the database. Each step may be repeated.
struct DatabasePreparation {
  let pool: PostgresPool
  let database: String

  /// Makes the database, on a connection to another one.
  ///
  /// - Throws: `SQLError`; `ClusterFailure` when the login may not make one.
  static func create(_ name: String, isPrivate: Bool, using pool: PostgresPool) async throws {
    let known = try await pool.rows("SELECT 1 FROM pg_database WHERE datname = \(name)")
    if known.isEmpty {
      let statement = "CREATE DATABASE \(quoted(name)) TEMPLATE template0 ENCODING 'UTF8'"
      try await make(name, SQL(unescaped: statement), using: pool)
    }
    guard isPrivate else { return }
    for other in ["postgres", "template1"] {
      try await pool.execute(SQL(unescaped: "REVOKE ALL ON DATABASE \(other) FROM PUBLIC"))
    }
  }

  private static func make(_ name: String, _ statement: SQL, using pool: PostgresPool) async throws {
    do throws(SQLError) {
      try await pool.execute(statement)
    } catch {
      // 42P04, or a key taken: another process was faster.
      if error.engineCode == "42P04" || error.code == .uniqueViolation { return }
      guard error.code == .notPermitted else { throw error }
      throw ClusterFailure(
        "the database login may not make the plugins' database: create \(name), owned by that login")
    }
  }

  /// - Returns: whether everything could be closed, which takes a superuser.
  func run() async throws -> Bool {
    for statement in Self.rights(database) { try await pool.execute(SQL(unescaped: statement)) }
    let superuser = try await pool.rows("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    guard try superuser.first?.get(0, as: Bool.self) == true else { return false }
    let done = try await pool.rows(
      "SELECT 1 FROM guildhall.hardening WHERE version = \(Self.version)")
    guard done.isEmpty else { return true }
    try await pool.transaction { session in
      let functions = try await session.rows(
        SQL(unescaped: Self.openFunctions, parameters: [.text(Self.kept.joined(separator: " "))]))
      let names = try functions.map { row in try row.get(0, as: String.self) }
      guard !names.isEmpty else { throw ClusterFailure("the server's functions cannot be listed") }
      try await session.execute(
        SQL(unescaped: "REVOKE EXECUTE ON FUNCTION \(names.joined(separator: ", ")) FROM PUBLIC"))
      for statement in Self.closing { try await session.execute(SQL(unescaped: statement)) }
      try await session.execute("INSERT INTO guildhall.hardening (version) VALUES (\(Self.version))")
    }
    return true
  }

  /// Grows with the lists below: an older database is closed anew.
  private static let version = 1

  private static func rights(_ database: String) -> [String] {
    let group = PluginDatabase.group
    return [
      "REVOKE ALL ON DATABASE \(quoted(database)) FROM PUBLIC",
      "REVOKE ALL ON SCHEMA public FROM PUBLIC",
      "CREATE SCHEMA IF NOT EXISTS guildhall",
      """
      CREATE TABLE IF NOT EXISTS guildhall.tenant (
        schema TEXT PRIMARY KEY, plugin TEXT NOT NULL, guild_id BIGINT NOT NULL, role TEXT NOT NULL,
        made_at TIMESTAMPTZ NOT NULL DEFAULT now(), UNIQUE (guild_id, plugin))
      """,
      "CREATE TABLE IF NOT EXISTS guildhall.hardening (version BIGINT PRIMARY KEY)",
      // No IF NOT EXISTS for roles: made under a name of its own only where it is missing.
      """
      DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '\(group)') THEN CREATE ROLE \(group) NOLOGIN; END IF;
      END $$
      """,
      "GRANT CONNECT ON DATABASE \(quoted(database)) TO \(group)",
    ]
  }

  /// What stays open although it changes something, or looks like what is closed.
  private static let kept: [String] = [
    "random", "setseed", "clock_timestamp", "timeofday", "gen_random_uuid", "nextval", "currval", "lastval",
    "setval",
    "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared", "pg_try_advisory_xact_lock",
    "pg_try_advisory_xact_lock_shared", "bernoulli", "system", "pg_typeof", "pg_column_size",
    "pg_size_pretty",
    "pg_size_bytes", "pg_get_serial_sequence", "pg_collation_for",
  ]

  /// Functions that act beyond their result, run a text as SQL, read files, sleep, or tell of others.
  private static let openFunctions = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
      AND p.proname <> ALL (string_to_array($1, ' ')) AND p.proname !~ '^RI_'
      AND (p.provolatile = 'v'
        OR (p.proname ~ '^(pg|has|txid|binary_upgrade|lo|inet_client|inet_server)_'
          AND p.proname !~ '^(pg|txid)_(lsn|snapshot|mcv|ndistinct|dependencies|node_tree|ddl)')
        OR p.proname ~ '_to_xml'
        OR p.proname IN ('obj_description', 'col_description', 'shobj_description', 'current_setting',
          'current_schemas', 'getpgusername', 'ts_stat', 'ts_debug', 'version'))
    """

  private static let closing: [String] = [
    "REVOKE ALL ON ALL TABLES IN SCHEMA pg_catalog FROM PUBLIC",
    "REVOKE ALL ON ALL TABLES IN SCHEMA information_schema FROM PUBLIC",
    "REVOKE ALL ON SCHEMA information_schema FROM PUBLIC",
    "REVOKE ALL ON LANGUAGE sql FROM PUBLIC", "REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC",
    "REVOKE ALL ON SCHEMA guildhall FROM PUBLIC",
  ]

  /// A name in quotes.
  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
