// Rates and means of the last hour, made of samples.

import Telemetry

/// What happened between samples.
struct MetricsWindow: Sendable {
  private let samples: [MetricSample]

  /// `samples`: the oldest first.
  init(_ samples: [MetricSample]) { self.samples = samples }

  /// A span between two samples.
  struct Span: Sendable {
    let from: MetricSample
    let until: MetricSample

    var seconds: Double { Double(until.at - from.at) / 1_000 }

    /// How often a counter counted or a histogram recorded, in a second; nil when the metric is not there.
    func rate(_ name: String) -> Double? {
      guard let new = until.totals[name]?.value, seconds > 0 else { return nil }
      return max(0, new - (from.totals[name]?.value ?? 0)) / seconds
    }

    /// The mean of what a histogram recorded; nil when it recorded nothing.
    func mean(_ name: String) -> Double? {
      guard let new = until.totals[name], let sum = new.sum else { return nil }
      let count = new.value - (from.totals[name]?.value ?? 0)
      return count > 0 ? max(0, sum - (from.totals[name]?.sum ?? 0)) / count : nil
    }

    /// What a gauge says at the end.
    func level(_ name: String) -> Double? { until.totals[name]?.value }
    func highest(_ name: String) -> Double? { until.totals[name]?.highest }
  }

  /// The last `seconds`, or as much of them as there is; nil before the second sample.
  func last(seconds: Int64) -> Span? {
    guard let until = samples.last, samples.count > 1 else { return nil }
    let from = samples.first { $0.at >= until.at - seconds * 1_000 - 500 } ?? samples[0]
    return from.at < until.at ? Span(from: from, until: until) : nil
  }

  /// All of it in pieces of at least that length, the oldest first.
  func pieces(seconds: Int64) -> [Span] {
    var pieces: [Span] = []
    var from = samples.first
    for sample in samples.dropFirst() {
      guard let begin = from, sample.at - begin.at >= seconds * 1_000 else { continue }
      pieces.append(Span(from: begin, until: sample))
      from = sample
    }
    return pieces
  }
}
