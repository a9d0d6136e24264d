// Statements on a guild's store name the guild, so that the indices of its tables are used.

package import SQL

/// The rule for statements on a guild's store. Every key and index of its tables begins with `guild_id`: on SQLite, a
/// statement that leaves it out reads the whole table, which nobody notices before a guild is large. (On PostgreSQL the
/// policies add it.)
///
/// Looked after in debug builds alone, since statements are constants of ours: what the tests run is what there is.
struct GuildStatements: Sendable {
  private let tables: Set<Substring>

  init(_ schema: Schema) {
    tables = Set(schema.tables(.guild).filter(\.hasTenant).map { $0.name[...] })
  }

  /// - Throws: `SQLError.invalidStatement` for a statement that breaks the rule.
  func check(_ statement: SQL) throws(SQLError) {
    #if DEBUG
      let words = statement.text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      guard !words.contains(Table.tenantColumn[...]), let table = words.first(where: tables.contains) else {
        return
      }
      throw SQLError(
        .invalidStatement, message: "name \(Table.tenantColumn) beside \(table), or no index is used")
    #endif
  }

  /// The session with the rule before it.
  func checked(_ session: any SQLSession) -> any SQLSession {
    #if DEBUG
      CheckedSession(session: session, statements: self)
    #else
      session
    #endif
  }
}

extension SQL.StringInterpolation {
  /// The condition that rows are a guild's, for statements that serve a guild's table and one of the platform's alike: true
  /// of all rows without a guild.
  package mutating func appendInterpolation(rowsOf guild: Tenant?) {
    guard let guild else { return appendLiteral("TRUE") }
    appendLiteral("\(Table.tenantColumn) = ")
    appendInterpolation(guild.id)
  }
}

#if DEBUG
  private struct CheckedSession: SQLSession {
    let session: any SQLSession
    let statements: GuildStatements

    func rows(_ statement: SQL) async throws(SQLError) -> [SQLRow] {
      try statements.check(statement)
      return try await session.rows(statement)
    }

    func execute(_ statement: SQL) async throws(SQLError) -> Int {
      try statements.check(statement)
      return try await session.execute(statement)
    }
  }
#endif
