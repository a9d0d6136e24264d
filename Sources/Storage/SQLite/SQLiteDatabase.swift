// The door: one open database file.

internal import EventLoop
package import SQL
internal import Synchronization

/// An open SQLite database: one writer with group commit, and a few readers.
///
///     let database = try await SQLiteDatabase.open(path: path, key: key, on: threads)
///     try await database.execute("INSERT INTO note (id, text) VALUES (\(id), \(text))")
///     let count = try await database.write { session in
///       try await session.execute("UPDATE note SET seen = 1 WHERE id = \(id)")
///     }
///     let notes = try await database.rows("SELECT id, text FROM note")
///     await database.close()
///
/// Success is reported only after the commit is durable. Jobs that wait together share one transaction: a job
/// that fails is undone alone. Only when SQLite itself gives the whole transaction up do others of the same
/// group notice: on a full or broken disk with the same error; when one statement had to be interrupted,
/// closures with `.retryable`, plain statements not at all.
///
/// All methods can be called from any task. With a `key` every page on disk is sealed (AES-256-GCM).
package final class SQLiteDatabase: Sendable {
  let file: DatabaseFile
  let key: SQLiteKey?
  let options: SQLiteOptions
  let threads: SQLiteThreads
  private let writer: Writer
  private let readers: ReaderPool
  private let gate = Mutex(Gate())

  private init(
    _ connection: Connection, file: DatabaseFile, key: SQLiteKey?, options: SQLiteOptions,
    threads: SQLiteThreads,
    lanes: (writer: Lane, readers: [Lane])
  ) {
    (self.file, self.key, self.options, self.threads) = (file, key, options, threads)
    writer = Writer(connection, on: lanes.writer, options: options)
    let readers = lanes.readers.map { lane in
      Reader(on: lane) { limit throws(SQLError) in
        try Connection(file, key: key, role: .reader, options: options, limit: limit)
      }
    }
    self.readers = ReaderPool(readers, queueLimit: options.queueLimit)
  }

  /// Opens the file, creating it (mode 0600) if it is missing and `options.mayCreate`.
  ///
  /// The `key` is this file's and no other's; nil stands for a plain SQLite database.
  ///
  /// - Throws: `SQLError`: `.wrongKey` (another key, a plain file opened with one, or the reverse), `.damaged`
  ///   (restore a snapshot), `.diskFull`, `.io`.
  package static func open(
    path: String, key: SQLiteKey?, options: SQLiteOptions = SQLiteOptions(), on threads: SQLiteThreads
  ) async throws(SQLError) -> SQLiteDatabase {
    let file = DatabaseFile(path: path)
    let lanes = threads.assign(readers: options.readers)
    let connection = try await lanes.writer.run { () throws(SQLError) in
      try Connection(file, key: key, role: .writer, options: options)
    }
    return SQLiteDatabase(connection, file: file, key: key, options: options, threads: threads, lanes: lanes)
  }

  /// Where the file is.
  package var path: String { file.path }

  // MARK: Writing

  /// Runs `body` as a transaction and returns its value once the commit is durable.
  ///
  /// The closure runs on the writer's thread. While it waits for something else, the writer's other jobs wait
  /// with it, so do nothing but SQL inside; after `options.timeLimit` it is undone and its statements throw
  /// `.timeout`. Never write to the same database from inside: use the session.
  ///
  /// - Throws: whatever `body` throws, after its changes were undone; `SQLError`: `.cancelled` when the task was
  ///   cancelled before the turn came, `.overloaded`, `.closed`, `.timeout`, `.retryable`, `.diskFull`, `.io`.
  @discardableResult
  package func write<Value: Sendable>(
    _ body: @Sendable (any SQLSession) async throws -> Value
  ) async throws -> Value {
    try await writer.perform(body)
  }

  /// Runs one statement as a transaction and returns how many rows it changed. Cheaper than `write`.
  ///
  /// - Throws: `SQLError` as `write` does.
  @discardableResult
  package func execute(_ statement: SQL) async throws(SQLError) -> Int {
    try await batch([statement]).first ?? 0
  }

  /// Runs statements as one transaction, all or none, and returns how many rows each changed.
  ///
  /// - Throws: `SQLError` as `write` does.
  @discardableResult
  package func batch(_ statements: [SQL]) async throws(SQLError) -> [Int] {
    guard case .counts(let counts) = try await writer.submit(.statements(statements)) else { return [] }
    return counts
  }

  /// Runs one statement that changes something and returns rows, such as `INSERT … RETURNING`, as a transaction.
  ///
  /// - Throws: `SQLError` as `write` does.
  package func writeRows(_ statement: SQL) async throws(SQLError) -> [SQLRow] {
    guard case .rows(let rows) = try await writer.submit(.query(statement)) else { return [] }
    return rows
  }

  /// Transactions made durable since the file was opened: unchanged means that nothing was written.
  package var commitCount: UInt64 { writer.commitCount }

  /// Jobs that wait for the writer right now.
  package var waitingJobs: Int { writer.waitingJobs }

  // MARK: Reading

  /// Runs `body` on a snapshot, which begins with its first statement and sees no later commit.
  ///
  /// The closure runs on the reader's thread; the advice of `write` holds. Statements that change something
  /// throw `.notPermitted`. Cancelling the task interrupts the running statement with `.cancelled`.
  ///
  /// - Throws: whatever `body` throws; `SQLError`: `.cancelled`, `.overloaded`, `.closed`, `.timeout`, `.damaged`.
  @discardableResult
  package func read<Value: Sendable>(
    _ body: @Sendable (any SQLSession) async throws -> Value
  ) async throws -> Value {
    let reader = try await readers.acquire()
    defer { readers.release(reader) }
    return try await withTaskCancellationHandler {
      try await reader.lane.snapshot(body, by: reader, limit: options.timeLimit)
    } onCancel: {
      reader.limit.cancel()
    }
  }

  /// Runs one statement on a snapshot of its own. Cheaper than `read`.
  ///
  /// - Throws: `SQLError` as `read` does.
  package func rows(_ statement: SQL) async throws(SQLError) -> [SQLRow] {
    let reader = try await readers.acquire()
    defer { readers.release(reader) }
    let result = await withTaskCancellationHandler { () -> Result<[SQLRow], SQLError> in
      do throws(SQLError) {
        return .success(try await reader.lane.rows(statement, by: reader, limit: options.timeLimit))
      } catch {
        return .failure(error)
      }
    } onCancel: {
      reader.limit.cancel()
    }
    return try result.get()
  }

  /// Readers in use right now.
  package var lentReaders: Int { readers.lentCount }

  // MARK: Keeping and closing

  /// Moves the whole write-ahead log into the database file and empties it.
  ///
  /// - Throws: `SQLError`: `.retryable` when a reader still needs the log, `.diskFull`, `.io`.
  package func checkpoint() async throws(SQLError) {
    _ = try await writer.submit(.maintenance { connection throws(SQLError) in try connection.checkpoint() })
  }

  /// Runs work on the maintenance thread; `close` waits for it.
  func maintain<Value: Sendable>(_ work: @Sendable () throws(SQLError) -> Value) async throws(SQLError)
    -> Value
  {
    guard gate.withLock({ $0.enter() }) else { throw SQLError(.closed, message: "the database is closed") }
    defer { for waiter in gate.withLock({ $0.leave() }) { waiter.resume() } }
    return try await threads.maintenance.run(work)
  }

  /// Waits for the jobs that run or wait, moves the log into the database, and releases everything. Calls that
  /// come later throw `.closed`. Closing twice waits for the first.
  package func close() async {
    guard gate.withLock({ $0.beginClosing() }) else {
      return await withCheckedContinuation { waiter in
        if gate.withLock({ $0.isClosed(orAdd: waiter) }) { waiter.resume() }
      }
    }
    await withCheckedContinuation { waiter in
      if gate.withLock({ $0.isEmpty(orAdd: waiter) }) { waiter.resume() }
    }
    await readers.close()
    // Last, so that its closing is the file's and empties the log.
    await writer.close()
    for waiter in gate.withLock({ $0.finishClosing() }) { waiter.resume() }
  }
}

/// Who is inside, and who waits for the door to shut.
private struct Gate {
  private enum Phase { case open, closing, closed }

  private var phase = Phase.open
  private var inside = 0
  private var waitingForEmpty: [CheckedContinuation<Void, Never>] = []
  private var waitingForClosed: [CheckedContinuation<Void, Never>] = []

  mutating func enter() -> Bool {
    guard phase == .open else { return false }
    inside += 1
    return true
  }

  /// Who can go on because the last one left.
  mutating func leave() -> [CheckedContinuation<Void, Never>] {
    inside -= 1
    guard inside == 0 else { return [] }
    defer { waitingForEmpty = [] }
    return waitingForEmpty
  }

  /// True for the one who shall do the closing.
  mutating func beginClosing() -> Bool {
    guard phase == .open else { return false }
    phase = .closing
    return true
  }

  mutating func isEmpty(orAdd waiter: CheckedContinuation<Void, Never>) -> Bool {
    if inside > 0 { waitingForEmpty.append(waiter) }
    return inside == 0
  }

  mutating func isClosed(orAdd waiter: CheckedContinuation<Void, Never>) -> Bool {
    if phase != .closed { waitingForClosed.append(waiter) }
    return phase == .closed
  }

  mutating func finishClosing() -> [CheckedContinuation<Void, Never>] {
    phase = .closed
    defer { waitingForClosed = [] }
    return waitingForClosed
  }
}
