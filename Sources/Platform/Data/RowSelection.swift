// Which rows of a table are meant: the one place where conditions become SQL.

import EventLoop
import SQL
import Storage

/// Rows of one table: a guild's, a person's, those past an age, or all of these at once.
struct RowSelection {
  let table: Table
  /// Only this guild's rows, in a table that has a tenant.
  var guild: Tenant?
  /// Only rows that name this user as one of these people.
  var person: (user: Int64, among: [PersonColumn])?
  /// Only rows that were there before an instant, and that grow old at all.
  var before: Timestamp?

  init(_ table: Table, guild: Tenant? = nil) {
    self.table = table
    self.guild = table.hasTenant ? guild : nil
  }

  /// The same rows, as far as they name the user as one of these people.
  func naming(_ user: Int64, as people: [PersonColumn]) -> RowSelection {
    var selection = self
    selection.person = (user, people)
    return selection
  }

  /// Appends the condition, to stand behind `WHERE`. Names come from declarations, values are bound.
  func condition(_ text: inout SQL.StringInterpolation) {
    // On files of one guild it selects nothing out; it is what lets an index that begins with the guild be used.
    text.appendInterpolation(rowsOf: guild)
    if let person {
      text.appendLiteral(" AND (FALSE")
      for one in person.among {
        text.appendLiteral(" OR (\(one.column) = ")
        text.appendInterpolation(one.value(of: person.user))
        if let when = one.when { Self.condition(when, &text) }
        text.appendLiteral(")")
      }
      text.appendLiteral(")")
    }
    if let before, let since = table.data.kept.since {
      text.appendLiteral(" AND \(since) < ")
      text.appendInterpolation(before.milliseconds)
      if let when = table.data.kept.when { Self.condition(when, &text) }
    }
  }

  private static func condition(_ condition: ColumnCondition, _ text: inout SQL.StringInterpolation) {
    text.appendLiteral(" AND \(condition.column) = ")
    text.appendInterpolation(condition.value)
  }
}

/// Changing many rows in short transactions: whoever else writes waits for one batch at most.
extension Store {
  /// Whether any row is selected. Unlike a change, it makes no store for a guild on a server and takes no writer.
  func hasRows(_ selection: RowSelection) async throws -> Bool {
    try await !rows(
      Self.statement("SELECT 1 FROM \(selection.table.name) WHERE ") { text in
        selection.condition(&text)
        text.appendLiteral(" LIMIT 1")
      }
    ).isEmpty
  }

  /// How many rows are selected.
  func count(_ selection: RowSelection) async throws -> Int {
    let rows = try await rows(
      Self.statement("SELECT COUNT(*) FROM \(selection.table.name) WHERE ", selection.condition))
    return try rows.first?.get(0) ?? 0
  }

  /// Deletes the selected rows, at most `batch` in a transaction, and returns how many there were.
  func delete(_ selection: RowSelection, batch: Int) async throws -> Int {
    try await inBatches(selection, batch, beginning: "DELETE FROM \(selection.table.name)") { _ in }
  }

  /// Sets columns of the selected rows, at most `batch` in a transaction, and returns how many there were. What is set
  /// must take a row out of the selection.
  func update(_ selection: RowSelection, to values: [(column: String, value: SQLValue)], batch: Int)
    async throws -> Int
  {
    try await inBatches(selection, batch, beginning: "UPDATE \(selection.table.name) SET ") { text in
      for (index, (column, value)) in values.enumerated() {
        text.appendLiteral(index == 0 ? "\(column) = " : ", \(column) = ")
        text.appendInterpolation(value)
      }
    }
  }

  private func inBatches(
    _ selection: RowSelection, _ batch: Int, beginning: String,
    _ middle: (inout SQL.StringInterpolation) -> Void
  ) async throws -> Int {
    // Most questions of a sweep find nothing; asking first keeps the writer out of them.
    guard try await hasRows(selection) else { return 0 }
    let key = selection.table.key.joined(separator: ", ")
    let statement = Self.statement(beginning) { text in
      middle(&text)
      text.appendLiteral(" WHERE (\(key)) IN (SELECT \(key) FROM \(selection.table.name) WHERE ")
      selection.condition(&text)
      text.appendLiteral(" LIMIT \(batch))")
    }
    var total = 0
    while true {
      try Task.checkCancellation()
      let changed = try await execute(statement)
      total += changed
      guard changed == batch else { return total }
    }
  }

  private static func statement(_ beginning: String, _ rest: (inout SQL.StringInterpolation) -> Void) -> SQL {
    var text = SQL.StringInterpolation(literalCapacity: 256, interpolationCount: 8)
    text.appendLiteral(beginning)
    rest(&text)
    return SQL(stringInterpolation: text)
  }
}
