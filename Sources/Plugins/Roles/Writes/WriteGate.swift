// When a person's roles may be written: one write at a time, and one a second. Pure.

import DiscordCore
import EventLoop

/// Spaces the writes of each person's roles, and remembers for a moment what was written.
///
/// For each person: `ask` lets one write begin, and no other before `finished` was called and a second is over. What was done
/// in between is said by `wrote`.
struct WriteGate: Sendable {
  /// From the beginning of one write to that of the next.
  static let interval = Duration.seconds(1)
  /// How long what was written is held against the roles that a click brings along: it may have been made before.
  static let memory = Duration.seconds(3)
  /// A call that has not come back after this long is not waited for any more.
  static let patience = Duration.seconds(15)
  /// People remembered at once.
  static let capacity = 10_000

  private struct Entry {
    /// When the write under way, or the last one, began.
    var begun: Timestamp
    var isWriting = true
    /// What the last writes did, and when the last of them was known.
    var written = RoleChange()
    var writtenAt: Timestamp?
  }

  /// What whoever wants to write is told.
  enum Answer: Hashable, Sendable {
    /// Write, then call `finished`.
    case write
    /// Somebody writes, or has just written: ask again then.
    case wait(until: Timestamp)
  }

  private var entries: [UserID: Entry] = [:]

  init() {}

  /// Whether that person's roles may be written now.
  mutating func ask(_ user: UserID, at now: Timestamp) -> Answer {
    if let entry = entries[user] {
      let next = entry.begun + Self.interval
      if entry.isWriting, now - entry.begun < Self.patience {
        return .wait(until: max(next, now + .milliseconds(250)))
      }
      // A clock that was set back must not keep anybody waiting.
      if now < next, now >= entry.begun { return .wait(until: next) }
      entries[user]?.begun = now
      entries[user]?.isWriting = true
      return .write
    }
    prune(at: now)
    entries[user] = Entry(begun: now)
    return .write
  }

  /// Discord has done what was written. Say so before the wish is settled: whoever finds no wish must find this.
  mutating func wrote(_ user: UserID, _ change: RoleChange, at now: Timestamp) {
    let before = recent(user, at: now)
    entries[user]?.written = before.then(change)
    entries[user]?.writtenAt = now
  }

  /// The write is over, whatever came of it.
  mutating func finished(_ user: UserID) { entries[user]?.isWriting = false }

  /// What was written a moment ago, which the roles that a click brings along may not show yet.
  func recent(_ user: UserID, at now: Timestamp) -> RoleChange {
    guard let entry = entries[user], let writtenAt = entry.writtenAt, now - writtenAt < Self.memory else {
      return RoleChange()
    }
    return entry.written
  }

  private mutating func prune(at now: Timestamp) {
    guard entries.count >= Self.capacity else { return }
    entries = entries.filter { $0.value.isWriting || now - $0.value.begun < Self.memory }
    // Everybody clicks at once: forgetting costs a write too many, not a wrong role.
    if entries.count >= Self.capacity { entries = [:] }
  }
}
