// What falls due, in the order of its instants.

package import DiscordCore
package import EventLoop

/// What is to happen at an instant of the world's time; setting a key again replaces what it stood for.
///
/// A heap by instant. What is replaced or cancelled stays in it until it comes up or outnumbers the rest.
package struct Agenda {
  /// What an entry is about.
  package enum Key: Hashable, Sendable {
    case timeout(GuildID, UserID)
    case poll(MessageID)
    case archive(ChannelID)
    case scheduledEvent(GuildScheduledEventID)
    case invite(String)
    case incidents(GuildID)
    /// Anything else, by a name of its owner's.
    case named(String)
  }

  private struct Entry {
    let order: Int
    let act: (World) -> Void
  }

  private struct Place {
    let due: Timestamp
    let order: Int
    let key: Key

    static func < (left: Place, right: Place) -> Bool {
      (left.due, left.order) < (right.due, right.order)
    }
  }

  private var entries: [Key: Entry] = [:]
  private var heap: [Place] = []
  private var counter = 0
  /// Called when something is due earlier than before, so that a timer can be set anew.
  package var onEarlier: (() -> Void)?

  package init() {}

  /// When the next entry is due; nil when nothing is.
  package var next: Timestamp? {
    mutating get {
      dropStale()
      return heap.first?.due
    }
  }

  /// How many entries there are.
  package var count: Int { entries.count }

  /// Sets what happens at `due`; of several things at one instant the first set comes first.
  package mutating func set(_ key: Key, at due: Timestamp, _ act: @escaping (World) -> Void) {
    let before = next
    counter += 1
    entries[key] = Entry(order: counter, act: act)
    heap.append(Place(due: due, order: counter, key: key))
    siftUp()
    if heap.count > 64, heap.count > 2 * entries.count { compact() }
    if before.map({ due < $0 }) ?? true { onEarlier?() }
  }

  /// Forgets the entry.
  package mutating func cancel(_ key: Key) { entries[key] = nil }

  /// Takes out the earliest entry that is due at `instant`.
  package mutating func takeNext(dueAt instant: Timestamp) -> (due: Timestamp, act: (World) -> Void)? {
    dropStale()
    guard let first = heap.first, first.due <= instant, let entry = entries.removeValue(forKey: first.key)
    else { return nil }
    removeFirst()
    return (first.due, entry.act)
  }

  private func isCurrent(_ place: Place) -> Bool { entries[place.key]?.order == place.order }

  private mutating func dropStale() {
    while let first = heap.first, !isCurrent(first) { removeFirst() }
  }

  private mutating func compact() {
    heap = heap.filter { isCurrent($0) }
    // A sorted array is a heap.
    heap.sort { $0 < $1 }
  }

  private mutating func siftUp() {
    var child = heap.count - 1
    while child > 0, case let parent = (child - 1) / 2, heap[child] < heap[parent] {
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while case var child = 2 * parent + 1, child < heap.count {
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
