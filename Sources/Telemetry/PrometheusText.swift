// Metrics as Prometheus reads them.

/// The text exposition format, version 0.0.4.
package enum PrometheusText {
  /// For the `Content-Type` of the answer.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Everything in the registry, sorted by name and labels. Readings are asked for on the calling thread.
  package static func write(_ registry: MetricRegistry) -> String {
    var text = ""
    for (name, family) in registry.snapshot {
      text +=
        "# HELP \(name) \(escaped(family.help, quotes: false))\n# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
        switch instrument {
        case .counter(let counter): text += "\(name)\(labels) \(counter.current)\n"
        case .gauge(let gauge): text += "\(name)\(labels) \(gauge.current)\n"
        case .reading(let reading):
          if let value = reading() { text += "\(name)\(labels) \(number(value))\n" }
        case .histogram(let histogram): write(histogram, name, labels, to: &text)
        }
      }
    }
    return text
  }

  private static func write(_ histogram: Histogram, _ name: String, _ labels: String, to text: inout String) {
    let opening = labels.isEmpty ? "{" : labels.dropLast() + ","
    let bounds = histogram.bounds.map(number) + ["+Inf"]
    var total: Int64 = 0
    for (bound, count) in zip(bounds, histogram.counts) {
      total += count
      text += "\(name)_bucket\(opening)le=\"\(bound)\"} \(total)\n"
    }
    text += "\(name)_sum\(labels) \(number(histogram.sum))\n\(name)_count\(labels) \(total)\n"
  }

  /// `{a="b",c="d"}`, sorted by name; nothing for no labels.
  static func labels(_ labels: [String: String]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
    return "{\(pairs.joined(separator: ","))}"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
