// Reading back: lists of messages, and the search of a guild.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// Where a page of messages is taken.
  package enum HistoryAnchor {
    case newest
    case around(MessageID)
    case before(MessageID)
    case after(MessageID)
  }

  /// A page of a channel's messages, newest first; empty without READ_MESSAGE_HISTORY.
  ///
  /// - Throws: 10003, 50001.
  package func history(of id: ChannelID, for viewer: UserID, _ anchor: HistoryAnchor, limit: Int)
    throws(RESTFailure) -> [Message]
  {
    let channel = try channel(id, for: viewer)
    guard channel.kind.hasMessages else { throw .wrongChannelType }
    guard permissions(of: viewer, in: channel).contains(.readMessageHistory) else { return [] }
    let log = channel.messages
    let page: [Message] =
      switch anchor {
      case .newest: log.newest(limit)
      case .before(let id): log.before(id, limit: limit)
      case .after(let id): log.after(id, limit: limit)
      case .around(let id):
        log.after(id, limit: (limit - 1) / 2) + [log[id]].compactMap { $0 }
          + log.before(id, limit: limit - 1 - (limit - 1) / 2)
      }
    return page.filter { $0.visibleTo.map { $0 == viewer } ?? true }
  }

  /// What a search asks for; lists are empty when they do not matter.
  package struct MessageSearch {
    package var content: String?
    package var authors: Set<UserID> = []
    package var mentions: Set<UserID> = []
    package var channels: Set<ChannelID> = []
    package var has: Set<String> = []
    package var authorTypes: Set<String> = []
    package var pinned: Bool?
    package var mentionsEveryone: Bool?
    package var before: MessageID?
    package var after: MessageID?
    package var limit = 25
    package var offset = 0
    package var oldestFirst = false

    package init() {}
  }

  /// Searches a guild's messages in the channels that the caller can read.
  ///
  /// - Throws: 10004, 50001; 50013 for a bot without the MESSAGE_CONTENT intent.
  package func search(_ id: GuildID, for viewer: UserID, _ search: MessageSearch) throws(RESTFailure)
    -> JSONValue
  {
    let guild = try guild(id, for: viewer)
    if users[viewer]?.isBot == true,
      applications[viewer.converted()]?.approvedIntents.contains(.messageContent) == false
    {
      throw .missingPermissions
    }
    var hits: [Message] = []
    for channel in guild.channels.union(guild.threads).compactMap({ self.channels[$0] }) {
      guard search.channels.isEmpty || search.channels.contains(channel.id), channel.kind.hasMessages,
        canSee(channel, viewer), permissions(of: viewer, in: channel).contains(.readMessageHistory)
      else { continue }
      hits += channel.messages.all.filter { $0.visibleTo == nil && matches($0, search) }
    }
    hits.sort { search.oldestFirst ? $0.id < $1.id : $0.id > $1.id }
    let page = hits.dropFirst(search.offset).prefix(search.limit)
    var json = Fields()
    json.put("doing_deep_historical_index", false)
    json.put("total_results", hits.count)
    json.put(
      "messages",
      .array(
        page.map { message in
          var fields = Fields()
          fields.append(render(message, for: viewer))
          fields.put("hit", true)
          return .array([fields.value])
        }))
    let threads = Set(page.map(\.channel)).compactMap { self.channels[$0] }.filter { $0.kind.isThread }
    if !threads.isEmpty {
      json.put("threads", .array(threads.map { self.json($0) }))
      let mine = threads.compactMap { thread in
        thread.thread?.members[viewer].map { self.json(threadMember: viewer, of: thread, joined: $0) }
      }
      json.put("members", .array(mine))
    }
    return json.value
  }

  private func matches(_ message: Message, _ search: MessageSearch) -> Bool {
    if let before = search.before, message.id >= before { return false }
    if let after = search.after, message.id <= after { return false }
    if let words = search.content?.lowercased(), !words.isEmpty {
      let text = message.content.lowercased()
      guard words.split(separator: " ").allSatisfy({ text.contains($0) }) else { return false }
    }
    if !search.authors.isEmpty {
      guard let author = message.authorID, search.authors.contains(author) else { return false }
    }
    if !search.mentions.isEmpty, search.mentions.isDisjoint(with: message.mentions) { return false }
    if let pinned = search.pinned, message.isPinned != pinned { return false }
    if let everyone = search.mentionsEveryone, message.mentionsEveryone != everyone { return false }
    if !search.authorTypes.isEmpty {
      let type = message.authorID.map { users[$0]?.isBot == true ? "bot" : "user" } ?? "webhook"
      guard search.authorTypes.contains(type) else { return false }
    }
    return search.has.allSatisfy { has(message, $0) }
  }

  private func has(_ message: Message, _ what: String) -> Bool {
    if what.hasPrefix("-") { return !has(message, String(what.dropFirst())) }
    switch what {
    case "link": return message.content.contains("http://") || message.content.contains("https://")
    case "embed": return !message.embeds.isEmpty
    case "file": return !message.attachments.isEmpty
    case "image": return message.attachments.contains { $0.contentType.hasPrefix("image/") }
    case "video": return message.attachments.contains { $0.contentType.hasPrefix("video/") }
    case "sound": return message.attachments.contains { $0.contentType.hasPrefix("audio/") }
    case "sticker": return !message.stickers.isEmpty
    case "poll": return message.poll != nil
    case "snapshot", "forward": return !message.snapshots.isEmpty
    default: return false
    }
  }
}
