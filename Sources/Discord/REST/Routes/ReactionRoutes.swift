// Reactions and polls: what people do with messages.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Empty {
  /// Reacts as the bot. An emoji nobody has used on the message yet needs the permission.
  package static func addReaction(
    _ emoji: EmojiReference, to message: MessageID, in channel: ChannelID
  ) -> Endpoint {
    Endpoint(
      .put, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji.id}/@me", channel, message,
      emoji.pathSegment
    ).needing([.readMessageHistory, .addReactions])
  }

  /// Takes back the bot's own reaction.
  package static func deleteOwnReaction(
    _ emoji: EmojiReference, from message: MessageID, in channel: ChannelID
  ) -> Endpoint {
    Endpoint(
      .delete, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji.id}/@me", channel, message,
      emoji.pathSegment)
  }

  /// Takes away one person's reaction.
  package static func deleteReaction(
    _ emoji: EmojiReference, of user: UserID, from message: MessageID, in channel: ChannelID
  ) -> Endpoint {
    Endpoint(
      .delete, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji.id}/{user.id}", channel,
      message,
      emoji.pathSegment, user
    ).needing(.manageMessages).at(.moderation)
  }

  /// Takes away everybody's reactions.
  package static func deleteAllReactions(from message: MessageID, in channel: ChannelID) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/messages/{message.id}/reactions", channel, message)
      .needing(.manageMessages).at(.moderation)
  }

  /// Takes away everybody's reactions with one emoji.
  package static func deleteAllReactions(
    with emoji: EmojiReference, from message: MessageID, in channel: ChannelID
  ) -> Endpoint {
    Endpoint(
      .delete, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji.id}", channel, message,
      emoji.pathSegment
    ).needing(.manageMessages).at(.moderation)
  }
}

extension Endpoint where Response == [User] {
  /// Who reacted with an emoji; 25 unless said, at most 100. Burst reactions are counted apart.
  package static func getReactions(
    with emoji: EmojiReference, on message: MessageID, in channel: ChannelID, isBurst: Bool = false,
    after: UserID? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(
      .get, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji.id}", channel, message,
      emoji.pathSegment
    ).query("type", isBurst ? 1 : nil).query("after", after).query("limit", limit)
      .needing([.viewChannel, .readMessageHistory])
  }
}

// MARK: Polls

extension Endpoint where Response == PollVoters {
  /// Who voted for an answer; 25 unless said, at most 100.
  package static func getPollVoters(
    of answer: Int, on message: MessageID, in channel: ChannelID, after: UserID? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(
      .get, "/channels/{channel.id}/polls/{message.id}/answers/{answer_id}", channel, message, String(answer)
    ).query("after", after).query("limit", limit).needing([.viewChannel, .readMessageHistory])
  }
}

extension Endpoint where Response == Message {
  /// Closes a poll of the bot's own at once.
  package static func endPoll(on message: MessageID, in channel: ChannelID) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/polls/{message.id}/expire", channel, message).repeatable()
  }
}

/// Who voted for an answer.
package struct PollVoters: WireDecodable {
  package var users: [User]

  package init(from json: JSONView) throws(JSONError) { users = json.list("users") }
}
