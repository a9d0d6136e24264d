// What was read of sessions and API tokens, kept for a moment: the way of every request goes through here.

import EventLoop
import Synchronization

/// A bounded cache of what is stored under a key, or that nothing is.
///
/// What it has is read anew after `lifetime`, so that a revocation whose announcement was lost holds from then on at the
/// latest. What was forgotten while it was read is read again: nobody gets what is older than the last `forget` before
/// they asked.
final class CredentialCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    /// Nil when there is nothing under the key.
    var value: Value?
    let readAt: Timestamp
  }

  private struct State {
    /// Used since the last turn; together with `old` at most `capacity`.
    var young: [Key: Entry] = [:]
    var old: [Key: Entry] = [:]
    /// Counts what was forgotten.
    var generation = 0
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let lifetime: Duration
  private let keepsAbsence: Bool

  /// - Parameters:
  ///   - capacity: how much is kept at most; the least recently used half goes at once.
  ///   - lifetime: after which something is read anew.
  ///   - keepsAbsence: whether that there is nothing is kept too: only where others cannot make up keys, who would
  ///     push out everything else.
  init(capacity: Int, lifetime: Duration = .seconds(60), keepsAbsence: Bool) {
    (self.capacity, self.lifetime, self.keepsAbsence) = (max(2, capacity), lifetime, keepsAbsence)
  }

  /// What is under the key, read by `read` when need be.
  func value(_ key: Key, at now: Timestamp, read: () async throws -> Value?) async throws -> Value? {
    // A revocation storm must not keep a request from its answer: then it gets one that is not kept.
    for attempt in 1...4 {
      let generation: Int
      switch look(up: key, at: now) {
      case .found(let value): return value
      case .unknown(let current): generation = current
      }
      let value = try await read()
      if keep(value, key, at: now, ifStill: generation) || attempt == 4 { return value }
    }
    return nil
  }

  private enum Finding {
    case found(Value?)
    case unknown(generation: Int)
  }

  private func look(up key: Key, at now: Timestamp) -> Finding {
    state.withLock { state in
      if let entry = state.young[key], isFresh(entry, now) { return .found(entry.value) }
      guard let entry = state.old.removeValue(forKey: key), isFresh(entry, now) else {
        return .unknown(generation: state.generation)
      }
      insert(entry, key, &state)
      return .found(entry.value)
    }
  }

  private func keep(_ value: Value?, _ key: Key, at now: Timestamp, ifStill generation: Int) -> Bool {
    state.withLock { state in
      guard state.generation == generation else { return false }
      if value != nil || keepsAbsence { insert(Entry(value: value, readAt: now), key, &state) }
      return true
    }
  }

  /// Changes what is kept under the key, if it is.
  ///
  /// - Returns: what `body` returned; nil when nothing is kept there.
  func change(_ key: Key, _ body: (inout Value) -> Bool) -> Bool? {
    state.withLock { state in
      guard var entry = state.young[key] ?? state.old[key], var value = entry.value else { return nil }
      let result = body(&value)
      entry.value = value
      state.old[key] = nil
      insert(entry, key, &state)
      return result
    }
  }

  /// Forgets everything of which that holds; what is being read is read again.
  func forget(where isMeant: (Value) -> Bool) {
    state.withLock { state in
      state.generation += 1
      state.young = state.young.filter { !($0.value.value.map(isMeant) ?? false) }
      state.old = state.old.filter { !($0.value.value.map(isMeant) ?? false) }
    }
  }

  /// Forgets everything: what changed is not known.
  func forgetAll() {
    state.withLock { state in
      state.generation += 1
      (state.young, state.old) = ([:], [:])
    }
  }

  /// A clock that went back makes what it kept old.
  private func isFresh(_ entry: Entry, _ now: Timestamp) -> Bool {
    entry.readAt <= now && now < entry.readAt + lifetime
  }

  private func insert(_ entry: Entry, _ key: Key, _ state: inout State) {
    state.young[key] = entry
    guard state.young.count > capacity / 2 else { return }
    state.old = state.young
    state.young = [:]
  }
}
