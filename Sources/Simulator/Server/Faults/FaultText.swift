// Orders as JSON, for `/sim/faults`.

internal import DiscordCore
internal import EventLoop
internal import JSON

extension Fault {
  /// Its name in `/sim/faults`.
  var name: String {
    switch self {
    case .dropConnection: "drop"
    case .closeConnection: "close"
    case .invalidSession: "invalid_session"
    case .reconnect: "reconnect"
    case .swallowAcknowledgements: "swallow_acks"
    case .delayEvents: "delay_events"
    case .duplicateEvents: "duplicate_events"
    case .unknownFields: "unknown_fields"
    case .unknownEvents: "unknown_events"
    case .hugePayloads: "huge_payloads"
    case .serverError: "server_error"
    case .lostAnswer: "lost_answer"
    case .rateLimit: "rate_limit"
    case .delayAnswer: "delay_answer"
    case .slowBody: "slow_body"
    case .cutBody: "cut_body"
    }
  }

  /// Reads a fault by name; nil for a name or a value that does not exist.
  init?(_ json: JSONValue) {
    let time = Duration.milliseconds(min(max(json["milliseconds"]?.int64 ?? 1_000, 0), 600_000))
    let status = Int(json["status"]?.int64 ?? 502)
    switch json["fault"]?.string {
    case "drop": self = .dropConnection
    case "close":
      guard let code = UInt16(exactly: json["code"]?.int64 ?? 4000), (1000...4999).contains(code) else {
        return nil
      }
      self = .closeConnection(code: code)
    case "invalid_session": self = .invalidSession(resumable: json["resumable"]?.bool ?? false)
    case "reconnect": self = .reconnect
    case "swallow_acks": self = .swallowAcknowledgements
    case "delay_events": self = .delayEvents(time)
    case "duplicate_events": self = .duplicateEvents
    case "unknown_fields": self = .unknownFields
    case "unknown_events": self = .unknownEvents
    case "huge_payloads":
      self = .hugePayloads(bytes: Int(min(max(json["bytes"]?.int64 ?? 1 << 20, 1), 8 << 20)))
    case "server_error", "lost_answer":
      guard (500...599).contains(status) else { return nil }
      self = json["fault"] == "server_error" ? .serverError(status: status) : .lostAnswer(status: status)
    case "rate_limit":
      guard let scope = RateLimitScope(rawValue: json["scope"]?.string ?? "user") else { return nil }
      self = .rateLimit(scope: scope, retryAfter: time)
    case "delay_answer": self = .delayAnswer(time)
    case "slow_body": self = .slowBody(time)
    case "cut_body": self = .cutBody
    default: return nil
    }
  }
}

extension FaultOrder {
  /// Reads `{"fault": "rate_limit", "scope": "shared", "route": "…", "count": 3, "seconds": 60}`; nil when the fault
  /// is not known.
  init?(_ json: JSONValue) {
    guard let fault = Fault(json) else { return nil }
    let seconds = json["seconds"]?.int64.map { Duration.seconds(min(max($0, 0), 86_400)) }
    let count = json["count"]?.int64.map { Int(clamping: $0) }
    self.init(
      fault, application: json["application_id"]?.snowflake.map { ApplicationID($0) },
      guild: json["guild_id"]?.snowflake.map { GuildID($0) }, route: json["route"]?.string,
      event: json["event"]?.string, count: count ?? (seconds == nil ? 1 : nil), duration: seconds)
  }
}

extension StandingFault {
  var json: JSONValue {
    [
      "id": .integer(Int64(id)), "fault": .string(order.fault.name),
      "application_id": order.application.map { .id($0) } ?? .null,
      "guild_id": order.guild.map { .id($0) } ?? .null,
      "route": order.route.map { .string($0) } ?? .null, "event": order.event.map { .string($0) } ?? .null,
      "remaining": remaining.map { .integer(Int64($0)) } ?? .null,
      "until": until.map { .string($0.description) } ?? .null,
    ]
  }
}
