// What some metrics were in the last hour, in memory: for charts of a process that nobody scrapes.

internal import Synchronization

/// What all series of a name come to.
package struct MetricTotal: Sendable, Equatable {
  /// The sum of counters and gauges; how many values a histogram got.
  package var value: Double
  /// The highest of the series.
  package var highest: Double
  /// The values of a histogram added up; nil for anything else.
  package var sum: Double?

  package init(value: Double, highest: Double, sum: Double? = nil) {
    (self.value, self.highest, self.sum) = (value, highest, sum)
  }
}

/// The metrics of a moment.
package struct MetricSample: Sendable {
  /// Milliseconds since 1970, UTC.
  package let at: Int64
  /// By name; names without a series are missing.
  package let totals: [String: MetricTotal]
}

extension MetricRegistry {
  /// What all series of these names come to. Readings are asked for on the calling thread.
  package func totals(_ names: Set<String>) -> [String: MetricTotal] {
    var result: [String: MetricTotal] = [:]
    for (name, family) in snapshot where names.contains(name) {
      var total: MetricTotal?
      for instrument in family.series.values {
        guard let one = Self.total(instrument) else { continue }
        guard let before = total else {
          total = one
          continue
        }
        total = MetricTotal(
          value: before.value + one.value, highest: max(before.highest, one.highest),
          sum: one.sum.map { $0 + (before.sum ?? 0) } ?? before.sum)
      }
      result[name] = total
    }
    return result
  }

  private static func total(_ instrument: Instrument) -> MetricTotal? {
    switch instrument {
    case .counter(let counter):
      return MetricTotal(value: Double(counter.current), highest: Double(counter.current))
    case .gauge(let gauge): return MetricTotal(value: Double(gauge.current), highest: Double(gauge.current))
    case .reading(let reading): return reading().map { MetricTotal(value: $0, highest: $0) }
    case .histogram(let histogram):
      let count = Double(histogram.counts.reduce(0, +))
      return MetricTotal(value: count, highest: count, sum: histogram.sum)
    }
  }
}

/// A ring of samples. Somebody calls `sample` at regular intervals.
package final class MetricHistory: Sendable {
  private let registry: MetricRegistry
  private let names: Set<String>
  private let capacity: Int
  private let ring = Mutex<[MetricSample]>([])

  /// `names`: what is sampled. `capacity`: how many samples are kept.
  package init(_ registry: MetricRegistry, names: Set<String>, capacity: Int) {
    (self.registry, self.names, self.capacity) = (registry, names, max(2, capacity))
  }

  /// Takes a sample; `now` is in milliseconds since 1970, UTC.
  package func sample(at now: Int64) {
    let sample = MetricSample(at: now, totals: registry.totals(names))
    ring.withLock { ring in
      // After the clock went back, what came later makes no sense any more.
      ring.removeAll { $0.at >= now }
      if ring.count == capacity { ring.removeFirst() }
      ring.append(sample)
    }
  }

  /// What is kept, the oldest first.
  package var samples: [MetricSample] { ring.withLock { $0 } }

  /// The metrics of this moment.
  package var current: [String: MetricTotal] { registry.totals(names) }
}
