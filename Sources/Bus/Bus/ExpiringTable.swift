// Values that end by themselves, within a bound.

internal import EventLoop

/// A table whose entries expire. Beyond `capacity` those that have expired go first, then the hundredth part that
/// would expire soonest.
struct ExpiringTable<Value> {
  private let capacity: Int
  private var entries: [String: (value: Value, expiry: Timestamp)] = [:]

  init(capacity: Int) {
    self.capacity = capacity
  }

  var count: Int { entries.count }

  func value(of key: String, at now: Timestamp) -> Value? {
    guard let entry = entries[key], entry.expiry > now else { return nil }
    return entry.value
  }

  mutating func set(_ value: Value, for key: String, until expiry: Timestamp, at now: Timestamp) {
    entries[key] = (value, expiry)
    guard entries.count > capacity else { return }
    entries = entries.filter { $0.value.expiry > now }
    guard entries.count > capacity else { return }
    let soonest = entries.sorted { $0.value.expiry < $1.value.expiry }.prefix(max(1, capacity / 100))
    for (key, _) in soonest { entries[key] = nil }
  }
}
