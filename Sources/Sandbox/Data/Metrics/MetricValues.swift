// The words of metrics: steps, periods, sums.

import EventLoop

/// How wide a bucket is.
enum MetricStep: CaseIterable, Sendable {
  case fiveMinutes, hour, day

  var milliseconds: Int64 {
    switch self {
    case .fiveMinutes: 300_000
    case .hour: 3_600_000
    case .day: 86_400_000
    }
  }

  var table: String {
    switch self {
    case .fiveMinutes: "sandbox_metric_step"
    case .hour: "sandbox_metric_hour"
    case .day: "sandbox_metric_day"
    }
  }

  /// Where the bucket of an instant begins.
  func start(of at: Int64) -> Int64 { at - (at % milliseconds + milliseconds) % milliseconds }

  /// A bucket's name: its day, or its day and time, in UTC.
  func label(_ start: Int64) -> String {
    let text = Timestamp(milliseconds: start).description
    return self == .day ? String(text.prefix(10)) : "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
  }
}

/// What a query looks back on: so many buckets, the one that is under way last.
enum MetricPeriod: String, Sendable, CaseIterable {
  case hour = "1h"
  case day = "24h"
  case week = "7d"
  case month = "30d"
  case quarter = "90d"

  var step: MetricStep {
    switch self {
    case .hour: .fiveMinutes
    case .day: .hour
    case .week, .month, .quarter: .day
    }
  }

  private var count: Int64 {
    switch self {
    case .hour: 12
    case .day: 24
    case .week: 7
    case .month: 30
    case .quarter: 90
    }
  }

  /// Where its buckets begin, oldest first.
  func buckets(at now: Int64) -> [Int64] {
    let last = step.start(of: now)
    return (0..<count).map { last - (count - 1 - $0) * step.milliseconds }
  }
}

/// What many values are together.
struct MetricSum: Sendable, Equatable {
  var hits: Int64
  var total: Double
  var low: Double
  var high: Double

  init(_ value: Double) { (hits, total, low, high) = (1, value, value, value) }

  init(hits: Int64, total: Double, low: Double, high: Double) {
    (self.hits, self.total, self.low, self.high) = (hits, total, low, high)
  }

  mutating func add(_ other: MetricSum) {
    hits += other.hits
    total += other.total
    low = min(low, other.low)
    high = max(high, other.high)
  }
}

/// What is told of many values.
enum MetricAggregate: String, Sendable, CaseIterable {
  case sum, count, avg, min, max

  /// 0 where there is no value.
  func value(_ sum: MetricSum?) -> Double {
    guard let sum, sum.hits > 0 else { return 0 }
    return switch self {
    case .sum: sum.total
    case .count: Double(sum.hits)
    case .avg: sum.total / Double(sum.hits)
    case .min: sum.low
    case .max: sum.high
    }
  }
}

/// A metric with its tags, as text: what a series is told by.
struct MetricSeries: Hashable, Sendable {
  let metric: String
  /// A JSON object, its names in the order of their bytes.
  let tags: String

  static func == (left: MetricSeries, right: MetricSeries) -> Bool {
    left.metric == right.metric && left.tags.utf8.elementsEqual(right.tags.utf8)
  }
  func hash(into hasher: inout Hasher) {
    hasher.combine(metric)
    for byte in tags.utf8 { hasher.combine(byte) }
  }
}
