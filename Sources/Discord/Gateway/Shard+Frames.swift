// From a message of the socket to the delegate.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import Telemetry
package import WebSocket

/// The fields of a payload.
private enum FrameField: Int, JSONFieldName {
  case type, sequence, opcode, data
  static let keys = JSONKeys<FrameField>("t", "s", "op", "d")
}

private enum ReadyField: Int, JSONFieldName {
  case sessionID, resumeURL
  static let keys = JSONKeys<ReadyField>("session_id", "resume_gateway_url")
}

extension Shard {
  package func webSocket(
    _ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind
  ) {
    guard connection === self.connection else { return }
    let now = time.uptime
    do {
      try context.parse(message, maximumSize: configuration.maximumMessageSize) { try read($0, now: now) }
    } catch {
      GatewayMetrics.unreadable.increment()
      Self.log.error("gateway payload unreadable", ["shard": "\(id)", "error": "\(error)"])
      deferred += machine.unreadable(now: now)
    }
    // Only now the parser is free, and the shard may turn to something else.
    guard !deferred.isEmpty else { return }
    let actions = deferred
    deferred = []
    perform(actions)
  }

  private func read(_ payload: JSONView, now: Duration) throws(JSONError) {
    let fields = try payload.fields(FrameField.keys)
    let opcode = try fields.require(.opcode)
    switch opcode.int64 {
    case 0: try dispatch(fields, now: now)
    case 1: deferred += machine.heartbeatRequested(now: now)
    case 7: deferred += machine.reconnectRequested(now: now)
    case 9: deferred += machine.sessionInvalidated(isResumable: fields[.data]?.bool ?? false, now: now)
    case 10:
      let interval = try fields.require(.data).require("heartbeat_interval").asDouble()
      deferred += machine.hello(interval: .milliseconds(Int64(max(0, min(interval, 1e12)))), now: now)
      // Its timers are new.
      reschedule(now: now)
    case 11:
      machine.heartbeatAnswered(now: now)
      if let latency = machine.latency { GatewayMetrics.latency.record(latency) }
    default: Self.log.debug("unknown opcode", ["shard": "\(id)"])
    }
  }

  private func dispatch(_ fields: JSONFields<FrameField>, now: Duration) throws(JSONError) {
    let type = try fields.require(.type)
    let event = GatewayEventName(try type.asText())
    let sequence = try fields.require(.sequence).asInt64()
    let data = fields[.data] ?? type
    GatewayMetrics.count(event)
    if event == .ready {
      try beginSession(data, sequence: sequence, now: now)
    } else {
      switch machine.arrived(sequence: sequence, now: now) {
      case .next: break
      case .afterGap(let count): noteGap(count)
      case .duplicate:
        GatewayMetrics.duplicates.increment()
        return
      case nil: return
      }
      switch event {
      case .resumed: deferred += machine.resumed(now: now)
      case .guildMembersChunk: takeMembers(data, now: now)
      case .rateLimited: takeRateLimit(data, now: now)
      default: break
      }
    }
    deliver(event, data, sequence: sequence, now: now)
  }

  private func deliver(_ event: GatewayEventName, _ data: JSONView, sequence: Int64, now: Duration) {
    takeHandled()
    window?.deliver(sequence)
    let position = GatewayPosition(session: session, sequence: sequence)
    if overlap?.admits(event, data, now: now) ?? true {
      delegate.shard(
        self,
        received: GatewayFrame(shard: id, position: position, event: event, data: data, receivedAt: now))
    } else {
      window?.acknowledge(sequence)
    }
    if let window {
      guard window.isFull, !isPaused else { return }
      isPaused = true
      connection?.pauseReading()
      deferred += machine.receiver(isBehind: true, now: now)
    } else {
      handled = sequence
      noteProgress()
    }
  }

  private func beginSession(_ data: JSONView, sequence: Int64, now: Duration) throws(JSONError) {
    let fields = try data.fields(ReadyField.keys)
    let id = try fields.require(.sessionID).asString()
    let resumeURL = try fields.require(.resumeURL).asString()
    let actions = machine.ready(sessionID: id, resumeURL: resumeURL, sequence: sequence, now: now)
    guard machine.session?.id == id else { return }
    follow(from: sequence - 1)
    // A process that dies now can still go on with the session.
    saving.dueAt = now
    deferred += actions
  }

  /// Begins to count what is handled: of a new session, or of one that an earlier process left.
  func follow(from sequence: Int64) {
    session += 1
    handled = sequence
    if case .manual(let bound) = configuration.acknowledgement {
      window = AcknowledgementWindow(bound: bound, handled: sequence)
    }
  }

  private func noteGap(_ count: Int64) {
    GatewayMetrics.missing.increment(by: count)
    Self.log.warning("gateway events missing", ["shard": "\(id)", "count": .integer(count)])
  }
}
