// The gateway: sessions, their connections, and who hears what.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld
internal import Vault
internal import WebSocket

/// Every session of the simulator's gateway. Confined to the loop.
final class GatewayServer {
  let loop: EventLoop
  /// The world it shows; a reset puts another in its place.
  var world: World
  var rules = GatewayConversation.Rules()
  var admission = GatewayAdmission()
  let faults: FaultDesk
  /// How long a session waits for its client to come back, on the loop's clock.
  var resumeTime: Duration = .seconds(180)
  /// The guilds that one shard may have.
  var guildsPerShard = 2_500
  /// `ws://…/gateway`, for READY.
  var address = ""
  /// Told what passes: the inspector.
  var onTraffic: ((_ entry: InspectorEntry) -> Void)?

  private(set) var sessions: [String: GatewaySession] = [:]
  private(set) var links: [ObjectIdentifier: GatewayLink] = [:]
  /// How users were before their first session.
  private var presenceBefore: [UserID: Presence] = [:]
  private static let sessionBound = 20_000

  init(world: World, faults: FaultDesk, on loop: EventLoop) {
    (self.world, self.faults, self.loop) = (world, faults, loop)
  }

  // MARK: Connections

  /// Takes over a connection that was just upgraded.
  ///
  /// `version`, `encoding`: as the query says.
  func attach(_ connection: WebSocketConnection, version: String?, encoding: String?) {
    let link = GatewayLink(connection, server: self, rules: rules)
    links[ObjectIdentifier(link)] = link
    link.open()
    if let version, !["9", "10"].contains(version) { return link.close(.invalidVersion) }
    // ETF is a format of Erlang's; clients fall back to JSON.
    if let encoding, encoding != "json" { link.close(.decodeError) }
  }

  /// Ends every connection: the server stops.
  func closeAll() {
    for link in links.values { link.connection.startClosing(code: .goingAway) }
  }

  func closed(_ link: GatewayLink, _ close: WebSocketClose) {
    links[ObjectIdentifier(link)] = nil
    guard let session = link.session, session.link === link else { return }
    session.link = nil
    session.leftAt = .now
    // 1000 and 1001 say that the client will not come back.
    if close.origin == .peer, close.code == .normal || close.code == .goingAway { return end(session) }
    loop.schedule(after: resumeTime) { [weak self, weak session] in
      guard let self, let session, session.link == nil, let left = session.leftAt,
        ContinuousClock.now - left >= self.resumeTime
      else { return }
      end(session)
    }
  }

  /// Forgets a session; when it was the last of its user, the user is offline.
  func end(_ session: GatewaySession?) {
    guard let session, sessions.removeValue(forKey: session.id) != nil else { return }
    world.unsubscribe(session)
    guard !world.isListening(session.viewer) else { return }
    // People of the community seem to be there without a session; bots are gone.
    let before = presenceBefore.removeValue(forKey: session.viewer)
    world.setPresence(session.principal.isBot ? Presence() : before ?? Presence(), of: session.viewer)
  }

  /// The world was replaced: clients start anew.
  func worldEnded(_ session: GatewaySession) {
    sessions[session.id] = nil
    guard let link = session.link else { return }
    link.session = nil
    link.send(opcode: GatewayOpcode.invalidSession, false)
    link.connection.startClosing(code: WebSocketCloseCode(4000), reason: "The world was reset.")
  }

  /// A token that nobody is told: the application's owner has to reset it.
  private static func voidToken() -> String { SecureRandom.token(byteCount: 48) }

  /// Ends every session of an application's bot: its token was reset.
  func endSessions(of application: ApplicationID) {
    for session in sessions.values where session.principal.application == application {
      session.link?.close(.authenticationFailed)
      end(session)
    }
  }

  // MARK: What clients ask

  func perform(_ step: GatewayConversation.Step, for link: GatewayLink) {
    switch step {
    case .identify(let identify): self.identify(identify, link)
    case .resume(let resume): self.resume(resume, link)
    case .send, .close: break
    case .presence(let data):
      if let session = link.session { world.setPresence(data, of: session.viewer) }
    case .voiceState(let data):
      guard let session = link.session, let guild = data["guild_id"]?.snowflake else { return }
      world.moveVoice(of: session.viewer, in: GuildID(guild), as: data)
    case .requestMembers(let request): if let session = link.session { members(request, session) }
    case .requestSoundboard(let guilds):
      guard let session = link.session else { return }
      for guild in guilds.prefix(100) {
        guard let sounds = world.soundboard(of: GuildID(guild), for: session.principal.user) else { continue }
        dispatch(
          "SOUNDBOARD_SOUNDS", ["guild_id": .id(GuildID(guild)), "soundboard_sounds": .array(sounds)],
          to: session)
      }
    case .requestChannelInfo(let guild, let fields):
      guard let session = link.session,
        let info = world.channelInfo(of: GuildID(guild), fields: fields, for: session.principal.user)
      else { return }
      dispatch("CHANNEL_INFO", info, to: session)
    }
  }

  private func identify(_ identify: GatewayIdentify, _ link: GatewayLink) {
    guard let principal = world.principal(ofToken: identify.token) else {
      return link.close(.authenticationFailed)
    }
    if let application = principal.application {
      let approved = world.applications[application]?.approvedIntents ?? []
      guard identify.intents.intersection(.privileged).isSubset(of: approved) else {
        return link.close(.disallowedIntents)
      }
      let guilds = world.guildIDs(of: principal.user).filter {
        $0.shard(of: identify.shardCount) == identify.shard
      }
      guard guilds.count <= guildsPerShard else { return link.close(.shardingRequired) }
      switch admission.identify(application, shard: identify.shard, at: world.now) {
      case .admitted: break
      case .tooEarly: return link.send(opcode: GatewayOpcode.invalidSession, false)
      case .exhausted:
        endSessions(of: application)
        world.applications[application]?.botToken = Self.voidToken()
        return link.close(.authenticationFailed)
      }
    }
    makeRoom()
    let session = GatewaySession(
      id: Hex.encode(SecureRandom.bytes(16)), principal: principal, identify: identify, server: self)
    sessions[session.id] = session
    bind(session, link)
    ready(session)
    let isFirst = !world.isListening(principal.user)
    world.subscribe(session)
    guard isFirst || identify.presence != nil else { return strikeConnections() }
    if isFirst { presenceBefore[principal.user] = world.users[principal.user]?.presence }
    world.setPresence(identify.presence ?? ["status": "online"], of: principal.user)
    strikeConnections()
  }

  private func bind(_ session: GatewaySession, _ link: GatewayLink) {
    if let old = session.link, old !== link {
      old.session = nil
      old.connection.startClosing(code: WebSocketCloseCode(4000), reason: "Resumed elsewhere.")
    }
    session.link = link
    session.leftAt = nil
    link.session = session
    link.compressesPayloads = session.identify.compress && link.connection.options.outgoingCompression == nil
    link.conversation.established()
    let site = FaultSite(application: session.principal.application)
    link.conversation.swallowsAcknowledgements =
      !faults.strike(site, at: world.now) { $0 == .swallowAcknowledgements }.isEmpty
  }

  private func resume(_ resume: GatewayResume, _ link: GatewayLink) {
    guard world.principal(ofToken: resume.token) != nil else { return link.close(.authenticationFailed) }
    guard let session = sessions[resume.session], session.token == resume.token,
      let missed = session.replay.after(resume.sequence)
    else { return link.send(opcode: GatewayOpcode.invalidSession, false) }
    bind(session, link)
    for frame in missed { link.send(frame, title: "replay") }
    dispatch("RESUMED", ["_trace": ["[\"simulator\",{}]"]], to: session)
    strikeConnections()
  }

  /// The oldest session whose client is away makes room for a new one.
  private func makeRoom() {
    guard sessions.count >= Self.sessionBound else { return }
    let away = sessions.values.filter { $0.link == nil }.min { ($0.leftAt ?? .now) < ($1.leftAt ?? .now) }
    end(away ?? sessions.values.first)
  }

  // MARK: Greeting

  private func ready(_ session: GatewaySession) {
    let user = session.principal.user
    let guilds = world.guildIDs(of: user).filter { session.covers($0) }
    var data: JSONValue = [
      "v": 10, "user": world.users[user].map { world.json(me: $0) } ?? .null, "user_settings": [:],
      "session_type": "normal",
      "session_id": .string(session.id), "resume_gateway_url": .string(address), "relationships": [],
      "private_channels": .array(world.privateChannels(of: user)), "presences": [], "guild_join_requests": [],
      "geo_ordered_rtc_regions": [], "auth": [:],
      "guilds": .array(guilds.map { ["id": .id($0), "unavailable": true] }), "_trace": ["[\"simulator\",{}]"],
    ]
    if var object = data.object {
      if session.principal.isBot {
        object["shard"] = [
          .integer(Int64(session.identify.shard)), .integer(Int64(session.identify.shardCount)),
        ]
      }
      if let application = session.principal.application {
        object["application"] = [
          "id": .id(application),
          "flags": .integer(Int64(world.applications[application]?.gatewayFlags ?? 0)),
        ]
      }
      data = .object(object)
    }
    dispatch("READY", data, to: session)
    guard session.identify.intents.contains(.guilds) else { return }
    for guild in guilds { sendGuild(guild, to: session) }
  }

  /// GUILD_CREATE for one session, as large as it asked for.
  private func sendGuild(_ guild: GuildID, to session: GatewaySession) {
    guard let guild = world.guilds[guild] else { return }
    let data = world.guildCreate(
      guild, for: session.viewer, intents: session.intents, largeThreshold: session.identify.largeThreshold)
    deliver("GUILD_CREATE", data, guild: guild.id, to: session)
  }

  // MARK: Events

  /// Sends an event to one session.
  func dispatch(_ event: String, _ data: JSONValue, to session: GatewaySession) {
    deliver(event, data, guild: data["guild_id"]?.snowflake.map { GuildID($0) }, to: session)
  }

  private func deliver(_ event: String, _ data: JSONValue, guild: GuildID?, to session: GatewaySession) {
    // A tree of ours always has a text.
    guard let bytes = try? data.encoded() else { return }
    deliver(event, bytes, guild: guild, to: session)
  }

  /// Sends a rendered event to one session, with whatever faults are ordered for it.
  func deliver(_ event: String, _ data: [UInt8], guild: GuildID?, to session: GatewaySession) {
    let site = FaultSite(application: session.principal.application, guild: guild, event: event)
    let struck = faults.strike(site, at: world.now) {
      !$0.isREST && !$0.strikesConnections && $0 != .swallowAcknowledgements
    }
    var bytes = data
    var delay = Duration.zero
    var copies = 1
    for fault in struck {
      switch fault {
      case .delayEvents(let time): delay += time
      case .duplicateEvents: copies += 1
      case .unknownFields: bytes = Self.adding("\"field_of_tomorrow\":{\"a\":[1,null]}", to: bytes)
      case .hugePayloads(let count):
        bytes = Self.adding("\"padding\":\"\(String(repeating: "x", count: count))\"", to: bytes)
      case .unknownEvents:
        session.dispatch("EVENT_OF_TOMORROW", Array("{\"a\":[1,2,3]}".utf8), delay: delay, on: loop)
      default: break
      }
    }
    for _ in 0..<copies { session.dispatch(event, bytes, delay: delay, on: loop) }
  }

  /// An object's text with one more field.
  private static func adding(_ field: String, to object: [UInt8]) -> [UInt8] {
    guard object.first == UInt8(ascii: "{"), object.count > 2 else { return object }
    return [UInt8(ascii: "{")] + Array(field.utf8) + [UInt8(ascii: ",")] + object.dropFirst()
  }

  // MARK: Observation

  func observed(_ bytes: [UInt8], from link: GatewayLink) {
    guard let onTraffic else { return }
    onTraffic(entry(.gatewayIn, bytes, "client", link))
  }

  func observed(_ bytes: [UInt8], title: String, to link: GatewayLink) {
    guard let onTraffic, title != "op 11" else { return }
    onTraffic(entry(.gatewayOut, bytes, title, link))
  }

  private func entry(_ kind: InspectorEntry.Kind, _ bytes: [UInt8], _ title: String, _ link: GatewayLink)
    -> InspectorEntry
  {
    let principal = link.session?.principal
    let who =
      principal.map { $0.application.map { "application \($0)" } ?? "user \($0.user)" }
      ?? link.connection.peer
    return InspectorEntry(
      kind: kind, who: who, title: title, size: bytes.count, preview: InspectorRing.preview(bytes))
  }
}
