// How a purge goes about it: which page to read, which messages to delete at once and which one by one.

import DiscordCore
import EventLoop
import JSON

/// What is to be done next.
enum PurgeStep: Hashable, Sendable {
  /// Read the hundred messages before this one.
  case read(before: MessageID)
  /// Nobody may write while this much is deleted.
  case lock
  /// 2 to 100 messages, none of them two weeks old.
  case deleteTogether([MessageID])
  case delete(MessageID)
  case finished
}

/// A purge under way, as a value: asked for the next step, told what came of it, and stored after each.
///
/// Messages are deleted from the newest to the oldest. What is to be deleted is in `pending` before Discord is asked, and
/// is counted when Discord has answered: a process that dies in between asks again for the same messages, which are gone
/// then, and the count is right all the same.
struct PurgePlan: Hashable, Sendable {
  /// How old messages may be that Discord deletes together
  /// (https://discord.com/developers/docs/resources/message#bulk-delete-messages), less a margin for the way there.
  static let bulkAge = Duration.seconds(14 * 86_400 - 300)
  /// Messages that one call deletes, and that one page has.
  static let bulkSize = 100
  /// From so many messages on a channel is large, and is locked when that was asked for.
  static let largeSize = 200
  /// How many messages are looked at for one that matches, where a count was asked for.
  static let searchLimit = 20_000

  let request: PurgeRequest
  /// Read as far as this one.
  private(set) var cursor: MessageID
  /// Matching messages that are not deleted yet, newest first.
  private(set) var pending: [MessageID] = []
  private(set) var isExhausted = false
  /// Whether `lock` was said already.
  private(set) var hasLocked = false
  /// Whether Discord refused to delete together what we hold for young enough.
  private var deletesSingly = false
  /// Messages that were looked at.
  private(set) var seen = 0
  /// Messages that are gone, together and one by one.
  private(set) var deletedTogether = 0
  private(set) var deletedSingly = 0
  /// Matching messages that were kept because they are pinned.
  private(set) var pinned = 0
  /// Messages that Discord did not let go, such as some of its own.
  private(set) var failed = 0

  init(_ request: PurgeRequest) {
    self.request = request
    cursor = request.before
  }

  var deleted: Int { deletedTogether + deletedSingly }
  /// Messages that are older than two weeks, as far as they are known: why it takes long.
  func old(at now: Timestamp) -> Int { pending.count { isOld($0, now) } }

  private func isOld(_ message: MessageID, _ now: Timestamp) -> Bool {
    deletesSingly || now - message.createdAt >= Self.bulkAge
  }

  private var isFull: Bool { request.limit.map { deleted + failed + pending.count >= $0 } ?? false }

  /// What to do now. Asked twice it says the same.
  func next(at now: Timestamp) -> PurgeStep {
    let young = pending.prefix { !isOld($0, now) }
    // Pages are gathered until a call is full: a filter that finds two messages on each page needs few calls then.
    let mayRead = !isExhausted && !isFull
    if young.count == pending.count, young.count < Self.bulkSize, mayRead {
      return request.locks && !hasLocked && seen >= Self.largeSize ? .lock : .read(before: cursor)
    }
    if young.count >= 2 { return .deleteTogether(Array(young.prefix(Self.bulkSize))) }
    return pending.first.map { .delete($0) } ?? .finished
  }

  /// A page was read: what Discord has before the cursor, newest first.
  mutating func read(_ page: [PurgeMessage], matching: (PurgeMessage) -> Bool) {
    if page.count < Self.bulkSize { isExhausted = true }
    for message in page.sorted(by: { $0.id > $1.id }) where message.id < cursor {
      if let after = request.after, message.id <= after {
        isExhausted = true
        break
      }
      cursor = message.id
      seen += 1
      guard message.isDeletable, request.author == nil || message.author == request.author, matching(message)
      else { continue }
      if message.isPinned, request.keepsPinned {
        pinned += 1
      } else {
        pending.append(message.id)
        if isFull { break }
      }
    }
    if request.limit != nil, seen >= Self.searchLimit { isExhausted = true }
  }

  /// The channel was locked, or cannot be.
  mutating func locked() { hasLocked = true }

  /// They are gone, by us or before us.
  mutating func deleted(_ messages: [MessageID]) {
    let gone = Set(messages)
    let before = pending.count
    pending.removeAll { gone.contains($0) }
    if messages.count > 1 {
      deletedTogether += before - pending.count
    } else {
      deletedSingly += before - pending.count
    }
  }

  /// Discord did not let it go.
  mutating func failed(_ message: MessageID) {
    guard let index = pending.firstIndex(of: message) else { return }
    pending.remove(at: index)
    failed += 1
  }

  /// Discord holds some for too old to be deleted together.
  mutating func togetherRefused() { deletesSingly = true }
}

// MARK: Stored

extension PurgePlan {
  /// What is kept besides the request.
  var json: JSONValue {
    [
      "cursor": .id(cursor), "pending": .array(pending.map { .id($0) }), "isExhausted": .bool(isExhausted),
      "hasLocked": .bool(hasLocked), "deletesSingly": .bool(deletesSingly), "seen": .integer(Int64(seen)),
      "together": .integer(Int64(deletedTogether)), "singly": .integer(Int64(deletedSingly)),
      "pinned": .integer(Int64(pinned)), "failed": .integer(Int64(failed)),
    ]
  }

  init(_ request: PurgeRequest, state json: JSONValue) {
    self.init(request)
    func count(_ name: String) -> Int { json[name]?.int64.map { Int($0) } ?? 0 }
    cursor = json["cursor"]?.snowflake.map { MessageID($0) } ?? request.before
    pending = json["pending"]?.array?.compactMap { $0.snowflake.map { MessageID($0) } } ?? []
    isExhausted = json["isExhausted"]?.bool ?? false
    hasLocked = json["hasLocked"]?.bool ?? false
    deletesSingly = json["deletesSingly"]?.bool ?? false
    (seen, deletedTogether, deletedSingly) = (count("seen"), count("together"), count("singly"))
    (pinned, failed) = (count("pinned"), count("failed"))
  }
}
