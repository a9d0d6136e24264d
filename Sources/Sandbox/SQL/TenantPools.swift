// The open connections of tenants: few at a time, the one unused longest gives way.

import EventLoop
import Postgres
import SandboxContract
import Synchronization

/// A pool for each tenant that is at work, each under that tenant's own login: no statement, whatever it does to its
/// session, meets another tenant.
final class TenantPools: Sendable {
  private struct Entry {
    let pool: PostgresPool
    var users = 0
    var lastUse: Duration
  }

  private struct State {
    var entries: [PluginSchema: Entry] = [:]
    /// Being closed; they count until their connections are gone.
    var closing = 0
    var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    var lastWaiter: UInt64 = 0
    var isClosed = false
  }

  private enum Step {
    case use(PostgresPool)
    /// A place must be freed first.
    case close(PostgresPool)
    case wait
    case refuse
  }

  private let limits: PluginDatabaseLimits
  private let time: any TimeSource
  private let state = Mutex(State())

  init(limits: PluginDatabaseLimits, time: any TimeSource) { (self.limits, self.time) = (limits, time) }

  /// Tenants with open connections.
  var openCount: Int { state.withLock { $0.entries.count } }

  /// Runs `body` with the tenant's pool, made if there is none.
  ///
  /// - Throws: what `body` throws; `RPCError` with `.rateLimited` when too many tenants wait; `CancellationError`.
  func with<Value: Sendable>(
    _ schema: PluginSchema, make: () -> PostgresPool, body: (PostgresPool) async throws -> Value
  ) async throws -> Value {
    let pool = try await acquire(schema, make)
    defer { release(schema, pool) }
    return try await body(pool)
  }

  private func acquire(_ schema: PluginSchema, _ make: () -> PostgresPool) async throws -> PostgresPool {
    while true {
      try Task.checkCancellation()
      let now = time.uptime
      let step = state.withLock { state in
        if state.isClosed { return Step.refuse }
        if state.entries[schema] == nil, state.entries.count + state.closing < limits.openTenants {
          state.entries[schema] = Entry(pool: make(), lastUse: now)
        }
        if let pool = state.entries[schema]?.pool {
          state.entries[schema]?.users += 1
          return .use(pool)
        }
        let idle = state.entries.filter { $0.value.users == 0 }.min { $0.value.lastUse < $1.value.lastUse }
        guard let idle else { return state.waiters.count < limits.maximumWaiting ? .wait : .refuse }
        state.entries[idle.key] = nil
        state.closing += 1
        return .close(idle.value.pool)
      }
      switch step {
      case .use(let pool): return pool
      case .close(let pool): await finish(pool)
      case .wait: await waitForRelease()
      case .refuse:
        throw RPCError(.rateLimited, "the database is busy (retry in 1s)", retryAfter: 1)
      }
    }
  }

  private func finish(_ pool: PostgresPool) async {
    await pool.close(grace: .zero)
    state.withLock { state in
      state.closing -= 1
      wakeOne(&state)
    }
  }

  private func wakeOne(_ state: inout State) {
    if !state.waiters.isEmpty { state.waiters.removeFirst().continuation.resume() }
  }

  private func release(_ schema: PluginSchema, _ pool: PostgresPool) {
    let now = time.uptime
    state.withLock { state in
      if state.entries[schema]?.pool === pool {
        state.entries[schema]?.users -= 1
        state.entries[schema]?.lastUse = now
      }
      wakeOne(&state)
    }
  }

  private func waitForRelease() async {
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          // Something may have become free since: then the caller looks again at once.
          let isFull =
            state.entries.count + state.closing >= limits.openTenants
            && state.entries.values.allSatisfy { $0.users > 0 }
          guard isFull, !state.isClosed, !Task.isCancelled else { return false }
          state.waiters.append((id, continuation))
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume()
    }
  }

  // MARK: Closing

  /// Closes what nobody used for a while.
  func closeIdle() async {
    let oldest = time.uptime - limits.idleTime
    await close { $0.users == 0 && $0.lastUse <= oldest }
  }

  /// Closes a tenant's connections; what runs on them fails.
  func close(_ schema: PluginSchema) async {
    let pool = state.withLock { $0.entries.removeValue(forKey: schema)?.pool }
    await pool?.close(grace: .zero)
  }

  /// Closes everything, for good.
  func close() async {
    let waiters = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.continuation.resume() }
    await close { _ in true }
  }

  private func close(where isChosen: (Entry) -> Bool) async {
    let chosen = state.withLock { state in
      let chosen = state.entries.filter { isChosen($0.value) }
      for key in chosen.keys { state.entries[key] = nil }
      return chosen.values.map(\.pool)
    }
    for pool in chosen { await pool.close(grace: .zero) }
  }
}
