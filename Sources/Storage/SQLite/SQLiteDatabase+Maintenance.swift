// Copies, checks and new keys: what takes seconds and has a thread of its own.

internal import CSQLite
internal import Glibc
package import SQL

extension SQLiteDatabase {
  /// Writes a consistent, compact copy of the live database; readers and writers go on meanwhile.
  ///
  /// The copy appears under its name complete and durable, or not at all; a file that is there is replaced.
  ///
  /// - Parameters:
  ///   - path: where the copy goes, on a file system with room for it.
  ///   - key: the copy's own key; nil makes a plain SQLite database.
  /// - Throws: `SQLError`: `.diskFull`, `.io`, `.damaged` when a page of the database cannot be read, `.closed`.
  package func backup(to path: String, key: SQLiteKey?) async throws(SQLError) {
    try await maintain { () throws(SQLError) in
      let source = try Connection(self.file, key: self.key, role: .maintenance, options: self.options)
      defer { source.close() }
      try source.copy(to: DatabaseFile(path: path), key: key)
    }
  }

  /// Reads every page and checks structure, constraints and references. Cost: the whole file.
  ///
  /// - Returns: what is wrong, at most 100 sentences without values; empty when all is well.
  /// - Throws: `SQLError`: `.damaged` when a page does not even authenticate, `.io`, `.closed`.
  package func integrityCheck() async throws(SQLError) -> [String] {
    try await maintain { () throws(SQLError) in
      let connection = try Connection(self.file, key: self.key, role: .maintenance, options: self.options)
      defer { connection.close() }
      var problems: [String] = []
      for row in try connection.control("PRAGMA integrity_check(100)") {
        let finding = try row.get(0, as: String.self)
        if finding != "ok" { problems.append(finding) }
      }
      for row in try connection.control("PRAGMA foreign_key_check").prefix(100 - min(100, problems.count)) {
        problems.append("a row of \(try row.get(0, as: String.self)) refers to a missing row")
      }
      return problems
    }
  }

  /// Gives a closed database another key: a copy under the new one takes its place in a single step.
  ///
  /// After a crash the file opens under exactly one of the two keys; try both, and remove a left-over
  /// `<path>.partial`. Old content may survive in freed blocks of the disk, readable with the old key only.
  ///
  /// - Throws: `SQLError`: `.retryable` when the database is open somewhere, and as `backup` does.
  package static func rekey(
    path: String, from old: SQLiteKey?, to new: SQLiteKey?, on threads: SQLiteThreads
  ) async throws(SQLError) {
    try await threads.maintenance.run { () throws(SQLError) in
      let file = DatabaseFile(path: path)
      var options = SQLiteOptions()
      options.mayCreate = false
      options.busyTimeout = .milliseconds(100)
      let connection = try Connection(file, key: old, role: .maintenance, options: options)
      defer { connection.close() }
      // Leaving WAL mode needs the file for oneself, and leaves no log that would lie beside the new file.
      try connection.control("PRAGMA journal_mode=delete")
      try connection.copy(to: file, key: new)
    }
  }

  /// What the files of a database look like from outside; nil when there is none. Equal states of a closed
  /// database mean that nothing was written in between.
  package static func fileState(path: String) -> SQLiteFileState? {
    SQLiteFileState(path: path)
  }
}

/// Inode, size and times of a database file and its log: changes with every write.
package struct SQLiteFileState: Sendable, Hashable {
  /// For storing and comparing; means nothing else.
  package let text: String

  /// A state that was stored.
  package init(text: String) {
    self.text = text
  }

  init?(path: String) {
    guard let database = Self.describe(path) else { return nil }
    text = "\(database) \(Self.describe(path + "-wal") ?? "-")"
  }

  private static func describe(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return "\(status.st_ino):\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}

extension Connection {
  /// Moves the log into the database and truncates it.
  func checkpoint() throws(SQLError) {
    try check(sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil))
  }

  /// Writes a compact copy beside `target` and moves it there.
  func copy(to target: DatabaseFile, key: SQLiteKey?) throws(SQLError) {
    let partial = DatabaseFile(path: target.path + ".partial")
    try partial.remove()
    try partial.createIfMissing()
    let sealer = try key?.makeSealer() ?? 0
    defer { csqlite_sealer_release(sealer) }
    // The copy takes over the reserve of its source: make room for the seals if there was none.
    if sealer != 0 { try check(csqlite_reserve_bytes(handle, CInt(CSQLITE_RESERVED_BYTES))) }
    do {
      let uri = partial.uri(try Self.parameters(sealer: sealer, fileSystem: nil))
      try control("VACUUM INTO $1", [.text(uri)])
      try partial.move(to: target)
    } catch {
      // What is left of the copy is of no use, and its removal must not hide why it failed.
      try? partial.remove()
      throw error
    }
  }
}
