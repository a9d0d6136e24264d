// The public name of a key: enough to find it, nothing to guess it by.

internal import CSodium

/// The first 8 bytes of a one-way function of a key. Being derived, it cannot be attached to the wrong key.
package struct KeyID: Sendable, Hashable, CustomStringConvertible {
  static let size = 8
  private let value: UInt64

  init(of key: Secret) {
    value = key.withUnsafeBytes { key in
      KeyDerivation.derive(from: key, domain: .keyID, purpose: "").withBytes { KeyID($0).value }
    }
  }

  init(_ bytes: Span<UInt8>) {
    var value: UInt64 = 0
    for index in 0..<Self.size { value = value << 8 | UInt64(bytes[index]) }
    self.value = value
  }

  /// The id that `description` prints, or nil when the text is none. Tables keep ids in this form.
  package init?(_ description: String) {
    guard description.utf8.count == 2 * Self.size, let bytes = Hex.decode(description) else { return nil }
    self.init(bytes.span)
  }

  /// 16 lower-case hexadecimal digits.
  package var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 2 * Self.size - digits.utf8.count) + digits
  }

  /// Big-endian.
  var bytes: [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
  }
}

/// Keys made from keys: BLAKE2b keyed with the parent, personalised by what the child is for.
enum KeyDerivation {
  /// 16 bytes each, as BLAKE2b's personalisation wants. Children of different domains never coincide.
  enum Domain: String {
    case keyID = "guildhall.key-id"
    case wrapping = "guildhall.wrap.1"
    case sealing = "guildhall.seal.1"
    case purpose = "guildhall.derive"
  }

  static func derive(from key: UnsafeBufferPointer<UInt8>, domain: Domain, purpose: String) -> Secret {
    let purpose = Array(purpose.utf8)
    return Secret(count: SealedBox.keySize) { output in
      _ = crypto_generichash_blake2b_salt_personal(
        output.start, output.count, purpose, UInt64(purpose.count),
        key.start, key.count, nil, Array(domain.rawValue.utf8))
    }
  }
}
