// Events about messages, reactions and votes.

package import DiscordCore
package import JSON

/// MESSAGE_UPDATE: an edit, or Discord filled in the embeds of a link.
///
/// Discord sends the whole message; where it does not, `message` is nil.
package struct MessageUpdateEvent: Equatable, Sendable {
  package var id: MessageID
  package var channelID: ChannelID
  package var guildID: GuildID?
  package var message: Message?
}

extension MessageUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    if let message = json.decoded(as: Message.self) {
      (id, channelID, guildID) = (message.id, message.channelID, message.guildID)
      self.message = message
    } else {
      id = try MessageID(from: try json.require("id"))
      channelID = try ChannelID(from: try json.require("channel_id"))
      guildID = json.object("guild_id")
    }
  }
}

/// MESSAGE_DELETE.
package struct MessageDeleteEvent: Equatable, Sendable {
  package var id: MessageID
  package var channelID: ChannelID
  package var guildID: GuildID?
}

private enum MessageDeleteEventField: Int, JSONFieldName {
  case id, channelID, guildID
  static let keys = JSONKeys<MessageDeleteEventField>(
    "id", "channel_id", "guild_id")
}

extension MessageDeleteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageDeleteEventField.keys)
    id = try fields.value(.id)
    channelID = try fields.value(.channelID)
    guildID = fields.optional(.guildID)
  }
}

/// MESSAGE_DELETE_BULK.
package struct MessageDeleteBulkEvent: Equatable, Sendable {
  package var ids: [MessageID]
  package var channelID: ChannelID
  package var guildID: GuildID?
}

private enum MessageDeleteBulkEventField: Int, JSONFieldName {
  case ids, channelID, guildID
  static let keys = JSONKeys<MessageDeleteBulkEventField>(
    "ids", "channel_id", "guild_id")
}

extension MessageDeleteBulkEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageDeleteBulkEventField.keys)
    ids = fields.list(.ids)
    channelID = try fields.value(.channelID)
    guildID = fields.optional(.guildID)
  }
}

/// A reaction, or one of those that Nitro pays for.
package struct ReactionType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let normal = ReactionType(rawValue: 0)
  package static let burst = ReactionType(rawValue: 1)
}

/// MESSAGE_REACTION_ADD.
package struct MessageReactionAddEvent: Equatable, Sendable {
  package var userID: UserID
  package var channelID: ChannelID
  package var messageID: MessageID
  package var guildID: GuildID?
  package var member: GuildMember?
  package var emoji: EmojiReference
  /// Nil where Discord does not say.
  package var messageAuthorID: UserID?
  package var isBurst: Bool
  /// As `#rrggbb`.
  package var burstColors: [String]
  package var type: ReactionType
}

private enum MessageReactionAddEventField: Int, JSONFieldName {
  case userID, channelID, messageID, guildID, member, emoji, messageAuthorID, isBurst, burstColors, type
  static let keys = JSONKeys<MessageReactionAddEventField>(
    "user_id", "channel_id", "message_id", "guild_id", "member", "emoji", "message_author_id", "burst",
    "burst_colors", "type")
}

extension MessageReactionAddEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageReactionAddEventField.keys)
    userID = try fields.value(.userID)
    channelID = try fields.value(.channelID)
    messageID = try fields.value(.messageID)
    guildID = fields.optional(.guildID)
    member = fields.optional(.member)
    emoji = try fields.value(.emoji)
    messageAuthorID = fields.optional(.messageAuthorID)
    isBurst = fields.value(.isBurst, default: false)
    burstColors = fields.list(.burstColors)
    type = fields.value(.type, default: .normal)
  }
}

/// MESSAGE_REACTION_REMOVE.
package struct MessageReactionRemoveEvent: Equatable, Sendable {
  package var userID: UserID
  package var channelID: ChannelID
  package var messageID: MessageID
  package var guildID: GuildID?
  package var emoji: EmojiReference
  package var isBurst: Bool
  package var type: ReactionType
}

private enum MessageReactionRemoveEventField: Int, JSONFieldName {
  case userID, channelID, messageID, guildID, emoji, isBurst, type
  static let keys = JSONKeys<MessageReactionRemoveEventField>(
    "user_id", "channel_id", "message_id", "guild_id", "emoji", "burst", "type")
}

extension MessageReactionRemoveEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageReactionRemoveEventField.keys)
    userID = try fields.value(.userID)
    channelID = try fields.value(.channelID)
    messageID = try fields.value(.messageID)
    guildID = fields.optional(.guildID)
    emoji = try fields.value(.emoji)
    isBurst = fields.value(.isBurst, default: false)
    type = fields.value(.type, default: .normal)
  }
}

/// MESSAGE_REACTION_REMOVE_ALL.
package struct MessageReactionRemoveAllEvent: Equatable, Sendable {
  package var channelID: ChannelID
  package var messageID: MessageID
  package var guildID: GuildID?
}

private enum MessageReactionRemoveAllEventField: Int, JSONFieldName {
  case channelID, messageID, guildID
  static let keys = JSONKeys<MessageReactionRemoveAllEventField>(
    "channel_id", "message_id", "guild_id")
}

extension MessageReactionRemoveAllEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageReactionRemoveAllEventField.keys)
    channelID = try fields.value(.channelID)
    messageID = try fields.value(.messageID)
    guildID = fields.optional(.guildID)
  }
}

/// MESSAGE_REACTION_REMOVE_EMOJI: all reactions with one emoji.
package struct MessageReactionRemoveEmojiEvent: Equatable, Sendable {
  package var channelID: ChannelID
  package var messageID: MessageID
  package var guildID: GuildID?
  package var emoji: EmojiReference
}

private enum MessageReactionRemoveEmojiEventField: Int, JSONFieldName {
  case channelID, messageID, guildID, emoji
  static let keys = JSONKeys<MessageReactionRemoveEmojiEventField>(
    "channel_id", "message_id", "guild_id", "emoji")
}

extension MessageReactionRemoveEmojiEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageReactionRemoveEmojiEventField.keys)
    channelID = try fields.value(.channelID)
    messageID = try fields.value(.messageID)
    guildID = fields.optional(.guildID)
    emoji = try fields.value(.emoji)
  }
}

/// MESSAGE_POLL_VOTE_ADD and MESSAGE_POLL_VOTE_REMOVE.
package struct MessagePollVoteEvent: Equatable, Sendable {
  package var userID: UserID
  package var channelID: ChannelID
  package var messageID: MessageID
  package var guildID: GuildID?
  package var answerID: Int
}

private enum MessagePollVoteEventField: Int, JSONFieldName {
  case userID, channelID, messageID, guildID, answerID
  static let keys = JSONKeys<MessagePollVoteEventField>(
    "user_id", "channel_id", "message_id", "guild_id", "answer_id")
}

extension MessagePollVoteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessagePollVoteEventField.keys)
    userID = try fields.value(.userID)
    channelID = try fields.value(.channelID)
    messageID = try fields.value(.messageID)
    guildID = fields.optional(.guildID)
    answerID = try fields.value(.answerID)
  }
}
