// Who watches what passes.

internal import EventLoop
internal import HTTPServer

/// The ring and its watchers. Confined to the loop.
final class Inspector {
  private var ring = InspectorRing()
  private var feeds: [Int: EventFeed] = [:]
  private var nextFeed = 0
  private static let feedBound = 32

  /// Notes what passed, and tells everyone who watches.
  func note(_ entry: InspectorEntry, at now: Timestamp) {
    let line = ring.append(entry, at: now)
    guard !feeds.isEmpty else { return }
    let event = ServerSentEvent(line.text, id: String(line.number))
    for (id, feed) in feeds {
      // A watcher that is too slow is cut off, connects again and catches up.
      if !feed.offer(event) { feeds[id] = nil }
    }
  }

  /// Begins to tell a watcher, with what it missed after `number` first; nil when there are too many.
  func watch(_ feed: EventFeed, after number: UInt64) -> Int? {
    guard feeds.count < Self.feedBound else { return nil }
    for line in ring.after(number) { feed.offer(ServerSentEvent(line.text, id: String(line.number))) }
    nextFeed += 1
    feeds[nextFeed] = feed
    return nextFeed
  }

  func leave(_ id: Int) { feeds[id] = nil }
}
