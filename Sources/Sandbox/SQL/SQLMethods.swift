// `sql.execute`, `sql.query` and `sql.query_one` (plugin-host contract, section 10.3).

package import DiscordCore
package import EventLoop
package import JSON
import Postgres
import SQL
package import SandboxContract
import Synchronization
import Telemetry

/// The methods of `sql.*`. A call is one statement in one transaction; nothing is kept between calls.
///
/// The budget for changes of the schema is kept in memory: a restart gives it back.
package struct SQLMethods: GuestMethods {
  package let names = ["sql.execute", "sql.query", "sql.query_one"]
  let database: PluginDatabase
  private let books: SQLBooks
  private let time: any TimeSource
  private let log = Log(room: "sandbox")

  package init(database: PluginDatabase, time: any TimeSource = SystemTime()) {
    (self.database, self.time) = (database, time)
    books = SQLBooks()
  }

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    let schema = PluginSchema(plugin: call.plugin, guild: call.guild)
    let statement = try PluginSQL.check(
      try call.text("sql", 1...PluginSQL.maximumLength), schema: schema.name)
    let values = try Self.values(of: call)
    let binding = try SQLPlaceholders.bind(statement.pieces, count: values.count)
    let bound = PostgresText(binding.text, try SQLParameters.encode(values))
    let errand = SQLErrand(schema: schema, statement: statement, bound: bound, values: values)
    switch call.method {
    case "sql.execute": return try await execute(errand, call)
    case "sql.query":
      let limit = Int(try call.optionalInteger("limit", 1...1_000) ?? 1_000)
      let rows = try await select(errand, limit: limit)
      return ["rows": .array(Array(rows.prefix(limit))), "truncated": .bool(rows.count > limit)]
    case "sql.query_one": return ["row": try await select(errand, limit: 1).first ?? .null]
    default: throw RPCError(.unknownMethod, "unknown method: \(call.method)")
    }
  }

  private static func values(of call: GuestCall) throws(RPCError) -> [JSONValue] {
    guard let params = call.params["params"], !params.isNull else { return [] }
    guard let values = params.array else { throw .invalid("params must be a list") }
    return values
  }

  /// 30 days after it was uninstalled, or with the server.
  package func erase(_ plugin: String, in guild: GuildID) async throws {
    let schema = PluginSchema(plugin: plugin, guild: guild)
    books.forget(schema)
    guard try await database.isThere else { return }
    try await database.drop(schema)
  }

  /// Everything of a server, also of plugins and versions that it has no more.
  ///
  /// - Throws: `SQLError`, `ClusterFailure`; call again.
  package func erase(_ guild: GuildID) async throws {
    guard try await database.isThere else { return }
    for schema in try await database.schemas(of: guild) {
      books.forget(schema)
      try await database.drop(schema)
    }
  }

  // MARK: Reading

  /// At most `limit` and one rows. The server itself measures what it sends and stops at the bound.
  private func select(_ errand: SQLErrand, limit: Int) async throws -> [JSONValue] {
    guard errand.statement.kind == .select else {
      throw RPCError.invalid("plugin_sql_query only accepts SELECT statements")
    }
    let bound = PostgresText(
      SQLWrapping.limited(errand.bound.text, rows: limit + 1, bytes: database.limits.resultSize),
      errand.bound.parameters)
    let result = try await run(errand, bound, access: .readOnly)
    let size = result.rows.reduce(0) { size, row in size + row.reduce(0) { $0 + ($1?.utf8.count ?? 0) } }
    guard size <= database.limits.resultSize else { throw RPCError.invalid(SQLFailures.tooLarge) }
    return SQLResults.objects(result, hidden: 1)
  }

  // MARK: Writing

  private func execute(_ errand: SQLErrand, _ call: GuestCall) async throws -> JSONValue {
    if errand.statement.kind.isDDL {
      try books.spend(errand.schema, installedAt: call.installation.installedAt, now: call.now)
    }
    if errand.statement.kind.grows { try await checkSize(of: errand.schema) }
    // Rows are counted on the server and never sent: nobody would get them.
    let isCounted = errand.statement.kind == .select || errand.statement.isReturning
    let text =
      isCounted ? SQLWrapping.counted(errand.bound.text, isSelect: errand.statement.kind == .select) : nil
    let bound = text.map { PostgresText($0, errand.bound.parameters) } ?? errand.bound
    let start = time.uptime
    let result = try await run(errand, bound, access: .readWrite)
    if errand.statement.kind.grows {
      let size = errand.bound.parameters.reduce(0) { $0 + ($1.text?.utf8.count ?? 0) }
      books.wrote(errand.schema, size + errand.bound.text.utf8.count, taking: time.uptime - start)
    }
    let counted = isCounted ? result.rows.first?.first?.flatMap { $0 }.flatMap { Int64($0) } : nil
    return ["rowcount": .integer(counted ?? Int64(result.changed))]
  }

  /// Measures a schema that is not known to have room, and clears dead rows away before saying no.
  private func checkSize(of schema: PluginSchema) async throws {
    let limit = database.limits.schemaSize
    guard books.isStale(schema, limit: limit, now: time.uptime) else { return }
    var size = try await database.size(of: schema)
    if size > limit, books.mayReclaim(schema, now: time.uptime) {
      try await database.reclaim(schema)
      size = try await database.size(of: schema)
    }
    books.measured(schema, size, now: time.uptime)
    guard size > limit else { return }
    throw RPCError(
      .quotaExceeded,
      "SQL storage quota exceeded: \(size >> 20) MiB of \(limit >> 20) MiB are used; delete rows or drop tables"
    )
  }

  // MARK: Running

  private func run(_ errand: SQLErrand, _ bound: PostgresText, access: PostgresAccess) async throws
    -> PostgresTextResult
  {
    do {
      return try await database.run(bound, for: errand.schema, access: access)
    } catch let failure as PostgresTextFailure where ["42P18", "42P08"].contains(failure.error.engineCode) {
      // The place of a parameter says nothing of its type: then its own kind decides. Nothing has happened so far.
      var typed = bound
      typed.parameters = SQLParameters.typed(bound.parameters, errand.values)
      guard typed != bound else { throw told(failure, errand.schema) }
      do {
        return try await database.run(typed, for: errand.schema, access: access)
      } catch let failure as PostgresTextFailure {
        throw told(failure, errand.schema)
      }
    } catch let failure as PostgresTextFailure {
      throw told(failure, errand.schema)
    } catch let error as SQLError where error.code == .overloaded {
      throw RPCError(.rateLimited, "too many statements wait (retry in 1s)", retryAfter: 1)
    }
  }

  private func told(_ failure: PostgresTextFailure, _ schema: PluginSchema) -> any Error {
    let role = schema.role(database.secret)
    return SQLFailures.answer(to: failure, in: schema, role: role) ?? failure
  }
}

/// One call, read.
struct SQLErrand: Sendable {
  let schema: PluginSchema
  let statement: PluginSQL.Statement
  let bound: PostgresText
  let values: [JSONValue]
}

/// A statement inside of one of ours. Line breaks keep what it ends with from touching what follows.
enum SQLWrapping {
  /// A name that no plugin has reason to use. One that does only counts its own bytes wrong.
  private static let alias = "\"guildhall rows\""

  /// The first rows, and behind their columns one that fails the statement as soon as all rows so far are too large.
  static func limited(_ text: String, rows: Int, bytes: Int) -> String {
    let size =
      "pg_catalog.sum(pg_catalog.pg_column_size(\(alias).*)) OVER (ROWS UNBOUNDED PRECEDING)"
    return """
      SELECT \(alias).*, CASE WHEN \(size) > \(bytes)
      THEN ('\(SQLFailures.sizeMark)' || \(size))::pg_catalog.int4 END
      FROM (
      \(text)
      ) AS \(alias) LIMIT \(rows)
      """
  }

  /// How many rows it returns, which the server alone sees.
  static func counted(_ text: String, isSelect: Bool) -> String {
    // The size of each row makes the server work it out in full, with whatever error that brings.
    isSelect
      ? "SELECT pg_catalog.count(pg_catalog.pg_column_size(\(alias).*)) FROM (\n\(text)\n) AS \(alias)"
      : "WITH \(alias) AS (\n\(text)\n) SELECT pg_catalog.count(*) FROM \(alias)"
  }
}
