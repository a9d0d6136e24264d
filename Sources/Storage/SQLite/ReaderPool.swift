// The connections for reading, lent to one snapshot at a time.

internal import EventLoop
internal import SQL
internal import Synchronization

/// One connection for reading, opened when first used.
final class Reader: @unchecked Sendable {
  // `@unchecked`: `connection` belongs to the lane's thread; `limit` synchronises itself.
  let lane: Lane
  let limit = ExecutionLimit()
  private var connection: Connection?
  private let open: @Sendable (ExecutionLimit) throws(SQLError) -> Connection

  init(on lane: Lane, open: @escaping @Sendable (ExecutionLimit) throws(SQLError) -> Connection) {
    self.lane = lane
    self.open = open
  }

  /// The connection, opened if need be. Lane's thread.
  func connect() throws(SQLError) -> Connection {
    if let connection { return connection }
    let opened = try open(limit)
    connection = opened
    return opened
  }

  /// Releases the connection; the next use opens another. Lane's thread.
  func disconnect() {
    connection?.close()
    connection = nil
  }
}

/// Lends readers, first come first served.
final class ReaderPool: Sendable {
  fileprivate struct Waiter {
    let id: UInt64
    let answer: CheckedContinuation<Result<Reader, SQLError>, Never>
  }

  fileprivate struct State {
    var idle: [Reader]
    var waiters: [Waiter] = []
    var cancelled: Set<UInt64> = []
    var lastID: UInt64 = 0
    var lent = 0
    var isClosed = false
    var drained: CheckedContinuation<Void, Never>?
  }

  private let all: [Reader]
  private let limit: Int
  private let state: Mutex<State>

  init(_ readers: [Reader], queueLimit: Int) {
    all = readers
    limit = max(1, queueLimit)
    state = Mutex(State(idle: readers))
  }

  var lentCount: Int { state.withLock { $0.lent } }

  /// Takes a reader, waiting for one if all are lent. Give it back with `release`.
  ///
  /// - Throws: `.closed`, `.overloaded` when too many wait, `.cancelled` while waiting.
  func acquire() async throws(SQLError) -> Reader {
    if let reader = state.withLock({ $0.lendIdle() }) { return reader }
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    defer { state.withLock { _ = $0.cancelled.remove(id) } }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        let ready = state.withLock { $0.enqueue(Waiter(id: id, answer: answer), limit: limit) }
        if let ready { answer.resume(returning: ready) }
      }
    } onCancel: {
      let waiter = state.withLock { $0.cancel(id) }
      waiter?.answer.resume(returning: .failure(.cancelledBeforeStart))
    }
    return try result.get()
  }

  /// Gives a reader back to the pool, or to who waits longest.
  func release(_ reader: Reader) {
    let (next, drained) = state.withLock { $0.takeBack(reader) }
    next?.answer.resume(returning: .success(reader))
    drained?.resume()
  }

  /// Refuses newcomers, waits for those who read or wait, and closes all connections.
  func close() async {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    guard isFirst else { return }
    await withCheckedContinuation { drained in
      let isDrained = state.withLock { state in
        if state.lent > 0 { state.drained = drained }
        return state.lent == 0
      }
      if isDrained { drained.resume() }
    }
    for reader in all { await reader.lane.disconnect(reader) }
  }
}

extension ReaderPool.State {
  fileprivate mutating func lendIdle() -> Reader? {
    guard !isClosed, let reader = idle.popLast() else { return nil }
    lent += 1
    return reader
  }

  /// An answer at once, or nil when the waiter is in the queue.
  fileprivate mutating func enqueue(_ waiter: ReaderPool.Waiter, limit: Int) -> Result<Reader, SQLError>? {
    if cancelled.contains(waiter.id) { return .failure(.cancelledBeforeStart) }
    if isClosed { return .failure(SQLError(.closed, message: "the database is closed")) }
    if let reader = lendIdle() { return .success(reader) }
    if waiters.count >= limit {
      return .failure(SQLError(.overloaded, message: "\(limit) jobs wait for a reader"))
    }
    waiters.append(waiter)
    return nil
  }

  fileprivate mutating func cancel(_ id: UInt64) -> ReaderPool.Waiter? {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else {
      cancelled.insert(id)
      return nil
    }
    return waiters.remove(at: index)
  }

  fileprivate mutating func takeBack(_ reader: Reader) -> (
    ReaderPool.Waiter?, CheckedContinuation<Void, Never>?
  ) {
    if !waiters.isEmpty { return (waiters.removeFirst(), nil) }
    lent -= 1
    idle.append(reader)
    guard lent == 0, let waiting = drained else { return (nil, nil) }
    drained = nil
    return (nil, waiting)
  }
}

extension Lane {
  fileprivate func disconnect(_ reader: Reader) {
    reader.disconnect()
  }

  /// One statement on its own.
  func rows(_ statement: SQL, by reader: Reader, limit: Duration) throws(SQLError) -> [SQLRow] {
    let connection = try reader.connect()
    reader.limit.begin(limit: limit)
    defer { reader.limit.end() }
    if Task.isCancelled { throw .cancelledBeforeStart }
    return try connection.rows(statement)
  }

  /// A closure inside one read transaction, undone when it takes longer than `limit`.
  func snapshot<Value: Sendable>(
    _ body: @Sendable (any SQLSession) async throws -> Value, by reader: Reader, limit: Duration
  ) async throws -> Value {
    let connection = try reader.connect()
    reader.limit.begin(limit: limit)
    if Task.isCancelled { throw SQLError.cancelledBeforeStart }
    try connection.control("BEGIN")
    let session = Session(connection, on: self)
    let timer = loop.schedule(after: limit) {
      session.end(.closureTimeout)
      reader.endTransaction()
    }
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(session))
    } catch {
      result = .failure(error)
    }
    loop.cancel(timer)
    let failure = session.failure
    session.end()
    reader.limit.end()
    reader.endTransaction()
    if let failure { throw failure }
    return try result.get()
  }
}

extension Reader {
  /// Ends the snapshot; a connection that cannot is replaced. Lane's thread.
  fileprivate func endTransaction() {
    guard let connection, connection.isInTransaction else { return }
    do {
      try connection.control("ROLLBACK")
    } catch {
      disconnect()
    }
  }
}
