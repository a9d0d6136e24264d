// A message and its parts.

package import DiscordCore
package import EventLoop
package import JSON

/// A message.
package struct Message: Sendable {
  /// Who is shown as its author.
  package enum Author: Sendable, Hashable {
    case user(UserID)
    /// A webhook under the name and avatar of this message.
    case webhook(WebhookID, name: String, avatar: String?, application: ApplicationID?)
  }

  /// As Discord documents them (https://discord.com/developers/docs/resources/message#message-object).
  package var id: MessageID
  package var channel: ChannelID
  package var author: Author
  package var type = 0
  package var content = ""
  package var editedAt: Timestamp?
  package var tts = false
  package var mentionsEveryone = false
  package var mentions: [UserID] = []
  package var mentionedRoles: [RoleID] = []
  package var attachments: [Attachment] = []
  /// As they are sent out again.
  package var embeds: [JSONValue] = []
  package var components: [JSONValue] = []
  package var reactions: [Reaction] = []
  package var isPinned = false
  package var flags = 0
  package var reference: Reference?
  /// Of a forward.
  package var snapshots: [JSONValue] = []
  package var poll: Poll?
  package var stickers: [StickerID] = []
  /// The thread that was started from it.
  package var thread: ChannelID?
  package var applicationID: ApplicationID?
  /// Of an answer to an interaction, in Discord's shape.
  package var interactionMetadata: JSONValue?
  /// `interaction`, the older form of the same.
  package var interaction: JSONValue?
  package var nonce: JSONValue?
  /// In a thread: how many came before.
  package var position: Int?
  /// Only this user sees it (ephemeral); nil for all.
  package var visibleTo: UserID?

  package init(id: MessageID, channel: ChannelID, author: Author) {
    (self.id, self.channel, self.author) = (id, channel, author)
  }

  /// The user who wrote it; nil for a webhook.
  package var authorID: UserID? { if case .user(let id) = author { id } else { nil } }

  /// Flags (https://discord.com/developers/docs/resources/message#message-object-message-flags).
  package enum Flag {
    package static let crossposted = 1 << 0
    package static let isCrosspost = 1 << 1
    package static let suppressEmbeds = 1 << 2
    package static let hasThread = 1 << 5
    package static let ephemeral = 1 << 6
    package static let loading = 1 << 7
    package static let suppressNotifications = 1 << 12
    package static let hasSnapshot = 1 << 14
    package static let componentsV2 = 1 << 15
  }
}

/// What a message answers, or forwards.
package struct Reference: Sendable {
  /// 0 an answer, 1 a forward.
  package var type = 0
  package var message: MessageID?
  package var channel: ChannelID
  package var guild: GuildID?

  package init(type: Int = 0, message: MessageID? = nil, channel: ChannelID, guild: GuildID? = nil) {
    (self.type, self.message, self.channel, self.guild) = (type, message, channel, guild)
  }
}

/// A file of a message; its bytes are in the world until the message goes.
package struct Attachment: Sendable {
  package var id: AttachmentID
  package var fileName: String
  package var title: String?
  package var description: String?
  package var contentType: String
  package var bytes: [UInt8]
  package var width: Int?
  package var height: Int?
  package var flags = 0
  package var isEphemeral = false
}

/// The emoji of a reaction.
package enum ReactionEmoji: Hashable, Sendable {
  case unicode(String)
  case custom(EmojiID, name: String?, animated: Bool)

  /// Whether both mean the same emoji; the name of a custom one does not matter.
  func isSame(as other: ReactionEmoji) -> Bool {
    switch (self, other) {
    case (.unicode(let left), .unicode(let right)): left == right
    case (.custom(let left, _, _), .custom(let right, _, _)): left == right
    default: false
    }
  }
}

/// One emoji under a message, and who put it there, in order.
package struct Reaction: Sendable {
  package var emoji: ReactionEmoji
  package var users: [UserID] = []
}

/// A poll.
package struct Poll: Sendable {
  package var question: String
  /// `poll_media` of each answer, in Discord's shape; answer ids count from 1.
  package var answers: [JSONValue]
  package var expiresAt: Timestamp
  package var allowsMultiselect = false
  package var isFinalized = false
  /// Voters of each answer, in order of voting.
  package var votes: [Int: [UserID]] = [:]
}
