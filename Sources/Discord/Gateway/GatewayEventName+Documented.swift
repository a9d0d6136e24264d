// The names of the gateway's events, numbered: adding one means a line in both lists.

extension GatewayEventName {
  /// The names that were documented when this was written, by index.
  package static let documented: [StaticString] = [
    "READY",
    "RESUMED",
    "APPLICATION_COMMAND_PERMISSIONS_UPDATE",
    "AUTO_MODERATION_RULE_CREATE",
    "AUTO_MODERATION_RULE_UPDATE",
    "AUTO_MODERATION_RULE_DELETE",
    "AUTO_MODERATION_ACTION_EXECUTION",
    "CHANNEL_CREATE",
    "CHANNEL_UPDATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "CHANNEL_INFO",
    "THREAD_CREATE",
    "THREAD_UPDATE",
    "THREAD_DELETE",
    "THREAD_LIST_SYNC",
    "THREAD_MEMBER_UPDATE",
    "THREAD_MEMBERS_UPDATE",
    "ENTITLEMENT_CREATE",
    "ENTITLEMENT_UPDATE",
    "ENTITLEMENT_DELETE",
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "GUILD_BAN_ADD",
    "GUILD_BAN_REMOVE",
    "GUILD_EMOJIS_UPDATE",
    "GUILD_STICKERS_UPDATE",
    "GUILD_INTEGRATIONS_UPDATE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBER_UPDATE",
    "GUILD_MEMBERS_CHUNK",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE",
    "GUILD_SCHEDULED_EVENT_CREATE",
    "GUILD_SCHEDULED_EVENT_UPDATE",
    "GUILD_SCHEDULED_EVENT_DELETE",
    "GUILD_SCHEDULED_EVENT_USER_ADD",
    "GUILD_SCHEDULED_EVENT_USER_REMOVE",
    "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE",
    "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE",
    "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE",
    "GUILD_SOUNDBOARD_SOUND_CREATE",
    "GUILD_SOUNDBOARD_SOUND_UPDATE",
    "GUILD_SOUNDBOARD_SOUND_DELETE",
    "GUILD_SOUNDBOARD_SOUNDS_UPDATE",
    "SOUNDBOARD_SOUNDS",
    "GUILD_JOIN_REQUEST_CREATE",
    "GUILD_JOIN_REQUEST_UPDATE",
    "GUILD_JOIN_REQUEST_DELETE",
    "INTEGRATION_CREATE",
    "INTEGRATION_UPDATE",
    "INTEGRATION_DELETE",
    "INTERACTION_CREATE",
    "INVITE_CREATE",
    "INVITE_DELETE",
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "MESSAGE_POLL_VOTE_ADD",
    "MESSAGE_POLL_VOTE_REMOVE",
    "PRESENCE_UPDATE",
    "RATE_LIMITED",
    "STAGE_INSTANCE_CREATE",
    "STAGE_INSTANCE_UPDATE",
    "STAGE_INSTANCE_DELETE",
    "SUBSCRIPTION_CREATE",
    "SUBSCRIPTION_UPDATE",
    "SUBSCRIPTION_DELETE",
    "TYPING_START",
    "USER_UPDATE",
    "VOICE_CHANNEL_EFFECT_SEND",
    "VOICE_CHANNEL_START_TIME_UPDATE",
    "VOICE_CHANNEL_STATUS_UPDATE",
    "VOICE_STATE_UPDATE",
    "VOICE_SERVER_UPDATE",
    "WEBHOOKS_UPDATE",
  ]
}

// One number per name, in the order above.
extension GatewayEventName {
  /// `READY`.
  @inlinable package static var ready: Self { Self(index: 0) }
  /// `RESUMED`.
  @inlinable package static var resumed: Self { Self(index: 1) }
  /// `APPLICATION_COMMAND_PERMISSIONS_UPDATE`.
  @inlinable package static var applicationCommandPermissionsUpdate: Self { Self(index: 2) }
  /// `AUTO_MODERATION_RULE_CREATE`.
  @inlinable package static var autoModerationRuleCreate: Self { Self(index: 3) }
  /// `AUTO_MODERATION_RULE_UPDATE`.
  @inlinable package static var autoModerationRuleUpdate: Self { Self(index: 4) }
  /// `AUTO_MODERATION_RULE_DELETE`.
  @inlinable package static var autoModerationRuleDelete: Self { Self(index: 5) }
  /// `AUTO_MODERATION_ACTION_EXECUTION`.
  @inlinable package static var autoModerationActionExecution: Self { Self(index: 6) }
  /// `CHANNEL_CREATE`.
  @inlinable package static var channelCreate: Self { Self(index: 7) }
  /// `CHANNEL_UPDATE`.
  @inlinable package static var channelUpdate: Self { Self(index: 8) }
  /// `CHANNEL_DELETE`.
  @inlinable package static var channelDelete: Self { Self(index: 9) }
  /// `CHANNEL_PINS_UPDATE`.
  @inlinable package static var channelPinsUpdate: Self { Self(index: 10) }
  /// `CHANNEL_INFO`.
  @inlinable package static var channelInfo: Self { Self(index: 11) }
  /// `THREAD_CREATE`.
  @inlinable package static var threadCreate: Self { Self(index: 12) }
  /// `THREAD_UPDATE`.
  @inlinable package static var threadUpdate: Self { Self(index: 13) }
  /// `THREAD_DELETE`.
  @inlinable package static var threadDelete: Self { Self(index: 14) }
  /// `THREAD_LIST_SYNC`.
  @inlinable package static var threadListSync: Self { Self(index: 15) }
  /// `THREAD_MEMBER_UPDATE`.
  @inlinable package static var threadMemberUpdate: Self { Self(index: 16) }
  /// `THREAD_MEMBERS_UPDATE`.
  @inlinable package static var threadMembersUpdate: Self { Self(index: 17) }
  /// `ENTITLEMENT_CREATE`.
  @inlinable package static var entitlementCreate: Self { Self(index: 18) }
  /// `ENTITLEMENT_UPDATE`.
  @inlinable package static var entitlementUpdate: Self { Self(index: 19) }
  /// `ENTITLEMENT_DELETE`.
  @inlinable package static var entitlementDelete: Self { Self(index: 20) }
  /// `GUILD_CREATE`.
  @inlinable package static var guildCreate: Self { Self(index: 21) }
  /// `GUILD_UPDATE`.
  @inlinable package static var guildUpdate: Self { Self(index: 22) }
  /// `GUILD_DELETE`.
  @inlinable package static var guildDelete: Self { Self(index: 23) }
  /// `GUILD_AUDIT_LOG_ENTRY_CREATE`.
  @inlinable package static var guildAuditLogEntryCreate: Self { Self(index: 24) }
  /// `GUILD_BAN_ADD`.
  @inlinable package static var guildBanAdd: Self { Self(index: 25) }
  /// `GUILD_BAN_REMOVE`.
  @inlinable package static var guildBanRemove: Self { Self(index: 26) }
  /// `GUILD_EMOJIS_UPDATE`.
  @inlinable package static var guildEmojisUpdate: Self { Self(index: 27) }
  /// `GUILD_STICKERS_UPDATE`.
  @inlinable package static var guildStickersUpdate: Self { Self(index: 28) }
  /// `GUILD_INTEGRATIONS_UPDATE`.
  @inlinable package static var guildIntegrationsUpdate: Self { Self(index: 29) }
  /// `GUILD_MEMBER_ADD`.
  @inlinable package static var guildMemberAdd: Self { Self(index: 30) }
  /// `GUILD_MEMBER_REMOVE`.
  @inlinable package static var guildMemberRemove: Self { Self(index: 31) }
  /// `GUILD_MEMBER_UPDATE`.
  @inlinable package static var guildMemberUpdate: Self { Self(index: 32) }
  /// `GUILD_MEMBERS_CHUNK`.
  @inlinable package static var guildMembersChunk: Self { Self(index: 33) }
  /// `GUILD_ROLE_CREATE`.
  @inlinable package static var guildRoleCreate: Self { Self(index: 34) }
  /// `GUILD_ROLE_UPDATE`.
  @inlinable package static var guildRoleUpdate: Self { Self(index: 35) }
  /// `GUILD_ROLE_DELETE`.
  @inlinable package static var guildRoleDelete: Self { Self(index: 36) }
  /// `GUILD_SCHEDULED_EVENT_CREATE`.
  @inlinable package static var guildScheduledEventCreate: Self { Self(index: 37) }
  /// `GUILD_SCHEDULED_EVENT_UPDATE`.
  @inlinable package static var guildScheduledEventUpdate: Self { Self(index: 38) }
  /// `GUILD_SCHEDULED_EVENT_DELETE`.
  @inlinable package static var guildScheduledEventDelete: Self { Self(index: 39) }
  /// `GUILD_SCHEDULED_EVENT_USER_ADD`.
  @inlinable package static var guildScheduledEventUserAdd: Self { Self(index: 40) }
  /// `GUILD_SCHEDULED_EVENT_USER_REMOVE`.
  @inlinable package static var guildScheduledEventUserRemove: Self { Self(index: 41) }
  /// `GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE`.
  @inlinable package static var guildScheduledEventExceptionCreate: Self { Self(index: 42) }
  /// `GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE`.
  @inlinable package static var guildScheduledEventExceptionUpdate: Self { Self(index: 43) }
  /// `GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE`.
  @inlinable package static var guildScheduledEventExceptionDelete: Self { Self(index: 44) }
  /// `GUILD_SOUNDBOARD_SOUND_CREATE`.
  @inlinable package static var guildSoundboardSoundCreate: Self { Self(index: 45) }
  /// `GUILD_SOUNDBOARD_SOUND_UPDATE`.
  @inlinable package static var guildSoundboardSoundUpdate: Self { Self(index: 46) }
  /// `GUILD_SOUNDBOARD_SOUND_DELETE`.
  @inlinable package static var guildSoundboardSoundDelete: Self { Self(index: 47) }
  /// `GUILD_SOUNDBOARD_SOUNDS_UPDATE`.
  @inlinable package static var guildSoundboardSoundsUpdate: Self { Self(index: 48) }
  /// `SOUNDBOARD_SOUNDS`.
  @inlinable package static var soundboardSounds: Self { Self(index: 49) }
  /// `GUILD_JOIN_REQUEST_CREATE`.
  @inlinable package static var guildJoinRequestCreate: Self { Self(index: 50) }
  /// `GUILD_JOIN_REQUEST_UPDATE`.
  @inlinable package static var guildJoinRequestUpdate: Self { Self(index: 51) }
  /// `GUILD_JOIN_REQUEST_DELETE`.
  @inlinable package static var guildJoinRequestDelete: Self { Self(index: 52) }
  /// `INTEGRATION_CREATE`.
  @inlinable package static var integrationCreate: Self { Self(index: 53) }
  /// `INTEGRATION_UPDATE`.
  @inlinable package static var integrationUpdate: Self { Self(index: 54) }
  /// `INTEGRATION_DELETE`.
  @inlinable package static var integrationDelete: Self { Self(index: 55) }
  /// `INTERACTION_CREATE`.
  @inlinable package static var interactionCreate: Self { Self(index: 56) }
  /// `INVITE_CREATE`.
  @inlinable package static var inviteCreate: Self { Self(index: 57) }
  /// `INVITE_DELETE`.
  @inlinable package static var inviteDelete: Self { Self(index: 58) }
  /// `MESSAGE_CREATE`.
  @inlinable package static var messageCreate: Self { Self(index: 59) }
  /// `MESSAGE_UPDATE`.
  @inlinable package static var messageUpdate: Self { Self(index: 60) }
  /// `MESSAGE_DELETE`.
  @inlinable package static var messageDelete: Self { Self(index: 61) }
  /// `MESSAGE_DELETE_BULK`.
  @inlinable package static var messageDeleteBulk: Self { Self(index: 62) }
  /// `MESSAGE_REACTION_ADD`.
  @inlinable package static var messageReactionAdd: Self { Self(index: 63) }
  /// `MESSAGE_REACTION_REMOVE`.
  @inlinable package static var messageReactionRemove: Self { Self(index: 64) }
  /// `MESSAGE_REACTION_REMOVE_ALL`.
  @inlinable package static var messageReactionRemoveAll: Self { Self(index: 65) }
  /// `MESSAGE_REACTION_REMOVE_EMOJI`.
  @inlinable package static var messageReactionRemoveEmoji: Self { Self(index: 66) }
  /// `MESSAGE_POLL_VOTE_ADD`.
  @inlinable package static var messagePollVoteAdd: Self { Self(index: 67) }
  /// `MESSAGE_POLL_VOTE_REMOVE`.
  @inlinable package static var messagePollVoteRemove: Self { Self(index: 68) }
  /// `PRESENCE_UPDATE`.
  @inlinable package static var presenceUpdate: Self { Self(index: 69) }
  /// `RATE_LIMITED`.
  @inlinable package static var rateLimited: Self { Self(index: 70) }
  /// `STAGE_INSTANCE_CREATE`.
  @inlinable package static var stageInstanceCreate: Self { Self(index: 71) }
  /// `STAGE_INSTANCE_UPDATE`.
  @inlinable package static var stageInstanceUpdate: Self { Self(index: 72) }
  /// `STAGE_INSTANCE_DELETE`.
  @inlinable package static var stageInstanceDelete: Self { Self(index: 73) }
  /// `SUBSCRIPTION_CREATE`.
  @inlinable package static var subscriptionCreate: Self { Self(index: 74) }
  /// `SUBSCRIPTION_UPDATE`.
  @inlinable package static var subscriptionUpdate: Self { Self(index: 75) }
  /// `SUBSCRIPTION_DELETE`.
  @inlinable package static var subscriptionDelete: Self { Self(index: 76) }
  /// `TYPING_START`.
  @inlinable package static var typingStart: Self { Self(index: 77) }
  /// `USER_UPDATE`.
  @inlinable package static var userUpdate: Self { Self(index: 78) }
  /// `VOICE_CHANNEL_EFFECT_SEND`.
  @inlinable package static var voiceChannelEffectSend: Self { Self(index: 79) }
  /// `VOICE_CHANNEL_START_TIME_UPDATE`.
  @inlinable package static var voiceChannelStartTimeUpdate: Self { Self(index: 80) }
  /// `VOICE_CHANNEL_STATUS_UPDATE`.
  @inlinable package static var voiceChannelStatusUpdate: Self { Self(index: 81) }
  /// `VOICE_STATE_UPDATE`.
  @inlinable package static var voiceStateUpdate: Self { Self(index: 82) }
  /// `VOICE_SERVER_UPDATE`.
  @inlinable package static var voiceServerUpdate: Self { Self(index: 83) }
  /// `WEBHOOKS_UPDATE`.
  @inlinable package static var webhooksUpdate: Self { Self(index: 84) }
}
