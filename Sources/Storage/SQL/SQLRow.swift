// A row of a result.

/// One row, with its columns by position and by name.
package struct SQLRow: Sendable, Equatable {
  /// The names of the columns, shared by all rows of a result.
  package let columns: [String]
  package let values: [SQLValue]

  package init(columns: [String], values: [SQLValue]) {
    self.columns = columns
    self.values = values
  }

  /// Reads a column by position, from 0.
  ///
  /// - Throws: `SQLError` with `.typeMismatch` when the value is of another kind, `.noSuchColumn` when there is
  ///   no such column.
  package func get<Value: SQLConvertible>(_ index: Int, as type: Value.Type = Value.self) throws(SQLError)
    -> Value
  {
    guard values.indices.contains(index) else {
      throw SQLError(.noSuchColumn, message: "column \(index) of \(values.count)")
    }
    return try Value.from(values[index])
  }

  /// Reads a column by name. Costs a search over the columns: prefer positions in a loop.
  package func get<Value: SQLConvertible>(_ name: String, as type: Value.Type = Value.self) throws(SQLError)
    -> Value
  {
    guard let index = columns.firstIndex(of: name) else {
      throw SQLError(.noSuchColumn, message: "no column '\(name)'")
    }
    return try Value.from(values[index])
  }
}
