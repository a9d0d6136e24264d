// Rules of AutoMod: what they look for and what they do.

package import DiscordCore
package import JSON

/// When a rule looks.
package struct AutoModerationEventType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let messageSend = AutoModerationEventType(rawValue: 1)
  /// At somebody's name, when they join or change it.
  package static let memberUpdate = AutoModerationEventType(rawValue: 2)
}

/// What a rule looks for (https://discord.com/developers/docs/resources/auto-moderation#auto-moderation-rule-object-trigger-types).
///
/// Of a guild's rules at most six are keyword rules; of the others one of each.
package struct AutoModerationTriggerType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let keyword = AutoModerationTriggerType(rawValue: 1)
  package static let spam = AutoModerationTriggerType(rawValue: 3)
  package static let keywordPreset = AutoModerationTriggerType(rawValue: 4)
  package static let mentionSpam = AutoModerationTriggerType(rawValue: 5)
  package static let memberProfile = AutoModerationTriggerType(rawValue: 6)
}

/// Lists of words that Discord keeps.
package struct AutoModerationKeywordPreset: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let profanity = AutoModerationKeywordPreset(rawValue: 1)
  package static let sexualContent = AutoModerationKeywordPreset(rawValue: 2)
  package static let slurs = AutoModerationKeywordPreset(rawValue: 3)
}

/// What a rule does.
package struct AutoModerationActionType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let blockMessage = AutoModerationActionType(rawValue: 1)
  package static let sendAlertMessage = AutoModerationActionType(rawValue: 2)
  /// Keyword and mention rules only.
  package static let timeout = AutoModerationActionType(rawValue: 3)
  /// Keeps the member from acting until the name is changed.
  package static let blockMemberInteraction = AutoModerationActionType(rawValue: 4)
}

/// What exactly a rule looks for; which fields count depends on the trigger
/// (https://discord.com/developers/docs/resources/auto-moderation#auto-moderation-rule-object-trigger-metadata).
package struct AutoModerationTriggerMetadata: Equatable, Sendable {
  /// At most 1,000 of at most 60 characters; `*` at either end.
  package var keywordFilter: [String]
  /// At most 10 of at most 260 characters, in the dialect of Rust.
  package var regexPatterns: [String]
  package var presets: [AutoModerationKeywordPreset]
  /// At most 100, with presets 1,000, of at most 60 characters.
  package var allowList: [String]
  /// At most 50, people and roles together.
  package var mentionTotalLimit: Int?
  package var isMentionRaidProtectionEnabled: Bool?
  package var unknownFields = UnknownFields()

  package init(
    keywordFilter: [String] = [], regexPatterns: [String] = [],
    presets: [AutoModerationKeywordPreset] = [], allowList: [String] = [], mentionTotalLimit: Int? = nil,
    isMentionRaidProtectionEnabled: Bool? = nil
  ) {
    (self.keywordFilter, self.regexPatterns, self.presets) = (keywordFilter, regexPatterns, presets)
    (self.allowList, self.mentionTotalLimit, self.isMentionRaidProtectionEnabled) = (
      allowList, mentionTotalLimit, isMentionRaidProtectionEnabled
    )
  }
}

private enum AutoModerationTriggerMetadataField: Int, JSONFieldName {
  case keywordFilter, regexPatterns, presets, allowList, mentionTotalLimit, isMentionRaidProtectionEnabled
  static let keys = JSONKeys<AutoModerationTriggerMetadataField>(
    "keyword_filter", "regex_patterns", "presets", "allow_list", "mention_total_limit",
    "mention_raid_protection_enabled")
}

extension AutoModerationTriggerMetadata: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AutoModerationTriggerMetadataField.keys)
    keywordFilter = fields.list(.keywordFilter)
    regexPatterns = fields.list(.regexPatterns)
    presets = fields.list(.presets)
    allowList = fields.list(.allowList)
    mentionTotalLimit = fields.optional(.mentionTotalLimit)
    isMentionRaidProtectionEnabled = fields.optional(.isMentionRaidProtectionEnabled)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension AutoModerationTriggerMetadata: WireEncodable {
  /// Without the lists that are empty: a trigger refuses fields that are another's.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      if !keywordFilter.isEmpty { json.elements("keyword_filter", keywordFilter) }
      if !regexPatterns.isEmpty { json.elements("regex_patterns", regexPatterns) }
      if !presets.isEmpty { json.elements("presets", presets) }
      if !allowList.isEmpty { json.elements("allow_list", allowList) }
      json.optional("mention_total_limit", mentionTotalLimit)
      json.optional("mention_raid_protection_enabled", isMentionRaidProtectionEnabled)
      unknownFields.write(to: &json)
    }
  }
}

/// Something a rule does (https://discord.com/developers/docs/resources/auto-moderation#auto-moderation-action-object).
package struct AutoModerationAction: Equatable, Sendable {
  package var type: AutoModerationActionType
  /// Where an alert goes.
  package var channelID: ChannelID?
  /// Seconds of a timeout, at most 2,419,200 (four weeks).
  package var duration: Int?
  /// What the author of a blocked message is told; at most 150 characters.
  package var customMessage: String?
  /// Of the action's metadata.
  package var unknownFields = UnknownFields()

  package init(_ type: AutoModerationActionType) { self.type = type }

  /// The message is not sent.
  package static func blockMessage(telling message: String? = nil) -> AutoModerationAction {
    var action = AutoModerationAction(.blockMessage)
    action.customMessage = message
    return action
  }

  /// A copy goes to a channel of the moderators.
  package static func sendAlertMessage(to channel: ChannelID) -> AutoModerationAction {
    var action = AutoModerationAction(.sendAlertMessage)
    action.channelID = channel
    return action
  }

  /// `seconds`: at most 2,419,200.
  package static func timeout(seconds: Int) -> AutoModerationAction {
    var action = AutoModerationAction(.timeout)
    action.duration = seconds
    return action
  }
}

private enum ActionMetadataField: Int, JSONFieldName {
  case channelID, duration, customMessage
  static let keys = JSONKeys<ActionMetadataField>("channel_id", "duration_seconds", "custom_message")
}

extension AutoModerationAction: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    self.init(try AutoModerationActionType(from: try json.require("type")))
    guard let metadata = json["metadata"], metadata.object != nil else { return }
    let fields = try metadata.fields(ActionMetadataField.keys)
    channelID = fields.optional(.channelID)
    duration = fields.optional(.duration)
    customMessage = fields.optional(.customMessage)
    unknownFields = UnknownFields(of: metadata, besides: fields)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("type", type)
      json.object("metadata") { json in
        json.optional("channel_id", channelID)
        json.optional("duration_seconds", duration)
        json.optional("custom_message", customMessage)
        unknownFields.write(to: &json)
      }
    }
  }
}

/// A rule (https://discord.com/developers/docs/resources/auto-moderation#auto-moderation-rule-object).
package struct AutoModerationRule: Equatable, Sendable {
  package var id: AutoModerationRuleID
  package var guildID: GuildID
  package var name: String
  package var creatorID: UserID?
  package var eventType: AutoModerationEventType
  package var triggerType: AutoModerationTriggerType
  package var triggerMetadata: AutoModerationTriggerMetadata
  package var actions: [AutoModerationAction]
  package var isEnabled: Bool
  /// At most 20.
  package var exemptRoles: [RoleID]
  /// At most 50.
  package var exemptChannels: [ChannelID]
  package var unknownFields = UnknownFields()
}

private enum AutoModerationRuleField: Int, JSONFieldName {
  case id, guildID, name, creatorID, eventType, triggerType, triggerMetadata, actions, isEnabled,
    exemptRoles, exemptChannels
  static let keys = JSONKeys<AutoModerationRuleField>(
    "id", "guild_id", "name", "creator_id", "event_type", "trigger_type", "trigger_metadata", "actions",
    "enabled", "exempt_roles", "exempt_channels")
}

extension AutoModerationRule: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AutoModerationRuleField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    name = fields.value(.name, default: "")
    creatorID = fields.optional(.creatorID)
    eventType = fields.value(.eventType, default: .messageSend)
    triggerType = try fields.value(.triggerType)
    triggerMetadata = fields.value(.triggerMetadata, default: AutoModerationTriggerMetadata())
    actions = fields.list(.actions)
    isEnabled = fields.value(.isEnabled, default: false)
    exemptRoles = fields.list(.exemptRoles)
    exemptChannels = fields.list(.exemptChannels)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension AutoModerationRule: WireEncodable {
  /// As the body of a new rule or a change: without what Discord sets, id, guild and creator.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("name", name)
      json.field("event_type", eventType)
      json.field("trigger_type", triggerType)
      json.field("trigger_metadata", triggerMetadata)
      json.elements("actions", actions)
      json.field("enabled", isEnabled)
      json.elements("exempt_roles", exemptRoles)
      json.elements("exempt_channels", exemptChannels)
      unknownFields.write(to: &json)
    }
  }
}
