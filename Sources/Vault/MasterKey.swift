// Master keys: the roots, and the ring in which a rotation puts a new one beside the old.

/// A 32-byte key that seals data keys and nothing else.
struct MasterKey: Sendable {
  static let size = 32

  let id: KeyID
  /// As the file keeps it.
  let root: Secret
  private let wrappingKey: Secret

  init(root: Secret) {
    self.root = root
    id = KeyID(of: root)
    wrappingKey = root.withUnsafeBytes { KeyDerivation.derive(from: $0, domain: .wrapping, purpose: "") }
  }

  static func random() -> MasterKey { MasterKey(root: .random(count: size)) }

  func wrap(_ key: Secret, scope: KeyScope) throws(VaultError) -> WrappedKey {
    let data = Self.associatedData(scope)
    return try WrappedKey(
      bytes: key.withBytes { SealedBox.seal($0, key: wrappingKey, keyID: id, associatedData: data) })
  }

  func unwrap(_ wrapped: WrappedKey, scope: KeyScope) throws(VaultError) -> Secret {
    try SealedBox.openSecret(
      wrapped.bytes.span, key: wrappingKey, associatedData: Self.associatedData(scope))
  }

  private static func associatedData(_ scope: KeyScope) -> [UInt8] {
    var data = AssociatedData(label: "guildhall.data-key.1")
    data.append(scope.name)
    return data.bytes
  }
}

/// The master keys there are, oldest first. The newest is active: it seals, the others only open.
struct MasterKeyRing: Sendable {
  /// A rotation needs two; more are there only if files were merged by hand.
  static let capacity = 8

  private(set) var retired: [MasterKey]
  private(set) var active: MasterKey

  init(retired: [MasterKey] = [], active: MasterKey) {
    self.retired = retired
    self.active = active
  }

  var all: [MasterKey] { retired + [active] }

  /// Whether a rotation has begun and not been finished.
  var isRotating: Bool { !retired.isEmpty }

  func key(_ id: KeyID) -> MasterKey? { all.first { $0.id == id } }

  /// The ring with `key` as the active one.
  func adding(_ key: MasterKey) -> MasterKeyRing { MasterKeyRing(retired: all, active: key) }

  /// The ring with the active key alone.
  func droppingRetired() -> MasterKeyRing { MasterKeyRing(active: active) }
}
