// What the server counts, and the access log.

internal import HTTPTypes
internal import Telemetry

let serverLog = Log(room: "http")

/// Metrics, made once per route so that a request only adds.
struct ServerMetrics: Sendable {
  private struct RouteMetrics: Sendable {
    let byClass: [Counter]
    let duration: Histogram
  }

  /// By the route's place in the table.
  private let routes: [RouteMetrics]
  private let other: RouteMetrics
  let inFlight: Gauge

  private static let buckets: [Double] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]

  init(registry: MetricRegistry, routes: [Route]) {
    inFlight = registry.gauge("http_requests_in_flight", help: "Requests whose handlers run.")
    other = Self.metrics(registry, name: "none", method: "any")
    self.routes = routes.map { Self.metrics(registry, name: $0.name, method: $0.method.rawValue) }
  }

  private static func metrics(_ registry: MetricRegistry, name: String, method: String) -> RouteMetrics {
    RouteMetrics(
      byClass: (1...5).map { digit in
        registry.counter(
          "http_requests_total", help: "Requests answered.",
          labels: ["route": name, "method": method, "status": "\(digit)xx"])
      },
      duration: registry.histogram(
        "http_request_seconds", help: "From the head of a request to the end of its answer.",
        labels: ["route": name], buckets: buckets))
  }

  func record(route: Route?, status: Int, duration: Duration) {
    let metrics = route.map { routes[$0.index] } ?? other
    metrics.byClass[min(max(status / 100, 1), 5) - 1].increment()
    metrics.duration.record(duration)
  }
}

/// What is known of a request when it is over.
struct AccessEntry: Sendable {
  var method = ""
  var route: Route?
  var status = 0
  var bytes: Int64 = 0
  var address: IPAddress?
  var requestID: UInt64 = 0
  var trace: TraceID?

  func write(duration: Duration) {
    guard let trace else { return log(duration) }
    withTrace(trace) { log(duration) }
  }

  private func log(_ duration: Duration) {
    serverLog.info(
      "request",
      [
        "method": .string(method), "route": .string(route?.name ?? "none"), "status": .integer(Int64(status)),
        "bytes": .integer(bytes),
        "milliseconds": .double(
          Double(duration.components.attoseconds) / 1e15 + Double(duration.components.seconds) * 1e3),
        "address": .string(address?.description ?? "local"), "request": .string(RequestID.text(requestID)),
      ])
  }
}
