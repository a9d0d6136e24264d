// Rotation of the master key: online, and resumable after a crash at any point.

/// A wrapped data key as a store keeps it.
package struct StoredWrappedKey: Sendable, Equatable {
  /// The store's own name for it, unique in the store.
  package let id: String
  package let scope: KeyScope
  package let wrapped: WrappedKey

  package init(id: String, scope: KeyScope, wrapped: WrappedKey) {
    (self.id, self.scope, self.wrapped) = (id, scope, wrapped)
  }
}

/// Where wrapped data keys are kept: a table, as a rule.
package protocol WrappedKeyStore: Sendable {
  /// Up to `limit` keys that are wrapped under any other master key, in an order of the store's choice that stays
  /// the same, beginning after the key named `id` (at the beginning for nil).
  func wrappedKeys(notUnder masterKeyID: KeyID, after id: String?, limit: Int) async throws
    -> [StoredWrappedKey]

  /// Replaces a key durably, if it still is what it was when it was read.
  ///
  /// - Returns: false when it was changed or deleted meanwhile; nothing is written then.
  func replace(_ stored: StoredWrappedKey, with wrapped: WrappedKey) async throws -> Bool
}

/// What a pass over the store did.
package struct RewrapReport: Sendable, Equatable {
  /// Keys that are under the active master key now.
  package internal(set) var rewrapped = 0
  /// Keys that somebody else changed or deleted meanwhile.
  package internal(set) var changedMeanwhile = 0
  /// Keys that do not open, and were left alone.
  package internal(set) var unreadable = 0
  /// The names of the first of those.
  package internal(set) var firstUnreadable: [String] = []

  static let namesKept = 20
}

// The steps. Killed before, in or after any of them, the next start finds a file whose keys open every data key, and
// `rotateMasterKey` goes on where it was:
//
//   1. begin:   [old] → [old, new]; from here on everything new is wrapped by the new key.
//   2. rewrap:  each data key from old to new, one conditional write each.
//   3. finish:  [old, new] → [new], only once the store has none left, while nobody can be storing one.
extension Vault {
  /// Does all three steps, or what an interrupted rotation left to do.
  ///
  /// - Throws: `VaultError` `.rotationIncomplete` when some keys do not open: the old master key is kept then, and
  ///   everything goes on working. Else what the store throws, `.busy`, `.io`, `CancellationError`; call again.
  package func rotateMasterKey(store: some WrappedKeyStore) async throws -> RewrapReport {
    try await beginRotation()
    var total = RewrapReport()
    var pass = RewrapReport()
    // A second pass finds what was stored behind the back of the first.
    repeat {
      pass = try await rewrapDataKeys(in: store)
      total.rewrapped += pass.rewrapped
      total.changedMeanwhile += pass.changedMeanwhile
      (total.unreadable, total.firstUnreadable) = (pass.unreadable, pass.firstUnreadable)
    } while pass.rewrapped + pass.changedMeanwhile > 0
    try await finishRotation(store: store)
    return total
  }

  /// Step 1: makes a new master key the active one. Does nothing while a rotation is under way.
  ///
  /// - Throws: `VaultError` with code `.busy` or `.io`, `CancellationError`.
  package func beginRotation() async throws {
    try await changeRing { ring in
      ring.isRotating ? nil : ring.adding(.random())
    }
  }

  /// Step 2: one pass over the store, `batchSize` keys read at a time.
  ///
  /// - Throws: what the store throws; `CancellationError`. What was rewrapped until then stays.
  package func rewrapDataKeys(in store: some WrappedKeyStore, batchSize: Int = 100) async throws
    -> RewrapReport
  {
    try reload()
    let active = ring.active
    var report = RewrapReport()
    var last: String?
    while true {
      let batch = try await store.wrappedKeys(notUnder: active.id, after: last, limit: batchSize)
      guard !batch.isEmpty else { return report }
      for stored in batch {
        try Task.checkCancellation()
        guard let wrapped = rewrap(stored, under: active) else {
          report.unreadable += 1
          if report.firstUnreadable.count < RewrapReport.namesKept {
            report.firstUnreadable.append(stored.id)
          }
          continue
        }
        if try await store.replace(stored, with: wrapped) {
          report.rewrapped += 1
        } else {
          report.changedMeanwhile += 1
        }
      }
      last = batch.last?.id
    }
  }

  /// Nil for a key that does not open. That is counted, not thrown: the others must not wait for it.
  private func rewrap(_ stored: StoredWrappedKey, under active: MasterKey) -> WrappedKey? {
    do throws(VaultError) {
      return try active.wrap(unwrap(stored.wrapped, scope: stored.scope).root, scope: stored.scope)
    } catch {
      return nil
    }
  }

  /// Step 3: drops every master key but the active one, if the store has no data key left under another.
  ///
  /// - Throws: `VaultError` with code `.rotationIncomplete`, `.busy` or `.io`, what the store throws,
  ///   `CancellationError`.
  package func finishRotation(store: some WrappedKeyStore) async throws {
    try await changeRing { ring in
      guard ring.isRotating else { return nil }
      let left = try await store.wrappedKeys(notUnder: ring.active.id, after: nil, limit: 1)
      guard left.isEmpty else {
        throw VaultError(.rotationIncomplete, "data keys are left under an old master key, which is kept")
      }
      return ring.droppingRetired()
    }
  }

  /// Changes the ring that is in the file, while nobody else may and no data key is on its way to a store.
  private func changeRing(_ change: (MasterKeyRing) async throws -> MasterKeyRing?) async throws {
    guard let file else {
      if let changed = try await change(ring) { try replaceRing(changed) }
      return
    }
    let lock = try await MasterKeyLock.acquire(for: file, .exclusive)
    try reload()
    if let changed = try await change(ring) {
      try await MasterKeyLock.writers.perform { try self.replaceRing(changed) }
    }
    _ = consume lock
  }
}
