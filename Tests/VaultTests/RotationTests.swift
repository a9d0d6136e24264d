// Tests of the master key's rotation: interrupted at every step, and done by several at once.

import CSystem
import Glibc
import Synchronization
import TestKit
import Testing
import Vault

/// The store is gone: the process was killed, or the disk was full.
private struct StoreFailure: Error {}

/// A table in memory that fails when it is told to.
private final class MemoryStore: WrappedKeyStore {
  private struct State {
    var rows: [String: StoredWrappedKey] = [:]
    var callsLeft = Int.max
    var failsAfterWriting = false
    /// Runs once, before the next replacement, as somebody else's write would.
    var interruption: (@Sendable (MemoryStore) -> Void)?
  }
  private let state = Mutex(State())

  var rows: [StoredWrappedKey] { state.withLock { $0.rows.values.sorted { $0.id < $1.id } } }

  func put(_ id: String, _ scope: KeyScope, _ wrapped: WrappedKey) {
    state.withLock { $0.rows[id] = StoredWrappedKey(id: id, scope: scope, wrapped: wrapped) }
  }

  func remove(_ id: String) { state.withLock { $0.rows[id] = nil } }

  /// Fails from the call after `calls` others on; a replacement may have been written before it fails.
  func fail(after calls: Int, havingWritten: Bool = false) {
    state.withLock { ($0.callsLeft, $0.failsAfterWriting) = (calls, havingWritten) }
  }

  func interrupt(with body: @escaping @Sendable (MemoryStore) -> Void) {
    state.withLock { $0.interruption = body }
  }

  private func mustFail() -> Bool {
    state.withLock { state in
      state.callsLeft -= 1
      return state.callsLeft < 0
    }
  }

  func wrappedKeys(notUnder masterKeyID: KeyID, after id: String?, limit: Int) async throws
    -> [StoredWrappedKey]
  {
    if mustFail() { throw StoreFailure() }
    return Array(rows.filter { $0.wrapped.masterKeyID != masterKeyID && $0.id > id ?? "" }.prefix(limit))
  }

  func replace(_ stored: StoredWrappedKey, with wrapped: WrappedKey) async throws -> Bool {
    let fails = mustFail()
    if fails, !state.withLock({ $0.failsAfterWriting }) { throw StoreFailure() }
    let interruption = state.withLock { state in
      defer { state.interruption = nil }
      return state.interruption
    }
    interruption?(self)
    let replaced = state.withLock { state in
      guard state.rows[stored.id] == stored else { return false }
      state.rows[stored.id] = StoredWrappedKey(id: stored.id, scope: stored.scope, wrapped: wrapped)
      return true
    }
    if fails { throw StoreFailure() }
    return replaced
  }
}

@Suite(.timeLimit(.minutes(1))) struct RotationTests {
  private let folder: TemporaryDirectory
  private let path: String
  private let store = MemoryStore()
  private let context = SealContext(tenant: "t", table: "a", column: "b")

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.file("master.key")
  }

  /// `count` data keys in the store, and a value sealed with each.
  private func fill(_ count: Int, with vault: Vault) async throws -> [String: [UInt8]] {
    var sealed: [String: [UInt8]] = [:]
    for number in 0..<count {
      let id = "k\(number)"
      let key = try await vault.makeDataKey(scope: KeyScope(id)) { store.put(id, KeyScope(id), $0) }
      sealed[id] = key.seal(Array(id.utf8), context: context)
    }
    return sealed
  }

  private func expectReadable(_ sealed: [String: [UInt8]], with vault: Vault) throws {
    for row in store.rows {
      let bytes = try #require(sealed[row.id])
      #expect(
        try vault.unwrap(row.wrapped, scope: row.scope).open(bytes, context: context) == Array(row.id.utf8))
    }
  }

  @Test func `afterwards everything is under the new key and the old one is gone`() async throws {
    let vault = try Vault.open(masterKeyFile: path)
    let old = vault.activeMasterKeyID
    let sealed = try await fill(250, with: vault)
    let before = try #require(store.rows.first)
    let report = try await vault.rotateMasterKey(store: store)
    #expect(report.rewrapped == 250 && report.unreadable == 0 && report.changedMeanwhile == 0)
    #expect(vault.activeMasterKeyID != old && !vault.isRotating)
    #expect(store.rows.allSatisfy { $0.wrapped.masterKeyID == vault.activeMasterKeyID })
    try expectReadable(sealed, with: vault)
    try expectReadable(sealed, with: try Vault.open(masterKeyFile: path))
    let error = #expect(throws: VaultError.self) { try vault.unwrap(before.wrapped, scope: before.scope) }
    #expect(error?.code == .unknownKey)
  }

  /// The crash matrix: five keys take a list, five replacements, an empty list, the same again, and the last check.
  /// The store fails at each of those calls, before or after writing; a new process then goes on.
  @Test(arguments: 0..<12, [false, true])
  func `killed at any call to the store, the next start goes on`(calls: Int, havingWritten: Bool) async throws
  {
    let sealed: [String: [UInt8]]
    let old: KeyID
    do {
      let vault = try Vault.open(masterKeyFile: path)
      old = vault.activeMasterKeyID
      sealed = try await fill(5, with: vault)
      store.fail(after: calls, havingWritten: havingWritten)
      do {
        _ = try await vault.rotateMasterKey(store: store)
        #expect(calls >= 9, "nothing failed")
      } catch is StoreFailure {
        #expect(vault.isRotating)
        try expectReadable(sealed, with: vault)
      }
    }
    store.fail(after: .max)
    let next = try Vault.open(masterKeyFile: path, createIfMissing: false)
    try expectReadable(sealed, with: next)
    let new = next.activeMasterKeyID
    #expect(new != old)
    if next.isRotating {
      _ = try await next.rotateMasterKey(store: store)
      #expect(next.activeMasterKeyID == new, "going on makes no further key")
    }
    #expect(!next.isRotating && store.rows.allSatisfy { $0.wrapped.masterKeyID == new })
    try expectReadable(sealed, with: try Vault.open(masterKeyFile: path))
  }

  /// What can be on disk when the process is killed while it writes the file: a draft of any length beside the file.
  @Test(arguments: [0, 1, 100, 300])
  func `killed while writing the file, old and new start alike`(length: Int) async throws {
    let vault = try Vault.open(masterKeyFile: path)
    let sealed = try await fill(3, with: vault)
    let draft = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = write(draft, [UInt8](repeating: 0x61, count: length), length)
    close(draft)
    let next = try Vault.open(masterKeyFile: path)
    #expect(next.activeMasterKeyID == vault.activeMasterKeyID)
    _ = try await next.rotateMasterKey(store: store)
    try expectReadable(sealed, with: next)
    #expect(access(path + ".new", F_OK) != 0)
  }

  @Test func `a file that cannot be written changes nothing`() async throws {
    let vault = try Vault.open(masterKeyFile: path)
    let (id, sealed) = (vault.activeMasterKeyID, try await fill(3, with: vault))
    // A folder in the draft's place cannot be unlinked.
    mkdir(path + ".new", 0o700)
    let error = await #expect(throws: VaultError.self) { try await vault.rotateMasterKey(store: store) }
    #expect(error?.code == .io && vault.activeMasterKeyID == id && !vault.isRotating)
    rmdir(path + ".new")
    _ = try await vault.rotateMasterKey(store: store)
    try expectReadable(sealed, with: vault)
  }

  @Test func `each step alone can be taken twice`() async throws {
    let vault = try Vault.open(masterKeyFile: path)
    let sealed = try await fill(3, with: vault)
    try await vault.beginRotation()
    let new = vault.activeMasterKeyID
    try await vault.beginRotation()
    #expect(vault.activeMasterKeyID == new && vault.isRotating)
    let early = await #expect(throws: VaultError.self) { try await vault.finishRotation(store: store) }
    #expect(early?.code == .rotationIncomplete && vault.isRotating)
    #expect(try await vault.rewrapDataKeys(in: store, batchSize: 2).rewrapped == 3)
    #expect(try await vault.rewrapDataKeys(in: store, batchSize: 2).rewrapped == 0)
    try await vault.finishRotation(store: store)
    try await vault.finishRotation(store: store)
    #expect(!vault.isRotating)
    try expectReadable(sealed, with: vault)
  }

  @Test func `a key that does not open holds up the end and nothing else`() async throws {
    let vault = try Vault.open(masterKeyFile: path)
    let sealed = try await fill(5, with: vault)
    let foreign = try Vault.ephemeral().makeDataKey(scope: "x")
    store.put("k2x", "x", foreign)
    let error = await #expect(throws: VaultError.self) { try await vault.rotateMasterKey(store: store) }
    #expect(error?.code == .rotationIncomplete && vault.isRotating)
    let report = try await vault.rewrapDataKeys(in: store, batchSize: 2)
    #expect(report.unreadable == 1 && report.firstUnreadable == ["k2x"] && report.rewrapped == 0)
    store.remove("k2x")
    try expectReadable(sealed, with: vault)
    _ = try await vault.rotateMasterKey(store: store)
    #expect(!vault.isRotating)
  }

  @Test func `what somebody else writes meanwhile stays`() async throws {
    let vault = try Vault.open(masterKeyFile: path)
    _ = try await fill(3, with: vault)
    try await vault.beginRotation()
    let fresh = try vault.makeDataKey(scope: "k0")
    store.interrupt { $0.put("k0", "k0", fresh) }
    let report = try await vault.rotateMasterKey(store: store)
    #expect(report.changedMeanwhile == 1 && report.rewrapped == 2)
    #expect(store.rows.first?.wrapped == fresh && !vault.isRotating)
  }

  @Test func `another process follows when it meets a new key`() async throws {
    let (first, second) = (try Vault.open(masterKeyFile: path), try Vault.open(masterKeyFile: path))
    let sealed = try await fill(4, with: first)
    _ = try await first.rotateMasterKey(store: store)
    try expectReadable(sealed, with: second)
    #expect(second.activeMasterKeyID == first.activeMasterKeyID)
    _ = try await first.rotateMasterKey(store: store)
    // It makes no key under one that is no longer in the file.
    #expect(try second.makeDataKey(scope: "n").masterKeyID == first.activeMasterKeyID)
  }

  @Test func `no data key is left behind by a rotation that runs while others make them`() async throws {
    let (first, second) = (try Vault.open(masterKeyFile: path), try Vault.open(masterKeyFile: path))
    let store = store
    try await withThrowingTaskGroup { group in
      group.addTask {
        for number in 0..<60 {
          let id = "n\(number)"
          _ = try await second.makeDataKey(scope: KeyScope(id)) { wrapped in
            // The other one finds no moment between making and storing.
            await Task.yield()
            store.put(id, KeyScope(id), wrapped)
          }
        }
      }
      group.addTask { for _ in 0..<5 { _ = try await first.rotateMasterKey(store: store) } }
      try await group.waitForAll()
    }
    #expect(store.rows.count == 60)
    for row in store.rows { #expect(throws: Never.self) { try first.unwrap(row.wrapped, scope: row.scope) } }
  }

  @Test func `while a data key is on its way to the store, no rotation begins, and afterwards one does`()
    async throws
  {
    let (first, second) = (try Vault.open(masterKeyFile: path), try Vault.open(masterKeyFile: path))
    _ = try await first.makeDataKey(scope: "n") { wrapped in
      // Waits out its five seconds.
      let error = await #expect(throws: VaultError.self) { try await second.rotateMasterKey(store: store) }
      #expect(error?.code == .busy)
      store.put("n", "n", wrapped)
    }
    #expect(try await second.rotateMasterKey(store: store).rewrapped == 1)
    let row = try #require(store.rows.first)
    #expect(try first.unwrap(row.wrapped, scope: "n").scope == "n")
  }

  @Test func `two rotations at once are one`() async throws {
    let (first, second) = (try Vault.open(masterKeyFile: path), try Vault.open(masterKeyFile: path))
    let sealed = try await fill(40, with: first)
    let store = store
    try await withThrowingTaskGroup { group in
      for vault in [first, second] { group.addTask { _ = try await vault.rotateMasterKey(store: store) } }
      try await group.waitForAll()
    }
    let reopened = try Vault.open(masterKeyFile: path)
    #expect(!reopened.isRotating)
    try expectReadable(sealed, with: reopened)
  }

  @Test func `a vault in memory rotates as well`() async throws {
    let vault = Vault.ephemeral()
    let sealed = try await fill(3, with: vault)
    #expect(try await vault.rotateMasterKey(store: store).rewrapped == 3)
    try expectReadable(sealed, with: vault)
  }
}
