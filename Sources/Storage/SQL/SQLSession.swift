// What one can do inside a transaction, on either engine.

/// A transaction, or a snapshot for reading. Valid only inside the closure that received it.
package protocol SQLSession: Sendable {
  /// Runs one statement and returns all its rows.
  func rows(_ statement: SQL) async throws(SQLError) -> [SQLRow]
  /// Runs one statement and returns how many rows it changed.
  @discardableResult
  func execute(_ statement: SQL) async throws(SQLError) -> Int
}
