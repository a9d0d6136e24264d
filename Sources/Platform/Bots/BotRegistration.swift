// A bot that the platform runs, as it is registered.

package import DiscordCore
package import EventLoop
package import Storage
import Vault

/// A registered bot. Its token is not in it: that is the registry's and the supervisor's.
package struct BotRegistration: Hashable, Sendable {
  /// Whom a bot is for.
  package enum Kind: String, Hashable, Sendable {
    /// The operator's, for every guild without a bot of its own. There is one at most.
    case shared
    /// Brought by a guild's owner, for the guilds it is assigned to.
    case own
  }

  /// What the bot is meant to do.
  package enum Wanted: String, Hashable, Sendable {
    case running, stopped
  }

  /// The bot's user, and the application it belongs to.
  package let bot: UserID
  package let application: ApplicationID
  package let kind: Kind
  /// As Discord told when the token was checked; empty before that.
  package let applicationName: String
  package let botName: String
  /// The token's last four characters: enough to tell two apart.
  package let tokenHint: String
  package var wanted: Wanted
  /// Grows with each new token.
  package let generation: Int64
  /// Grows with each wish to restart it.
  package let restarts: Int64
  /// Who registered it and who changed the token last; nil for the operator.
  package let createdAt: Timestamp
  package let createdBy: UserID?
  package let rotatedAt: Timestamp?
  package let rotatedBy: UserID?
  /// The guilds it is assigned to, in the order of their ids; none for the shared bot.
  package let guilds: [Tenant]
}

/// A token that Discord was asked about. `BotCheck` alone makes these, so that nothing else can be registered.
package struct CheckedBotToken: Sendable {
  /// What Discord says of it.
  package let report: BotReport
  let token: Secret

  init(report: BotReport, token: Secret) { (self.report, self.token) = (report, token) }

  /// The last four characters.
  var hint: String { token.hint }
}

extension Secret {
  /// The last four characters of a token; nothing of one that is too short to have a secret left.
  var hint: String {
    withBytes { bytes in
      guard bytes.count >= 32 else { return "" }
      return String(decoding: (bytes.count - 4..<bytes.count).map { bytes[$0] }, as: UTF8.self)
    }
  }
}
