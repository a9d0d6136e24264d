// The token of forms as pages carry it: masked, so that the length of a compressed page tells nothing about it.

import Vault

/// A secret that a page shows and a form sends back.
///
/// Pages are compressed, and may hold words that a stranger chose. If the token were the same in each answer, guesses at
/// it would make pages shorter when they are right (BREACH). So each answer has the token under a pad of its own.
struct FormToken {
  private let token: String

  init(_ token: String) { self.token = token }

  /// Pad and padded token: another text at each call.
  func masked() -> String {
    let plain = Array(token.utf8)
    let pad = SecureRandom.bytes(plain.count)
    return Base64URL.encode(pad + zip(pad, plain).map { $0 ^ $1 })
  }

  /// Whether `sent` is this token, masked in whatever way.
  func accepts(_ sent: String) -> Bool {
    guard let bytes = Base64URL.decode(sent), bytes.count == token.utf8.count * 2 else { return false }
    let half = bytes.count / 2
    let plain = zip(bytes[..<half], bytes[half...]).map { $0 ^ $1 }
    return ConstantTime.equal(plain, Array(token.utf8))
  }
}
