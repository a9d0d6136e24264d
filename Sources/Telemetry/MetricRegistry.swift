// Where metrics are made and found again.

internal import Synchronization

/// Where metrics are made and read. Asking twice for the same name and labels gives the same metric; keep it, since
/// asking takes a lock.
///
/// A name has at most `seriesLimit` sets of labels. Whatever comes beyond shares one series in which every label has
/// the value `other`, so a label that strangers can choose costs neither memory nor the scraper its life;
/// `telemetry_label_overflow_total` says which name it happened to.
package final class MetricRegistry: Sendable {
  /// The registry of this process. It has the process's own metrics, too.
  package static let process: MetricRegistry = {
    let registry = MetricRegistry()
    ProcessMetrics.register(in: registry)
    return registry
  }()

  /// What a series reads its value from.
  enum Instrument: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case histogram(Histogram)
    /// Asked at each scrape.
    case reading(@Sendable () -> Double?)
  }

  /// Prometheus' word for what a name measures.
  enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  struct Family: Sendable {
    let kind: Kind
    let help: String
    /// By labels in text form, `{a="b"}` or nothing.
    var series: [String: Instrument] = [:]
  }

  private static let overflow = "telemetry_label_overflow_total"

  private let seriesLimit: Int
  private let families = Mutex<[String: Family]>([:])

  /// - Parameter seriesLimit: sets of labels for each name.
  package init(seriesLimit: Int = 500) { self.seriesLimit = seriesLimit }

  /// A counter; by custom its name ends in `_total`.
  ///
  /// - Precondition: `name` and the labels' names are valid (`isValidName`, `isValidLabel`) and the name has no other
  ///   kind. Names are constants of the code; values of labels may be anything.
  package func counter(_ name: String, help: String, labels: [String: String] = [:]) -> Counter {
    guard
      case .counter(let counter) = instrument(name, .counter, help, labels, make: { .counter(Counter()) })
    else { preconditionFailure("\(name) is not counted by its owner alone") }
    return counter
  }

  /// A gauge.
  ///
  /// - Precondition: as for `counter`.
  package func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge {
    guard case .gauge(let gauge) = instrument(name, .gauge, help, labels, make: { .gauge(Gauge()) }) else {
      preconditionFailure("\(name) is read, not set")
    }
    return gauge
  }

  /// A gauge whose value is asked for at each scrape, such as the depth of a queue. Asking again for the same name
  /// and labels puts the new reading in place of the old one.
  ///
  /// `reading` is called on the thread that scrapes; it must be quick and must not use this registry. Nil: there
  /// is no value, as when what is measured has gone (capture it weakly).
  ///
  /// - Precondition: as for `counter`.
  package func gauge(
    _ name: String, help: String, labels: [String: String] = [:], reading: @escaping @Sendable () -> Double?
  ) {
    register(reading, name, .gauge, help, labels)
  }

  /// A counter whose value something else keeps.
  ///
  /// - Precondition: as for `counter`.
  package func counter(
    _ name: String, help: String, labels: [String: String] = [:], reading: @escaping @Sendable () -> Double?
  ) {
    register(reading, name, .counter, help, labels)
  }

  /// A histogram.
  ///
  /// `buckets` are inclusive upper bounds, ascending; `Histogram.secondsBuckets` when empty. They are those of
  /// the first call with this name and labels.
  ///
  /// - Precondition: as for `counter`; `le` is no label.
  package func histogram(_ name: String, help: String, labels: [String: String] = [:], buckets: [Double] = [])
    -> Histogram
  {
    precondition(labels["le"] == nil, "le is the label of a histogram's buckets")
    let bounds = buckets.isEmpty ? Histogram.secondsBuckets : buckets
    let made = instrument(name, .histogram, help, labels) { .histogram(Histogram(bounds: bounds)) }
    guard case .histogram(let histogram) = made else { preconditionFailure("\(name) is no histogram") }
    return histogram
  }

  /// Everything there is, by name.
  var snapshot: [(name: String, family: Family)] {
    families.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  private func register(
    _ reading: @escaping @Sendable () -> Double?, _ name: String, _ kind: Kind, _ help: String,
    _ labels: [String: String]
  ) {
    _ = instrument(name, kind, help, labels) { .reading(reading) }
    families.withLock { families in
      let key = PrometheusText.labels(labels)
      if families[name]?.series[key] != nil { families[name]?.series[key] = .reading(reading) }
    }
  }

  private func instrument(
    _ name: String, _ kind: Kind, _ help: String, _ labels: [String: String], make: () -> Instrument
  ) -> Instrument {
    precondition(Self.isValidName(name), "\(name) is no name for a metric")
    precondition(labels.keys.allSatisfy(Self.isValidLabel), "\(name) has a label whose name is none")
    let key = PrometheusText.labels(labels)
    let (instrument, overflows) = families.withLock { families -> (Instrument, Bool) in
      var family = families[name] ?? Family(kind: kind, help: help)
      precondition(family.kind == kind, "\(name) is a \(family.kind) already")
      if let instrument = family.series[key] { return (instrument, false) }
      let overflows = family.series.count >= seriesLimit && !labels.isEmpty
      let place = overflows ? PrometheusText.labels(labels.mapValues { _ in "other" }) : key
      let instrument = family.series[place] ?? make()
      family.series[place] = instrument
      families[name] = family
      return (instrument, overflows)
    }
    if overflows, name != Self.overflow {
      counter(
        Self.overflow, help: "Requests for a metric that were given the series for other labels.",
        labels: ["metric": name]
      ).increment()
    }
    return instrument
  }

  /// Whether Prometheus takes this as a metric's name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  package static func isValidName(_ name: String) -> Bool {
    isName(name) { $0 == UInt8(ascii: ":") }
  }

  /// Whether Prometheus takes this as a label's name: `[a-zA-Z_][a-zA-Z0-9_]*`, not beginning with `__`.
  package static func isValidLabel(_ name: String) -> Bool {
    isName(name) { _ in false } && !name.hasPrefix("__")
  }

  private static func isName(_ name: String, _ isAlsoAllowed: (UInt8) -> Bool) -> Bool {
    guard let first = name.utf8.first, !first.isDigit else { return false }
    return name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || isAlsoAllowed($0) }
  }
}
