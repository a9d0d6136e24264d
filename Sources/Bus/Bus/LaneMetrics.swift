// What operators see of lanes: how much waits, and for how long.

internal import Telemetry

/// The two figures of lanes that tell whether handlers keep up.
struct LaneMetrics: Sendable {
  let depth: Gauge
  let age: Gauge

  init(lanes: String, in registry: MetricRegistry) {
    depth = registry.gauge(
      "bus_lane_depth_entries", help: "Entries that are not acknowledged.", labels: ["lanes": lanes])
    age = registry.gauge(
      "bus_lane_age_seconds", help: "How long the oldest of them has waited.", labels: ["lanes": lanes])
  }
}
