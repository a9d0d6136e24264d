// Timers of one loop: a binary heap by deadline, with removal by identity.

/// Names a timer of one loop, to cancel it.
package struct LoopTimer: Hashable, Sendable {
  let id: UInt64
}

/// Deadlines in order. Adding and removing cost O(log n); a removed timer releases its closure at once.
struct TimerHeap {
  private struct Entry {
    let deadline: ContinuousClock.Instant
    let id: UInt64

    static func < (left: Entry, right: Entry) -> Bool {
      left.deadline == right.deadline ? left.id < right.id : left.deadline < right.deadline
    }
  }

  private var entries: [Entry] = []
  private var bodies: [UInt64: () -> Void] = [:]
  private var lastID: UInt64 = 0

  mutating func add(deadline: ContinuousClock.Instant, _ body: @escaping () -> Void) -> LoopTimer {
    lastID += 1
    bodies[lastID] = body
    entries.append(Entry(deadline: deadline, id: lastID))
    siftUp(entries.count - 1)
    return LoopTimer(id: lastID)
  }

  mutating func remove(_ timer: LoopTimer) {
    guard bodies.removeValue(forKey: timer.id) != nil else { return }
    // The entry stays until it comes up or until dead entries outnumber live ones, which keeps memory bounded.
    guard entries.count > 64, entries.count > 2 * bodies.count else { return }
    entries = entries.filter { bodies[$0.id] != nil }
    entries.sort(by: <)
  }

  /// Takes out the earliest timer, if it is due.
  mutating func takeNext(dueAt now: ContinuousClock.Instant) -> (() -> Void)? {
    while let first = entries.first, first.deadline <= now {
      removeFirst()
      if let body = bodies.removeValue(forKey: first.id) { return body }
    }
    return nil
  }

  /// How long `epoll_wait` may sleep: -1 without a timer, never less than the time that is left.
  mutating func millisecondsUntilNext(from now: ContinuousClock.Instant) -> CInt {
    while let first = entries.first, bodies[first.id] == nil { removeFirst() }
    guard let first = entries.first else { return -1 }
    let left = now.duration(to: first.deadline)
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    guard seconds < 3_600 else { return 3_600_000 }
    return CInt(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  private mutating func removeFirst() {
    let last = entries.removeLast()
    guard !entries.isEmpty else { return }
    entries[0] = last
    siftDown()
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { return }
      if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
