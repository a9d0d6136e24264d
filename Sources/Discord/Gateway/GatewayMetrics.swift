// What is counted about gateways; never what they carry.

internal import Telemetry

/// The process's counters, shared by all bots.
enum GatewayMetrics {
  private static let registry = MetricRegistry.process

  static let identifies = registry.counter(
    "discord_gateway_identifies_total", help: "Sessions begun at Discord's gateway.")
  static let resumes = registry.counter(
    "discord_gateway_resumes_total", help: "Sessions gone on with after a lost connection.")
  static let disconnects = registry.counter(
    "discord_gateway_disconnects_total", help: "Gateway connections that ended, whoever ended them.")
  static let missing = registry.counter(
    "discord_gateway_missing_events_total", help: "Sequence numbers that were skipped.")
  static let duplicates = registry.counter(
    "discord_gateway_duplicate_events_total", help: "Events that came twice in a session and were dropped.")
  static let unreadable = registry.counter(
    "discord_gateway_unreadable_total", help: "Gateway payloads that could not be read.")
  static let latency = registry.histogram(
    "discord_gateway_heartbeat_seconds", help: "From a heartbeat to its answer.",
    buckets: Histogram.secondsBuckets)

  /// One counter per documented event and one for the rest, by index.
  private static let events: [Counter] =
    GatewayEventName.documented.map { counter("\($0)") } + [counter("other")]

  private static func counter(_ event: String) -> Counter {
    registry.counter(
      "discord_gateway_events_total", help: "Gateway events received.", labels: ["event": event])
  }

  static func count(_ event: GatewayEventName) {
    events[min(Int(event.index), GatewayEventName.documented.count)].increment()
  }
}
