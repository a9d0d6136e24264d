// Who sent one text of late: the memory that recognises raids.

import DiscordCore
import EventLoop

/// The last sightings of one text, by whomever.
struct ContentWindow: Sendable {
  /// More sightings than this are not kept: the oldest go.
  static let capacity = 256
  /// More members than this are not remembered as sentenced; those beyond are sentenced again.
  private static let rememberedMembers = 1_024

  private struct Entry {
    var author: UserID
    var reference: MessageReference
    var at: Timestamp
  }

  private var entries: [Entry] = []
  private(set) var lastSeen: Timestamp
  private var heldUntil: Timestamp?
  private var sentenced: Set<UserID> = []

  init(at now: Timestamp) { lastSeen = now }

  var count: Int { entries.count }

  /// Until when the text is forbidden; nil when it is not.
  var hold: Timestamp? { heldUntil }

  /// Forbids the text again after a restart, with one more member who was sentenced before it.
  mutating func restore(_ member: UserID, until: Timestamp) {
    heldUntil = max(heldUntil ?? until, until)
    sentenced.insert(member)
  }

  /// A raid: who takes part and has not been sentenced, and what they sent.
  struct Raid: Equatable, Sendable {
    var members: [UserID]
    var messages: [MessageReference]
    /// Whether the author of the message at hand was sentenced before: only the message goes.
    var isMore = false
  }

  /// Notes that a member sent the text; a raid when enough have, or when the text is forbidden since.
  mutating func note(_ author: UserID, _ reference: MessageReference, _ filter: RaidFilter, at now: Timestamp)
    -> Raid?
  {
    lastSeen = max(lastSeen, now)
    if let until = heldUntil, now < until {
      heldUntil = now + filter.hold
      let new = sentenceNew([author])
      return Raid(members: new, messages: [reference], isMore: new.isEmpty)
    }
    if heldUntil != nil { (heldUntil, sentenced) = (nil, []) }
    let start = now - filter.window
    entries.removeAll { $0.at <= start || $0.reference == reference }
    if entries.count == Self.capacity { entries.removeFirst() }
    entries.append(Entry(author: author, reference: reference, at: now))
    guard entries.count >= filter.members, Set(entries.map(\.author)).count >= filter.members else {
      return nil
    }
    heldUntil = now + filter.hold
    let raid = Raid(members: sentenceNew(entries.map(\.author)), messages: entries.map(\.reference))
    entries = []
    return raid
  }

  /// Those of the members who were not sentenced before; now they are.
  private mutating func sentenceNew(_ members: [UserID]) -> [UserID] {
    var new: [UserID] = []
    for member in members where !sentenced.contains(member) && !new.contains(member) { new.append(member) }
    for member in new where sentenced.count < Self.rememberedMembers { sentenced.insert(member) }
    return new
  }

  /// When nothing of it matters any more.
  func isIdle(at now: Timestamp, window: Duration) -> Bool {
    lastSeen + window < now && (heldUntil.map { $0 < now } ?? true)
  }
}
