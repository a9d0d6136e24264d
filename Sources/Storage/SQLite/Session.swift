// What a closure gets to work with inside its transaction.

internal import EventLoop
internal import SQL

/// A transaction or snapshot of one connection.
final class Session: SQLSession, @unchecked Sendable {
  // `@unchecked`: `failure` belongs to the lane's thread.
  private let connection: Connection
  private let lane: Lane
  /// Why the session takes no more statements.
  private(set) var failure: SQLError?

  init(_ connection: Connection, on lane: Lane) {
    self.connection = connection
    self.lane = lane
  }

  /// Refuses everything from now on. Lane's thread.
  func end(_ reason: SQLError = SQLError(.closed, message: "the transaction has ended")) {
    if failure == nil { failure = reason }
  }

  func rows(_ statement: SQL) async throws(SQLError) -> [SQLRow] {
    // Closures run on the lane, so there is nothing to hop to unless one of them changed actors.
    if lane.loop.isCurrent {
      return try onLane { connection throws(SQLError) in try connection.rows(statement) }
    }
    return try await lane.run { () throws(SQLError) in
      try self.onLane { connection throws(SQLError) in try connection.rows(statement) }
    }
  }

  func execute(_ statement: SQL) async throws(SQLError) -> Int {
    if lane.loop.isCurrent {
      return try onLane { connection throws(SQLError) in try connection.execute(statement) }
    }
    return try await lane.run { () throws(SQLError) in
      try self.onLane { connection throws(SQLError) in try connection.execute(statement) }
    }
  }

  private func onLane<Value>(_ work: (Connection) throws(SQLError) -> Value) throws(SQLError) -> Value {
    if let failure { throw failure }
    do {
      return try work(connection)
    } catch {
      // After some errors SQLite has undone the whole transaction: what follows would commit on its own.
      if !connection.isInTransaction { end(error) }
      throw error
    }
  }
}
