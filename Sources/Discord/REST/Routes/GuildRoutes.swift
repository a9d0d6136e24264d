// Routes of https://discord.com/developers/docs/resources/guild about the guild as a whole.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import EventLoop
package import JSON

extension Endpoint where Response == Guild {
  /// A guild the bot is in; with counts also how many members there are and are online, about.
  package static func getGuild(_ guild: GuildID, withCounts: Bool = false) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}", guild).query("with_counts", withCounts ? true : nil)
  }

  /// Changes a guild; what is switched on by features needs those.
  package static func modifyGuild(_ guild: GuildID, _ change: GuildEdit, reason: String? = nil) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}", guild)
      .json(change).needing(.manageGuild).because(reason).repeatable()
  }
}

extension Endpoint where Response == GuildPreview {
  /// What may be known of a guild from outside: any the bot is in, and those that can be discovered.
  package static func getGuildPreview(_ guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/preview", guild)
  }
}

extension Endpoint where Response == [Channel] {
  /// All channels of a guild, without threads.
  package static func getGuildChannels(_ guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/channels", guild)
  }
}

extension Endpoint where Response == Channel {
  /// Makes a channel or category at the end of its list; a guild has 500 at most.
  package static func createGuildChannel(
    _ channel: ChannelCreate, in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/channels", guild)
      .json(channel)
      .needing(
        channel.settings.permissionOverwrites.isKept ? .manageChannels : [.manageChannels, .manageRoles]
      )
      .because(reason)
  }
}

extension Endpoint where Response == Empty {
  /// Moves channels, and into and out of categories.
  package static func modifyChannelPositions(
    _ positions: [ChannelPosition], in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/channels", guild)
      .json(positions).needing(.manageChannels).because(reason).repeatable()
  }

  /// Removes an integration, its webhooks and its bot.
  package static func deleteIntegration(
    _ integration: IntegrationID, from guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/integrations/{integration.id}", guild, integration)
      .needing(.manageGuild).because(reason).at(.moderation)
  }
}

extension Endpoint where Response == [Integration] {
  /// At most 50.
  package static func getIntegrations(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/integrations", guild).needing(.manageGuild)
  }
}

extension Endpoint where Response == [Invite] {
  /// All invites of a guild with how often they were used, the vanity address left out.
  package static func getGuildInvites(_ guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/invites", guild).needing(.manageGuild)
  }
}

extension Endpoint where Response == [VoiceRegion] {
  /// Voice regions with those that only this guild has.
  package static func getVoiceRegions(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/regions", guild)
  }
}

// MARK: Prune

extension Endpoint where Response == PruneResult {
  /// How many members a prune would remove. Members with roles count only if all theirs are among `roles`.
  package static func getPruneCount(
    in guild: GuildID, days: Int, roles: [RoleID] = []
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/prune", guild)
      .query("days", days).list("include_roles", roles).needing([.manageGuild, .kickMembers])
  }

  /// Removes members who were not seen for 1 to 30 days. Counting takes Discord long in large guilds.
  package static func prune(
    _ guild: GuildID, days: Int, roles: [RoleID] = [], countsRemoved: Bool = true, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/prune", guild)
      .json { json in
        json.object { json in
          json.field("days", days)
          json.field("compute_prune_count", countsRemoved)
          if !roles.isEmpty { json.ids("include_roles", roles) }
        }
      }
      .refused(because: (1...30).contains(days) ? nil : "days is \(days); Discord takes 1 to 30")
      .needing([.manageGuild, .kickMembers]).because(reason).at(.moderation)
  }
}

// MARK: Incidents

extension Endpoint where Response == IncidentsData {
  /// Stops joins by invite or direct messages between members until then, at most 24 hours from now; nil allows them
  /// again.
  package static func setIncidentActions(
    in guild: GuildID, invitesDisabledUntil: Patch<Timestamp> = .keep,
    directMessagesDisabledUntil: Patch<Timestamp> = .keep, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/guilds/{guild.id}/incident-actions", guild)
      .json { json in
        json.object { json in
          json.patch("invites_disabled_until", invitesDisabledUntil)
          json.patch("dms_disabled_until", directMessagesDisabledUntil)
        }
      }
      .needing(.manageGuild).because(reason).at(.containment)
  }
}

// MARK: Widget and vanity address

extension Endpoint where Response == WidgetSettings {
  /// Whether the widget is on, and where its invite leads.
  package static func getWidgetSettings(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/widget", guild).needing(.manageGuild)
  }

  /// The page that shows who is online; the channel is the one its invite leads to.
  package static func modifyWidget(
    of guild: GuildID, isEnabled: Bool? = nil, channel: Patch<ChannelID> = .keep, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/widget", guild)
      .json { json in
        json.object { json in
          json.optional("enabled", isEnabled)
          json.patch("channel_id", channel)
        }
      }
      .needing(.manageGuild).because(reason).repeatable()
  }
}

extension Endpoint where Response == JSONValue {
  /// What the widget shows; for guilds that have it switched on.
  package static func getWidget(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/widget.json", guild)
  }
}

extension Endpoint where Response == VanityURL {
  /// The guild's own invite and how often it was used.
  package static func getVanityURL(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/vanity-url", guild).needing(.manageGuild)
  }
}

// MARK: Bodies and answers

/// A change of a guild.
package struct GuildEdit: ChangeBody {
  package var name: String?
  package var description: Patch<String> = .keep
  package var icon: Patch<DataURI> = .keep
  package var splash: Patch<DataURI> = .keep
  package var discoverySplash: Patch<DataURI> = .keep
  package var banner: Patch<DataURI> = .keep
  package var verificationLevel: VerificationLevel?
  package var defaultMessageNotifications: DefaultNotifications?
  package var explicitContentFilter: ExplicitContentFilter?
  package var preferredLocale: DiscordLocale?
  package var afkChannel: Patch<ChannelID> = .keep
  /// Seconds: 60, 300, 900, 1,800 or 3,600.
  package var afkTimeout: Int?
  package var systemChannel: Patch<ChannelID> = .keep
  package var systemChannelFlags: SystemChannelFlags?
  package var rulesChannel: Patch<ChannelID> = .keep
  package var publicUpdatesChannel: Patch<ChannelID> = .keep
  package var safetyAlertsChannel: Patch<ChannelID> = .keep
  /// All that shall be on: `COMMUNITY`, `DISCOVERABLE`, `INVITES_DISABLED`, `RAID_ALERTS_DISABLED` can be changed.
  package var features: [GuildFeature]?
  package var isPremiumProgressBarEnabled: Bool?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.patch("description", description)
      json.patch("icon", icon)
      json.patch("splash", splash)
      json.patch("discovery_splash", discoverySplash)
      json.patch("banner", banner)
      json.optional("verification_level", verificationLevel)
      json.optional("default_message_notifications", defaultMessageNotifications)
      json.optional("explicit_content_filter", explicitContentFilter)
      json.optional("preferred_locale", preferredLocale)
      json.patch("afk_channel_id", afkChannel)
      json.optional("afk_timeout", afkTimeout)
      json.patch("system_channel_id", systemChannel)
      json.optional("system_channel_flags", systemChannelFlags)
      json.patch("rules_channel_id", rulesChannel)
      json.patch("public_updates_channel_id", publicUpdatesChannel)
      json.patch("safety_alerts_channel_id", safetyAlertsChannel)
      json.optional("features", features)
      json.optional("premium_progress_bar_enabled", isPremiumProgressBarEnabled)
    }
  }
}

/// Where a channel goes.
package struct ChannelPosition: WireEncodable, Hashable {
  package var channel: ChannelID
  package var position: Int?
  package var parent: ChannelID??
  /// Takes the category's overwrites over.
  package var locksPermissions: Bool?

  /// To that place in its list; `parent` moves it into a category, `.some(nil)` out of one.
  package init(
    _ channel: ChannelID, _ position: Int?, parent: ChannelID?? = nil, locksPermissions: Bool? = nil
  ) {
    (self.channel, self.position) = (channel, position)
    (self.parent, self.locksPermissions) = (parent, locksPermissions)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", channel)
      json.optional("position", position)
      if let parent { json.nullable("parent_id", parent) }
      json.optional("lock_permissions", locksPermissions)
    }
  }
}

/// How many members were removed, or would be.
package struct PruneResult: WireDecodable, Hashable {
  /// Nil if they were not counted.
  package let pruned: Int?

  package init(from json: JSONView) throws(JSONError) { pruned = json["pruned"]?.int }
}

/// Whether a guild has its widget switched on.
package struct WidgetSettings: WireDecodable, Hashable {
  package let isEnabled: Bool
  package let channel: ChannelID?

  package init(from json: JSONView) throws(JSONError) {
    isEnabled = json["enabled"]?.bool ?? false
    channel = json["channel_id"]?.id()
  }
}

/// A guild's own invite.
package struct VanityURL: WireDecodable, Hashable {
  /// Nil if it has none.
  package let code: String?
  package let uses: Int

  package init(from json: JSONView) throws(JSONError) {
    code = json["code"]?.string
    uses = json["uses"]?.int ?? 0
  }
}
