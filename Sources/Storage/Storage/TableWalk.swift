// Walking a table from end to end with few rows in memory.

package import SQL

extension Store {
  /// Hands a table's rows over in batches, in the order of its key and of its columns. Each batch begins behind the last
  /// one, so that none repeats what another has read and no server sorts anew; they are read one by one, not from one
  /// snapshot.
  ///
  /// - Parameters:
  ///   - table: its columns are read in the order of its declaration.
  ///   - batch: rows read at once.
  ///   - condition: appends what must hold of a row, to stand behind `WHERE`.
  ///   - body: gets at most `batch` rows, their values as the declaration has them.
  /// - Throws: what the store and `body` throw.
  package func forEachBatch(
    of table: Table, batch: Int,
    where condition: (inout SQL.StringInterpolation) -> Void = { $0.appendLiteral("TRUE") },
    _ body: ([[SQLValue]]) async throws -> Void
  ) async throws {
    let keyPlaces = table.key.compactMap { name in table.columns.firstIndex { $0.name == name } }
    let columns = table.columns.map(\.name).joined(separator: ", ")
    let key = table.key.joined(separator: ", ")
    var last: [SQLValue] = []
    while true {
      var text = SQL.StringInterpolation(literalCapacity: 256, interpolationCount: 8)
      text.appendLiteral("SELECT \(columns) FROM \(table.name) WHERE ")
      text.appendInterpolation(rowsOf: table.hasTenant ? (self as? GuildStore)?.tenant : nil)
      text.appendLiteral(" AND ")
      if !last.isEmpty {
        text.appendLiteral("(\(key)) > (")
        for (index, value) in last.enumerated() {
          if index > 0 { text.appendLiteral(", ") }
          text.appendInterpolation(value)
        }
        text.appendLiteral(") AND ")
      }
      text.appendLiteral("(")
      condition(&text)
      text.appendLiteral(") ORDER BY \(key) LIMIT \(batch)")
      let rows = try await rows(SQL(stringInterpolation: text)).map { row in
        zip(table.columns, row.values).map { $0.kind.canonical($1) }
      }
      if !rows.isEmpty { try await body(rows) }
      guard rows.count == batch, let end = rows.last else { return }
      last = keyPlaces.map { end[$0] }
    }
  }
}
