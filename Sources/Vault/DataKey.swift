// A tenant's own key: what its values are sealed with, and what its other keys are derived from.

/// Whom a data key belongs to, such as `guild:80351110224678912` or `platform`. It is authenticated with the wrapped
/// key, so one tenant's key cannot be passed off as another's.
package struct KeyScope: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
  package let name: String

  package init(_ name: String) { self.name = name }
  package init(stringLiteral value: String) { name = value }

  package var description: String { name }
  package static func < (left: KeyScope, right: KeyScope) -> Bool { left.name < right.name }
}

/// A data key as it may be stored anywhere: sealed by a master key, for one scope. 81 bytes.
package struct WrappedKey: Sendable, Hashable {
  static let size = SealedBox.overhead + SealedBox.keySize

  /// What to store.
  package let bytes: [UInt8]
  /// The master key it is sealed under. Store it beside the bytes, so that rotation can ask for what is left.
  package let masterKeyID: KeyID

  /// Reads what was stored.
  ///
  /// - Throws: `VaultError` with code `.malformed`.
  package init(bytes: [UInt8]) throws(VaultError) {
    guard bytes.count == Self.size else {
      throw VaultError(.malformed, "a wrapped key has \(Self.size) bytes, this one \(bytes.count)")
    }
    masterKeyID = try SealedBox.keyID(of: bytes.span)
    self.bytes = bytes
  }
}

/// A 32-byte key of one scope, in locked memory.
///
/// Destroying every copy of its `WrappedKey` makes everything sealed with it unreadable, in backups too.
package final class DataKey: Sendable {
  package let scope: KeyScope
  /// The name that values sealed with it carry.
  package let id: KeyID
  let root: Secret
  private let sealingKey: Secret

  init(scope: KeyScope, root: Secret) {
    self.scope = scope
    self.root = root
    id = KeyID(of: root)
    sealingKey = root.withUnsafeBytes { KeyDerivation.derive(from: $0, domain: .sealing, purpose: "") }
  }

  /// A 32-byte key for one other purpose, such as the pages of a database file. The same purpose always gives the
  /// same key, and no derived key tells anything of another.
  package func derive(_ purpose: String) -> Secret {
    root.withUnsafeBytes { KeyDerivation.derive(from: $0, domain: .purpose, purpose: purpose) }
  }

  /// Bytes that `seal` adds.
  package static let sealOverhead = SealedBox.overhead

  /// Encrypts and authenticates bytes for one place. Sealing the same bytes twice gives different results.
  /// About 2 µs, and 0.8 ns a byte.
  package func seal(_ plaintext: [UInt8], context: SealContext) -> [UInt8] {
    seal(plaintext.span, context: context)
  }

  /// Encrypts and authenticates bytes for one place.
  package func seal(_ plaintext: Span<UInt8>, context: SealContext) -> [UInt8] {
    SealedBox.seal(plaintext, key: sealingKey, keyID: id, associatedData: context.encoded)
  }

  /// Seals a secret without a copy of it.
  package func seal(_ secret: Secret, context: SealContext) -> [UInt8] {
    secret.withBytes { seal($0, context: context) }
  }

  /// The bytes that were sealed for this place with this key.
  ///
  /// - Throws: `VaultError`: `.doesNotOpen` when they were changed or sealed for another place, `.unknownKey` when
  ///   they were sealed with another key, `.malformed` when they are no sealed bytes at all.
  package func open(_ sealed: [UInt8], context: SealContext) throws(VaultError) -> [UInt8] {
    try open(sealed.span, context: context)
  }

  /// The bytes that were sealed for this place with this key.
  ///
  /// - Throws: `VaultError` as the other form does.
  package func open(_ sealed: Span<UInt8>, context: SealContext) throws(VaultError) -> [UInt8] {
    try SealedBox.open(sealed, key: sealingKey, keyID: id, associatedData: context.encoded)
  }

  /// What was sealed, straight into locked memory: for tokens and keys.
  ///
  /// - Throws: `VaultError` as the other forms do.
  package func openSecret(_ sealed: [UInt8], context: SealContext) throws(VaultError) -> Secret {
    guard try SealedBox.keyID(of: sealed.span) == id else {
      throw VaultError(.unknownKey, "the bytes are sealed under another key than \(id)")
    }
    return try SealedBox.openSecret(sealed.span, key: sealingKey, associatedData: context.encoded)
  }
}
