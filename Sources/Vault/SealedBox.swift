// The one form of everything sealed, and the one call that seals and opens it.

internal import CSodium

/// XChaCha20-Poly1305 with a random nonce, behind a header that says under which key:
///
///     version (1) | key id (8) | nonce (24) | ciphertext, as long as the plaintext | tag (16)
///
/// Version and key id need no authentication of their own: each has exactly one value that opens.
enum SealedBox {
  static let version: UInt8 = 1
  static let keySize = 32
  private static let nonceSize = 24
  private static let tagSize = 16
  private static let nonceStart = 1 + KeyID.size
  private static let bodyStart = nonceStart + nonceSize
  /// Bytes that sealing adds.
  static let overhead = bodyStart + tagSize

  static func seal(
    _ plaintext: Span<UInt8>, key: Secret, keyID: KeyID, associatedData: [UInt8]
  ) -> [UInt8] {
    let size = plaintext.count + overhead
    return [UInt8](unsafeUninitializedCapacity: size) { box, count in
      box[0] = version
      for (index, byte) in keyID.bytes.enumerated() { box[1 + index] = byte }
      let nonce = box.start + nonceStart
      randombytes_buf(nonce, nonceSize)
      plaintext.withUnsafeBufferPointer { plaintext in
        key.withUnsafeBytes { key in
          _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
            box.start + bodyStart, nil, plaintext.start, UInt64(plaintext.count), associatedData,
            UInt64(associatedData.count), nil, nonce, key.start)
        }
      }
      count = size
    }
  }

  /// Opens the box into `output`, which is as long as the plaintext.
  ///
  /// - Throws: `.doesNotOpen`. `output` then holds nothing of the plaintext.
  private static func open(
    _ box: Span<UInt8>, key: Secret, associatedData: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(VaultError) {
    let result = box.withUnsafeBufferPointer { box in
      key.withUnsafeBytes { key in
        crypto_aead_xchacha20poly1305_ietf_decrypt(
          output.start, nil, nil, box.start + bodyStart,
          UInt64(box.count - bodyStart), associatedData, UInt64(associatedData.count),
          box.start + nonceStart, key.start)
      }
    }
    guard result == 0 else {
      throw VaultError(.doesNotOpen, "the sealed bytes were changed or belong elsewhere")
    }
  }

  /// The plaintext as ordinary bytes.
  static func open(_ box: Span<UInt8>, key: Secret, keyID: KeyID, associatedData: [UInt8]) throws(VaultError)
    -> [UInt8]
  {
    guard try self.keyID(of: box) == keyID else {
      throw VaultError(.unknownKey, "the bytes are sealed under another key than \(keyID)")
    }
    let size = box.count - overhead
    var failure: VaultError?
    let plaintext = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      do throws(VaultError) {
        try open(box, key: key, associatedData: associatedData, into: buffer)
        count = size
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return plaintext
  }

  /// The plaintext in locked memory, never anywhere else.
  static func openSecret(_ box: Span<UInt8>, key: Secret, associatedData: [UInt8]) throws(VaultError)
    -> Secret
  {
    _ = try keyID(of: box)
    return try Secret(count: box.count - overhead) { memory throws(VaultError) in
      try open(box, key: key, associatedData: associatedData, into: memory)
    }
  }

  /// The id of the key it is sealed under.
  ///
  /// - Throws: `.malformed` when it is too short or of another version.
  static func keyID(of box: Span<UInt8>) throws(VaultError) -> KeyID {
    guard box.count >= overhead else {
      throw VaultError(.malformed, "sealed bytes are at least \(overhead) long, these \(box.count)")
    }
    guard box[0] == version else {
      throw VaultError(.malformed, "sealed bytes of version \(box[0]) are not known here")
    }
    return KeyID(box.extracting(1..<nonceStart))
  }
}
