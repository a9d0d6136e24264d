// Many occurrences of one thing become one notice: a value that counts.

package import EventLoop

/// Collects occurrences before they are written: the first of a kind at once, what follows within `interval` as a number.
///
/// A thousand failures in a second are one notice with the count 1,000, in two writes.
package struct NoticeDigest: Sendable {
  /// A notice of one audience, and how often it occurred since it was last handed out.
  package struct Entry: Hashable, Sendable {
    package let audience: NoticeAudience
    /// As of the last occurrence, with the highest severity among them.
    package var draft: NoticeDraft
    package var count: Int64
    package var firstAt: Timestamp
    package var lastAt: Timestamp
  }

  private struct Key: Hashable {
    let audience: NoticeAudience
    let source: String
    let key: String
  }

  private struct Open {
    /// Nil when nothing came since the last time it was handed out.
    var entry: Entry?
    var closesAt: Duration
  }

  private let interval: Duration
  private let bound: Int
  private var open: [Key: Open] = [:]

  /// - Parameters:
  ///   - interval: how long occurrences are collected after one was handed out.
  ///   - bound: kinds that are counted at a time; beyond it, occurrences are handed out one by one.
  package init(interval: Duration = .seconds(5), bound: Int = 4_096) {
    (self.interval, self.bound) = (interval, bound)
  }

  /// Something occurred.
  ///
  /// - Returns: what to write now; nil when it is counted for later.
  package mutating func add(
    _ draft: NoticeDraft, for audience: NoticeAudience, at instant: Timestamp, uptime now: Duration
  ) -> Entry? {
    let key = Key(audience: audience, source: draft.source, key: draft.key)
    let entry = Entry(audience: audience, draft: draft, count: 1, firstAt: instant, lastAt: instant)
    guard var known = open[key] else {
      if open.count < bound { open[key] = Open(entry: nil, closesAt: now + interval) }
      return entry
    }
    if let former = known.entry { known.entry = former.and(entry) } else { known.entry = entry }
    open[key] = known
    return nil
  }

  /// What was counted and is to be written now; `all` does not wait for the end of the interval.
  package mutating func due(at now: Duration, all: Bool = false) -> [Entry] {
    var entries: [Entry] = []
    for (key, known) in open where all || known.closesAt <= now {
      if let entry = known.entry {
        entries.append(entry)
        open[key] = Open(entry: nil, closesAt: now + interval)
      } else {
        open[key] = nil
      }
    }
    return entries.sorted { $0.firstAt < $1.firstAt }
  }

  /// Takes back what could not be written.
  package mutating func putBack(_ entry: Entry, uptime now: Duration) {
    let key = Key(audience: entry.audience, source: entry.draft.source, key: entry.draft.key)
    guard var known = open[key] else {
      open[key] = Open(entry: entry, closesAt: now + interval)
      return
    }
    known.entry = known.entry.map { entry.and($0) } ?? entry
    open[key] = known
  }

  /// When `due` is to be asked next; nil when nothing is collected.
  package var nextDue: Duration? { open.values.lazy.map(\.closesAt).min() }
}

extension NoticeDigest.Entry {
  /// This and a later occurrence.
  fileprivate func and(_ later: Self) -> Self {
    var sum = later
    sum.draft.severity = max(draft.severity, later.draft.severity)
    sum.count = count + later.count
    sum.firstAt = min(firstAt, later.firstAt)
    return sum
  }
}
