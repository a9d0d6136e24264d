// Ed25519: how Discord proves that an interaction came from it.

internal import CSodium

/// A public key that checks signatures (RFC 8032).
package struct Ed25519PublicKey: Sendable, Equatable {
  /// Bytes in a public key.
  package static let size = 32
  /// Bytes in a signature.
  package static let signatureSize = 64

  /// The encoded point, 32 bytes (RFC 8032 section 5.1.2).
  package let bytes: [UInt8]

  /// - Throws: `VaultError` with code `.malformed` when there are not 32 bytes.
  package init(bytes: [UInt8]) throws(VaultError) {
    guard bytes.count == Self.size else {
      throw VaultError(.malformed, "an Ed25519 public key has \(Self.size) bytes, this one \(bytes.count)")
    }
    self.bytes = bytes
  }

  /// A key as Discord's developer portal shows it: 64 hexadecimal digits.
  ///
  /// - Throws: `VaultError` with code `.malformed`.
  package init(hex: String) throws(VaultError) {
    guard let bytes = Hex.decode(hex) else {
      throw VaultError(.malformed, "an Ed25519 public key is written in hexadecimal digits")
    }
    try self.init(bytes: bytes)
  }

  /// Whether the signature was made for exactly this message with the private key. About 66 µs.
  package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == Self.signatureSize else { return false }
    _ = Sodium.ready
    return crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
  }

  /// Whether a request is Discord's (`X-Signature-Ed25519` and `X-Signature-Timestamp`, over timestamp and raw
  /// body). An unreadable header is a no, not an error. The age of the timestamp is the caller's to check.
  package func verifiesInteraction(signatureHex: String, timestamp: String, body: [UInt8]) -> Bool {
    guard let signature = Hex.decode(signatureHex) else { return false }
    return verifies(signature, of: Array(timestamp.utf8) + body)
  }
}

/// A private key that signs: for tests and for the simulator, which plays Discord.
package struct Ed25519PrivateKey: Sendable {
  private let secretKey: Secret
  /// Checks what this key signs.
  package let publicKey: Ed25519PublicKey

  /// A fresh key.
  package init() {
    self.init(checkedSeed: .random(count: crypto_sign_seedbytes()))
  }

  /// The key that belongs to a seed of 32 bytes.
  ///
  /// - Throws: `VaultError` with code `.malformed` for a seed of another length.
  package init(seed: Secret) throws(VaultError) {
    guard seed.count == crypto_sign_seedbytes() else {
      throw VaultError(
        .malformed, "an Ed25519 seed has \(crypto_sign_seedbytes()) bytes, this one \(seed.count)")
    }
    self.init(checkedSeed: seed)
  }

  private init(checkedSeed seed: Secret) {
    _ = Sodium.ready
    var publicBytes = [UInt8](repeating: 0, count: Ed25519PublicKey.size)
    secretKey = Secret(count: crypto_sign_secretkeybytes()) { secret in
      seed.withUnsafeBytes { seed in
        _ = crypto_sign_seed_keypair(
          &publicBytes, secret.start, seed.start)
      }
    }
    publicKey = Ed25519PublicKey(checked: publicBytes)
  }

  /// The 64 bytes of the signature of `message`. The same message always gives the same signature.
  package func sign(_ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Ed25519PublicKey.signatureSize) { buffer, count in
      secretKey.withUnsafeBytes {
        _ = crypto_sign_detached(buffer.start, nil, message, UInt64(message.count), $0.start)
      }
      count = Ed25519PublicKey.signatureSize
    }
  }
}

extension Ed25519PublicKey {
  fileprivate init(checked bytes: [UInt8]) { self.bytes = bytes }
}
