// Guilds, whole and in part.

package import DiscordCore
package import EventLoop
package import JSON

/// A guild (https://discord.com/developers/docs/resources/guild#guild-object).
///
/// What the gateway adds when the bot joins or connects is in `GuildCreate`.
package struct Guild: Equatable, Sendable {
  package var id: GuildID
  package var name: String
  /// Hashes of the pictures.
  package var icon: String?
  package var splash: String?
  package var discoverySplash: String?
  package var banner: String?
  package var ownerID: UserID
  package var description: String?
  package var features: Set<GuildFeature>
  package var roles: [Role]
  package var emojis: [Emoji]
  package var stickers: [Sticker]
  package var afkChannelID: ChannelID?
  /// Seconds.
  package var afkTimeout: Int
  package var systemChannelID: ChannelID?
  package var systemChannelFlags: SystemChannelFlags
  package var rulesChannelID: ChannelID?
  package var publicUpdatesChannelID: ChannelID?
  /// Where Discord writes its own warnings.
  package var safetyAlertsChannelID: ChannelID?
  package var isWidgetEnabled: Bool
  package var widgetChannelID: ChannelID?
  package var verificationLevel: VerificationLevel
  package var defaultMessageNotifications: DefaultNotifications
  package var explicitContentFilter: ExplicitContentFilter
  package var mfaLevel: MFALevel
  package var nsfwLevel: NSFWLevel
  package var preferredLocale: DiscordLocale
  package var premiumTier: PremiumTier
  package var premiumSubscriptionCount: Int
  package var isPremiumProgressBarEnabled: Bool
  package var vanityURLCode: String?
  package var incidents: IncidentsData?
  /// The bot that made the guild.
  package var applicationID: ApplicationID?
  package var maxMembers: Int?
  package var maxPresences: Int?
  package var maxVideoChannelUsers: Int?
  package var maxStageVideoChannelUsers: Int?
  /// Only where counts were asked for.
  package var approximateMemberCount: Int?
  package var approximatePresenceCount: Int?
  package var welcomeScreen: WelcomeScreen?
}

private enum GuildField: Int, JSONFieldName {
  case id, name, icon, splash, discoverySplash, banner, ownerID, description, features, roles, emojis,
    stickers, afkChannelID, afkTimeout, systemChannelID, systemChannelFlags, rulesChannelID,
    publicUpdatesChannelID, safetyAlertsChannelID, isWidgetEnabled, widgetChannelID, verificationLevel,
    defaultMessageNotifications, explicitContentFilter, mfaLevel, nsfwLevel, preferredLocale, premiumTier,
    premiumSubscriptionCount, isPremiumProgressBarEnabled, vanityURLCode, incidents
  static let keys = JSONKeys<GuildField>(
    "id", "name", "icon", "splash", "discovery_splash", "banner", "owner_id", "description", "features",
    "roles", "emojis", "stickers", "afk_channel_id", "afk_timeout", "system_channel_id",
    "system_channel_flags", "rules_channel_id", "public_updates_channel_id", "safety_alerts_channel_id",
    "widget_enabled", "widget_channel_id", "verification_level", "default_message_notifications",
    "explicit_content_filter", "mfa_level", "nsfw_level", "preferred_locale", "premium_tier",
    "premium_subscription_count", "premium_progress_bar_enabled", "vanity_url_code", "incidents_data")
}

private enum GuildMoreField: Int, JSONFieldName {
  case applicationID, maxMembers, maxPresences, maxVideoChannelUsers, maxStageVideoChannelUsers,
    approximateMemberCount, approximatePresenceCount, welcomeScreen
  static let keys = JSONKeys<GuildMoreField>(
    "application_id", "max_members", "max_presences", "max_video_channel_users",
    "max_stage_video_channel_users", "approximate_member_count", "approximate_presence_count",
    "welcome_screen")
}

extension Guild: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildField.keys)
    let more = try json.fields(GuildMoreField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    splash = fields.optional(.splash)
    discoverySplash = fields.optional(.discoverySplash)
    banner = fields.optional(.banner)
    ownerID = try fields.value(.ownerID)
    description = fields.optional(.description)
    features = Set(fields.list(.features))
    roles = fields.list(.roles)
    emojis = fields.list(.emojis)
    stickers = fields.list(.stickers)
    afkChannelID = fields.optional(.afkChannelID)
    afkTimeout = fields.value(.afkTimeout, default: 0)
    systemChannelID = fields.optional(.systemChannelID)
    systemChannelFlags = fields.value(.systemChannelFlags, default: [])
    rulesChannelID = fields.optional(.rulesChannelID)
    publicUpdatesChannelID = fields.optional(.publicUpdatesChannelID)
    safetyAlertsChannelID = fields.optional(.safetyAlertsChannelID)
    isWidgetEnabled = fields.value(.isWidgetEnabled, default: false)
    widgetChannelID = fields.optional(.widgetChannelID)
    verificationLevel = fields.value(.verificationLevel, default: .none)
    defaultMessageNotifications = fields.value(.defaultMessageNotifications, default: .allMessages)
    explicitContentFilter = fields.value(.explicitContentFilter, default: .disabled)
    mfaLevel = fields.value(.mfaLevel, default: .none)
    nsfwLevel = fields.value(.nsfwLevel, default: .default)
    preferredLocale = fields.value(.preferredLocale, default: .englishUS)
    premiumTier = fields.value(.premiumTier, default: .none)
    premiumSubscriptionCount = fields.value(.premiumSubscriptionCount, default: 0)
    isPremiumProgressBarEnabled = fields.value(.isPremiumProgressBarEnabled, default: false)
    vanityURLCode = fields.optional(.vanityURLCode)
    incidents = fields.optional(.incidents)
    applicationID = more.optional(.applicationID)
    maxMembers = more.optional(.maxMembers)
    maxPresences = more.optional(.maxPresences)
    maxVideoChannelUsers = more.optional(.maxVideoChannelUsers)
    maxStageVideoChannelUsers = more.optional(.maxStageVideoChannelUsers)
    approximateMemberCount = more.optional(.approximateMemberCount)
    approximatePresenceCount = more.optional(.approximatePresenceCount)
    welcomeScreen = more.optional(.welcomeScreen)
  }
}

/// What a guild has shut for a while (https://discord.com/developers/docs/resources/guild#incidents-data-object).
package struct IncidentsData: Equatable, Sendable {
  package var invitesDisabledUntil: Timestamp?
  package var dmsDisabledUntil: Timestamp?
  /// When Discord saw a raid or a wave of spam by direct message.
  package var dmSpamDetectedAt: Timestamp?
  package var raidDetectedAt: Timestamp?
}

private enum IncidentsDataField: Int, JSONFieldName {
  case invitesDisabledUntil, dmsDisabledUntil, dmSpamDetectedAt, raidDetectedAt
  static let keys = JSONKeys<IncidentsDataField>(
    "invites_disabled_until", "dms_disabled_until", "dm_spam_detected_at", "raid_detected_at")
}

extension IncidentsData: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(IncidentsDataField.keys)
    invitesDisabledUntil = fields.optional(.invitesDisabledUntil)
    dmsDisabledUntil = fields.optional(.dmsDisabledUntil)
    dmSpamDetectedAt = fields.optional(.dmSpamDetectedAt)
    raidDetectedAt = fields.optional(.raidDetectedAt)
  }
}

/// A guild that the bot cannot reach now; in READY, every guild before its GUILD_CREATE.
package struct UnavailableGuild: Equatable, Sendable {
  package var id: GuildID
  /// In GUILD_DELETE: false means that the bot has left or was thrown out.
  package var isUnavailable: Bool
}

private enum UnavailableGuildField: Int, JSONFieldName {
  case id, isUnavailable
  static let keys = JSONKeys<UnavailableGuildField>(
    "id", "unavailable")
}

extension UnavailableGuild: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(UnavailableGuildField.keys)
    id = try fields.value(.id)
    isUnavailable = fields.value(.isUnavailable, default: false)
  }
}

/// A guild as the list of somebody's guilds and OAuth2 have it
/// (https://discord.com/developers/docs/resources/user#get-current-user-guilds).
package struct PartialGuild: Equatable, Sendable {
  package var id: GuildID
  package var name: String
  package var icon: String?
  package var banner: String?
  package var isOwner: Bool
  /// In the guild, without overwrites.
  package var permissions: Permissions
  package var features: Set<GuildFeature>
  package var approximateMemberCount: Int?
  package var approximatePresenceCount: Int?
}

private enum PartialGuildField: Int, JSONFieldName {
  case id, name, icon, banner, isOwner, permissions, features, approximateMemberCount,
    approximatePresenceCount
  static let keys = JSONKeys<PartialGuildField>(
    "id", "name", "icon", "banner", "owner", "permissions", "features", "approximate_member_count",
    "approximate_presence_count")
}

extension PartialGuild: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(PartialGuildField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    banner = fields.optional(.banner)
    isOwner = fields.value(.isOwner, default: false)
    permissions = fields.value(.permissions, default: [])
    features = Set(fields.list(.features))
    approximateMemberCount = fields.optional(.approximateMemberCount)
    approximatePresenceCount = fields.optional(.approximatePresenceCount)
  }
}

/// As much of the guild as an interaction says.
package struct InteractionGuild: Equatable, Sendable {
  package var id: GuildID
  package var locale: DiscordLocale?
  package var features: Set<GuildFeature>
}

private enum InteractionGuildField: Int, JSONFieldName {
  case id, locale, features
  static let keys = JSONKeys<InteractionGuildField>(
    "id", "locale", "features")
}

extension InteractionGuild: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InteractionGuildField.keys)
    id = try fields.value(.id)
    locale = fields.optional(.locale)
    features = Set(fields.list(.features))
  }
}

/// What everybody may know of a guild (https://discord.com/developers/docs/resources/guild#guild-preview-object).
package struct GuildPreview: Equatable, Sendable {
  package var id: GuildID
  package var name: String
  package var icon: String?
  package var splash: String?
  package var discoverySplash: String?
  package var description: String?
  package var emojis: [Emoji]
  package var stickers: [Sticker]
  package var features: Set<GuildFeature>
  package var approximateMemberCount: Int
  package var approximatePresenceCount: Int
}

private enum GuildPreviewField: Int, JSONFieldName {
  case id, name, icon, splash, discoverySplash, description, emojis, stickers, features,
    approximateMemberCount, approximatePresenceCount
  static let keys = JSONKeys<GuildPreviewField>(
    "id", "name", "icon", "splash", "discovery_splash", "description", "emojis", "stickers", "features",
    "approximate_member_count", "approximate_presence_count")
}

extension GuildPreview: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildPreviewField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    splash = fields.optional(.splash)
    discoverySplash = fields.optional(.discoverySplash)
    description = fields.optional(.description)
    emojis = fields.list(.emojis)
    stickers = fields.list(.stickers)
    features = Set(fields.list(.features))
    approximateMemberCount = fields.value(.approximateMemberCount, default: 0)
    approximatePresenceCount = fields.value(.approximatePresenceCount, default: 0)
  }
}
