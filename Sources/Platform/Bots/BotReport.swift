// What Discord says of a token: the bot behind it, and what stands in its way.

package import DiscordCore
package import DiscordGateway
package import PlatformText

/// The bot behind a token that Discord accepts.
package struct BotReport: Hashable, Sendable {
  /// Who answers for an application with Discord.
  package enum Owner: Hashable, Sendable {
    case user(UserID, name: String)
    /// With the ids of those who accepted to be members.
    case team(name: String, owner: UserID?, members: [UserID])
    /// Discord did not say.
    case unknown

    /// Whether that person is, or is among, the owners.
    package func includes(_ user: UserID) -> Bool {
      switch self {
      case .user(let owner, _): owner == user
      case .team(_, let owner, let members): owner == user || members.contains(user)
      case .unknown: false
      }
    }
  }

  /// Whether the bot is in the guild that it is for.
  package enum Membership: Hashable, Sendable {
    case absent
    /// With what it may do there, outside of any channel.
    case member(Permissions)
  }

  /// Who it is, by Discord's word, and whose.
  package let bot: UserID
  package let botName: String
  package let application: ApplicationID
  package let applicationName: String
  package let owner: Owner
  /// The privileged intents that are switched on.
  package let grantedIntents: Intents
  /// Those that are needed and switched off.
  package let missingIntents: Intents
  /// Nil when it was not asked for.
  package let membership: Membership?
  /// What a person should know or do, the most important first.
  package let findings: [BotFinding]

  /// Whether something keeps the bot from working at all.
  package var isBlocked: Bool { findings.contains { $0.weight == .blocks } }
}

/// One thing about a bot that a person should know or do.
package struct BotFinding: Hashable, Sendable {
  /// How much it matters; more first.
  package enum Weight: Int, Hashable, Sendable, Comparable {
    /// The bot works without.
    case advice
    /// Some features do not work.
    case limits
    /// Nothing works before this is done.
    case blocks

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// How much it matters, and what to tell.
  package let weight: Weight
  package let sentence: Sentence
  /// Where it is done; nil when nowhere in particular.
  package let link: String?

  package init(_ weight: Weight, _ sentence: Sentence, link: String? = nil) {
    (self.weight, self.sentence, self.link) = (weight, sentence, link)
  }
}

/// Pages of Discord's developer portal.
package enum DeveloperPortal {
  private static let base = "https://discord.com/developers/applications"

  /// Where an application's bot has its token and its intents.
  package static func bot(_ application: ApplicationID) -> String { "\(base)/\(application)/bot" }

  /// Where an application has its name, its ids and its endpoint for interactions.
  package static func general(_ application: ApplicationID) -> String { "\(base)/\(application)/information" }

  /// Where applications are listed and made.
  package static let all = base
}
