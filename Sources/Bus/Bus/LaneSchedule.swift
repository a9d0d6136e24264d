// Which entry may run next: a pure machine over keys, shared by both buses.

internal import EventLoop

/// Entries by key, of which at most one of each key and at most `concurrency` in all run at a time. Keys that are
/// ready take turns.
struct LaneSchedule {
  private struct Key {
    var waiting = FirstInFirstOut<LaneEntry>()
    /// One of it runs, or waits for its next attempt.
    var isBusy = false
  }

  private let concurrency: Int
  private var keys: [String: Key] = [:]
  private var ready = FirstInFirstOut<String>()
  private(set) var running = 0
  /// Entries that wait, without those that run.
  private(set) var waitingCount = 0

  init(concurrency: Int) {
    self.concurrency = concurrency
  }

  /// How many entries of the key wait or run.
  func depth(of key: String) -> Int {
    keys[key].map { $0.waiting.count + ($0.isBusy ? 1 : 0) } ?? 0
  }

  /// An entry came in.
  mutating func arrive(_ entry: LaneEntry) {
    waitingCount += 1
    let isFirst = keys[entry.key, default: Key()].waiting.isEmpty
    keys[entry.key, default: Key()].waiting.append(entry)
    if isFirst, keys[entry.key]?.isBusy == false { ready.append(entry.key) }
  }

  /// Takes the entry that runs next; nil when none may.
  mutating func next() -> LaneEntry? {
    guard running < concurrency else { return nil }
    while let key = ready.popFirst() {
      // A key can be on the list and have been emptied by `remove`.
      guard keys[key]?.isBusy == false, let entry = keys[key]?.waiting.popFirst() else { continue }
      keys[key]?.isBusy = true
      running += 1
      waitingCount -= 1
      return entry
    }
    return nil
  }

  /// Whether `next` would return an entry.
  var hasNext: Bool { running < concurrency && waitingCount > 0 && !ready.isEmpty }

  /// The entry that ran is done: the next of its key may run.
  mutating func finish(_ key: String) {
    running -= 1
    free(key)
  }

  /// The entry that ran failed and waits for its next attempt: its key stays busy, its place is free.
  mutating func pause() {
    running -= 1
  }

  /// The pause is over: the entry is the next of its key.
  mutating func resume(_ entry: LaneEntry) {
    keys[entry.key, default: Key()].waiting.prepend(entry)
    waitingCount += 1
    free(entry.key)
  }

  /// The keys of which an entry waits or runs.
  var keyNames: some Collection<String> { keys.keys }

  /// Forgets entries that wait, and returns them.
  mutating func remove(where isUnwanted: (LaneEntry) -> Bool) -> [LaneEntry] {
    var removed: [LaneEntry] = []
    for name in Array(keys.keys) {
      removed += keys[name]?.waiting.removeAll(where: isUnwanted) ?? []
      if let left = keys[name], left.waiting.isEmpty, !left.isBusy { keys[name] = nil }
    }
    waitingCount -= removed.count
    return removed
  }

  private mutating func free(_ key: String) {
    keys[key]?.isBusy = false
    if keys[key]?.waiting.isEmpty ?? true {
      keys[key] = nil
    } else {
      ready.append(key)
    }
  }
}
