// Row-level security: what keeps one tenant's rows from another, and the role it holds for.

package import SQL

/// The statements that put a table under row-level security, and the login that cannot get around it.
///
/// A policy compares a table's tenant column with the setting `app.tenant`, which the pool sets for one
/// transaction at a time. After that transaction the setting is the empty string, not NULL, hence `nullif`:
/// without a tenant nothing is visible and nothing can be written.
package enum TenantIsolation {
  /// Forces row-level security on a table, for its owner, too. Run it in the migration that creates the table.
  ///
  /// - Parameters:
  ///   - table: a constant of ours: a plain lower-case name.
  ///   - tenantColumn: a `BIGINT NOT NULL` column, the first of the primary key.
  /// - Returns: the statements, to be run in order.
  /// - Throws: `SQLError` with `.invalidStatement` for a name that is not plain.
  package static func enable(onTable table: String, tenantColumn: String) throws(SQLError) -> [SQL] {
    let table = try identifier(table)
    let column = try identifier(tenantColumn)
    let isOwn = "\(column) = nullif(current_setting('app.tenant', true), '')::bigint"
    return [
      SQL(unescaped: "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY"),
      SQL(unescaped: "ALTER TABLE \(table) FORCE ROW LEVEL SECURITY"),
      SQL(unescaped: "DROP POLICY IF EXISTS tenant_isolation ON \(table)"),
      SQL(unescaped: "CREATE POLICY tenant_isolation ON \(table) USING (\(isOwn)) WITH CHECK (\(isOwn))"),
    ]
  }

  /// Makes, or makes over, the login the program works under: it owns nothing, is no superuser and cannot
  /// bypass row-level security. It may read and write what the owner's tables hold, those of later migrations
  /// included, and nothing else. Run it as the owner of the tables; making a login needs `CREATEROLE`.
  ///
  /// - Parameters:
  ///   - role: a plain lower-case name.
  ///   - password: nil where the server trusts the login by other means. It is sent in a statement: use a
  ///     connection that others cannot read, and a server that does not log statements of DDL.
  ///   - session: a transaction of the owner's.
  /// - Throws: `SQLError` with `.notPermitted` when the role is a member of others, through which it could get
  ///   more rights.
  package static func prepareRole(_ role: String, password: String?, using session: any SQLSession)
    async throws(SQLError)
  {
    let name = try identifier(role)
    let known = try await session.rows("SELECT 1 FROM pg_roles WHERE rolname = \(role)")
    if known.isEmpty { try await session.execute(SQL(unescaped: "CREATE ROLE \(name)")) }
    let memberships = try await session.rows(
      "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = \(role)")
    guard memberships.isEmpty else {
      throw SQLError(.notPermitted, message: "the application's role is a member of another role")
    }
    let secret = password.map { " PASSWORD \(literal($0))" } ?? ""
    let rights = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT"
    try await session.execute(SQL(unescaped: "ALTER ROLE \(name) \(rights)\(secret)"))
    for statement in grants(to: name) { try await session.execute(SQL(unescaped: statement)) }
  }

  private static func grants(to role: String) -> [String] {
    [
      "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
      "GRANT USAGE ON SCHEMA public TO \(role)",
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(role)",
      "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO \(role)",
      "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role)",
      "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO \(role)",
    ]
  }

  /// Makes sure, at start-up, that the pool's login is held by row-level security.
  ///
  /// - Throws: `SQLError` with `.notPermitted` when it is a superuser or may bypass the policies.
  package static func verify(_ pool: PostgresPool) async throws(SQLError) {
    let rows = try await pool.rows(
      "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user", access: .readOnly)
    guard let row = rows.first, try row.get(0) == false else {
      throw SQLError(
        .notPermitted, message: "the database login is a superuser or may bypass row-level security")
    }
  }

  /// A name as it goes into a statement. Ours are plain, so that nothing has to be escaped.
  private static func identifier(_ name: String) throws(SQLError) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, !name.isEmpty, name.utf8.count <= 63, name.utf8.first.map({ $0 > 0x39 }) == true else {
      throw SQLError(.invalidStatement, message: "a name must be plain: a-z, 0-9, _")
    }
    return "\"\(name)\""
  }

  /// A string constant; backslashes mean nothing under `standard_conforming_strings`.
  private static func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
