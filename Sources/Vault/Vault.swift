// The vault: opens the master key file, makes and unwraps data keys.

internal import Synchronization

/// The keeper of the master keys.
///
///     let vault = try Vault.open(masterKeyFile: path)
///     let key = try await vault.makeDataKey(scope: "guild:42") { wrapped in
///       try await table.insert(wrapped.bytes, under: wrapped.masterKeyID)
///     }
///     let context = SealContext(tenant: "42", table: "bot", column: "token")
///     let sealed = key.seal(token, context: context)
///
/// Master keys seal data keys, data keys seal data. Losing the master key file loses everything; so it belongs into
/// the operator's backups, apart from the data.
package final class Vault: Sendable {
  private struct State {
    var ring: MasterKeyRing
    var stamp: MasterKeyFile.Stamp?
  }

  /// Nil for a vault that lives in memory only.
  let file: MasterKeyFile?
  private let state: Mutex<State>

  private init(file: MasterKeyFile?, ring: MasterKeyRing, stamp: MasterKeyFile.Stamp?) {
    self.file = file
    state = Mutex(State(ring: ring, stamp: stamp))
  }

  /// Opens the master key file, or makes one with a fresh key. Reads and may write a file: call at start-up.
  ///
  /// Pass false for `createIfMissing` where there already is data, because a fresh key could not read it.
  ///
  /// - Throws: `VaultError`: `.keyFileUnsafe` when others than the owner may read the file or it is no regular file,
  ///   `.keyFileDamaged`, `.keyFileMissing`, `.io`.
  package static func open(masterKeyFile path: String, createIfMissing: Bool = true) throws(VaultError)
    -> Vault
  {
    let file = MasterKeyFile(path: path)
    if let (ring, stamp) = try file.read() { return Vault(file: file, ring: ring, stamp: stamp) }
    guard createIfMissing else {
      throw VaultError(
        .keyFileMissing,
        "there is no master key file at \(path), and a new one could not open the data there is")
    }
    guard let lock = try MasterKeyLock(for: file, .exclusive, waiting: true) else {
      throw VaultError(.busy, "another process is changing the master keys in \(path)")
    }
    return try create(file, holding: lock)
  }

  /// The lock is let go when this returns.
  private static func create(_ file: MasterKeyFile, holding lock: consuming MasterKeyLock) throws(VaultError)
    -> Vault
  {
    // Another process may have been faster.
    if let (ring, stamp) = try file.read() { return Vault(file: file, ring: ring, stamp: stamp) }
    let ring = MasterKeyRing(active: .random())
    let stamp = try file.write(ring)
    _ = consume lock
    return Vault(file: file, ring: ring, stamp: stamp)
  }

  /// A vault with a fresh master key that is gone with it: for tests.
  package static func ephemeral() -> Vault {
    Vault(file: nil, ring: MasterKeyRing(active: .random()), stamp: nil)
  }

  /// The master key that seals new data keys.
  package var activeMasterKeyID: KeyID { ring.active.id }

  /// Whether a rotation has begun and not been finished; `rotateMasterKey` goes on with it.
  package var isRotating: Bool { ring.isRotating }

  var ring: MasterKeyRing { state.withLock { $0.ring } }

  /// Makes a data key and hands it to `store` in wrapped form. A rotation of the master key waits until it is stored,
  /// so that it cannot be left behind under a key that is dropped.
  ///
  /// - Throws: what `store` throws; `VaultError` `.busy` when a rotation is in the way for longer than five seconds,
  ///   or as `open` does when the file was changed by another process.
  package func makeDataKey(scope: KeyScope, store: (WrappedKey) async throws -> Void) async throws -> DataKey
  {
    guard let file else {
      let (key, wrapped) = try newDataKey(scope: scope)
      try await store(wrapped)
      return key
    }
    let lock = try await MasterKeyLock.acquire(for: file, .shared)
    try reload()
    let (key, wrapped) = try newDataKey(scope: scope)
    try await store(wrapped)
    _ = consume lock
    return key
  }

  /// Makes a data key. Prefer the form that stores it: one wrapped before a rotation began and stored after it was
  /// finished cannot be opened again.
  ///
  /// - Throws: `VaultError` as `open` does, when the file was changed by another process.
  package func makeDataKey(scope: KeyScope) throws(VaultError) -> WrappedKey {
    try reload()
    return try newDataKey(scope: scope).1
  }

  private func newDataKey(scope: KeyScope) throws(VaultError) -> (DataKey, WrappedKey) {
    let root = Secret.random(count: SealedBox.keySize)
    return (DataKey(scope: scope, root: root), try ring.active.wrap(root, scope: scope))
  }

  /// The data key of `scope`. About 2 µs; keep the result, since that is what it is for.
  ///
  /// - Throws: `VaultError`: `.doesNotOpen` when it was changed or belongs to another scope, `.unknownKey` when its
  ///   master key is not in the file, also after reading that again.
  package func unwrap(_ wrapped: WrappedKey, scope: KeyScope) throws(VaultError) -> DataKey {
    DataKey(scope: scope, root: try masterKey(wrapped.masterKeyID).unwrap(wrapped, scope: scope))
  }

  private func masterKey(_ id: KeyID) throws(VaultError) -> MasterKey {
    if let key = ring.key(id) { return key }
    // Another process may have rotated.
    try reload()
    if let key = ring.key(id) { return key }
    throw VaultError(.unknownKey, "the master key \(id) is not in the master key file")
  }

  /// Reads the file again if it is another than before.
  func reload() throws(VaultError) {
    guard let file, let stamp = try file.currentStamp(), stamp != state.withLock({ $0.stamp }) else { return }
    guard let (ring, stamp) = try file.read() else { return }
    state.withLock { $0 = State(ring: ring, stamp: stamp) }
  }

  /// Writes the file, then uses the new ring. Hold the exclusive lock.
  func replaceRing(_ ring: MasterKeyRing) throws(VaultError) {
    let stamp = try file?.write(ring)
    state.withLock { $0 = State(ring: ring, stamp: stamp) }
  }
}
