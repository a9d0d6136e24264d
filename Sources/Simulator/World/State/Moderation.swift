// Audit log, AutoMod, scheduled events, invites and webhooks.

package import DiscordCore
package import EventLoop
package import JSON

/// An entry of the audit log.
package struct AuditLogEntry: Sendable {
  package var id: AuditLogEntryID
  package var action: AuditAction
  package var user: UserID?
  package var target: String?
  package var changes: [JSONValue] = []
  package var options: JSONValue?
  package var reason: String?
}

/// What an entry of the audit log is about
/// (https://discord.com/developers/docs/resources/audit-log#audit-log-entry-object-audit-log-events).
package enum AuditAction: Int, Sendable {
  case guildUpdate = 1
  case channelCreate = 10
  case channelUpdate, channelDelete, overwriteCreate, overwriteUpdate, overwriteDelete
  case memberKick = 20
  case memberPrune, memberBanAdd, memberBanRemove, memberUpdate, memberRoleUpdate, memberMove
  case memberDisconnect, botAdd
  case roleCreate = 30
  case roleUpdate, roleDelete
  case inviteCreate = 40
  case inviteUpdate, inviteDelete
  case webhookCreate = 50
  case webhookUpdate, webhookDelete
  case emojiCreate = 60
  case emojiUpdate, emojiDelete
  case messageDelete = 72
  case messageBulkDelete, messagePin, messageUnpin
  case integrationCreate = 80
  case integrationUpdate, integrationDelete, stageInstanceCreate, stageInstanceUpdate, stageInstanceDelete
  case stickerCreate = 90
  case stickerUpdate, stickerDelete
  case scheduledEventCreate = 100
  case scheduledEventUpdate, scheduledEventDelete
  case threadCreate = 110
  case threadUpdate, threadDelete
  case commandPermissionUpdate = 121
  case soundCreate = 130
  case soundUpdate, soundDelete
  case autoModerationRuleCreate = 140
  case autoModerationRuleUpdate, autoModerationRuleDelete, autoModerationBlockMessage
  case autoModerationFlagToChannel, autoModerationTimeout, autoModerationQuarantine
  case onboardingPromptCreate = 163
  case onboardingPromptUpdate, onboardingPromptDelete, onboardingCreate, onboardingUpdate
  case voiceChannelStatusCreate = 192
  case voiceChannelStatusDelete
}

/// A rule of AutoMod.
package struct AutoModerationRule: Sendable {
  package var id: AutoModerationRuleID
  package var name: String
  package var creator: UserID
  /// 1 a message is sent, 2 a member's profile changes.
  package var eventType = 1
  /// 1 keyword, 3 spam, 4 keyword preset, 5 mention spam, 6 profile.
  package var triggerType: Int
  /// `trigger_metadata` in Discord's shape.
  package var metadata: JSONValue
  /// `actions` in Discord's shape.
  package var actions: [JSONValue]
  package var enabled = false
  package var exemptRoles: [RoleID] = []
  package var exemptChannels: [ChannelID] = []
}

/// A scheduled event.
package struct ScheduledEvent: Sendable {
  package var id: GuildScheduledEventID
  package var name: String
  package var description: String?
  package var channel: ChannelID?
  package var creator: UserID
  package var image: String?
  package var startsAt: Timestamp
  package var endsAt: Timestamp?
  /// 1 scheduled, 2 active, 3 completed, 4 cancelled.
  package var status = 1
  /// 1 stage, 2 voice, 3 external.
  package var entityType: Int
  package var entityID: StageInstanceID?
  package var location: String?
  /// In Discord's shape.
  package var recurrence: JSONValue?
  package var subscribers: [UserID] = []
  package var exceptions: [ScheduledEventException] = []
}

/// One occurrence of a recurring event that is different.
package struct ScheduledEventException: Sendable {
  package var id: GuildScheduledEventID
  package var startsAt: Timestamp?
  package var endsAt: Timestamp?
  package var isCanceled = false
}

/// An invite to a channel of a guild.
package struct Invite: Sendable {
  package var code: String
  package var guild: GuildID
  package var channel: ChannelID
  package var inviter: UserID?
  package var createdAt: Timestamp
  /// Seconds; 0: never ends.
  package var maxAge = 86_400
  /// 0: no limit.
  package var maxUses = 0
  package var uses = 0
  package var temporary = false
  package var targetType: Int?
  package var targetUser: UserID?
  package var targetApplication: ApplicationID?
  package var roles: [RoleID] = []
  /// Only they may use it; nil: anybody.
  package var targetUsers: [UserID]?

  /// When it ends; nil: never.
  package var expiresAt: Timestamp? { maxAge == 0 ? nil : createdAt + .seconds(maxAge) }
}

/// A webhook.
package struct Webhook: Sendable {
  package var id: WebhookID
  /// 1 incoming, 2 follower, 3 application.
  package var type = 1
  package var guild: GuildID
  package var channel: ChannelID
  package var name: String
  package var avatar: String?
  package var token: String?
  package var creator: UserID?
  package var application: ApplicationID?
  package var sourceChannel: ChannelID?

  package init(id: WebhookID, guild: GuildID, channel: ChannelID, name: String) {
    (self.id, self.guild, self.channel, self.name) = (id, guild, channel, name)
  }
}
