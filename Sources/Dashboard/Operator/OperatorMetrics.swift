// What this process did in the last hour, in charts.

import HTML
import HTTPServer
import Resources
import Telemetry

/// Writes `/operator/metrics`.
struct OperatorMetrics: Sendable {
  private let visit: AccountVisit
  private let spans: [MetricsWindow.Span]

  init(_ visit: AccountVisit) {
    self.visit = visit
    spans = MetricsWindow(visit.house.desk.metrics.samples).pieces(seconds: 60)
  }

  /// A line of a chart: the name's key, and its value in a span.
  private typealias Line = (key: String, value: @Sendable (MetricsWindow.Span) -> Double?)

  func page() throws -> HTTPResponse {
    let strings = visit.strings
    return try visit.deskPage(
      strings["nav.operator.metrics"], "operator.metrics", lead: strings["desk.metrics.lead"],
      scripts: [visit.resources.chartScript]
    ) { html in
      guard !spans.isEmpty else {
        return html.add(EmptyState(strings["desk.metrics.none"], strings["desk.metrics.none.help"]))
      }
      html.element(.div, .class("grid charts")) { html in
        chart(
          "events", "/s",
          [
            ("events", { $0.rate("dispatch_events_total") }),
            ("gateway", { $0.rate("discord_gateway_events_total") }),
          ], &html)
        chart("wait", "ms", [("wait", { $0.mean("dispatch_wait_seconds").map { $0 * 1_000 } })], &html)
        chart("lanes", nil, [("lanes", { $0.level("bus_lane_depth_entries") })], &html)
        chart(
          "rest", "/s",
          [
            ("rest", { $0.rate("discord_rest_requests_total") }),
            ("limited", { $0.rate("discord_rest_rate_limited_total") }),
          ], &html)
        chart("restTime", "ms", [("restTime", { $0.mean("discord_rest_seconds").map { $0 * 1_000 } })], &html)
        chart("web", "/s", [("web", { $0.rate("http_requests_total") })], &html)
        chart("webTime", "ms", [("webTime", { $0.mean("http_request_seconds").map { $0 * 1_000 } })], &html)
        chart(
          "memory", "MiB",
          [
            ("memory", { $0.level("process_resident_memory_bytes").map { $0 / 1_048_576 } })
          ], &html)
        chart(
          "processor", "%",
          [
            ("processor", { $0.rate("process_cpu_seconds_total").map { $0 * 100 } })
          ], &html)
        chart(
          "timers", "ms",
          [
            ("timers", { $0.mean("schedule_lateness_seconds").map { $0 * 1_000 } })
          ], &html)
      }
    }
  }

  private func chart(_ key: String, _ unit: String?, _ lines: [Line], _ html: inout HTMLWriter) {
    let strings = visit.strings
    html.element(.section, .class("card card-body")) { html in
      html.add(
        Chart(
          strings[dynamic: "desk.chart.\(key)"], kind: .line, unit: unit, head: strings["desk.chart.time"],
          labels: spans.map { .time($0.until.at / 1_000, .time) },
          series: lines.map { line in
            Chart.Series(strings[dynamic: "desk.line.\(line.key)"], spans.map(line.value))
          }))
    }
  }
}
