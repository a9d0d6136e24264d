// Counters, gauges and histograms: what a room counts with.

internal import Synchronization

/// A value that only grows.
package final class Counter: Sendable {
  private let value = Atomic<Int64>(0)
  /// Adds `amount`, which must not be negative. One atomic instruction.
  package func increment(by amount: Int64 = 1) { value.wrappingAdd(amount, ordering: .relaxed) }
  package var current: Int64 { value.load(ordering: .relaxed) }
}

/// A value that goes up and down.
package final class Gauge: Sendable {
  private let value = Atomic<Int64>(0)
  /// Replaces the value. One atomic instruction, as `add`.
  package func set(_ newValue: Int64) { value.store(newValue, ordering: .relaxed) }
  package func add(_ amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
  package var current: Int64 { value.load(ordering: .relaxed) }
}

/// How often which durations or sizes occurred. Recording takes no lock.
package final class Histogram: Sendable {
  /// Upper bounds for durations in seconds: half a millisecond to ten seconds.
  package static let secondsBuckets: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// A noncopyable atomic cannot be in an array; its owner can.
  private final class Bucket: Sendable {
    let count = Atomic<Int64>(0)
  }

  /// Inclusive upper bounds, ascending; the last bucket, without a bound, is not among them.
  let bounds: [Double]
  private let buckets: [Bucket]
  /// The bits of a `Double`.
  private let sumBits = Atomic<UInt64>(0)

  init(bounds: [Double]) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.allSatisfy(\.isFinite))
    self.bounds = bounds
    buckets = (0...bounds.count).map { _ in Bucket() }
  }

  /// Counts a value. NaN is not one, and is left out.
  package func record(_ value: Double) {
    guard !value.isNaN else { return }
    buckets[bounds.firstIndex { value <= $0 } ?? bounds.count].count.wrappingAdd(1, ordering: .relaxed)
    var old = sumBits.load(ordering: .relaxed)
    while true {
      let new = (Double(bitPattern: old) + value).bitPattern
      let (exchanged, original) = sumBits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
      if exchanged { return }
      old = original
    }
  }

  /// Records a duration in seconds, the unit Prometheus wants.
  package func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    record(Double(seconds) + Double(attoseconds) / 1e18)
  }

  /// How many values each bucket got, the one without a bound last.
  package var counts: [Int64] { buckets.map { $0.count.load(ordering: .relaxed) } }

  /// All values added up. While values are being recorded it may be a little ahead of or behind `counts`.
  package var sum: Double { Double(bitPattern: sumBits.load(ordering: .relaxed)) }
}
