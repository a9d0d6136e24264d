// Events about invites, AutoMod and the permissions of commands.

package import DiscordCore
package import EventLoop
package import JSON

/// INVITE_CREATE.
package struct InviteCreateEvent: Equatable, Sendable {
  package var code: String
  package var channelID: ChannelID
  package var guildID: GuildID?
  package var createdAt: Timestamp?
  package var inviter: User?
  /// Seconds; zero for ever.
  package var maxAge: Int
  /// Zero for no limit.
  package var maxUses: Int
  package var targetType: InviteTargetType?
  package var targetUser: User?
  package var targetApplication: PartialApplication?
  package var isTemporary: Bool
  package var uses: Int
  package var expiresAt: Timestamp?
  /// What those who join by it are given.
  package var roleIDs: [RoleID]
}

private enum InviteCreateEventField: Int, JSONFieldName {
  case code, channelID, guildID, createdAt, inviter, maxAge, maxUses, targetType, targetUser,
    targetApplication, isTemporary, uses, expiresAt, roleIDs
  static let keys = JSONKeys<InviteCreateEventField>(
    "code", "channel_id", "guild_id", "created_at", "inviter", "max_age", "max_uses", "target_type",
    "target_user", "target_application", "temporary", "uses", "expires_at", "role_ids")
}

extension InviteCreateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InviteCreateEventField.keys)
    code = try fields.value(.code)
    channelID = try fields.value(.channelID)
    guildID = fields.optional(.guildID)
    createdAt = fields.optional(.createdAt)
    inviter = fields.optional(.inviter)
    maxAge = fields.value(.maxAge, default: 0)
    maxUses = fields.value(.maxUses, default: 0)
    targetType = fields.optional(.targetType)
    targetUser = fields.optional(.targetUser)
    targetApplication = fields.optional(.targetApplication)
    isTemporary = fields.value(.isTemporary, default: false)
    uses = fields.value(.uses, default: 0)
    expiresAt = fields.optional(.expiresAt)
    roleIDs = fields.list(.roleIDs)
  }
}

/// INVITE_DELETE.
package struct InviteDeleteEvent: Equatable, Sendable {
  package var code: String
  package var channelID: ChannelID
  package var guildID: GuildID?
}

private enum InviteDeleteEventField: Int, JSONFieldName {
  case code, channelID, guildID
  static let keys = JSONKeys<InviteDeleteEventField>(
    "code", "channel_id", "guild_id")
}

extension InviteDeleteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InviteDeleteEventField.keys)
    code = try fields.value(.code)
    channelID = try fields.value(.channelID)
    guildID = fields.optional(.guildID)
  }
}

/// AUTO_MODERATION_ACTION_EXECUTION: a rule did something; one event for each action.
package struct AutoModerationActionExecutionEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var action: AutoModerationAction
  package var ruleID: AutoModerationRuleID
  package var triggerType: AutoModerationTriggerType
  package var userID: UserID
  package var channelID: ChannelID?
  /// Nil where the message was blocked.
  package var messageID: MessageID?
  /// The alert, where one was sent.
  package var alertMessageID: MessageID?
  /// Only with the intent MESSAGE_CONTENT, as `matchedContent`.
  package var content: String
  /// The word or pattern of the rule.
  package var matchedKeyword: String?
  package var matchedContent: String?
}

private enum AutoModerationActionExecutionEventField: Int, JSONFieldName {
  case guildID, action, ruleID, triggerType, userID, channelID, messageID, alertMessageID, content,
    matchedKeyword, matchedContent
  static let keys = JSONKeys<AutoModerationActionExecutionEventField>(
    "guild_id", "action", "rule_id", "rule_trigger_type", "user_id", "channel_id", "message_id",
    "alert_system_message_id", "content", "matched_keyword", "matched_content")
}

extension AutoModerationActionExecutionEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AutoModerationActionExecutionEventField.keys)
    guildID = try fields.value(.guildID)
    action = try fields.value(.action)
    ruleID = try fields.value(.ruleID)
    triggerType = fields.value(.triggerType, default: .keyword)
    userID = try fields.value(.userID)
    channelID = fields.optional(.channelID)
    messageID = fields.optional(.messageID)
    alertMessageID = fields.optional(.alertMessageID)
    content = fields.value(.content, default: "")
    matchedKeyword = fields.optional(.matchedKeyword)
    matchedContent = fields.optional(.matchedContent)
  }
}

/// APPLICATION_COMMAND_PERMISSIONS_UPDATE.
package struct ApplicationCommandPermissionsUpdateEvent: Equatable, Sendable {
  package var permissions: GuildCommandPermissions
  package var guildID: GuildID
}

private enum ApplicationCommandPermissionsUpdateEventField: Int, JSONFieldName {
  case guildID
  static let keys = JSONKeys<ApplicationCommandPermissionsUpdateEventField>(
    "guild_id")
}

extension ApplicationCommandPermissionsUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ApplicationCommandPermissionsUpdateEventField.keys)
    permissions = try GuildCommandPermissions(from: json)
    guildID = try fields.value(.guildID)
  }
}
