// What can go wrong in a database, in words both engines share.

/// An error of either engine.
///
/// `description` is safe to log: it never carries SQL values. `code` says what the caller can do.
package struct SQLError: Error, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// A unique or primary key is taken already.
    package static let uniqueViolation = Code("unique violation")
    /// A foreign key, check or not-null rule was broken.
    package static let constraintViolation = Code("constraint violation")
    /// The value in a column is not of the kind that was asked for: a bug in the reader.
    package static let typeMismatch = Code("type mismatch")
    /// The result has no such column: a bug in the reader.
    package static let noSuchColumn = Code("no such column")
    /// The statement is wrong: a bug in the writer.
    package static let invalidStatement = Code("invalid statement")
    /// Another transaction was in the way; the whole transaction may be tried again.
    package static let retryable = Code("serialization failure")
    /// The file opens under another key, or is no database of ours.
    package static let wrongKey = Code("wrong key")
    /// A page or file fails its authentication or structure check; restore a snapshot.
    package static let damaged = Code("damaged")
    /// The disk is full or the quota used up; nothing of the transaction was kept.
    package static let diskFull = Code("disk full")
    /// Reading or writing the file failed for another reason.
    package static let io = Code("I/O error")
    /// The server cannot be reached or the connection was lost. A write may or may not have happened.
    package static let connectionLost = Code("connection lost")
    /// The statement ran into its time limit and was undone.
    package static let timeout = Code("timeout")
    /// The task was cancelled before the statement took effect.
    package static let cancelled = Code("cancelled")
    /// The tenant's policy or role does not allow it.
    package static let notPermitted = Code("not permitted")
    /// The handle or pool has been closed.
    package static let closed = Code("closed")
    /// A bound was reached (waiting statements, open files): push back.
    package static let overloaded = Code("overloaded")
    /// Anything else the engine reports.
    package static let other = Code("database error")

    /// Whether the same may succeed in a moment.
    package var isPassing: Bool { [.retryable, .connectionLost, .timeout, .overloaded].contains(self) }
  }

  /// What the caller decides by.
  package let code: Code
  /// The engine's own words, without values of the statement.
  package let message: String
  /// SQLSTATE on PostgreSQL, the extended result code on SQLite.
  package let engineCode: String?

  package init(_ code: Code, message: String, engineCode: String? = nil) {
    self.code = code
    self.message = message
    self.engineCode = engineCode
  }

  package var description: String {
    engineCode.map { "\(code) (\($0)): \(message)" } ?? "\(code): \(message)"
  }
}
