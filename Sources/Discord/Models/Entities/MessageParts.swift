// What messages are made of besides text, files, embeds and components.

package import DiscordCore
package import EventLoop
package import JSON

/// Whether a message answers another or carries it.
package struct MessageReferenceType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let `default` = MessageReferenceType(rawValue: 0)
  package static let forward = MessageReferenceType(rawValue: 1)
}

/// Which message another belongs to (https://discord.com/developers/docs/resources/message#message-reference-structure).
package struct MessageReference: Hashable, Sendable {
  package var type: MessageReferenceType
  package var messageID: MessageID?
  package var channelID: ChannelID?
  package var guildID: GuildID?
}

private enum MessageReferenceField: Int, JSONFieldName {
  case type, messageID, channelID, guildID
  static let keys = JSONKeys<MessageReferenceField>(
    "type", "message_id", "channel_id", "guild_id")
}

extension MessageReference: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageReferenceField.keys)
    type = fields.value(.type, default: .default)
    messageID = fields.optional(.messageID)
    channelID = fields.optional(.channelID)
    guildID = fields.optional(.guildID)
  }
}

/// How many reacted with one emoji (https://discord.com/developers/docs/resources/message#reaction-object).
package struct Reaction: Equatable, Sendable {
  /// Both kinds together.
  package var count: Int
  package var normalCount: Int
  package var burstCount: Int
  package var meReacted: Bool
  package var meReactedBurst: Bool
  package var emoji: EmojiReference
  /// As `#rrggbb`.
  package var burstColors: [String]
}

private enum ReactionField: Int, JSONFieldName {
  case count, countDetails, meReacted, meReactedBurst, emoji, burstColors
  static let keys = JSONKeys<ReactionField>(
    "count", "count_details", "me", "me_burst", "emoji", "burst_colors")
}

extension Reaction: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ReactionField.keys)
    count = fields.value(.count, default: 0)
    normalCount = fields[.countDetails]?["normal"]?.int ?? 0
    burstCount = fields[.countDetails]?["burst"]?.int ?? 0
    meReacted = fields.value(.meReacted, default: false)
    meReactedBurst = fields.value(.meReactedBurst, default: false)
    emoji = try fields.value(.emoji)
    burstColors = fields.list(.burstColors)
  }
}

/// Somebody who is mentioned in a message.
package struct MessageMention: Equatable, Sendable {
  package var user: User
  /// In events of guilds only.
  package var member: GuildMember?
}

extension MessageMention: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    user = try User(from: json)
    member = json.object("member")
  }
}

/// A channel that is mentioned in a message that was cross-posted.
package struct ChannelMention: Equatable, Sendable {
  package var id: ChannelID
  package var guildID: GuildID?
  package var type: ChannelType
  package var name: String
}

private enum ChannelMentionField: Int, JSONFieldName {
  case id, guildID, type, name
  static let keys = JSONKeys<ChannelMentionField>(
    "id", "guild_id", "type", "name")
}

extension ChannelMention: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ChannelMentionField.keys)
    id = try fields.value(.id)
    guildID = fields.optional(.guildID)
    type = fields.value(.type, default: .guildText)
    name = fields.value(.name, default: "")
  }
}

/// A forwarded message as it was: without author and id
/// (https://discord.com/developers/docs/resources/message#message-snapshot-object).
package struct MessageSnapshot: Equatable, Sendable {
  package var type: MessageType
  package var content: String
  package var embeds: [Embed]
  package var attachments: [Attachment]
  package var timestamp: Timestamp?
  package var editedTimestamp: Timestamp?
  package var flags: MessageFlags
  package var mentions: [User]
  package var mentionRoles: [RoleID]
  package var stickerItems: [StickerItem]
  package var components: [Component]
}

private enum MessageSnapshotField: Int, JSONFieldName {
  case type, content, embeds, attachments, timestamp, editedTimestamp, flags, mentions, mentionRoles,
    stickerItems, components
  static let keys = JSONKeys<MessageSnapshotField>(
    "type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions",
    "mention_roles", "sticker_items", "components")
}

extension MessageSnapshot: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageSnapshotField.keys)
    type = fields.value(.type, default: .default)
    content = fields.value(.content, default: "")
    embeds = fields.list(.embeds)
    attachments = fields.list(.attachments)
    timestamp = fields.optional(.timestamp)
    editedTimestamp = fields.optional(.editedTimestamp)
    flags = fields.value(.flags, default: [])
    mentions = fields.list(.mentions)
    mentionRoles = fields.list(.mentionRoles)
    stickerItems = fields.list(.stickerItems)
    components = fields.list(.components)
  }
}

/// A call in a group.
package struct MessageCall: Equatable, Sendable {
  package var participants: [UserID]
  /// Nil while it goes on.
  package var endedTimestamp: Timestamp?
}

private enum MessageCallField: Int, JSONFieldName {
  case participants, endedTimestamp
  static let keys = JSONKeys<MessageCallField>(
    "participants", "ended_timestamp")
}

extension MessageCall: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageCallField.keys)
    participants = fields.list(.participants)
    endedTimestamp = fields.optional(.endedTimestamp)
  }
}

/// Of a message that tells of a subscription to a role.
package struct RoleSubscriptionData: Equatable, Sendable {
  package var listingID: Snowflake<Entity.SKU>?
  package var tierName: String
  package var totalMonthsSubscribed: Int
  package var isRenewal: Bool
}

private enum RoleSubscriptionDataField: Int, JSONFieldName {
  case listingID, tierName, totalMonthsSubscribed, isRenewal
  static let keys = JSONKeys<RoleSubscriptionDataField>(
    "role_subscription_listing_id", "tier_name", "total_months_subscribed", "is_renewal")
}

extension RoleSubscriptionData: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RoleSubscriptionDataField.keys)
    listingID = fields.optional(.listingID)
    tierName = fields.value(.tierName, default: "")
    totalMonthsSubscribed = fields.value(.totalMonthsSubscribed, default: 0)
    isRenewal = fields.value(.isRenewal, default: false)
  }
}

/// What a message invites to.
package struct MessageActivityType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let join = MessageActivityType(rawValue: 1)
  package static let spectate = MessageActivityType(rawValue: 2)
  package static let listen = MessageActivityType(rawValue: 3)
  package static let joinRequest = MessageActivityType(rawValue: 5)
}

/// An invitation to an activity.
package struct MessageActivity: Equatable, Sendable {
  package var type: MessageActivityType
  package var partyID: String?
}

private enum MessageActivityField: Int, JSONFieldName {
  case type, partyID
  static let keys = JSONKeys<MessageActivityField>(
    "type", "party_id")
}

extension MessageActivity: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageActivityField.keys)
    type = try fields.value(.type)
    partyID = fields.optional(.partyID)
  }
}

/// The interaction that a message answers
/// (https://discord.com/developers/docs/resources/message#message-interaction-metadata-object).
package struct MessageInteraction: Equatable, Sendable {
  package var id: InteractionID
  package var type: InteractionType
  package var user: User?
  package var owners: IntegrationOwners
  /// Of a follow-up: the first answer.
  package var originalResponseMessageID: MessageID?
  /// Of a command on a user, and on a message.
  package var targetUser: User?
  package var targetMessageID: MessageID?
  /// Of a component: the message it was in.
  package var interactedMessageID: MessageID?
  /// Of a form: what opened it.
  package var triggering: Boxed<MessageInteraction>?
}

private enum MessageInteractionField: Int, JSONFieldName {
  case id, type, user, owners, originalResponseMessageID, targetUser, targetMessageID, interactedMessageID,
    triggering
  static let keys = JSONKeys<MessageInteractionField>(
    "id", "type", "user", "authorizing_integration_owners", "original_response_message_id", "target_user",
    "target_message_id", "interacted_message_id", "triggering_interaction_metadata")
}

extension MessageInteraction: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageInteractionField.keys)
    id = try fields.value(.id)
    type = try fields.value(.type)
    user = fields.optional(.user)
    owners = fields.value(.owners, default: IntegrationOwners())
    originalResponseMessageID = fields.optional(.originalResponseMessageID)
    targetUser = fields.optional(.targetUser)
    targetMessageID = fields.optional(.targetMessageID)
    interactedMessageID = fields.optional(.interactedMessageID)
    triggering = fields.optional(.triggering)
  }
}
