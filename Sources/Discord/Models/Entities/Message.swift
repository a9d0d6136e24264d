// Messages.

package import DiscordCore
package import EventLoop
package import JSON

/// A message (https://discord.com/developers/docs/resources/message#message-object).
///
/// Without the intent MESSAGE_CONTENT text, embeds, attachments, components and poll are empty, except for the bot's own
/// messages, direct messages and mentions of it. What few messages have is in `particulars`.
package struct Message: Equatable, Sendable {
  package var id: MessageID
  package var channelID: ChannelID
  /// Only in gateway events.
  package var guildID: GuildID?
  /// Of a webhook's message: the name and picture it was sent with, not a user.
  package var author: User
  /// Only in gateway events; without its user, which is the author.
  package var member: GuildMember?
  package var content: String
  package var timestamp: Timestamp
  package var editedTimestamp: Timestamp?
  package var isTTS: Bool
  package var mentionsEveryone: Bool
  package var mentions: [MessageMention]
  package var mentionRoles: [RoleID]
  package var attachments: [Attachment]
  package var embeds: [Embed]
  package var components: [Component]
  package var reactions: [Reaction]
  /// What the sender named it by.
  package var nonce: String?
  package var isPinned: Bool
  /// Nil if a user or Discord wrote it.
  package var webhookID: WebhookID?
  package var type: MessageType
  package var flags: MessageFlags
  package var applicationID: ApplicationID?
  package var reference: MessageReference?
  /// Place within a thread, roughly.
  package var position: Int?
  private var boxed: Boxed<MessageParticulars>?

  /// What few messages have; empty for others.
  package var particulars: MessageParticulars {
    get { boxed?.value ?? MessageParticulars() }
    set { boxed = newValue.isEmpty ? nil : Boxed(newValue) }
  }
}

/// What few messages have.
package struct MessageParticulars: Equatable, Sendable {
  package var referencedMessage: Boxed<Message>?
  /// Whether the message that this one answers is known to be gone.
  package var isReferencedMessageDeleted = false
  /// Of a forward.
  package var snapshots: [MessageSnapshot] = []
  package var interaction: MessageInteraction?
  /// The thread that was started from the message.
  package var thread: Channel?
  package var stickers: [StickerItem] = []
  package var poll: Poll?
  package var mentionChannels: [ChannelMention] = []
  package var activity: MessageActivity?
  package var application: PartialApplication?
  package var roleSubscription: RoleSubscriptionData?
  package var call: MessageCall?
  /// What the ids in the menus of its components stand for.
  package var resolved: ResolvedEntities?

  package init() {}

  package var isEmpty: Bool {
    referencedMessage == nil && !isReferencedMessageDeleted && snapshots.isEmpty && interaction == nil
      && thread == nil && stickers.isEmpty && poll == nil && mentionChannels.isEmpty && activity == nil
      && application == nil && roleSubscription == nil && call == nil && resolved == nil
  }
}

extension Message {
  /// The message that this one answers, where Discord sent it along.
  package var referencedMessage: Message? { boxed?.value.referencedMessage?.value }
  /// Of a forward, what it carries.
  package var snapshots: [MessageSnapshot] { boxed?.value.snapshots ?? [] }
  /// The interaction that it answers.
  package var interaction: MessageInteraction? { boxed?.value.interaction }
  /// The thread that was started from it.
  package var thread: Channel? { boxed?.value.thread }
  /// As far as they are needed to draw them.
  package var stickers: [StickerItem] { boxed?.value.stickers ?? [] }
  /// With its counts, where there are any.
  package var poll: Poll? { boxed?.value.poll }
}

/// What most messages have, and what must be known for `hasOthers` to mean something rare.
private enum MessageField: Int, JSONFieldName {
  case id, channelID, guildID, author, member, content, timestamp, editedTimestamp, isTTS, mentionsEveryone
  case mentions, mentionRoles, attachments, embeds, components, reactions, nonce, isPinned, webhookID, type
  case flags, applicationID, reference, position, channelType
  static let keys = JSONKeys<MessageField>(
    "id", "channel_id", "guild_id", "author", "member", "content", "timestamp", "edited_timestamp", "tts",
    "mention_everyone", "mentions", "mention_roles", "attachments", "embeds", "components", "reactions",
    "nonce",
    "pinned", "webhook_id", "type", "flags", "application_id", "message_reference", "position", "channel_type"
  )
}

private enum MessageParticularField: Int, JSONFieldName {
  case referencedMessage, snapshots, interaction, thread, stickers, poll, mentionChannels, activity
  case application, roleSubscription, call, resolved
  static let keys = JSONKeys<MessageParticularField>(
    "referenced_message", "message_snapshots", "interaction_metadata", "thread", "sticker_items", "poll",
    "mention_channels", "activity", "application", "role_subscription_data", "call", "resolved")
}

extension Message: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageField.keys)
    id = try fields.value(.id)
    channelID = try fields.value(.channelID)
    guildID = fields.optional(.guildID)
    author = try fields.value(.author)
    member = fields.optional(.member)
    content = fields.value(.content, default: "")
    timestamp = fields.value(.timestamp, default: id.createdAt)
    editedTimestamp = fields.optional(.editedTimestamp)
    isTTS = fields.value(.isTTS, default: false)
    mentionsEveryone = fields.value(.mentionsEveryone, default: false)
    mentions = fields.list(.mentions)
    mentionRoles = fields.list(.mentionRoles)
    attachments = fields.list(.attachments)
    embeds = fields.list(.embeds)
    components = fields.list(.components)
    reactions = fields.list(.reactions)
    nonce = fields[.nonce].flatMap { $0.string ?? $0.snowflake.map { String($0) } }
    isPinned = fields.value(.isPinned, default: false)
    webhookID = fields.optional(.webhookID)
    type = fields.value(.type, default: .default)
    flags = fields.value(.flags, default: [])
    applicationID = fields.optional(.applicationID)
    reference = fields.optional(.reference)
    position = fields.optional(.position)
    guard fields.hasOthers else { return }
    particulars = try MessageParticulars(from: json)
  }
}

extension MessageParticulars: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MessageParticularField.keys)
    referencedMessage = fields.optional(.referencedMessage)
    isReferencedMessageDeleted = fields[.referencedMessage]?.isNull ?? false
    snapshots = fields[.snapshots]?.array?.compactMap { $0.object("message") } ?? []
    interaction = fields.optional(.interaction)
    thread = fields.optional(.thread)
    stickers = fields.list(.stickers)
    poll = fields.optional(.poll)
    mentionChannels = fields.list(.mentionChannels)
    activity = fields.optional(.activity)
    application = fields.optional(.application)
    roleSubscription = fields.optional(.roleSubscription)
    call = fields.optional(.call)
    resolved = fields.optional(.resolved)
  }
}
