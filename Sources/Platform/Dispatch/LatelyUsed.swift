// Values of the keys that were used lately: how tables by guild stay bounded.

/// At most `capacity` values. When they become too many, the half that was used longest ago goes at once, so that a table
/// that is full does not begin anew, and a use costs one look-up.
struct LatelyUsed<Key: Hashable, Value> {
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]
  private let capacity: Int

  init(capacity: Int) { self.capacity = max(2, capacity) }

  /// The value of a key, which is used by that.
  subscript(key: Key) -> Value? {
    mutating get {
      if let value = young[key] { return value }
      guard let value = old.removeValue(forKey: key) else { return nil }
      put(value, key)
      return value
    }
    set {
      old[key] = nil
      if let newValue { put(newValue, key) } else { young[key] = nil }
    }
  }

  /// The value of a key, made when there is none.
  mutating func value(of key: Key, make: () -> Value) -> Value {
    if let value = self[key] { return value }
    let value = make()
    put(value, key)
    return value
  }

  private mutating func put(_ value: Value, _ key: Key) {
    young[key] = value
    guard young.count > capacity / 2 else { return }
    old = young
    young = [:]
  }
}

extension LatelyUsed: Sendable where Key: Sendable, Value: Sendable {}
