// The figures of the dispatcher.

import Telemetry

/// What the operator's desk and Prometheus are shown.
struct DispatchMetrics: Sendable {
  let events: Counter
  let lost: Counter
  let failures: Counter
  let wait: Histogram

  init(_ metrics: MetricRegistry) {
    events = metrics.counter("dispatch_events_total", help: "Events that were handled.")
    lost = metrics.counter("dispatch_events_lost_total", help: "Events that were given up.")
    failures = metrics.counter(
      "dispatch_failures_total", help: "Calls of plugins that failed or took too long.")
    wait = metrics.histogram("dispatch_wait_seconds", help: "From receipt by the shard to the first plugin.")
  }
}
