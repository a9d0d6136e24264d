// The audit log of a guild.

package import DiscordCore
package import JSON

/// One thing that was done (https://discord.com/developers/docs/resources/audit-log#audit-log-entry-object).
package struct AuditLogEntry: Equatable, Sendable {
  package var id: AuditLogEntryID
  package var action: AuditLogAction
  /// Who did it; nil where nobody is named.
  package var userID: UserID?
  /// What it was done to: an id, of which kind the action says.
  package var target: UInt64?
  package var changes: [AuditLogChange]
  package var options: AuditLogOptions?
  package var reason: String?

  /// The target as an id of the kind that the action says.
  package func targetID<Kind>(of kind: Kind.Type = Kind.self) -> Snowflake<Kind>? {
    target.map { Snowflake<Kind>($0) }
  }

  /// The change of the field with that name on the wire.
  package subscript(_ key: String) -> AuditLogChange? { changes.first { $0.key == key } }
}

private enum AuditLogEntryField: Int, JSONFieldName {
  case id, action, userID, target, changes, options, reason
  static let keys = JSONKeys<AuditLogEntryField>(
    "id", "action_type", "user_id", "target_id", "changes", "options", "reason")
}

extension AuditLogEntry: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AuditLogEntryField.keys)
    id = try fields.value(.id)
    action = try fields.value(.action)
    userID = fields.optional(.userID)
    target = fields[.target]?.snowflake
    changes = fields.list(.changes)
    options = fields.optional(.options)
    reason = fields.optional(.reason)
  }
}

/// A field that changed; roles given and taken are the keys `$add` and `$remove`.
package struct AuditLogChange: Equatable, Sendable {
  package var key: String
  package var old: JSONValue?
  package var new: JSONValue?
}

private enum AuditLogChangeField: Int, JSONFieldName {
  case key, old, new
  static let keys = JSONKeys<AuditLogChangeField>(
    "key", "old_value", "new_value")
}

extension AuditLogChange: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AuditLogChangeField.keys)
    key = fields.value(.key, default: "")
    old = fields.optional(.old)
    new = fields.optional(.new)
  }
}

/// What an action needs to be understood (https://discord.com/developers/docs/resources/audit-log#audit-log-entry-object-optional-audit-entry-info).
///
/// On the wire all of it is text.
package struct AuditLogOptions: Equatable, Sendable {
  package var applicationID: ApplicationID?
  package var autoModerationRuleName: String?
  package var autoModerationRuleTriggerType: AutoModerationTriggerType?
  package var channelID: ChannelID?
  /// How many messages were deleted, members moved or disconnected.
  package var count: Int?
  /// Of a prune: days without activity, and how many were removed.
  package var deleteMemberDays: Int?
  package var membersRemoved: Int?
  /// Of an overwrite: whom it is about; 0 in `type` is a role, 1 a member.
  package var id: UInt64?
  package var type: Int?
  package var roleName: String?
  package var messageID: MessageID?
  package var integrationType: String?
  /// The status of a voice channel.
  package var status: String?
  package var unknownFields = UnknownFields()
}

private enum AuditLogOptionsField: Int, JSONFieldName {
  case applicationID, autoModerationRuleName, autoModerationRuleTriggerType, channelID, count,
    deleteMemberDays, membersRemoved, id, type, roleName, messageID, integrationType, status
  static let keys = JSONKeys<AuditLogOptionsField>(
    "application_id", "auto_moderation_rule_name", "auto_moderation_rule_trigger_type", "channel_id",
    "count", "delete_member_days", "members_removed", "id", "type", "role_name", "message_id",
    "integration_type", "status")
}

extension AuditLogOptions: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AuditLogOptionsField.keys)
    applicationID = fields.optional(.applicationID)
    autoModerationRuleName = fields.optional(.autoModerationRuleName)
    autoModerationRuleTriggerType = fields[.autoModerationRuleTriggerType]?.numberInText.map {
      AutoModerationTriggerType(rawValue: $0)
    }
    channelID = fields.optional(.channelID)
    count = fields[.count]?.numberInText
    deleteMemberDays = fields[.deleteMemberDays]?.numberInText
    membersRemoved = fields[.membersRemoved]?.numberInText
    id = fields[.id]?.snowflake
    type = fields[.type]?.numberInText
    roleName = fields.optional(.roleName)
    messageID = fields.optional(.messageID)
    integrationType = fields.optional(.integrationType)
    status = fields.optional(.status)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension JSONView {
  /// A whole number, or the digits of one.
  fileprivate var numberInText: Int? { int ?? string.flatMap { Int($0) } }
}

/// A page of the audit log with what its entries name.
package struct AuditLog: Equatable, Sendable {
  package var entries: [AuditLogEntry]
  package var users: [User]
  package var webhooks: [Webhook]
  package var integrations: [Integration]
  package var threads: [Channel]
  package var scheduledEvents: [GuildScheduledEvent]
  package var autoModerationRules: [AutoModerationRule]
  package var commands: [ApplicationCommand]
}

private enum AuditLogField: Int, JSONFieldName {
  case entries, users, webhooks, integrations, threads, scheduledEvents, autoModerationRules, commands
  static let keys = JSONKeys<AuditLogField>(
    "audit_log_entries", "users", "webhooks", "integrations", "threads", "guild_scheduled_events",
    "auto_moderation_rules", "application_commands")
}

extension AuditLog: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AuditLogField.keys)
    entries = fields.list(.entries)
    users = fields.list(.users)
    webhooks = fields.list(.webhooks)
    integrations = fields.list(.integrations)
    threads = fields.list(.threads)
    scheduledEvents = fields.list(.scheduledEvents)
    autoModerationRules = fields.list(.autoModerationRules)
    commands = fields.list(.commands)
  }
}
