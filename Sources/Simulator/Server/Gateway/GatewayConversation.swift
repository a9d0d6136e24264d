// One gateway connection as a machine: what a client may say when, and what closes it.

internal import JSON

/// The state of one connection between hello and close. A value: it is told what arrived and what time it is, and
/// says what to do.
struct GatewayConversation: Sendable {
  /// What the connection's owner must do.
  enum Step: Sendable, Equatable {
    /// Send a payload without sequence number.
    case send(opcode: Int64, data: JSONValue)
    case close(GatewayClose)
    case identify(GatewayIdentify)
    case resume(GatewayResume)
    case presence(JSONValue)
    case voiceState(JSONValue)
    case requestMembers(GatewayMemberRequest)
    case requestSoundboard([UInt64])
    case requestChannelInfo(guild: UInt64, fields: [String])
  }

  /// The numbers of the platform.
  struct Rules: Sendable {
    var heartbeatInterval: Duration = .milliseconds(41_250)
    /// Bytes of one payload of the client.
    var payloadLimit = 4_096
    var eventLimit = 120
    var eventWindow: Duration = .seconds(60)
    /// How long a connection may stay without identifying.
    var identifyTime: Duration = .seconds(60)
  }

  private(set) var isIdentified = false
  /// A heartbeat that is not acknowledged: a fault somebody ordered.
  var swallowsAcknowledgements = false
  let rules: Rules
  private let opened: Duration
  private var lastHeartbeat: Duration
  private var windowStart: Duration
  private var eventsInWindow = 0
  private var isClosed = false

  /// `now`: on a clock that never goes back.
  init(rules: Rules = Rules(), at now: Duration) {
    self.rules = rules
    (opened, lastHeartbeat, windowStart) = (now, now, now)
  }

  /// What to send as soon as the connection is open.
  var hello: Step {
    .send(
      opcode: GatewayOpcode.hello,
      data: [
        "heartbeat_interval": .integer(rules.heartbeatInterval.milliseconds),
        "_trace": ["[\"simulator\",{}]"],
      ])
  }

  /// The session is there: READY or RESUMED is on its way.
  mutating func established() { isIdentified = true }

  /// A message arrived.
  mutating func receive(_ bytes: [UInt8], at now: Duration) -> [Step] {
    guard !isClosed else { return [] }
    if now - windowStart >= rules.eventWindow { (windowStart, eventsInWindow) = (now, 0) }
    eventsInWindow += 1
    guard eventsInWindow <= rules.eventLimit else { return close(.rateLimited) }
    guard bytes.count <= rules.payloadLimit else { return close(.decodeError) }
    // Whatever is wrong with the text, the answer is 4002.
    guard let payload = try? JSONValue(parsing: bytes), let opcode = payload["op"]?.int64 else {
      return close(.decodeError)
    }
    do {
      return try step(opcode, payload["d"] ?? .null, now)
    } catch {
      return close(error)
    }
  }

  /// Time has passed: connections whose client is silent, or never said who it is, are closed.
  mutating func tick(at now: Duration) -> [Step] {
    guard !isClosed else { return [] }
    if !isIdentified, now - opened >= rules.identifyTime { return close(.sessionTimedOut) }
    // One heartbeat may be late by jitter, a second one is missing.
    guard now - lastHeartbeat >= rules.heartbeatInterval * 3 / 2 else { return [] }
    return close(.sessionTimedOut)
  }

  private mutating func close(_ close: GatewayClose) -> [Step] {
    isClosed = true
    return [.close(close)]
  }

  private mutating func step(_ opcode: Int64, _ data: JSONValue, _ now: Duration) throws(GatewayClose)
    -> [Step]
  {
    switch opcode {
    case GatewayOpcode.heartbeat:
      guard data.isNull || data.int64 != nil else { throw .decodeError }
      lastHeartbeat = now
      return swallowsAcknowledgements ? [] : [.send(opcode: GatewayOpcode.heartbeatAcknowledge, data: .null)]
    case GatewayOpcode.identify:
      guard !isIdentified else { throw .alreadyAuthenticated }
      return [.identify(try GatewayIdentify(data))]
    case GatewayOpcode.resume:
      guard !isIdentified else { throw .alreadyAuthenticated }
      return [.resume(try GatewayResume(data))]
    case GatewayOpcode.presenceUpdate, GatewayOpcode.voiceStateUpdate, GatewayOpcode.requestGuildMembers,
      GatewayOpcode.requestSoundboardSounds, GatewayOpcode.requestChannelInfo:
      guard isIdentified else { throw .notAuthenticated }
      return [try request(opcode, data)]
    default: throw .unknownOpcode
    }
  }

  private func request(_ opcode: Int64, _ data: JSONValue) throws(GatewayClose) -> Step {
    guard data.object != nil else { throw .decodeError }
    switch opcode {
    case GatewayOpcode.presenceUpdate:
      let statuses: Set<String?> = ["online", "idle", "dnd", "invisible", "offline"]
      guard statuses.contains(data["status"]?.string) else { throw .decodeError }
      return .presence(data)
    case GatewayOpcode.voiceStateUpdate:
      guard data["guild_id"]?.snowflake != nil else { throw .decodeError }
      return .voiceState(data)
    case GatewayOpcode.requestGuildMembers: return .requestMembers(try GatewayMemberRequest(data))
    case GatewayOpcode.requestSoundboardSounds:
      guard let guilds = data["guild_ids"]?.array else { throw .decodeError }
      return .requestSoundboard(guilds.compactMap(\.snowflake))
    default:
      guard let guild = data["guild_id"]?.snowflake else { throw .decodeError }
      return .requestChannelInfo(guild: guild, fields: (data["fields"]?.array ?? []).compactMap(\.string))
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
