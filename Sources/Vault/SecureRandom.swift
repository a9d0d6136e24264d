// Random bytes and tokens nobody can guess.

internal import CSodium

/// Randomness from the kernel, for everything an attacker must not predict. Ids and jitter may use Swift's own
/// generators.
package enum SecureRandom {
  /// `count` random bytes that need not be kept secret, such as a nonce; see `Secret.random(count:)` for keys.
  package static func bytes(_ count: Int) -> [UInt8] {
    _ = Sodium.ready
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      randombytes_buf(buffer.start, count)
      initialized = count
    }
  }

  /// A token as text: the prefix, then `byteCount` random bytes as base64url. 32 bytes make 43 characters.
  ///
  /// A prefix such as `ghs_` lets scanners and people recognise what leaked. Keep only a hash of the token.
  package static func token(prefix: String = "", byteCount: Int = 32) -> String {
    prefix + Base64URL.encode(bytes(byteCount))
  }
}
