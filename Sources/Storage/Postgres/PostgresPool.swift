// The driver's door: a pool of pipelined and of leased connections.

package import EventLoop
package import SQL
internal import Synchronization

/// Connections to one PostgreSQL database under one login.
///
/// Single statements and batches are pipelined over a few shared connections; each is one round trip and one
/// transaction. Interactive transactions lease a connection of their own. A slow statement holds up those
/// behind it on its connection: give slow work its own pool (`PostgresOptions.long`).
///
///     let pool = try PostgresPool(url: url, loops: [loop])
///     let rows = try await pool.rows("SELECT name FROM item WHERE id = \(id)", access: .readOnly)
///     try await pool.transaction(tenant: guild) { session in
///       try await session.execute("UPDATE item SET name = \(name) WHERE id = \(id)")
///     }
///
/// Connections are made on demand and made again after a loss. Call `close()` before the loops are shut down.
package final class PostgresPool: Sendable {
  private typealias Lease = CheckedContinuation<Result<Int, SQLError>, Never>

  private struct Leases {
    var queue: LeaseQueue<Lease>
    var lastID: UInt64 = 0
    var isClosed = false
  }

  /// Server, database and login of all connections.
  package let address: PostgresAddress
  /// The bounds of the pool and of its sessions, as given at the start.
  package let options: PostgresOptions
  let time: any TimeSource
  private let readers: [PostgresSlot]
  private let writers: [PostgresSlot]
  private let leased: [PostgresSlot]
  private let leases: Mutex<Leases>
  private let turn = Atomic<Int>(0)

  /// Prepares a pool; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - url: see `PostgresAddress`.
  ///   - loops: what the connections are spread over, each pinned to one; at least one.
  ///   - options: the bounds of the pool and of its sessions.
  ///   - time: where pauses between attempts at a transaction or a lock are waited.
  /// - Throws: `SQLError` with `.invalidStatement` when the URL cannot be read.
  package convenience init(
    url: String, loops: [EventLoop], options: PostgresOptions = .short, time: any TimeSource = SystemTime()
  ) throws(SQLError) {
    self.init(address: try PostgresAddress(url: url), loops: loops, options: options, time: time)
  }

  /// Prepares a pool; nothing is connected yet. `loops` must not be empty.
  package init(
    address: PostgresAddress, loops: [EventLoop], options: PostgresOptions = .short,
    time: any TimeSource = SystemTime()
  ) {
    precondition(!loops.isEmpty, "a pool needs a loop")
    self.address = address
    self.options = options
    self.time = time
    func slots(_ count: Int, _ role: PostgresSlot.Role) -> [PostgresSlot] {
      (0..<max(1, count)).map {
        PostgresSlot(loop: loops[$0 % loops.count], role: role, address: address, options: options)
      }
    }
    readers = slots(options.readerCount, .shared(.readOnly))
    writers = slots(options.writerCount, .shared(.readWrite))
    leased = slots(options.leaseCount, .leased)
    leases = Mutex(
      Leases(queue: LeaseQueue(count: leased.count, maximumWaiting: options.maximumLeaseWaiting)))
  }

  deinit {
    for slot in readers + writers + leased { slot.closeSoon() }
  }

  // MARK: One round trip

  /// Runs one statement and returns its rows.
  ///
  /// - Parameters:
  ///   - statement: one statement; several in one text are refused.
  ///   - tenant: the tenant whose rows it may see and write; nil for tables without tenants.
  ///   - access: `.readOnly` for what only reads: cheaper, and sent again after a lost connection.
  /// - Returns: the rows, empty for a statement without any.
  /// - Throws: `SQLError`. `.connectionLost` leaves open whether a write happened; `.overloaded` when too many
  ///   wait; `.cancelled` when the task was cancelled before the statement was sent.
  package func rows(_ statement: SQL, tenant: Int64? = nil, access: PostgresAccess = .readWrite)
    async throws(SQLError) -> [SQLRow]
  {
    try await batch([statement], tenant: tenant, access: access)[0].rows
  }

  /// Runs one statement and returns how many rows it changed. Parameters and errors as for `rows`.
  @discardableResult
  package func execute(_ statement: SQL, tenant: Int64? = nil) async throws(SQLError) -> Int {
    try await batch([statement], tenant: tenant)[0].changed
  }

  /// Runs statements in one transaction and one round trip: all of them take effect, or none.
  ///
  /// - Returns: one result for each statement, in order.
  /// - Throws: `SQLError`, the first statement's that failed.
  @discardableResult
  package func batch(_ statements: [SQL], tenant: Int64? = nil, access: PostgresAccess = .readWrite)
    async throws(SQLError) -> [PostgresResult]
  {
    guard !Task.isCancelled else { throw .taskCancelled }
    for statement in statements { try Self.check(statement, isLeased: false) }
    guard !statements.isEmpty else { return [] }
    let slot = pick(access == .readOnly ? readers : writers)
    let results = try await slot.perform(PostgresRequest(statements, tenant: tenant, access: access))
    guard results.count == statements.count else { throw .lost }
    return results
  }

  /// A connection of the caller's own loop if there is one, else the next in turn.
  private func pick(_ slots: [PostgresSlot]) -> PostgresSlot {
    guard slots.count > 1 else { return slots[0] }
    let start = turn.wrappingAdd(1, ordering: .relaxed).newValue
    let order = (0..<slots.count).map { slots[((start &+ $0) & Int.max) % slots.count] }
    return order.first { $0.loop.isCurrent } ?? order[0]
  }

  static func check(_ statement: SQL, isLeased: Bool) throws(SQLError) {
    if let refusal = ParameterEncoder.refusal(of: statement) { throw refusal }
    if let refusal = StatementKind(statement.text).refusal(isLeased: isLeased) { throw refusal }
  }

  // MARK: Leases

  /// Leases a connection for `body`, which gets its slot.
  func withLease<Value>(_ body: (PostgresSlot) async throws -> Value) async throws -> Value {
    let place = try await acquire()
    defer { release(place) }
    return try await body(leased[place])
  }

  private func acquire() async throws(SQLError) -> Int {
    guard !Task.isCancelled else { throw .taskCancelled }
    let (place, id) = try leases.withLock { leases throws(SQLError) -> (Int?, UInt64) in
      guard !leases.isClosed else { throw .poolClosed }
      leases.lastID += 1
      return (leases.queue.take { leased[$0].loop.isCurrent }, leases.lastID)
    }
    if let place { return place }
    // The limit on waiting; the loop's timer outlives a waiter that was served, and finds nothing then.
    let loop = leased[0].loop
    loop.execute {
      _ = loop.schedule(after: self.options.leaseTimeout) { self.giveUp(id, .noLease) }
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in self.queue(continuation, id) }
    } onCancel: {
      self.giveUp(id, .taskCancelled)
    }
    return try outcome.get()
  }

  private func queue(_ continuation: Lease, _ id: UInt64) {
    let outcome = leases.withLock { leases -> Result<Int, SQLError>? in
      if leases.isClosed { return .failure(.poolClosed) }
      // Checked under the lock that the cancellation handler takes: it has run, or will find the waiter.
      if Task.isCancelled { return .failure(.taskCancelled) }
      return switch leases.queue.acquire(id: id, continuation) {
      case .granted(let place): .success(place)
      case .queued: nil
      case .refused: .failure(SQLError(.overloaded, message: "too many transactions wait for a connection"))
      }
    }
    if let outcome { continuation.resume(returning: outcome) }
  }

  private func giveUp(_ id: UInt64, _ error: SQLError) {
    leases.withLock { $0.queue.abandon(id: id) }?.resume(returning: .failure(error))
  }

  private func release(_ place: Int) {
    leases.withLock { $0.queue.release(place) }?.resume(returning: .success(place))
  }

  // MARK: End

  /// Refuses new work, waits up to `grace` for what is on the wire, and disconnects.
  package func close(grace: Duration = .seconds(5)) async {
    let waiters = leases.withLock { leases in
      leases.isClosed = true
      return leases.queue.takeWaiters()
    }
    for waiter in waiters { waiter.resume(returning: .failure(.poolClosed)) }
    for slot in readers + writers + leased { await slot.close(grace: grace) }
  }
}

extension SQLError {
  fileprivate static let noLease = SQLError(
    .overloaded, message: "no connection became free for a transaction in time")
}
