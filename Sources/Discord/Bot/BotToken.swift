// The form of a bot's token, checked before Discord is asked.

package import DiscordCore
package import Vault

/// What can be told of a token without asking Discord.
package enum BotToken {
  /// The bot's user, whose id is the first of the token's three parts.
  ///
  /// - Throws: `.malformedToken`. The tokens of people's accounts look the same; those come out when Discord is asked.
  package static func user(of token: Secret) throws(BotCrash) -> UserID {
    let first = token.withBytes { bytes -> [UInt8]? in
      var dots: [Int] = []
      for index in 0..<bytes.count where bytes[index] == UInt8(ascii: ".") { dots.append(index) }
      guard dots.count == 2, dots[0] > 0, dots[0] <= 64, dots[1] > dots[0] + 1, dots[1] < bytes.count - 1
      else {
        return nil
      }
      return (0..<dots[0]).map { bytes[$0] }
    }
    guard let first, let digits = Base64URL.decode(Self.withoutPadding(first)),
      let user = UserID(String(decoding: digits, as: UTF8.self))
    else { throw .malformedToken }
    return user
  }

  private static func withoutPadding(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
  }
}
