// Why a token is not taken, or something about a bot is not done.

package import PlatformText

/// A refusal with its sentence for the person who asked.
package enum BotRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nothing was entered.
  case empty
  /// Something else was pasted from the developer portal.
  case clientSecret, publicKey, applicationID
  /// It has not the form of a token.
  case malformed
  /// It belongs to a person's account, which must not be automated.
  case userToken
  /// Discord does not accept it: it was reset, or copied incompletely.
  case rejected
  /// Discord cannot be reached, or fails; nothing is known of the token.
  case unreachable
  /// So many tokens were refused lately that no more are tried for a while.
  case tooManyAttempts
  /// A new token must belong to the same application.
  case otherApplication
  /// The bot is registered, for other guilds; it serves another one only when that is asked for.
  case registeredElsewhere
  /// The bot is the one that serves everybody.
  case isShared
  /// No such bot is registered.
  case unknownBot

  /// What to tell.
  package var sentence: Sentence {
    let name =
      switch self {
      case .empty: "empty"
      case .clientSecret: "clientSecret"
      case .publicKey: "publicKey"
      case .applicationID: "applicationID"
      case .malformed: "malformed"
      case .userToken: "userToken"
      case .rejected: "rejected"
      case .unreachable: "unreachable"
      case .tooManyAttempts: "tooManyAttempts"
      case .otherApplication: "otherApplication"
      case .registeredElsewhere: "registeredElsewhere"
      case .isShared: "isShared"
      case .unknownBot: "unknownBot"
      }
    return Sentence("bot.refusal.\(name)", ["portal": DeveloperPortal.all])
  }

  /// The key of its sentence: for logs.
  package var description: String { sentence.key }

  static let all: [BotRefusal] = [
    .empty, .clientSecret, .publicKey, .applicationID, .malformed, .userToken, .rejected, .unreachable,
    .tooManyAttempts, .otherApplication, .registeredElsewhere, .isShared, .unknownBot,
  ]
}
