// BLAKE2b: our own hash, plain or keyed.

internal import CSodium

/// BLAKE2b (RFC 7693), at once or piece by piece, with or without a key. With a key it is a MAC.
package struct BLAKE2b: ~Copyable {
  private let digestSize: Int
  // On the heap, because the library wants its state on a 64-byte boundary, which Swift does not promise a field.
  private let memory: UnsafeMutableRawPointer

  private var state: OpaquePointer { OpaquePointer(memory) }

  /// - Parameters:
  ///   - digestSize: 16 to 64 bytes.
  ///   - key: up to 64 bytes.
  package init(digestSize: Int = 32, key: Secret? = nil) {
    precondition((16...64).contains(digestSize), "BLAKE2b gives 16 to 64 bytes")
    precondition((key?.count ?? 0) <= 64, "BLAKE2b takes keys of up to 64 bytes")
    _ = Sodium.ready
    self.digestSize = digestSize
    memory = .allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
    if let key {
      key.withUnsafeBytes { _ = crypto_generichash_init(state, $0.start, $0.count, digestSize) }
    } else {
      crypto_generichash_init(state, nil, 0, digestSize)
    }
  }

  deinit {
    sodium_memzero(memory, crypto_generichash_statebytes())
    memory.deallocate()
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: [UInt8]) {
    crypto_generichash_update(state, bytes, UInt64(bytes.count))
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { _ = crypto_generichash_update(state, $0.start, UInt64($0.count)) }
  }

  /// The digest of everything added.
  package consuming func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: digestSize) { buffer, count in
      crypto_generichash_final(state, buffer.start, digestSize)
      count = digestSize
    }
  }

  /// The digest of `bytes`.
  package static func hash(_ bytes: [UInt8], digestSize: Int = 32, key: Secret? = nil) -> [UInt8] {
    hash(bytes.span, digestSize: digestSize, key: key)
  }

  /// The digest of `bytes`.
  package static func hash(_ bytes: Span<UInt8>, digestSize: Int = 32, key: Secret? = nil) -> [UInt8] {
    var hash = BLAKE2b(digestSize: digestSize, key: key)
    hash.update(bytes)
    return hash.finalize()
  }
}
