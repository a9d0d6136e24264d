// A dictionary within a bound that forgets what came first.

/// Values by key, up to a total weight; beyond it those that were put in first go.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    var value: Value
    var weight: Int
    let number: Int
  }

  private var entries: [Key: Entry] = [:]
  /// Keys in the order they came; those that were removed since are passed over by their numbers.
  private var order: [(key: Key, number: Int)] = []
  private var first = 0
  private var lastNumber = 0
  private var weight = 0
  let bound: Int

  init(bound: Int) { self.bound = bound }

  var count: Int { entries.count }

  subscript(_ key: Key) -> Value? { entries[key]?.value }

  /// Puts a value in; one that is there is replaced and keeps its turn. Heavier than the bound, it is not kept.
  mutating func put(_ value: Value, for key: Key, weight: Int = 1) {
    guard weight <= bound else { return remove(key) }
    if let old = entries[key] {
      self.weight += weight - old.weight
      entries[key] = Entry(value: value, weight: weight, number: old.number)
    } else {
      lastNumber += 1
      entries[key] = Entry(value: value, weight: weight, number: lastNumber)
      order.append((key, lastNumber))
      self.weight += weight
    }
    while self.weight > bound, first < order.count { forgetFirst() }
    if order.count > 2 * entries.count + 64 { compact() }
  }

  mutating func remove(_ key: Key) {
    guard let entry = entries.removeValue(forKey: key) else { return }
    weight -= entry.weight
  }

  /// Forgets those that came first as long as they are so.
  mutating func removeFirst(while isGone: (Value) -> Bool) {
    while first < order.count {
      let (key, number) = order[first]
      if let entry = entries[key], entry.number == number, !isGone(entry.value) { return }
      forgetFirst()
    }
  }

  mutating func removeAll(where isGone: (Value) -> Bool) {
    for (key, entry) in entries where isGone(entry.value) { remove(key) }
  }

  private mutating func forgetFirst() {
    let (key, number) = order[first]
    first += 1
    if entries[key]?.number == number { remove(key) }
  }

  private mutating func compact() {
    order = order[first...].filter { entries[$0.key]?.number == $0.number }
    first = 0
  }
}
