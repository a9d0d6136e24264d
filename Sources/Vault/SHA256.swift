// SHA-256: what others expect of us. Where the choice is ours, `BLAKE2b` is faster.

internal import CSodium

/// SHA-256 (FIPS 180-4), at once or piece by piece.
///
///     var hash = SHA256()
///     for try await chunk in body { hash.update(chunk) }
///     let digest = hash.finalize()
package struct SHA256: ~Copyable {
  /// Bytes in a digest.
  package static let digestSize = 32

  private var state = crypto_hash_sha256_state()

  package init() {
    _ = Sodium.ready
    crypto_hash_sha256_init(&state)
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: [UInt8]) {
    crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { _ = crypto_hash_sha256_update(&state, $0.start, UInt64($0.count)) }
  }

  /// The digest of everything added.
  package consuming func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.digestSize) { buffer, count in
      crypto_hash_sha256_final(&state, buffer.start)
      count = Self.digestSize
    }
  }

  /// The digest of `bytes`.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    hash(bytes.span)
  }

  /// The digest of `bytes`.
  package static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }
}
