// A guild and what belongs to it.

package import DiscordCore
package import EventLoop
package import JSON

/// A guild. A class, because it is changed in place and owned by its world alone.
package final class Guild {
  package let id: GuildID
  package var name: String
  package var ownerID: UserID
  package var icon: String?
  package var splash: String?
  package var discoverySplash: String?
  package var banner: String?
  package var summary: String?
  package var features: Set<String> = []
  package var verificationLevel = 0
  package var defaultNotifications = 0
  package var explicitContentFilter = 0
  package var mfaLevel = 0
  package var nsfwLevel = 0
  package var premiumTier = 0
  package var preferredLocale = "en-US"
  package var region = "deprecated"
  package var afkChannelID: ChannelID?
  /// Seconds.
  package var afkTimeout = 300
  package var systemChannelID: ChannelID?
  package var systemChannelFlags = 0
  package var rulesChannelID: ChannelID?
  package var publicUpdatesChannelID: ChannelID?
  package var safetyAlertsChannelID: ChannelID?
  package var showsPremiumProgress = false
  package var widgetEnabled = false
  package var widgetChannelID: ChannelID?
  package var invitesDisabledUntil: Timestamp?
  package var dmsDisabledUntil: Timestamp?

  /// What belongs to the guild, by id.
  package var roles: [RoleID: Role] = [:]
  package var members: [UserID: Member] = [:]
  package var bans: [UserID: Ban] = [:]
  /// Channels without threads; their order is by position.
  package var channels: Set<ChannelID> = []
  package var threads: Set<ChannelID> = []
  package var emojis: [EmojiID: Emoji] = [:]
  package var stickers: [StickerID: Sticker] = [:]
  package var sounds: [SoundboardSoundID: Sound] = [:]
  package var voiceStates: [UserID: VoiceState] = [:]
  package var autoModeration: [AutoModerationRuleID: AutoModerationRule] = [:]
  package var scheduledEvents: [GuildScheduledEventID: ScheduledEvent] = [:]
  package var stageInstances: [ChannelID: StageInstance] = [:]
  package var integrations: [IntegrationID: Integration] = [:]
  /// Newest last; the oldest go when there are too many.
  package var auditLog: [AuditLogEntry] = []
  package var templates: [String: GuildTemplate] = [:]
  package var welcomeScreen: WelcomeScreen?
  package var onboarding: Onboarding = Onboarding()
  package var newMemberWelcome: JSONValue?
  package var joinRequests: [JoinRequestID: JoinRequest] = [:]
  /// When a member last wrote, for pruning.
  package var lastActive: [UserID: Timestamp] = [:]

  package init(id: GuildID, name: String, ownerID: UserID) {
    (self.id, self.name, self.ownerID) = (id, name, ownerID)
  }

  /// The id of the role that every member has.
  package var everyoneRole: RoleID { id.everyoneRole }

  /// Roles from the lowest to the highest.
  package var sortedRoles: [Role] { roles.values.sorted { $0.rank < $1.rank } }
}

/// A role.
package struct Role: Sendable {
  package var id: RoleID
  package var name: String
  package var permissions: Permissions = []
  package var position = 0
  package var color = 0
  package var secondaryColor: Int?
  package var tertiaryColor: Int?
  package var hoist = false
  package var mentionable = false
  package var managed = false
  package var icon: String?
  package var unicodeEmoji: String?
  package var flags = 0
  /// The bot whose role it is, of a managed one.
  package var botID: UserID?
  package var isPremiumSubscriber = false

  package init(id: RoleID, name: String) { (self.id, self.name) = (id, name) }

  /// Where it stands among the roles of its guild.
  package var rank: RoleRank { RoleRank(position: position, role: id) }
}

/// A user's membership of a guild.
package struct Member: Sendable {
  package var user: UserID
  package var nick: String?
  package var avatar: String?
  package var banner: String?
  package var bio: String?
  package var roles: [RoleID] = []
  package var joinedAt: Timestamp
  package var premiumSince: Timestamp?
  package var timedOutUntil: Timestamp?
  package var isPending = false
  package var flags = 0
  package var mute = false
  package var deaf = false

  package init(user: UserID, joinedAt: Timestamp) { (self.user, self.joinedAt) = (user, joinedAt) }
}

/// A ban and why.
package struct Ban: Sendable {
  package var user: UserID
  package var reason: String?
}

/// A custom emoji.
package struct Emoji: Sendable {
  package var id: EmojiID
  package var name: String
  package var roles: [RoleID] = []
  package var creator: UserID?
  package var animated = false
  package var managed = false
  package var available = true
  /// The picture as it was uploaded; nil: a generated one.
  package var image: Picture?

  package init(id: EmojiID, name: String) { (self.id, self.name) = (id, name) }
}

/// Bytes of an uploaded picture.
package struct Picture: Sendable, Hashable {
  package var contentType: String
  package var bytes: [UInt8]

  package init(contentType: String, bytes: [UInt8]) { (self.contentType, self.bytes) = (contentType, bytes) }
}

/// A sticker of a guild.
package struct Sticker: Sendable {
  package var id: StickerID
  package var name: String
  package var description: String?
  package var tags: String
  package var format = 1
  package var creator: UserID?
  package var image: Picture?
}

/// A sound of the soundboard.
package struct Sound: Sendable {
  package var id: SoundboardSoundID
  package var name: String
  package var volume = 1.0
  package var emojiID: EmojiID?
  package var emojiName: String?
  package var creator: UserID?
}

/// Where a member is in voice.
package struct VoiceState: Sendable {
  package var user: UserID
  package var channel: ChannelID
  package var sessionID: String
  package var selfMute = false
  package var selfDeaf = false
  package var selfVideo = false
  package var selfStream = false
  package var suppress = false
  package var requestToSpeakAt: Timestamp?
}

/// A stage that is live.
package struct StageInstance: Sendable {
  package var id: StageInstanceID
  package var channel: ChannelID
  package var topic: String
  package var privacyLevel = 2
  package var scheduledEvent: GuildScheduledEventID?
}

/// An application or account that is connected to a guild.
package struct Integration: Sendable {
  package var id: IntegrationID
  package var application: ApplicationID
  package var addedBy: UserID
  package var scopes: [String] = ["bot", "applications.commands"]
}

/// A template of a guild.
package struct GuildTemplate: Sendable {
  package var code: String
  package var name: String
  package var description: String?
  package var usageCount = 0
  package var creator: UserID
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var snapshot: JSONValue
  package var isDirty: Bool?
}

/// What newcomers see first.
package struct WelcomeScreen: Sendable {
  package var enabled = false
  package var description: String?
  /// In Discord's shape.
  package var channels: [JSONValue] = []
}

/// The questions a newcomer is asked, in Discord's shape.
package struct Onboarding: Sendable {
  package var prompts: [JSONValue] = []
  package var defaultChannels: [ChannelID] = []
  package var enabled = false
  package var mode = 0
}

/// Tag of join requests' ids.
package enum JoinRequestEntity {}
package typealias JoinRequestID = Snowflake<JoinRequestEntity>

/// Somebody who asked to join.
package struct JoinRequest: Sendable {
  package var id: JoinRequestID
  package var user: UserID
  package var createdAt: Timestamp
  package var reviewedAt: Timestamp?
  package var status = "SUBMITTED"
  package var rejectionReason: String?
  package var actionedBy: UserID?
}
