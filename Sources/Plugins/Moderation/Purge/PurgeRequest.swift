// What somebody asked to be deleted, as it is kept until it is done.

import DiscordCore
import EventLoop
import JSON
import PlatformText

/// A purge: which messages of which channel.
struct PurgeRequest: Hashable, Sendable {
  var channel: ChannelID
  var filter: PurgeFilter
  /// Only messages of this person.
  var author: UserID?
  /// How many that match; nil for all there are.
  var limit: Int?
  /// Only messages younger than this one.
  var after: MessageID?
  /// Only messages older than this one: the command, or what somebody named. Never anything that came later.
  var before: MessageID
  var keepsPinned: Bool
  /// Whether nobody may write meanwhile, when there is much to delete.
  var locks: Bool
  var reason: String

  init(
    channel: ChannelID, filter: PurgeFilter = .everything, author: UserID? = nil, limit: Int? = nil,
    after: MessageID? = nil, before: MessageID, keepsPinned: Bool = true, locks: Bool = false,
    reason: String = ""
  ) {
    (self.channel, self.filter, self.author, self.limit) = (channel, filter, author, limit)
    (self.after, self.before, self.keepsPinned) = (after, before, keepsPinned)
    (self.locks, self.reason) = (locks, reason)
  }
}

/// How much to delete, as people type it: `all`, `50`, `7d`, `2mo`.
enum PurgeAmount: Hashable, Sendable {
  case all
  case count(Int)
  case window(Duration)

  /// More than that is asked for as `all`.
  static let largestCount = 10_000

  /// nil for anything else, and for counts that are not from 1 to `largestCount`.
  init?(_ text: some StringProtocol) {
    let text = text.lowercased()
    if text == "all" || text == "everything" {
      self = .all
    } else if let count = Int(text) {
      guard (1...Self.largestCount).contains(count) else { return nil }
      self = .count(count)
    } else if let window = HumanDuration.parse(text), window > .zero {
      self = .window(window)
    } else {
      return nil
    }
  }
}

extension PurgeRequest {
  /// Bounds the request by an amount.
  mutating func bound(by amount: PurgeAmount, now: Timestamp) {
    switch amount {
    case .all: break
    case .count(let count): limit = count
    case .window(let window):
      let oldest = MessageID(earliestAt: now - window)
      after = max(after ?? oldest, oldest)
    }
  }
}

// MARK: Stored

extension PurgeRequest {
  var json: JSONValue {
    [
      "channel": .id(channel), "filter": .string(filter.name),
      "text": filter.text.map { .string($0) } ?? .null,
      "author": author.map { .id($0) } ?? .null, "limit": limit.map { .integer(Int64($0)) } ?? .null,
      "after": after.map { .id($0) } ?? .null,
      "before": .id(before), "keepsPinned": .bool(keepsPinned), "locks": .bool(locks),
      "reason": .string(reason),
    ]
  }

  /// nil for what another version wrote and this one cannot read.
  init?(_ json: JSONValue) {
    guard let channel = json["channel"]?.snowflake, let before = json["before"]?.snowflake,
      let filter = PurgeFilter(name: json["filter"]?.string ?? "", text: json["text"]?.string)
    else { return nil }
    self.init(
      channel: ChannelID(channel), filter: filter, author: json["author"]?.snowflake.map { UserID($0) },
      limit: json["limit"]?.int64.map { Int($0) }, after: json["after"]?.snowflake.map { MessageID($0) },
      before: MessageID(before), keepsPinned: json["keepsPinned"]?.bool ?? true,
      locks: json["locks"]?.bool ?? false, reason: json["reason"]?.string ?? "")
  }
}
