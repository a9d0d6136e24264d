// Many databases, few of them open: one per guild, opened when needed, the least recently used closed.

internal import SQL

/// Keeps at most `limit` databases open and lends them by id.
///
/// A database that is lent is never closed; opening the same id twice at once opens it once. When all `limit`
/// are lent, callers wait in line. Isolation: an actor, so any task may call; blocking work stays on the
/// databases' own threads.
package actor SQLiteFleet<ID: Hashable & Sendable> {
  private enum Slot {
    /// Being opened, closed or worked on alone; who wants it waits here.
    case busy([CheckedContinuation<Void, Never>])
    /// Open; lent `users` times.
    case open(SQLiteDatabase, users: Int, lastUse: ContinuousClock.Instant)
  }

  private let limit: Int
  private let waitingLimit: Int
  private let open: @Sendable (ID) async throws -> SQLiteDatabase
  private var slots: [ID: Slot] = [:]
  /// Who waits for a place, oldest first.
  private var line: [CheckedContinuation<Void, Never>] = []
  private var waiting = 0
  private var isClosed = false

  /// - Parameters:
  ///   - limit: databases open at once, at least 1.
  ///   - waitingLimit: callers that may wait for a place or an opening before `.overloaded`.
  ///   - open: opens the database of an id; what it throws, the borrower gets.
  package init(
    limit: Int = 256, waitingLimit: Int = 4_096, open: @escaping @Sendable (ID) async throws -> SQLiteDatabase
  ) {
    self.limit = max(1, limit)
    self.waitingLimit = waitingLimit
    self.open = open
  }

  /// How many databases are open, or about to be.
  package var count: Int { slots.count }

  /// Lends the database of `id` to `body`, opening it first if need be. Do not keep it beyond the closure.
  ///
  /// - Throws: what the opener or `body` throws; `SQLError`: `.overloaded` when too many wait, `.closed`.
  @discardableResult
  package func withDatabase<Value: Sendable>(
    _ id: ID, _ body: @Sendable (SQLiteDatabase) async throws -> Value
  ) async throws -> Value {
    let database = try await borrow(id)
    defer { giveBack(id) }
    return try await body(database)
  }

  /// Closes the database of `id` once nobody uses it, and keeps everybody out while `body` works on the file:
  /// to delete it, restore it or give it another key.
  ///
  /// - Throws: what `body` throws; `SQLError`: `.overloaded`, `.closed`.
  @discardableResult
  package func withExclusiveFile<Value: Sendable>(
    _ id: ID, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    while true {
      guard !isClosed else { throw SQLError(.closed, message: "the databases are closed") }
      if Task.isCancelled { throw SQLError.cancelledBeforeStart }
      switch slots[id] {
      case nil:
        slots[id] = .busy([])
        defer { vacate(id) }
        return try await body()
      case .open(let database, users: 0, _):
        slots[id] = .busy([])
        defer { vacate(id) }
        await database.close()
        return try await body()
      case .open:
        try await waitInLine()
      case .busy:
        try await wait(for: id)
      }
    }
  }

  /// Closes what nobody has used for `duration`.
  package func closeIdle(unusedFor duration: Duration) async {
    let latest = ContinuousClock.now - duration
    for (id, slot) in slots {
      if case .open(_, users: 0, let lastUse) = slot, lastUse <= latest { await close(id) }
    }
  }

  /// Refuses newcomers, waits for borrowers, and closes everything.
  package func close() async {
    isClosed = true
    while !slots.isEmpty {
      let idle = slots.filter { if case .open(_, users: 0, _) = $0.value { true } else { false } }
      for id in idle.keys { await close(id) }
      if idle.isEmpty { await withCheckedContinuation { line.append($0) } }
    }
    wakeLine()
  }

  // MARK: Places

  private func borrow(_ id: ID) async throws -> SQLiteDatabase {
    while true {
      guard !isClosed else { throw SQLError(.closed, message: "the databases are closed") }
      if Task.isCancelled { throw SQLError.cancelledBeforeStart }
      switch slots[id] {
      case .open(let database, let users, _):
        slots[id] = .open(database, users: users + 1, lastUse: .now)
        return database
      case .busy:
        try await wait(for: id)
      case nil where slots.count < limit:
        return try await openAndBorrow(id)
      case nil:
        // Closing gives this caller time to be overtaken: look again afterwards.
        if let oldest = oldestIdle() { await close(oldest) } else { try await waitInLine() }
      }
    }
  }

  private func openAndBorrow(_ id: ID) async throws -> SQLiteDatabase {
    slots[id] = .busy([])
    do {
      let database = try await open(id)
      let waiters = waiters(of: id)
      slots[id] = .open(database, users: 1, lastUse: .now)
      for waiter in waiters { waiter.resume() }
      return database
    } catch {
      vacate(id)
      throw error
    }
  }

  private func giveBack(_ id: ID) {
    guard case .open(let database, let users, _) = slots[id] else { return }
    slots[id] = .open(database, users: users - 1, lastUse: .now)
    if users == 1 { wakeLine() }
  }

  private func oldestIdle() -> ID? {
    var oldest: (id: ID, lastUse: ContinuousClock.Instant)?
    for (id, slot) in slots {
      guard case .open(_, users: 0, let lastUse) = slot else { continue }
      if let found = oldest, found.lastUse <= lastUse { continue }
      oldest = (id, lastUse)
    }
    return oldest?.id
  }

  private func close(_ id: ID) async {
    guard case .open(let database, users: 0, _) = slots[id] else { return }
    slots[id] = .busy([])
    await database.close()
    vacate(id)
  }

  // MARK: Waiting

  private func waiters(of id: ID) -> [CheckedContinuation<Void, Never>] {
    if case .busy(let waiters) = slots[id] { waiters } else { [] }
  }

  /// Frees a place, and wakes those who wanted this id and those who want any.
  private func vacate(_ id: ID) {
    let waiters = waiters(of: id)
    slots[id] = nil
    for waiter in waiters { waiter.resume() }
    wakeLine()
  }

  private func wakeLine() {
    let line = line
    self.line = []
    for waiter in line { waiter.resume() }
  }

  private func wait(for id: ID) async throws(SQLError) {
    try admitWaiter()
    defer { waiting -= 1 }
    await withCheckedContinuation { waiter in
      slots[id] = .busy(waiters(of: id) + [waiter])
    }
  }

  private func waitInLine() async throws(SQLError) {
    try admitWaiter()
    defer { waiting -= 1 }
    await withCheckedContinuation { line.append($0) }
  }

  private func admitWaiter() throws(SQLError) {
    guard waiting < waitingLimit else {
      throw SQLError(.overloaded, message: "\(waitingLimit) callers wait for a database")
    }
    waiting += 1
  }
}
