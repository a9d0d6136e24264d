// How often a plugin may ask the network in one server (plugin-host contract, section 15.1).

import EventLoop

/// Tokens that come back at a steady rate, up to twice a minute's worth.
struct TokenBucket: Sendable {
  private var tokens: Double
  private var at: Duration

  /// Full.
  init(perMinute: Int, at now: Duration) { (tokens, at) = (Double(2 * perMinute), now) }

  /// Takes one.
  ///
  /// - Returns: seconds until there is one; nil when it was taken.
  mutating func take(perMinute: Int, at now: Duration) -> Double? {
    let rate = Double(perMinute) / 60
    let passed = (now - at) / .seconds(1)
    tokens = min(Double(2 * perMinute), tokens + max(0, passed) * rate)
    at = now
    guard tokens < 1 else {
      tokens -= 1
      return nil
    }
    return (1 - tokens) / rate
  }
}

/// A table with a bound: what was not used for the longest goes first.
struct BoundedTable<Value: Sendable>: Sendable {
  private var values: [String: (value: Value, used: UInt64)] = [:]
  private var uses: UInt64 = 0
  private let bound: Int

  init(bound: Int) { self.bound = bound }

  /// Changes the value under a key, made when it is not there.
  mutating func with<Result>(_ key: String, make: () -> Value, _ body: (inout Value) -> Result) -> Result {
    uses += 1
    var entry = values[key] ?? (make(), uses)
    entry.used = uses
    defer { values[key] = entry }
    if values.count >= bound, values[key] == nil {
      let half = values.values.map(\.used).sorted()[values.count / 2]
      values = values.filter { $0.value.used > half }
    }
    return body(&entry.value)
  }
}
