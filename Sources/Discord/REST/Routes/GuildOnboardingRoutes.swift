// What newcomers meet: onboarding, welcome screen, member verification and join requests
// (https://discord.com/developers/docs/resources/guild).

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == GuildOnboarding {
  /// What newcomers are asked, switched on or not.
  package static func getOnboarding(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/onboarding", guild)
  }

  /// Replaces what is given; lists are replaced as a whole.
  package static func modifyOnboarding(
    of guild: GuildID, _ change: OnboardingEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/guilds/{guild.id}/onboarding", guild)
      .json(change).needing([.manageGuild, .manageRoles]).because(reason)
  }
}

extension Endpoint where Response == WelcomeScreen {
  /// Without the permission, only if the guild shows it.
  package static func getWelcomeScreen(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/welcome-screen", guild).needing(.manageGuild)
  }

  /// Changes the welcome screen; the list of channels is replaced as a whole.
  package static func modifyWelcomeScreen(
    of guild: GuildID, _ change: WelcomeScreenEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/welcome-screen", guild)
      .json(change).needing(.manageGuild).because(reason).repeatable()
  }
}

extension Endpoint where Response == JSONValue? {
  /// The page that greets new members; nil if the guild has none.
  package static func getNewMemberWelcome(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/new-member-welcome", guild).needing(.manageGuild)
  }
}

extension Endpoint where Response == JoinRequestList {
  /// Who asks to be let in; at most 100 at a time.
  package static func getJoinRequests(
    of guild: GuildID, status: JoinRequestStatus? = nil, _ page: Page<Snowflake<Entity.JoinRequest>> = .first,
    limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/requests", guild)
      .query("status", status?.rawValue).page(page, limit: limit).needing(.kickMembers)
  }
}

extension Endpoint where Response == JoinRequest {
  /// Lets somebody in.
  package static func approveJoinRequest(
    _ request: Snowflake<Entity.JoinRequest>, of guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    decide(request, of: guild, "APPROVED", nil, reason)
  }

  /// Turns somebody away; at most 160 characters are shown to them.
  package static func rejectJoinRequest(
    _ request: Snowflake<Entity.JoinRequest>, of guild: GuildID, saying rejectionReason: String? = nil,
    reason: String? = nil
  ) -> Endpoint {
    decide(request, of: guild, "REJECTED", rejectionReason, reason)
  }

  private static func decide(
    _ request: Snowflake<Entity.JoinRequest>, of guild: GuildID, _ action: String, _ rejectionReason: String?,
    _ reason: String?
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/requests/{request.id}", guild, request)
      .json { json in
        json.object { json in
          json.field("action", action)
          json.optional("rejection_reason", rejectionReason)
        }
      }
      .needing(.kickMembers).because(reason).at(.moderation).repeatable()
  }
}

// MARK: Bodies and answers

/// A change of what newcomers are asked.
package struct OnboardingEdit: ChangeBody {
  /// At most 15.
  package var prompts: [OnboardingPrompt]?
  /// Channels that everybody sees from the beginning.
  package var defaultChannels: [ChannelID]?
  package var isEnabled: Bool?
  package var mode: OnboardingMode?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("prompts", prompts)
      json.ids("default_channel_ids", defaultChannels)
      json.optional("enabled", isEnabled)
      json.optional("mode", mode)
    }
  }

}

/// A change of the welcome screen.
package struct WelcomeScreenEdit: ChangeBody {
  package var isEnabled: Bool?
  package var description: Patch<String> = .keep
  /// At most five.
  package var channels: [WelcomeChannel]?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("enabled", isEnabled)
      json.patch("description", description)
      json.optional("welcome_channels", channels)
    }
  }
}
