// Channels of every kind, threads and direct messages included.

package import DiscordCore
package import EventLoop
internal import JSON

/// A kind of channel (https://discord.com/developers/docs/resources/channel#channel-object-channel-types).
package enum ChannelKind: Int, Sendable {
  case text = 0
  case dm = 1
  case voice = 2
  case groupDM = 3
  case category = 4
  case announcement = 5
  case announcementThread = 10
  case publicThread = 11
  case privateThread = 12
  case stage = 13
  case forum = 15
  case media = 16

  package var isThread: Bool {
    self == .announcementThread || self == .publicThread || self == .privateThread
  }
  package var isVoice: Bool { self == .voice || self == .stage }
  /// Whether posts are threads.
  package var isForum: Bool { self == .forum || self == .media }
  package var isDirect: Bool { self == .dm || self == .groupDM }
  /// Whether messages can be in it.
  package var hasMessages: Bool { self != .category && !isForum }
  /// Where its permissions are computed.
  package var scene: PermissionScene { isVoice ? .voice : isThread ? .thread : .text }
}

/// A channel. A class, because it is changed in place and owned by its world alone.
package final class Channel {
  package let id: ChannelID
  package var kind: ChannelKind
  /// nil for direct messages.
  package let guildID: GuildID?
  package var name: String
  package var topic: String?
  package var position = 0
  /// The category; of a thread, the channel it hangs on.
  package var parentID: ChannelID?
  package var overwrites: [PermissionOverwrite] = []
  package var nsfw = false
  /// Seconds.
  package var slowmode = 0
  package var bitrate = 64_000
  package var userLimit = 0
  package var rtcRegion: String?
  package var videoQuality = 1
  /// Minutes; nil: not set.
  package var defaultAutoArchive: Int?
  package var defaultThreadSlowmode = 0
  package var flags = 0
  package var availableTags: [ForumTag] = []
  package var defaultReaction: (id: EmojiID?, name: String?)?
  package var defaultSortOrder: Int?
  package var defaultForumLayout = 0
  package var lastMessageID: MessageID?
  package var lastPinAt: Timestamp?
  /// The line under a voice channel.
  package var voiceStatus: String?
  /// Of direct messages.
  package var recipients: [UserID] = []
  package var thread: ThreadState?

  /// What was written here.
  package var messages = MessageLog()
  /// Newest first.
  package var pins: [(message: MessageID, at: Timestamp)] = []
  /// When each user last wrote here, for slow mode.
  package var lastWrote: [UserID: Timestamp] = [:]

  package init(id: ChannelID, kind: ChannelKind, guildID: GuildID?, name: String) {
    (self.id, self.kind, self.guildID, self.name) = (id, kind, guildID, name)
  }
}

/// What a thread has beyond a channel.
package struct ThreadState: Sendable {
  package var owner: UserID
  package var archived = false
  package var locked = false
  package var archiveChangedAt: Timestamp
  /// Minutes.
  package var autoArchive = 4_320
  package var invitable = true
  package var createdAt: Timestamp
  package var members: [UserID: Timestamp] = [:]
  package var messageCount = 0
  package var totalSent = 0
  package var appliedTags: [ForumTagID] = []

  package init(owner: UserID, at instant: Timestamp) {
    (self.owner, createdAt, archiveChangedAt) = (owner, instant, instant)
  }
}

/// A tag of a forum.
package struct ForumTag: Sendable {
  package var id: ForumTagID
  package var name: String
  package var moderated = false
  package var emojiID: EmojiID?
  package var emojiName: String?
}

/// The messages of a channel, oldest first.
package struct MessageLog {
  private var storage: [Message] = []
  /// How many are kept.
  private static let limit = 20_000

  package init() {}

  /// How many there are, all of them oldest first, and the newest.
  package var count: Int { storage.count }
  package var all: [Message] { storage }
  package var last: Message? { storage.last }

  /// The message of that id. Setting changes one that is there; nil removes it.
  package subscript(id: MessageID) -> Message? {
    get {
      let index = firstIndex(notBefore: id)
      return index < storage.count && storage[index].id == id ? storage[index] : nil
    }
    set {
      let index = firstIndex(notBefore: id)
      guard index < storage.count, storage[index].id == id else { return }
      if let newValue { storage[index] = newValue } else { storage.remove(at: index) }
    }
  }

  /// Adds a message in the order of ids. Beyond 20,000 the oldest go, and are returned.
  mutating func append(_ message: Message) -> [Message] {
    if let last = storage.last, last.id > message.id {
      storage.insert(message, at: firstIndex(notBefore: message.id))
    } else {
      storage.append(message)
    }
    guard storage.count > Self.limit else { return [] }
    let evicted = Array(storage.prefix(Self.limit / 10))
    storage.removeFirst(evicted.count)
    return evicted
  }

  /// Changes a message in place; nil when it is not there.
  mutating func change<Result>(_ id: MessageID, _ body: (inout Message) -> Result) -> Result? {
    let index = firstIndex(notBefore: id)
    guard index < storage.count, storage[index].id == id else { return nil }
    return body(&storage[index])
  }

  /// The index of the first message whose id is not smaller.
  func firstIndex(notBefore id: MessageID) -> Int {
    var (low, high) = (0, storage.count)
    while low < high {
      let middle = (low + high) / 2
      if storage[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Up to `limit` messages before that id, newest first.
  package func before(_ id: MessageID, limit: Int) -> [Message] {
    storage[..<firstIndex(notBefore: id)].suffix(limit).reversed()
  }

  /// Up to `limit` messages after that id, the nearest ones, newest first.
  package func after(_ id: MessageID, limit: Int) -> [Message] {
    let start = firstIndex(notBefore: MessageID(id.rawValue &+ 1))
    return storage[start...].prefix(limit).reversed()
  }

  /// The newest `limit` messages, newest first.
  package func newest(_ limit: Int) -> [Message] { storage.suffix(limit).reversed() }
}
