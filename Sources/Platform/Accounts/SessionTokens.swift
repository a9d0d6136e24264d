// What is in a session's cookie: an id, a secret, and our signature over both.

import Storage
import Vault

/// Makes and reads `<id>.<secret>.<signature>`. The keys come from the platform's, so every process has the same ones.
struct SessionTokens: Sendable {
  /// What a cookie says, once its signature is found to be ours.
  struct Parts: Sendable {
    let id: String
    let secret: [UInt8]

    /// What is stored of the secret.
    var hash: [UInt8] { SHA256.hash(secret) }
  }

  /// Characters: 12 bytes, and twice 32.
  private static let lengths = (id: 16, secret: 43, signature: 43)

  private let signing: Secret
  private let csrf: Secret
  private let succession: Secret

  init(key: DataKey) {
    signing = key.derive("account session signature 1")
    csrf = key.derive("account session csrf 1")
    succession = key.derive("account session successor 1")
  }

  /// A new one, and the cookie's text.
  func issue() -> (parts: Parts, token: Secret) {
    let parts = Parts(id: SecureRandom.token(byteCount: 12), secret: SecureRandom.bytes(32))
    return (parts, text(parts))
  }

  /// The one that takes the place of another under an id, a new one unless given: made from the other's secret, so that
  /// each request that still comes with the other is answered with the same, and nothing of it has to be stored.
  func successor(of parts: Parts, id: String? = nil) -> (parts: Parts, token: Secret) {
    let id = id ?? SecureRandom.token(byteCount: 12)
    let secret = HMACSHA256.code(for: Array("\(id).".utf8) + parts.secret, key: succession)
    let parts = Parts(id: id, secret: secret)
    return (parts, text(parts))
  }

  private func text(_ parts: Parts) -> Secret {
    let body = "\(parts.id).\(Base64URL.encode(parts.secret))"
    let signature = HMACSHA256.code(for: Array(body.utf8), key: signing)
    return Secret(utf8: "\(body).\(Base64URL.encode(signature))")
  }

  /// What the text says; nil for anything that we did not sign.
  func read(_ text: String) -> Parts? {
    let lengths = Self.lengths
    guard text.utf8.count == lengths.id + lengths.secret + lengths.signature + 2 else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == lengths.id, parts[1].utf8.count == lengths.secret,
      let secret = Base64URL.decode(String(parts[1])), let signature = Base64URL.decode(String(parts[2])),
      HMACSHA256.verify(signature, for: Array("\(parts[0]).\(parts[1])".utf8), key: signing)
    else { return nil }
    return Parts(id: String(parts[0]), secret: secret)
  }

  /// What the session's forms carry: nobody can make it who has not the cookie and our key.
  func csrfToken(_ parts: Parts) -> String {
    Base64URL.encode(HMACSHA256.code(for: Array("\(parts.id).".utf8) + parts.secret, key: csrf))
  }
}
