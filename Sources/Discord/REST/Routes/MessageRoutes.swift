// Routes of https://discord.com/developers/docs/resources/message, reactions apart.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import EventLoop
package import JSON

extension Endpoint where Response == Message {
  /// One message; its text is empty without the intent, as in events.
  package static func getMessage(_ message: MessageID, in channel: ChannelID) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/messages/{message.id}", channel, message)
      .needing([.viewChannel, .readMessageHistory])
  }

  /// Sends a message. With a nonce it may be sent again after a lost connection: Discord makes one message of both.
  package static func createMessage(_ message: MessageCreate, in channel: ChannelID) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/messages", channel)
      .composed(message).attaching(message.files).needing(message.neededPermissions)
      .repeatable(message.nonce != nil)
  }

  /// Sends a copy of a message, of whatever channel the bot can read.
  package static func forwardMessage(
    _ message: MessageID, from source: ChannelID, to channel: ChannelID, nonce: String? = nil
  ) -> Endpoint {
    var forward = MessageCreate.forward(message, from: source)
    forward.nonce = nonce
    return createMessage(forward, in: channel)
  }

  /// Changes a message of the bot's own; of others only the flag `suppressEmbeds`.
  package static func editMessage(
    _ message: MessageID, in channel: ChannelID, _ edit: MessageEdit
  ) -> Endpoint {
    // Files would be added a second time.
    Endpoint(.patch, "/channels/{channel.id}/messages/{message.id}", channel, message)
      .composed(edit).attaching(edit.files).repeatable(edit.files.isEmpty || edit.keptAttachments != nil)
  }

  /// Publishes a message of an announcement channel to the channels that follow it.
  package static func crosspostMessage(_ message: MessageID, in channel: ChannelID) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/messages/{message.id}/crosspost", channel, message)
      .needing([.sendMessages, .manageMessages]).repeatable()
  }
}

extension Endpoint where Response == [Message] {
  /// Messages of a channel, newest first; 50 unless said, at most 100.
  package static func getMessages(
    in channel: ChannelID, _ page: Page<MessageID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/messages", channel)
      .page(page, limit: limit).needing([.viewChannel, .readMessageHistory])
  }
}

extension Endpoint where Response == Empty {
  /// Deletes a message; somebody else's needs the permission.
  package static func deleteMessage(
    _ message: MessageID, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/messages/{message.id}", channel, message)
      .needing(.manageMessages).because(reason).at(.moderation)
  }

  /// Deletes 2 to 100 messages, none twice and none older than two weeks, or else Discord deletes none.
  package static func bulkDeleteMessages(
    _ messages: [MessageID], in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    let isFine = (2...100).contains(messages.count) && Set(messages).count == messages.count
    return Endpoint(.post, "/channels/{channel.id}/messages/bulk-delete", channel)
      .json { json in json.object { json in json.ids("messages", messages) } }
      .refused(
        because: isFine
          ? nil : "messages are \(messages.count); Discord deletes 2 to 100 at a time, none twice"
      )
      .needing(.manageMessages).because(reason).at(.moderation).repeatable()
  }

  /// Pins a message and says so in the channel; 250 at most.
  package static func pinMessage(
    _ message: MessageID, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.put, "/channels/{channel.id}/messages/pins/{message.id}", channel, message)
      .needing(.pinMessages).because(reason)
  }

  /// Takes a pin away without a word.
  package static func unpinMessage(
    _ message: MessageID, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/messages/pins/{message.id}", channel, message)
      .needing(.pinMessages).because(reason)
  }
}

extension Endpoint where Response == PinnedMessages {
  /// Pinned messages, last pinned first; at most 50 at a time. The next page is before the last one's `pinnedAt`.
  package static func getPins(
    in channel: ChannelID, before: Timestamp? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/messages/pins", channel)
      .query("before", before?.iso8601).query("limit", limit).needing([.viewChannel, .readMessageHistory])
  }
}

extension Endpoint where Response == MessageSearchResult {
  /// Messages of a guild by what is in them. Needs the intent `MESSAGE_CONTENT`; while Discord builds its index there
  /// are no messages, and `retryAfter` says when to ask again.
  package static func searchMessages(in guild: GuildID, _ search: MessageSearch) -> Endpoint {
    let endpoint = Endpoint(.get, "/guilds/{guild.id}/messages/search", guild)
      .query("content", search.content).query("slop", search.slop)
      .queries("author_id", search.authors).queries("author_type", search.authorTypes)
      .queries("mentions", search.mentions).queries("mentions_role_id", search.mentionedRoles)
      .query("mention_everyone", search.mentionsEveryone).queries("channel_id", search.channels)
      .query("min_id", search.oldest).query("max_id", search.newest)
    return
      endpoint
      .queries("has", search.has).queries("link_hostname", search.linkHosts)
      .queries("attachment_extension", search.attachmentExtensions).query("pinned", search.isPinned)
      .query("include_nsfw", search.includesNSFW).query("sort_by", search.sortBy)
      .query("sort_order", search.order).query("limit", search.limit).query("offset", search.offset)
      .needing(.readMessageHistory)
  }
}

// MARK: Bodies and answers

extension MessageCreate {
  /// What Discord asks for a message like this one.
  fileprivate var neededPermissions: Permissions {
    var needed: Permissions = [.viewChannel, .sendMessages]
    if !embeds.isEmpty { needed.insert(.embedLinks) }
    if !files.isEmpty { needed.insert(.attachFiles) }
    if poll != nil { needed.insert(.sendPolls) }
    if isTTS { needed.insert(.sendTTSMessages) }
    if flags.contains(.isVoiceMessage) { needed.insert(.sendVoiceMessages) }
    if case .reply = reference { needed.insert(.readMessageHistory) }
    return needed
  }
}

/// A page of pinned messages.
package struct PinnedMessages: WireDecodable {
  package var items: [Item]
  package var hasMore: Bool

  /// One of them.
  package struct Item: WireDecodable {
    package var pinnedAt: Timestamp
    package var message: Message

    package init(from json: JSONView) throws(JSONError) {
      pinnedAt = try Timestamp(from: try json.require("pinned_at"))
      message = try Message(from: try json.require("message"))
    }
  }

  package init(from json: JSONView) throws(JSONError) {
    items = json.list("items")
    hasMore = json["has_more"]?.bool ?? false
  }
}

/// What messages are searched by; an empty list asks for nothing.
package struct MessageSearch: Sendable {
  package var content: String?
  /// Words that may stand between those of the content.
  package var slop: Int?
  package var authors: [UserID] = []
  /// `user`, `bot` or `webhook`, or one of them with `-` in front.
  package var authorTypes: [String] = []
  package var mentions: [UserID] = []
  package var mentionedRoles: [RoleID] = []
  package var mentionsEveryone: Bool?
  package var channels: [ChannelID] = []
  package var oldest: MessageID?
  package var newest: MessageID?
  /// `image`, `link`, `embed`, `file`, `poll` …, or one of them with `-` in front.
  package var has: [String] = []
  package var linkHosts: [String] = []
  package var attachmentExtensions: [String] = []
  package var isPinned: Bool?
  package var includesNSFW: Bool?
  /// `timestamp` or `relevance`.
  package var sortBy: String?
  /// `asc` or `desc`.
  package var order: String?
  /// At most 25.
  package var limit: Int?
  /// At most 9,975.
  package var offset: Int?

  package init(_ set: (inout MessageSearch) -> Void = { _ in }) { set(&self) }
}

/// What a search found.
package struct MessageSearchResult: WireDecodable {
  /// Each hit, without the messages around it.
  package var messages: [Message]
  package var totalResults: Int
  /// Threads of the messages.
  package var threads: [Channel]
  package var members: [ThreadMember]
  /// Discord is still building its index, and this is when to ask again.
  package var retryAfter: Duration?

  package init(from json: JSONView) throws(JSONError) {
    messages = json["messages"]?.array?.flatMap { $0.elements(of: Message.self) } ?? []
    totalResults = json["total_results"]?.int ?? 0
    threads = json.list("threads")
    members = json.list("members")
    retryAfter = json["retry_after"]?.double.map { .seconds($0) }
  }
}
