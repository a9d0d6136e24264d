// Limits that no header tells of: documented by issues of Discord's own tracker, or by a sentence of its documentation.

/// A limit beyond the buckets. Discord answers 429 with a long wait when it is passed; we wait, or say so, instead.
package struct HiddenLimit: Hashable, Sendable {
  private enum Name: Hashable, Sendable { case channelRename, crosspost, roleCreate, emoji, oldMessageEdit }

  private let name: Name

  /// A channel's name or topic: twice in ten minutes for each channel (discord/discord-api-docs issue 1900).
  package static let channelRename = HiddenLimit(name: .channelRename)
  /// Publishing messages: ten in an hour for each channel (issue 4956).
  package static let crosspost = HiddenLimit(name: .crosspost)
  /// Making roles: 250 in 48 hours for each guild (issues 1480 and 5044).
  package static let roleCreate = HiddenLimit(name: .roleCreate)
  /// Emoji of a guild: counted by guild, not by bot, and the headers do not tell the truth; so one at a time
  /// (https://discord.com/developers/docs/resources/emoji).
  package static let emoji = HiddenLimit(name: .emoji)
  /// Edits of messages older than an hour are counted apart (code 30046); so one at a time, and their refusals do not
  /// hold up other edits.
  package static let oldMessageEdit = HiddenLimit(name: .oldMessageEdit)

  /// So many in so long for each resource.
  package struct Quota: Hashable, Sendable {
    package let count: Int
    package let window: Duration
  }

  /// Nil where calls just go one at a time.
  package var quota: Quota? {
    switch name {
    case .channelRename: Quota(count: 2, window: .seconds(600))
    case .crosspost: Quota(count: 10, window: .seconds(3_600))
    case .roleCreate: Quota(count: 250, window: .seconds(48 * 3_600))
    case .emoji, .oldMessageEdit: nil
    }
  }

  /// Whether what the headers say of the bucket is to be ignored.
  package var hasLyingHeaders: Bool { name == .emoji }
}

extension HiddenLimit {
  /// The limit that every call of this route has; nil for most.
  package init?(route: RouteKey, major: MajorParameter) {
    if route.hasPrefix("/channels/{channel.id}/messages/{message.id}/crosspost") {
      self = .crosspost
    } else if route.hasPrefix("/guilds/{guild.id}/emojis") {
      self = .emoji
    } else if route == RouteKey(method: "POST", template: "/guilds/{guild.id}/roles") {
      self = .roleCreate
    } else {
      return nil
    }
  }
}
