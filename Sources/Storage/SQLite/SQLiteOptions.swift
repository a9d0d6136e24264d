// What an opener decides about a database.

/// The settings of one open database. The defaults suit a guild's file.
package struct SQLiteOptions: Sendable {
  /// When a commit is reported.
  package enum Durability: Sendable {
    /// After the disk has it (`synchronous=FULL`).
    case full
    /// After the system has it (`synchronous=NORMAL`): a power cut may lose the last commits, never the file.
    case normal
  }

  /// How a transaction is made atomic.
  package enum Journal: Sendable {
    /// A write-ahead log: readers and the writer do not wait for each other.
    case wal
    /// A rollback journal, for file systems without shared memory. Readers and the writer exclude each other.
    case rollback
  }

  /// Connections for reading, opened when first needed. At least 1.
  package var readers = 2
  package var durability = Durability.full
  package var journal = Journal.wal
  /// The page cache of each connection, in KiB.
  package var cacheKibibytes = 1_024
  /// How long a connection waits for a lock that another one holds.
  package var busyTimeout = Duration.seconds(5)
  /// How long one job, a closure or a statement, may take before it is undone with `.timeout`.
  package var timeLimit = Duration.seconds(10)
  /// Jobs that may wait for the writer, and separately for a reader, before `.overloaded`.
  package var queueLimit = 8_192
  /// Prepared statements kept by each connection.
  package var statementLimit = 64
  /// Pages in the WAL after which a commit moves them to the database; 0 never does.
  package var checkpointPages = 1_000
  /// Whether a missing file is created.
  package var mayCreate = true
  /// The file system of SQLite below the sealing; nil is the system's. Tests put a simulated disk here.
  package var fileSystem: String?

  package init() {}
}
