// A session: what outlives the connection.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

/// One gateway session. Confined to the loop.
final class GatewaySession: WorldSink {
  let id: String
  let principal: GatewayPrincipal
  let token: String
  let identify: GatewayIdentify
  private unowned let server: GatewayServer
  var replay: ReplayBuffer
  /// The connection it speaks over; nil while the client is away.
  weak var link: GatewayLink?
  /// When the client went away, on the loop's clock.
  var leftAt: ContinuousClock.Instant?
  /// Events that a fault holds back, in order.
  private var held: [(due: ContinuousClock.Instant, event: String, data: [UInt8])] = []
  private var isWaiting = false
  private static let heldBound = 10_000

  init(id: String, principal: GatewayPrincipal, identify: GatewayIdentify, server: GatewayServer) {
    (self.id, self.principal, self.identify, self.server) = (id, principal, identify, server)
    token = identify.token
    replay = ReplayBuffer()
  }

  // MARK: Listening to the world

  var viewer: UserID { principal.user }
  var intents: EventIntents { identify.intents }

  func receive(_ event: WorldEvent, withContent: Bool) {
    let data = event.data(withContent: withContent || !principal.isBot)
    server.deliver(event.name, data, guild: event.guild, to: self)
  }

  func worldEnded() { server.worldEnded(self) }

  /// Whether this session is the one that hears about a guild: the guild's shard, shard 0 outside of guilds.
  func covers(_ guild: GuildID?) -> Bool {
    guard principal.isBot else { return true }
    guard let guild else { return identify.shard == 0 }
    return guild.shard(of: identify.shardCount) == identify.shard
  }

  /// Numbers an event, keeps it for a resume, and sends it if the client is there.
  func dispatch(_ event: String, _ data: [UInt8], delay: Duration = .zero, on loop: EventLoop) {
    guard delay > .zero || !held.isEmpty else { return send(event, data) }
    let due = max(ContinuousClock.now + delay, held.last?.due ?? .now)
    guard held.count < Self.heldBound else { return link?.drop() ?? () }
    held.append((due, event, data))
    wait(on: loop)
  }

  private func wait(on loop: EventLoop) {
    guard !isWaiting, let next = held.first else { return }
    isWaiting = true
    loop.schedule(after: max(.zero, next.due - .now)) { [weak self] in
      guard let self else { return }
      isWaiting = false
      while let first = held.first, first.due <= .now {
        held.removeFirst()
        send(first.event, first.data)
      }
      wait(on: loop)
    }
  }

  private func send(_ event: String, _ data: [UInt8]) {
    let frame = replay.append(event: event, data: data)
    link?.send(frame, title: event)
  }
}
