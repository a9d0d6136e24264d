// What a person pasted where a token was asked for.

import DiscordBot
import DiscordCore
import Vault

/// Reads what was pasted: people bring spaces, quotes and the word "Bot", and sometimes another secret altogether.
enum PastedToken {
  /// No token is longer.
  private static let longest = 512

  /// The token itself, cleaned of what does not belong to it, and the bot's user.
  ///
  /// - Throws: `BotRefusal`: what it is, if it is no bot's token.
  static func read(_ pasted: Secret) throws(BotRefusal) -> (token: Secret, bot: UserID) {
    guard pasted.count <= longest else { throw .malformed }
    // In memory that is not locked for as long as it takes to look at it; taken over and zeroed below.
    var bytes = pasted.withBytes { span in (0..<span.count).map { span[$0] } }
    trim(&bytes)
    for prefix in ["bot ", "bearer "] where bytes.count > prefix.utf8.count {
      let head = bytes.prefix(prefix.utf8.count).map(lower)
      if head == Array(prefix.utf8) { bytes.removeFirst(prefix.utf8.count) }
    }
    trim(&bytes)
    let shape = Shape(bytes)
    let token = Secret(consuming: &bytes)
    switch shape {
    case .empty: throw .empty
    case .digits: throw .applicationID
    case .hexadecimal: throw .publicKey
    case .clientSecret: throw .clientSecret
    case .userToken: throw .userToken
    case .other: break
    }
    do {
      return (token, try BotToken.user(of: token))
    } catch {
      throw .malformed
    }
  }

  /// What something looks like before it is taken for a token.
  private enum Shape {
    case empty, digits, hexadecimal, clientSecret, userToken, other

    init(_ bytes: [UInt8]) {
      let hasDots = bytes.contains(UInt8(ascii: "."))
      if bytes.isEmpty {
        self = .empty
      } else if bytes.starts(with: Array("mfa.".utf8)) {
        // Tokens of accounts with two factors had this form.
        self = .userToken
      } else if !hasDots, bytes.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
        self = .digits
      } else if bytes.count == 64, bytes.allSatisfy(Self.isHexadecimal) {
        self = .hexadecimal
      } else if !hasDots, (28...40).contains(bytes.count) {
        self = .clientSecret
      } else {
        self = .other
      }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
      byte &- UInt8(ascii: "0") < 10 || PastedToken.lower(byte) &- UInt8(ascii: "a") < 6
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

  private static func trim(_ bytes: inout [UInt8]) {
    func isOutside(_ byte: UInt8) -> Bool { byte <= 0x20 || #""'`<>"#.utf8.contains(byte) }
    while let last = bytes.last, isOutside(last) { bytes.removeLast() }
    bytes.removeFirst(bytes.prefix { isOutside($0) }.count)
  }
}
