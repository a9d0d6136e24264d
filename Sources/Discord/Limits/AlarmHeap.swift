// When the machine must look at something again: a binary heap by time.

/// What is to be looked at.
enum Alarm {
  case deadline(EgressTicket)
  case lane(Int)
  case bucket(Int)
}

/// Alarms by time, earliest first. Those that lost their meaning stay until their time comes.
struct AlarmHeap {
  private var entries: [(at: Duration, alarm: Alarm)] = []

  var count: Int { entries.count }
  var next: Duration? { entries.first?.at }

  mutating func add(_ alarm: Alarm, at instant: Duration) {
    entries.append((instant, alarm))
    siftUp(entries.count - 1)
  }

  /// Takes out the earliest, if its time has come.
  mutating func takeNext(dueAt now: Duration) -> Alarm? {
    guard let first = entries.first, first.at <= now else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      siftDown()
    }
    return first.alarm
  }

  /// Drops the alarms that are not needed any more.
  mutating func keep(_ isNeeded: (Alarm) -> Bool) {
    // Ascending order is a heap.
    entries = entries.filter { isNeeded($0.alarm) }.sorted { $0.at < $1.at }
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].at < entries[parent].at else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { return }
      if child + 1 < entries.count, entries[child + 1].at < entries[child].at { child += 1 }
      guard entries[child].at < entries[parent].at else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
