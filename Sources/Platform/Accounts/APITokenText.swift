// The text of a personal token: a secret, and a few characters by which a made-up one is known.

import Storage
import Vault

/// Makes and reads `gh_`, 43 characters of secret, 8 of checksum. The checksum is keyed, so that a made-up token costs no
/// look at the store.
struct APITokenText: Sendable {
  private static let prefix = "gh_"
  private static let checksumBytes = 6
  private let key: Secret

  init(key: DataKey) { self.key = key.derive("account token checksum 1") }

  /// A new one, and what is stored of it.
  func issue() -> (text: Secret, hash: [UInt8]) {
    let secret = SecureRandom.bytes(32)
    let text = Self.prefix + Base64URL.encode(secret) + Base64URL.encode(checksum(secret))
    return (Secret(utf8: text), SHA256.hash(secret))
  }

  /// What is stored of a token of that text; nil for anything that we did not make.
  func hash(of text: String) -> [UInt8]? {
    guard text.utf8.count == 54, text.hasPrefix(Self.prefix) else { return nil }
    let body = text.utf8.dropFirst(3)
    guard let secret = Base64URL.decode(String(decoding: body.prefix(43), as: UTF8.self)),
      let given = Base64URL.decode(String(decoding: body.dropFirst(43), as: UTF8.self)),
      ConstantTime.equal(given, checksum(secret))
    else { return nil }
    return SHA256.hash(secret)
  }

  private func checksum(_ secret: [UInt8]) -> [UInt8] {
    Array(HMACSHA256.code(for: secret, key: key).prefix(Self.checksumBytes))
  }
}
