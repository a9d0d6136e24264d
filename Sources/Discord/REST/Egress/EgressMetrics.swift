// What is counted about calls to Discord, over all bots of the process.

internal import DiscordLimits
internal import Synchronization
internal import Telemetry

/// The metrics of one bot's egress; bots share the series. Confined to the egress, except for `init`.
final class EgressMetrics: @unchecked Sendable {
  // `@unchecked`: made by the door, then touched by its egress only.

  private struct Series: Hashable {
    let route: RouteKey
    let status: Int
  }

  private let registry: MetricRegistry
  private var requests: [Series: Counter] = [:]
  private let waits: [Histogram]
  private let exchanges: Histogram
  private let depths: [Gauge]
  private var shown: [Int]
  private let refusals: [LimitRefusal.Scope: Counter]
  private let repeats: Counter
  private let turnedAway: Counter

  init(_ registry: MetricRegistry) {
    self.registry = registry
    let classes = EgressPriority.allCases
    waits = classes.map { priority in
      registry.histogram(
        "discord_rest_wait_seconds", help: "How long calls waited for their turn.",
        labels: ["priority": priority.name])
    }
    depths = classes.map { priority in
      registry.gauge(
        "discord_rest_waiting", help: "Calls that wait for their turn.", labels: ["priority": priority.name])
    }
    shown = classes.map { _ in 0 }
    exchanges = registry.histogram("discord_rest_seconds", help: "From sending a call to its answer.")
    refusals = Dictionary(
      uniqueKeysWithValues: LimitRefusal.Scope.allCases.map { scope in
        (
          scope,
          registry.counter(
            "discord_rest_rate_limited_total", help: "Answers with status 429.",
            labels: ["scope": scope.rawValue])
        )
      })
    repeats = registry.counter("discord_rest_repeats_total", help: "Calls that were sent again.")
    turnedAway = registry.counter(
      "discord_rest_turned_away_total", help: "Calls that were not allowed to be sent.")
  }

  deinit { show(shown.map { _ in 0 }) }

  /// Counts an answer; status 0 stands for none.
  func count(_ route: RouteKey, status: Int) {
    let series = Series(route: RouteKey(method: route.method, template: route.template), status: status)
    if let counter = requests[series] { return counter.increment() }
    let counter = registry.counter(
      "discord_rest_requests_total", help: "Calls to Discord's REST API by route and status (0: no answer).",
      labels: ["route": "\(route)", "status": String(status)])
    // Routes are constants of ours; statuses come from outside.
    if requests.count < 2_048 { requests[series] = counter }
    counter.increment()
  }

  func recordWait(_ wait: Duration, _ priority: EgressPriority) { waits[priority.rawValue].record(wait) }
  func recordExchange(_ duration: Duration) { exchanges.record(duration) }
  func countRefusal(_ scope: LimitRefusal.Scope) { refusals[scope]?.increment() }
  func countRefusal(_ refusal: EgressRefusal) { turnedAway.increment() }
  func countRepeat() { repeats.increment() }

  /// Shows how many wait in each class. The gauges are sums over bots, so only changes are added.
  func show(_ waiting: [Int]) {
    for (index, count) in waiting.enumerated() where shown[index] != count {
      depths[index].add(Int64(count - shown[index]))
      shown[index] = count
    }
  }
}
