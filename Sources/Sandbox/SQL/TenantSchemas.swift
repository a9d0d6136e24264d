// Schemas and logins of plugins: made, listed, measured, dropped. By the owner, never by a plugin.

import DiscordCore
import EventLoop
import Postgres
import SQL
import Vault

/// The owner's work on the schemas. Names come from `PluginSchema`, which lets nothing but plain ones through.
struct TenantSchemas {
  let pool: PostgresPool
  let isSuperuser: Bool

  /// Keeps the same schema from being made, or dropped, twice at the same time.
  private func lock(_ schema: PluginSchema, _ session: any SQLSession) async throws {
    try await session.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(schema.name), 0))")
  }

  /// Makes schema and login, or makes the login over.
  ///
  /// The schema is ours; the plugin may make things in it, and owns those. So it can neither drop nor give away the
  /// schema itself.
  func provide(_ schema: PluginSchema, secret: Secret, limits: PluginDatabaseLimits) async throws {
    let role = schema.role(secret)
    let guild = Int64(bitPattern: schema.guild.rawValue)
    try await pool.transaction(attempts: 5) { session in
      try await lock(schema, session)
      let known = try await session.rows("SELECT 1 FROM pg_roles WHERE rolname = \(role)")
      if known.isEmpty { try await session.execute(SQL(unescaped: "CREATE ROLE \(role)")) }
      for statement in Self.login(role, schema, secret, limits, isSuperuser: isSuperuser) {
        try await session.execute(SQL(unescaped: statement))
      }
      let rows = try await session.rows(
        """
        SELECT t.role FROM guildhall.tenant t JOIN pg_roles r ON r.rolname = t.role
        WHERE t.schema = \(schema.name) AND t.role <> \(role)
        """)
      if let old = try rows.first?.get(0, as: String.self) {
        for statement in ["REASSIGN OWNED BY \(old) TO \(role)", "DROP OWNED BY \(old)", "DROP ROLE \(old)"] {
          try await session.execute(SQL(unescaped: statement))
        }
      }
      try await session.execute(
        """
        INSERT INTO guildhall.tenant (schema, plugin, guild_id, role)
        VALUES (\(schema.name), \(schema.plugin), \(guild), \(role))
        ON CONFLICT (schema) DO UPDATE SET role = excluded.role
        """)
    }
  }

  private static func login(
    _ role: String, _ schema: PluginSchema, _ secret: Secret, _ limits: PluginDatabaseLimits,
    isSuperuser: Bool
  ) -> [String] {
    let settings: [String] = [
      "search_path = \(schema.name)", "statement_timeout = \(limits.statementTimeout.wholeMilliseconds)",
      "lock_timeout = 3000", "idle_in_transaction_session_timeout = 10000", "work_mem = '2MB'",
      "client_min_messages = error", "max_parallel_workers_per_gather = 0", "jit = off", "timezone = 'UTC'",
      "datestyle = 'ISO, MDY'", "intervalstyle = 'postgres'", "bytea_output = 'hex'",
      "standard_conforming_strings = on",
    ]
    // One more than we use, for a connection that the server has not noticed to be gone.
    let connections = limits.connectionsPerTenant + 2
    var statements = [
      "ALTER ROLE \(role) LOGIN INHERIT CONNECTION LIMIT \(connections) PASSWORD '\(schema.password(secret))'",
      "GRANT \(PluginDatabase.group) TO \(role)",
    ]
    statements += settings.map { "ALTER ROLE \(role) SET \($0)" }
    if isSuperuser {
      statements.append("ALTER ROLE \(role) SET temp_file_limit = '64MB'")
    } else {
      // To read and drop what it owns without being superuser.
      statements.append("GRANT \(role) TO CURRENT_USER")
    }
    return statements + [
      "CREATE SCHEMA IF NOT EXISTS \(schema.name)", "GRANT USAGE, CREATE ON SCHEMA \(schema.name) TO \(role)",
    ]
  }

  func list(guild: Int64?) async throws -> [PluginSchema] {
    let rows = try await pool.rows(
      """
      SELECT plugin, guild_id FROM guildhall.tenant
      WHERE \(guild ?? 0) = guild_id OR \(guild == nil) ORDER BY guild_id, plugin
      """)
    return try rows.map { row in
      PluginSchema(plugin: try row.get(0), guild: GuildID(UInt64(bitPattern: try row.get(1, as: Int64.self))))
    }
  }

  func drop(_ schema: PluginSchema) async throws {
    try await pool.transaction(attempts: 5) { session in
      try await lock(schema, session)
      let rows = try await session.rows(
        """
        SELECT t.role FROM guildhall.tenant t JOIN pg_roles r ON r.rolname = t.role WHERE t.schema = \(schema.name)
        """)
      try await session.execute(SQL(unescaped: "DROP SCHEMA IF EXISTS \(schema.name) CASCADE"))
      if let role = try rows.first?.get(0, as: String.self) {
        // A connection that still runs keeps the role from nothing: its rights are gone with its schema.
        try await session.execute(SQL(unescaped: "DROP OWNED BY \(role)"))
        try await session.execute(SQL(unescaped: "DROP ROLE \(role)"))
      }
      try await session.execute("DELETE FROM guildhall.tenant WHERE schema = \(schema.name)")
    }
  }

  /// Tables of a schema, by name.
  func tables(of schema: PluginSchema) async throws -> [String] {
    let rows = try await pool.rows(
      """
      SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = \(schema.name) AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
      """)
    return try rows.map { row in try row.get(0, as: String.self) }
  }

  /// The sizes of files: a look at the catalog and one system call a file.
  func size(of schema: PluginSchema) async throws -> Int {
    let rows = try await pool.rows(
      """
      SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = \(schema.name) AND c.relkind IN ('r', 'm', 'S')
      """)
    return try rows.first?.get(0, as: Int.self) ?? 0
  }

  /// Gives back what dead rows take, which deleting does not. Tables are locked meanwhile, for seconds at most.
  func reclaim(_ schema: PluginSchema) async throws {
    for table in try await tables(of: schema) {
      let name = "\(schema.name).\(DatabasePreparation.quoted(table))"
      try await pool.execute(SQL(unescaped: "VACUUM (FULL) \(name)"))
    }
  }
}
