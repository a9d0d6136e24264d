// Threads: the second half of https://discord.com/developers/docs/resources/channel.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import EventLoop
package import JSON

extension Endpoint where Response == Channel {
  /// Starts a thread at a message; the thread gets the message's id.
  package static func startThread(
    _ thread: ThreadCreate, at message: MessageID, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/messages/{message.id}/threads", channel, message)
      .json { json in json.object { json in thread.writeFields(to: &json) } }
      .needing(.createPublicThreads).because(reason)
  }

  /// Starts a thread that hangs at no message; private ones are for those who are added.
  package static func startThread(
    _ thread: ThreadCreate, as type: ChannelType = .publicThread, invitable: Bool? = nil,
    in channel: ChannelID,
    reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/threads", channel)
      .json { json in
        json.object { json in
          thread.writeFields(to: &json)
          json.field("type", type.rawValue)
          json.optional("invitable", invitable)
        }
      }
      .needing(type == .privateThread ? .createPrivateThreads : .createPublicThreads).because(reason)
  }

  /// Starts a thread of a forum or media channel with its first message.
  package static func startForumPost(
    _ thread: ThreadCreate, _ message: MessageCreate, tags: [ForumTagID] = [], in channel: ChannelID,
    reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/threads", channel)
      .json { json in
        json.object { json in
          thread.writeFields(to: &json)
          if !tags.isEmpty { json.ids("applied_tags", tags) }
          json.key("message")
          message.writeForumPost(to: &json)
        }
      }
      .checked(message).attaching(message.files).needing(.sendMessages).because(reason)
  }

  /// Changes a thread. What is archived is changed only together with `isArchived = false`.
  package static func modifyThread(
    _ thread: ChannelID, _ change: ThreadEdit, reason: String? = nil
  ) -> Endpoint {
    let endpoint = Endpoint(.patch, "/channels/{channel.id}", thread)
      .json(change).needing(.manageThreads).because(reason).repeatable()
    return change.name == nil ? endpoint : endpoint.renamingChannel()
  }
}

extension Endpoint where Response == Empty {
  /// Makes the bot a member; the thread must not be archived.
  package static func joinThread(_ thread: ChannelID) -> Endpoint {
    Endpoint(.put, "/channels/{channel.id}/thread-members/@me", thread)
  }

  /// Ends the bot's membership; the thread must not be archived.
  package static func leaveThread(_ thread: ChannelID) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/thread-members/@me", thread)
  }

  /// Adds a member; the thread must not be archived.
  package static func addThreadMember(_ user: UserID, to thread: ChannelID) -> Endpoint {
    Endpoint(.put, "/channels/{channel.id}/thread-members/{user.id}", thread, user)
      .needing(.sendMessagesInThreads)
  }

  /// Removes a member, or in a private thread of its own anybody.
  package static func removeThreadMember(_ user: UserID, from thread: ChannelID) -> Endpoint {
    Endpoint(.delete, "/channels/{channel.id}/thread-members/{user.id}", thread, user).needing(.manageThreads)
  }
}

extension Endpoint where Response == ThreadMember {
  /// Fails as gone for somebody who is not in the thread.
  package static func getThreadMember(
    _ user: UserID, of thread: ChannelID, withMember: Bool = false
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/thread-members/{user.id}", thread, user)
      .query("with_member", withMember ? true : nil)
  }
}

extension Endpoint where Response == [ThreadMember] {
  /// Who is in a thread; pages only with `withMember`. Needs the intent `GUILD_MEMBERS`.
  package static func listThreadMembers(
    of thread: ChannelID, withMember: Bool = false, after: UserID? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/thread-members", thread)
      .query("with_member", withMember ? true : nil).query("after", after).query("limit", limit)
  }
}

extension Endpoint where Response == ThreadList {
  /// All threads of a guild that are not archived and that the bot may see.
  package static func listActiveThreads(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/threads/active", guild)
  }

  /// Archived threads, last archived first; 2 to 100 at a time.
  package static func listPublicArchivedThreads(
    of channel: ChannelID, before: Timestamp? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/threads/archived/public", channel)
      .query("before", before?.iso8601).query("limit", limit).needing(.readMessageHistory)
  }

  /// As the public ones.
  package static func listPrivateArchivedThreads(
    of channel: ChannelID, before: Timestamp? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/threads/archived/private", channel)
      .query("before", before?.iso8601).query("limit", limit).needing([.readMessageHistory, .manageThreads])
  }

  /// Private archived threads the bot is in, by their ids, newest first.
  package static func listJoinedPrivateArchivedThreads(
    of channel: ChannelID, before: ChannelID? = nil, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/users/@me/threads/archived/private", channel)
      .query("before", before).query("limit", limit).needing(.readMessageHistory)
  }

  /// Posts of a forum by name and tags. While Discord builds its index the list is empty and `retryAfter` says when to
  /// ask again.
  package static func searchThreads(in channel: ChannelID, _ search: ThreadSearch) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/threads/search", channel)
      .query("name", search.name).query("slop", search.slop)
      .query("min_id", search.oldest).query("max_id", search.newest)
      .list("tag", search.tags).query(
        "tag_setting", search.needsAllTags.map { $0 ? "match_all" : "match_some" }
      )
      .query("archived", search.isArchived).query("sort_by", search.sortBy).query("sort_order", search.order)
      .query("limit", search.limit).query("offset", search.offset).needing(.readMessageHistory)
  }
}

// MARK: Bodies and answers

/// A new thread.
package struct ThreadCreate: Hashable, Sendable {
  package var name: String
  /// Minutes without a message until it is hidden: 60, 1,440, 4,320 or 10,080.
  package var autoArchiveMinutes: Int?
  /// Seconds between messages of one member, 0 to 21,600.
  package var slowmode: Int?

  package init(_ name: String, autoArchiveMinutes: Int? = nil, slowmode: Int? = nil) {
    (self.name, self.autoArchiveMinutes, self.slowmode) = (name, autoArchiveMinutes, slowmode)
  }

  func writeFields(to json: inout JSONWriter) {
    json.field("name", name)
    json.optional("auto_archive_duration", autoArchiveMinutes)
    json.optional("rate_limit_per_user", slowmode)
  }
}

/// A change of a thread.
package struct ThreadEdit: ChangeBody {
  package var name: String?
  package var isArchived: Bool?
  package var isLocked: Bool?
  /// Private threads: whether members may add others.
  package var isInvitable: Bool?
  package var autoArchiveMinutes: Int?
  package var slowmode: Int?
  /// Only `pinned`, in forums.
  package var flags: ChannelFlags?
  /// At most five.
  package var appliedTags: [ForumTagID]?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.optional("archived", isArchived)
      json.optional("locked", isLocked)
      json.optional("invitable", isInvitable)
      json.optional("auto_archive_duration", autoArchiveMinutes)
      json.optional("rate_limit_per_user", slowmode)
      json.optional("flags", flags)
      json.optional("applied_tags", appliedTags)
    }
  }
}

/// Threads, and the bot's own membership in those it is in.
package struct ThreadList: WireDecodable {
  package var threads: [Channel]
  package var members: [ThreadMember]
  package var hasMore: Bool
  /// Searches only: the posts' first messages.
  package var firstMessages: [Message]
  /// Searches only.
  package var totalResults: Int?
  /// Searches only: Discord is still building its index, and this is when to ask again.
  package var retryAfter: Duration?

  package init(from json: JSONView) throws(JSONError) {
    threads = json.list("threads")
    members = json.list("members")
    hasMore = json["has_more"]?.bool ?? false
    firstMessages = json.list("first_messages")
    totalResults = json["total_results"]?.int
    retryAfter = json["retry_after"]?.double.map { .seconds($0) }
  }
}

/// What threads are searched by.
package struct ThreadSearch: Sendable {
  package var name: String?
  /// Words that may stand between those of the name.
  package var slop: Int?
  package var oldest: ChannelID?
  package var newest: ChannelID?
  package var tags: [ForumTagID] = []
  package var needsAllTags: Bool?
  package var isArchived: Bool?
  /// `relevance`, `creation_time`, `last_message_time` or `archive_time`.
  package var sortBy: String?
  /// `asc` or `desc`.
  package var order: String?
  /// At most 25.
  package var limit: Int?
  package var offset: Int?

  package init(_ set: (inout ThreadSearch) -> Void = { _ in }) { set(&self) }
}
