// What is counted about connections; never what they carry.

internal import Telemetry

/// The counters of one role, shared by all its connections.
struct WebSocketMetrics: Sendable {
  let open: Gauge
  let sent: Counter
  let received: Counter
  let violations: Counter
  let lost: Counter

  private static let client = WebSocketMetrics("client")
  private static let server = WebSocketMetrics("server")

  static func of(_ role: WebSocketRole) -> WebSocketMetrics {
    role == .client ? client : server
  }

  private init(_ role: String) {
    let registry = MetricRegistry.process
    let labels = ["role": role]
    open = registry.gauge("websocket_connections", help: "WebSocket connections in memory.", labels: labels)
    sent = registry.counter("websocket_messages_sent_total", help: "WebSocket messages sent.", labels: labels)
    received = registry.counter(
      "websocket_messages_received_total", help: "WebSocket messages received.", labels: labels)
    violations = registry.counter(
      "websocket_violations_total", help: "Connections closed because the peer broke a rule.", labels: labels)
    lost = registry.counter(
      "websocket_lost_total", help: "Connections that ended without a close frame.", labels: labels)
  }

  func count(_ close: WebSocketClose) {
    if close.origin == .lost || close.origin == .pingTimeout { lost.increment() }
  }
}
