// A plugin's tables as JSON: what a server's export holds of them.

package import DiscordCore
package import JSON
import Postgres
import SQL

extension PluginDatabase {
  /// Rows of one export.
  static let dumpedRows = 50_000
  /// Bytes of values of one export.
  static let dumpedBytes = 16 << 20

  /// Every table of a plugin in a server, values as `sql.query` gives them.
  ///
  /// What a person's rows are nobody but the plugin knows: its tables have columns of its own making. So a person's
  /// export and erasure do not reach into them; the server's do, as a whole.
  ///
  /// - Returns: `{"schema", "tables": [{"name", "rows", "truncated"}], "truncated"}`; null where there is no schema. At
  ///   most 50,000 rows and 16 MiB; `truncated` tells where something is missing.
  package func dump(_ plugin: String, in guild: GuildID) async throws -> JSONValue {
    let schema = PluginSchema(plugin: plugin, guild: guild)
    let pool = try await admin()
    let tenants = TenantSchemas(pool: pool, isSuperuser: isHardened)
    guard try await tenants.list(guild: Int64(bitPattern: guild.rawValue)).contains(schema) else {
      return .null
    }
    var (rowsLeft, bytesLeft, isTruncated) = (Self.dumpedRows, Self.dumpedBytes, false)
    var tables: [JSONValue] = []
    for table in try await tenants.tables(of: schema) {
      let rows = try await rows(
        of: "\(schema.name).\(DatabasePreparation.quoted(table))", rowsLeft, bytesLeft, pool)
      isTruncated = isTruncated || rows.isTruncated
      rowsLeft -= rows.values.count
      bytesLeft -= rows.size
      tables.append([
        "name": .string(table), "rows": .array(rows.values), "truncated": .bool(rows.isTruncated),
      ])
    }
    return ["schema": .string(schema.name), "tables": .array(tables), "truncated": .bool(isTruncated)]
  }

  private struct Rows {
    var values: [JSONValue]
    var size: Int
    var isTruncated: Bool
  }

  /// The rows of a table as far as they fit; the server counts bytes before it sends anything.
  private func rows(of table: String, _ rows: Int, _ bytes: Int, _ pool: PostgresPool) async throws -> Rows {
    let alias = "\"guildhall rows\""
    let text = """
      SELECT \(alias).* FROM (
        SELECT t.*, sum(pg_column_size(t.*)) OVER (ROWS UNBOUNDED PRECEDING) AS "guildhall size" FROM \(table) t
      ) AS \(alias) WHERE "guildhall size" <= \(bytes) LIMIT \(rows)
      """
    let count = PostgresText("SELECT count(*) FROM \(table)")
    let all =
      try await pool.run(count, access: .readOnly).rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    let result = try await pool.run(PostgresText(text), access: .readOnly, settings: Self.texts)
    let size = result.rows.last?.last.flatMap { $0 }.flatMap { Int($0) } ?? 0
    return Rows(
      values: SQLResults.objects(result, hidden: 1), size: size, isTruncated: result.rows.count < all)
  }

  /// The forms that `SQLResults` reads.
  private static let texts: [SQL] = ["SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO, MDY'"]

  /// Gives back what a tenant's dead rows take.
  func reclaim(_ schema: PluginSchema) async throws {
    try await TenantSchemas(pool: try await admin(), isSuperuser: isHardened).reclaim(schema)
  }
}
