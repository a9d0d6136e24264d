// Events about guilds and what they own.

package import DiscordCore
package import EventLoop
package import JSON

/// What GUILD_CREATE has beside the guild (https://discord.com/developers/docs/events/gateway-events#guild-create).
package struct GuildCreateExtras: Equatable, Sendable {
  /// When the bot joined.
  package var joinedAt: Timestamp?
  /// Whether only members who are online, in voice or the bot itself are listed.
  package var isLarge: Bool
  package var isUnavailable: Bool
  package var memberCount: Int
  package var voiceStates: [VoiceState]
  package var members: [GuildMember]
  package var channels: [Channel]
  /// Those that are active and that the bot sees.
  package var threads: [Channel]
  package var presences: [Presence]
  package var stageInstances: [StageInstance]
  package var scheduledEvents: [GuildScheduledEvent]
  package var soundboardSounds: [SoundboardSound]
}

private enum GuildCreateExtrasField: Int, JSONFieldName {
  case joinedAt, isLarge, isUnavailable, memberCount, voiceStates, members, channels, threads, presences,
    stageInstances, scheduledEvents, soundboardSounds
  static let keys = JSONKeys<GuildCreateExtrasField>(
    "joined_at", "large", "unavailable", "member_count", "voice_states", "members", "channels", "threads",
    "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds")
}

extension GuildCreateExtras: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildCreateExtrasField.keys)
    joinedAt = fields.optional(.joinedAt)
    isLarge = fields.value(.isLarge, default: false)
    isUnavailable = fields.value(.isUnavailable, default: false)
    memberCount = fields.value(.memberCount, default: 0)
    voiceStates = fields.list(.voiceStates)
    members = fields.list(.members)
    channels = fields.list(.channels)
    threads = fields.list(.threads)
    presences = fields.list(.presences)
    stageInstances = fields.list(.stageInstances)
    scheduledEvents = fields.list(.scheduledEvents)
    soundboardSounds = fields.list(.soundboardSounds)
  }
}

/// GUILD_CREATE: a guild is there, because the bot connected, joined it, or an outage has passed.
package struct GuildCreateEvent: Equatable, Sendable {
  package var guild: Guild
  package var extras: GuildCreateExtras
}

extension GuildCreateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    guild = try Guild(from: json)
    extras = try GuildCreateExtras(from: json)
  }
}

/// GUILD_AUDIT_LOG_ENTRY_CREATE.
package struct GuildAuditLogEntryCreateEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var entry: AuditLogEntry
}

private enum GuildAuditLogEntryCreateEventField: Int, JSONFieldName {
  case guildID
  static let keys = JSONKeys<GuildAuditLogEntryCreateEventField>(
    "guild_id")
}

extension GuildAuditLogEntryCreateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildAuditLogEntryCreateEventField.keys)
    guildID = try fields.value(.guildID)
    entry = try AuditLogEntry(from: json)
  }
}

/// GUILD_BAN_ADD and GUILD_BAN_REMOVE.
package struct GuildBanEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var user: User
}

private enum GuildBanEventField: Int, JSONFieldName {
  case guildID, user
  static let keys = JSONKeys<GuildBanEventField>(
    "guild_id", "user")
}

extension GuildBanEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildBanEventField.keys)
    guildID = try fields.value(.guildID)
    user = try fields.value(.user)
  }
}

/// GUILD_EMOJIS_UPDATE: all the emoji the guild has now.
package struct GuildEmojisUpdateEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var emojis: [Emoji]
}

private enum GuildEmojisUpdateEventField: Int, JSONFieldName {
  case guildID, emojis
  static let keys = JSONKeys<GuildEmojisUpdateEventField>(
    "guild_id", "emojis")
}

extension GuildEmojisUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildEmojisUpdateEventField.keys)
    guildID = try fields.value(.guildID)
    emojis = fields.list(.emojis)
  }
}

/// GUILD_STICKERS_UPDATE: all the stickers the guild has now.
package struct GuildStickersUpdateEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var stickers: [Sticker]
}

private enum GuildStickersUpdateEventField: Int, JSONFieldName {
  case guildID, stickers
  static let keys = JSONKeys<GuildStickersUpdateEventField>(
    "guild_id", "stickers")
}

extension GuildStickersUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildStickersUpdateEventField.keys)
    guildID = try fields.value(.guildID)
    stickers = fields.list(.stickers)
  }
}

/// GUILD_INTEGRATIONS_UPDATE.
package struct GuildIntegrationsUpdateEvent: Equatable, Sendable {
  package var guildID: GuildID
}

private enum GuildIntegrationsUpdateEventField: Int, JSONFieldName {
  case guildID
  static let keys = JSONKeys<GuildIntegrationsUpdateEventField>(
    "guild_id")
}

extension GuildIntegrationsUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildIntegrationsUpdateEventField.keys)
    guildID = try fields.value(.guildID)
  }
}

/// INTEGRATION_CREATE and INTEGRATION_UPDATE.
package struct IntegrationEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var integration: Integration
}

private enum IntegrationEventField: Int, JSONFieldName {
  case guildID
  static let keys = JSONKeys<IntegrationEventField>(
    "guild_id")
}

extension IntegrationEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(IntegrationEventField.keys)
    guildID = try fields.value(.guildID)
    integration = try Integration(from: json)
  }
}

/// INTEGRATION_DELETE.
package struct IntegrationDeleteEvent: Equatable, Sendable {
  package var id: IntegrationID
  package var guildID: GuildID
  package var applicationID: ApplicationID?
}

private enum IntegrationDeleteEventField: Int, JSONFieldName {
  case id, guildID, applicationID
  static let keys = JSONKeys<IntegrationDeleteEventField>(
    "id", "guild_id", "application_id")
}

extension IntegrationDeleteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(IntegrationDeleteEventField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    applicationID = fields.optional(.applicationID)
  }
}

/// GUILD_ROLE_CREATE and GUILD_ROLE_UPDATE.
package struct GuildRoleEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var role: Role
}

private enum GuildRoleEventField: Int, JSONFieldName {
  case guildID, role
  static let keys = JSONKeys<GuildRoleEventField>(
    "guild_id", "role")
}

extension GuildRoleEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildRoleEventField.keys)
    guildID = try fields.value(.guildID)
    role = try fields.value(.role)
  }
}

/// GUILD_ROLE_DELETE.
package struct GuildRoleDeleteEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var roleID: RoleID
}

private enum GuildRoleDeleteEventField: Int, JSONFieldName {
  case guildID, roleID
  static let keys = JSONKeys<GuildRoleDeleteEventField>(
    "guild_id", "role_id")
}

extension GuildRoleDeleteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildRoleDeleteEventField.keys)
    guildID = try fields.value(.guildID)
    roleID = try fields.value(.roleID)
  }
}

/// GUILD_SCHEDULED_EVENT_USER_ADD and GUILD_SCHEDULED_EVENT_USER_REMOVE.
package struct GuildScheduledEventUserEvent: Equatable, Sendable {
  package var eventID: GuildScheduledEventID
  package var exceptionID: ScheduledEventExceptionID?
  package var userID: UserID
  package var guildID: GuildID
}

private enum GuildScheduledEventUserEventField: Int, JSONFieldName {
  case eventID, exceptionID, userID, guildID
  static let keys = JSONKeys<GuildScheduledEventUserEventField>(
    "guild_scheduled_event_id", "guild_scheduled_event_exception_id", "user_id", "guild_id")
}

extension GuildScheduledEventUserEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildScheduledEventUserEventField.keys)
    eventID = try fields.value(.eventID)
    exceptionID = fields.optional(.exceptionID)
    userID = try fields.value(.userID)
    guildID = try fields.value(.guildID)
  }
}

/// One date of a repeated event was changed, or the change taken back.
package struct GuildScheduledEventExceptionEvent: Equatable, Sendable {
  package var guildID: GuildID?
  package var exception: ScheduledEventException
}

private enum GuildScheduledEventExceptionEventField: Int, JSONFieldName {
  case guildID
  static let keys = JSONKeys<GuildScheduledEventExceptionEventField>(
    "guild_id")
}

extension GuildScheduledEventExceptionEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildScheduledEventExceptionEventField.keys)
    guildID = fields.optional(.guildID)
    exception = try ScheduledEventException(from: json)
  }
}

/// GUILD_SOUNDBOARD_SOUNDS_UPDATE, and SOUNDBOARD_SOUNDS, which answers a request.
package struct SoundboardSoundsEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var sounds: [SoundboardSound]
}

private enum SoundboardSoundsEventField: Int, JSONFieldName {
  case guildID, sounds
  static let keys = JSONKeys<SoundboardSoundsEventField>(
    "guild_id", "soundboard_sounds")
}

extension SoundboardSoundsEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(SoundboardSoundsEventField.keys)
    guildID = try fields.value(.guildID)
    sounds = fields.list(.sounds)
  }
}

/// GUILD_SOUNDBOARD_SOUND_DELETE.
package struct SoundboardSoundDeleteEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var soundID: SoundboardSoundID
}

private enum SoundboardSoundDeleteEventField: Int, JSONFieldName {
  case guildID, soundID
  static let keys = JSONKeys<SoundboardSoundDeleteEventField>(
    "guild_id", "sound_id")
}

extension SoundboardSoundDeleteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(SoundboardSoundDeleteEventField.keys)
    guildID = try fields.value(.guildID)
    soundID = try fields.value(.soundID)
  }
}

/// WEBHOOKS_UPDATE: of a channel.
package struct WebhooksUpdateEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var channelID: ChannelID
}

private enum WebhooksUpdateEventField: Int, JSONFieldName {
  case guildID, channelID
  static let keys = JSONKeys<WebhooksUpdateEventField>(
    "guild_id", "channel_id")
}

extension WebhooksUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(WebhooksUpdateEventField.keys)
    guildID = try fields.value(.guildID)
    channelID = try fields.value(.channelID)
  }
}

/// Somebody's request to join was made, changed or deleted.
package struct JoinRequestEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var userID: UserID?
  package var status: JoinRequestStatus?
  package var request: JoinRequest?
}

private enum JoinRequestEventField: Int, JSONFieldName {
  case guildID, userID, status, request
  static let keys = JSONKeys<JoinRequestEventField>(
    "guild_id", "user_id", "status", "request")
}

extension JoinRequestEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(JoinRequestEventField.keys)
    guildID = try fields.value(.guildID)
    userID = fields.optional(.userID)
    status = fields.optional(.status)
    request = fields.optional(.request)
  }
}
