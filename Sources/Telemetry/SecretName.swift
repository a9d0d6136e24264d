// Names under which secrets go: of fields, headers, parameters, cookies.

/// A name that announces a secret.
struct SecretName {
  /// How its value is written when it stands in a line of text without quotes.
  enum Form {
    /// One word.
    case word
    /// `scheme credentials`
    case authorization
    /// `name=value; name=value`, to the end of the line.
    case cookie
  }

  let form: Form
  /// Passwords may be short numbers or plain words; under other names such a value is a count or a remark.
  let coversShortNumbers: Bool

  private static let exact = ["sid", "jwt", "auth", "pwd", "pass"].map { Array($0.utf8) }
  private static let passwords = ["password", "passwd", "passphrase", "secret"].map { Array($0.utf8) }
  private static let others = [
    "token", "session", "cookie", "authorization", "apikey", "privatekey", "accesskey", "masterkey",
    "signingkey",
    "encryptionkey", "credential", "recoverycode",
  ].map { Array($0.utf8) }
  /// `token_count` is no token.
  private static let harmlessEndings = [
    "count", "limit", "total", "length", "size", "age", "seconds", "expiry", "expires", "expiresin",
    "expiresat",
    "type", "kind", "name", "url", "uri", "endpoint", "scope", "policy",
  ].map { Array($0.utf8) }
  private static let longestName = 64

  /// Nil when the name announces none. Case, `_` and `-` do not matter.
  init?(_ name: some Collection<UInt8>) {
    guard (3...Self.longestName).contains(name.count) else { return nil }
    var letters: [UInt8] = []
    letters.reserveCapacity(name.count)
    for byte in name where byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") {
      letters.append(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
    }
    let isPassword = Self.passwords.contains { Self.find($0, in: letters) }
    guard
      isPassword || Self.exact.contains(letters)
        || Self.others.contains(where: { Self.find($0, in: letters) })
    else { return nil }
    for ending in Self.harmlessEndings
    where letters.count > ending.count && letters.suffix(ending.count) == ending[...] {
      return nil
    }
    coversShortNumbers = isPassword || letters.starts(with: "pwd".utf8) || letters == Array("pass".utf8)
    if Self.find(Array("cookie".utf8), in: letters) {
      form = .cookie
    } else {
      form = Self.find(Array("authorization".utf8), in: letters) ? .authorization : .word
    }
  }

  private static func find(_ needle: [UInt8], in letters: [UInt8]) -> Bool {
    guard letters.count >= needle.count else { return false }
    for start in 0...(letters.count - needle.count) where letters[start] == needle[0] {
      if letters[start..<(start + needle.count)] == needle[...] { return true }
    }
    return false
  }
}
