// HMAC-SHA256: how webhooks of others prove who sent them, and how we sign ours.

internal import CSodium

/// HMAC with SHA-256 (RFC 2104), for keys of any length, at once or piece by piece.
///
///     var code = HMACSHA256(key: endpointSecret)
///     code.update(Array("\(timestamp).".utf8))
///     code.update(body)
///     guard code.verify(received) else { … }
package struct HMACSHA256: ~Copyable {
  /// Bytes in a code.
  package static let codeSize = 32

  // On the heap, where it can be zeroed in place: it is as good as the key.
  private let state: UnsafeMutablePointer<crypto_auth_hmacsha256_state>

  package init(key: Secret) {
    _ = Sodium.ready
    state = .allocate(capacity: 1)
    key.withUnsafeBytes { _ = crypto_auth_hmacsha256_init(state, $0.start, $0.count) }
  }

  deinit {
    sodium_memzero(state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
    state.deallocate()
  }

  /// Adds bytes to what is authenticated.
  package mutating func update(_ bytes: [UInt8]) {
    crypto_auth_hmacsha256_update(state, bytes, UInt64(bytes.count))
  }

  /// The code of everything added.
  package consuming func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.codeSize) { buffer, count in
      crypto_auth_hmacsha256_final(state, buffer.start)
      count = Self.codeSize
    }
  }

  /// Whether `code` is the code of everything added, in constant time. False too when it has another length.
  package consuming func verify(_ code: [UInt8]) -> Bool {
    ConstantTime.equal(finalize(), code)
  }

  /// The code of `message`.
  package static func code(for message: [UInt8], key: Secret) -> [UInt8] {
    var code = HMACSHA256(key: key)
    code.update(message)
    return code.finalize()
  }

  /// Whether `code` is the code of `message`, in constant time.
  package static func verify(_ code: [UInt8], for message: [UInt8], key: Secret) -> Bool {
    ConstantTime.equal(Self.code(for: message, key: key), code)
  }
}
