// Snapshots by guild, kept while they are used, loaded once however many ask.

import Storage
import Synchronization

/// A bounded cache of what is loaded by guild. Something that was invalidated while it loaded is loaded again, so that
/// nobody gets what is older than the last invalidation that happened before they asked.
final class SnapshotCache<Snapshot: Sendable>: Sendable {
  fileprivate struct State {
    /// Used since the last turn; together with `old` at most `capacity`.
    var young: [Tenant: Snapshot] = [:]
    var old: [Tenant: Snapshot] = [:]
    var loading: [Tenant: Task<Snapshot, any Error>] = [:]
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let load: @Sendable (Tenant) async throws -> Snapshot

  /// - Parameters:
  ///   - capacity: how many snapshots are kept at most; the least recently used half goes at once.
  ///   - load: fetches a snapshot.
  init(capacity: Int, load: @escaping @Sendable (Tenant) async throws -> Snapshot) {
    self.capacity = max(2, capacity)
    self.load = load
  }

  /// What is there now; nil when it must be loaded.
  func cached(_ guild: Tenant) -> Snapshot? {
    state.withLock { state -> Snapshot? in
      if let snapshot = state.young[guild] { return snapshot }
      guard let snapshot = state.old.removeValue(forKey: guild) else { return nil }
      state.keep(snapshot, guild, capacity)
      return snapshot
    }
  }

  /// The snapshot, loaded when need be.
  func snapshot(_ guild: Tenant) async throws -> Snapshot {
    if let snapshot = cached(guild) { return snapshot }
    let task = state.withLock { state in
      if let task = state.loading[guild] { return task }
      // Its callers come and go: the load belongs to none of them.
      let task = Task { [load] in try await load(guild) }
      state.loading[guild] = task
      return task
    }
    let result = await task.result
    let isCurrent = state.withLock { state in
      guard state.loading[guild] == task else { return false }
      state.loading[guild] = nil
      if case .success(let snapshot) = result { state.keep(snapshot, guild, capacity) }
      return true
    }
    // Somebody else kept it, or it was invalidated while it loaded.
    if !isCurrent, case .success = result, cached(guild) == nil { return try await snapshot(guild) }
    return try cached(guild) ?? result.get()
  }

  /// Forgets a guild; a load under way is not kept.
  func invalidate(_ guild: Tenant) {
    state.withLock { state in
      state.young[guild] = nil
      state.old[guild] = nil
      state.loading[guild] = nil
    }
  }

  /// Forgets everything: what changed is not known.
  func invalidateAll() {
    state.withLock { $0 = State() }
  }
}

extension SnapshotCache.State {
  fileprivate mutating func keep(_ snapshot: Snapshot, _ guild: Tenant, _ capacity: Int) {
    young[guild] = snapshot
    if young.count > capacity / 2 {
      old = young
      young = [:]
    }
  }
}
