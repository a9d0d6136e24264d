// What newcomers meet: onboarding, welcome screen, member verification and join requests
// (https://discord.com/developers/docs/resources/guild).

package import DiscordCore
package import DiscordModels
package import JSON

extension Endpoint where Response == GuildOnboarding {
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
  /// Who asks to be let in; at most 100 at a time. `status` is `SUBMITTED`, `APPROVED`, `REJECTED` or `STARTED`.
  package static func getJoinRequests(
    of guild: GuildID, status: String? = nil, _ page: Page<JoinRequestID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/requests", guild)
      .query("status", status).page(page, limit: limit).needing(.kickMembers)
  }
}

extension Endpoint where Response == JoinRequest {
  /// Lets somebody in.
  package static func approveJoinRequest(
    _ request: JoinRequestID, of guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    decide(request, of: guild, "APPROVED", nil, reason)
  }

  /// Turns somebody away; at most 160 characters are shown to them.
  package static func rejectJoinRequest(
    _ request: JoinRequestID, of guild: GuildID, saying rejectionReason: String? = nil, reason: String? = nil
  ) -> Endpoint {
    decide(request, of: guild, "REJECTED", rejectionReason, reason)
  }

  private static func decide(
    _ request: JoinRequestID, of guild: GuildID, _ action: String, _ rejectionReason: String?, _ reason: String?
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
  package var prompts: [Prompt]?
  /// Channels that everybody sees from the beginning.
  package var defaultChannels: [ChannelID]?
  package var isEnabled: Bool?
  /// 0 counts default channels only, 1 prompts too, towards what Discord asks for.
  package var mode: Int?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("prompts", prompts)
      json.ids("default_channel_ids", defaultChannels)
      json.optional("enabled", isEnabled)
      json.optional("mode", mode)
    }
  }

  /// A question. Discord wants an id of new ones too, any number that no other has.
  package struct Prompt: Hashable, WireEncodable {
    package var id: OnboardingPromptID
    package var title: String
    /// At most 50.
    package var options: [Option]
    package var isSingleSelect: Bool
    package var isRequired: Bool
    /// Whether it is asked at the door, not only later on.
    package var isInOnboarding: Bool
    /// 0 shows tiles, 1 a menu.
    package var type: Int

    package init(
      _ title: String, id: OnboardingPromptID, _ options: [Option], isSingleSelect: Bool = false,
      isRequired: Bool = false, isInOnboarding: Bool = true, type: Int = 0
    ) {
      (self.title, self.id, self.options, self.type) = (title, id, options, type)
      (self.isSingleSelect, self.isRequired, self.isInOnboarding) = (isSingleSelect, isRequired, isInOnboarding)
    }

    package func write(to json: inout JSONWriter) {
      json.object { json in
        json.field("id", id)
        json.field("title", title)
        json.field("options", options)
        json.field("single_select", isSingleSelect)
        json.field("required", isRequired)
        json.field("in_onboarding", isInOnboarding)
        json.field("type", type)
      }
    }
  }

  /// An answer and what it gives.
  package struct Option: Hashable, WireEncodable {
    package var id: Snowflake<Entity.OnboardingPrompt>?
    package var title: String
    package var description: String?
    package var emoji: EmojiReference?
    package var roles: [RoleID]
    package var channels: [ChannelID]

    package init(
      _ title: String, description: String? = nil, emoji: EmojiReference? = nil, roles: [RoleID] = [],
      channels: [ChannelID] = []
    ) {
      (self.title, self.description, self.emoji) = (title, description, emoji)
      (self.roles, self.channels) = (roles, channels)
    }

    package func write(to json: inout JSONWriter) {
      json.object { json in
        json.optional("id", id)
        json.field("title", title)
        json.optional("description", description)
        json.flattened(emoji)
        if let emoji, emoji.id != nil { json.field("emoji_animated", emoji.isAnimated) }
        json.ids("role_ids", roles)
        json.ids("channel_ids", channels)
      }
    }
  }
}

/// A change of the welcome screen.
package struct WelcomeScreenEdit: ChangeBody {
  package var isEnabled: Bool?
  package var description: Patch<String> = .keep
  /// At most five.
  package var channels: [Channel]?

  package init() {}

  /// A channel that is shown.
  package struct Channel: Hashable, WireEncodable {
    package var channel: ChannelID
    package var description: String
    package var emoji: EmojiReference?

    package init(_ channel: ChannelID, _ description: String, emoji: EmojiReference? = nil) {
      (self.channel, self.description, self.emoji) = (channel, description, emoji)
    }

    package func write(to json: inout JSONWriter) {
      json.object { json in
        json.field("channel_id", channel)
        json.field("description", description)
        json.flattened(emoji)
      }
    }
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("enabled", isEnabled)
      json.patch("description", description)
      json.optional("welcome_channels", channels)
    }
  }
}
