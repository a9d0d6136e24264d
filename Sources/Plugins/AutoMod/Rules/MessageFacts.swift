// A message as AutoMod's rules see it: what was written, by whom, where. No wire, no cache.

package import DiscordCore
package import EventLoop

/// What the rules need to know of a message.
package struct MessageFacts: Sendable {
  /// A file that came along.
  package struct File: Hashable, Sendable {
    package var name: String
    /// As Discord has it (`image/png`); nil when it says nothing.
    package var contentType: String?
    /// Bytes.
    package var size: Int

    package init(name: String, contentType: String? = nil, size: Int = 0) {
      (self.name, self.contentType, self.size) = (name, contentType, size)
    }
  }

  /// Of a webhook's message, the author is the webhook.
  package var id: MessageID
  package var author: UserID
  /// The roles of the author; a guild's `@everyone` need not stand here.
  package var roles: [RoleID] = []
  /// Whether the author may manage messages here, and so is a moderator.
  package var isByModerator = false
  package var channel: ChannelID
  /// What the channel lies in: a thread's channel, then the category.
  package var parents: [ChannelID] = []
  package var content: String
  /// Different users and roles that the message mentions, as Discord counts them.
  package var mentionedUsers = 0
  package var mentionedRoles = 0
  /// Whether `@everyone` or `@here` is in force (Discord's `mention_everyone`): the author may use it, so it is no match.
  package var mentionsEveryone = false
  package var files: [File] = []
  package var stickers = 0
  package var isReply = false
  /// Whether it was looked at before, with another text.
  package var isEdit = false
  /// When it was sent.
  package var sentAt: Timestamp
  /// When the author joined; nil when that is not known, which counts as long ago.
  package var joinedAt: Timestamp?

  /// A message with nothing but text.
  package init(id: MessageID, author: UserID, channel: ChannelID, content: String, sentAt: Timestamp) {
    (self.id, self.author, self.channel, self.content, self.sentAt) = (id, author, channel, content, sentAt)
  }
}

/// What the rules need to know of the server besides its settings.
package struct GuildFacts: Sendable {
  /// Codes of invites to this server, its vanity code among them: they are allowed where own invites are.
  package var ownInvites: Set<String> = []

  package init(ownInvites: Set<String> = []) { self.ownInvites = ownInvites }
}
