// The door: a Discord on loopback, in one process and on one event loop.

internal import DiscordCore
package import EventLoop
internal import HTTPClient
package import HTTPServer
package import HTTPTypes
internal import JSON
package import SimulatorWorld
internal import Telemetry
internal import Vault

/// How a simulator is set up.
package struct SimulatorConfiguration: Sendable {
  /// Where it listens; port 0 lets the kernel choose.
  package var address = ListenAddress.tcp(host: "127.0.0.1", port: 0)
  /// What the seeded community grows from; nil: an empty world.
  package var seed: UInt64? = 1
  /// What the world's clock runs with.
  package var time: any TimeSource = SystemTime()
  /// Whether the world's clock stands still until it is moved.
  package var isFrozen = false
  /// Told of every REST exchange, on the simulator's loop.
  package var onExchange: (@Sendable (RESTExchange) -> Void)?
  /// Whether it serves `/playground`. Reading and compressing the page's files takes a moment at start.
  package var hasPlayground = false

  package init() {}
}

/// One REST request and its answer, as the validator and the inspector see them.
package struct RESTExchange: Sendable {
  package var method: HTTPMethod
  /// Such as `/channels/{channel.id}/messages`; nil for a path without a route.
  package var template: String?
  /// With the query, as it was sent.
  package var target: String
  package var caller: Caller
  package var requestContentType: String?
  package var request: [UInt8]
  package var status: Int
  package var response: [UInt8]
  package var reason: String?
  /// The world's time of the answer.
  package var at: Timestamp
  /// When the request was here, by `SystemTime`'s uptime, before it waited for the simulator's loop.
  package var arrivedAt: Duration
}

/// A running simulator.
///
///     let simulator = try await Simulator.start(SimulatorConfiguration())
///     let token = await simulator.withWorld { $0.applications.values.first?.botToken }
///     … talk to simulator.apiBase …
///     await simulator.stop()
///
/// Everything happens on one loop, whose executor the actor has: a method of the world is never interrupted.
package actor Simulator {
  package nonisolated let loop: EventLoop
  /// `127.0.0.1:PORT`.
  package nonisolated let authority: String
  /// Where it listens.
  package nonisolated let address: ListenAddress
  /// Whether it serves `/playground`.
  package nonisolated var hasPlayground: Bool { configuration.hasPlayground }
  package private(set) var world: World
  package let routes: RouteTable
  /// Told of every REST exchange, on the loop.
  package var onExchange: (@Sendable (RESTExchange) -> Void)?

  /// Gateway, limits, faults and inspector: what stays when the world is replaced.
  let hub: SimulatorHub
  private let server: HTTPServer
  /// For calls to applications' own addresses; made when the first one is needed.
  private var outbound: HTTPClient?
  private let configuration: SimulatorConfiguration
  private var timer: LoopTimer?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Where REST is: `http://127.0.0.1:PORT/api/v10`.
  package nonisolated var apiBase: String { "http://\(authority)/api/v10" }

  /// Starts listening.
  ///
  /// - Throws: `EventLoopError`, `HTTPServerError` when the kernel refuses a thread, a descriptor or the address.
  package static func start(_ configuration: SimulatorConfiguration = SimulatorConfiguration()) async throws
    -> Simulator
  {
    let loop = try EventLoop(name: "simulator")
    let door = SimulatorDoor()
    let playground = configuration.hasPlayground ? try Playground.load() : nil
    var limits = HTTPLimits()
    limits.bodyBytes = 32 << 20
    limits.requestsPerAddress = 2_048
    limits.connectionsPerAddress = 4_096
    let server = try HTTPServer(
      configuration.address, router: Router.simulator(door, playground: playground), loop: loop,
      limits: limits,
      metrics: MetricRegistry(), writesAccessLog: false)
    let address: ListenAddress
    do {
      address = try server.start()
    } catch {
      loop.shutdown()
      throw error
    }
    let simulator = Simulator(loop: loop, server: server, address: address, configuration: configuration)
    door.open(to: simulator)
    await simulator.begin()
    return simulator
  }

  private init(
    loop: EventLoop, server: HTTPServer, address: ListenAddress, configuration: SimulatorConfiguration
  ) {
    (self.loop, self.server, self.address, self.configuration) = (loop, server, address, configuration)
    if case .tcp(let host, let port) = address {
      authority = "\(host):\(port)"
    } else {
      authority = "localhost"
    }
    onExchange = configuration.onExchange
    routes = RouteTable.discord
    let world = World()
    self.world = world
    hub = SimulatorHub(world: world, on: loop)
  }

  private func begin() {
    loop.checkIsolated()
    hub.simulator = self
    install(configuration.seed)
  }

  /// Ends every session and stops listening.
  package func stop() async {
    loop.checkIsolated()
    hub.gateway.closeAll()
    world.end()
    if let timer { loop.cancel(timer) }
    outbound?.shutdown()
    await server.shutdown(grace: .seconds(2))
    loop.shutdown()
  }

  /// The client that calls applications' own addresses.
  ///
  /// - Throws: `HTTPError` when libcurl cannot be started.
  func client() throws(HTTPError) -> HTTPClient {
    if let outbound { return outbound }
    let client = try HTTPClient(loop: loop)
    outbound = client
    return client
  }

  // MARK: The world

  /// Calls `body` with the world, on its loop.
  package func withWorld<Result: Sendable, Failure: Error>(
    _ body: @Sendable (World) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    loop.checkIsolated()
    return try body(world)
  }

  /// Moves the world's time forward; what falls due meanwhile happens, in order.
  package func advance(by duration: Duration) {
    loop.checkIsolated()
    world.advance(by: duration)
    setTimer()
  }

  /// Sets who is told of every REST exchange.
  package func observe(_ observer: (@Sendable (RESTExchange) -> Void)?) {
    loop.checkIsolated()
    onExchange = observer
  }

  /// Puts a new world in the place of this one: seeded, or empty for nil. Sessions of the old one end.
  package func reset(seed: UInt64?) {
    loop.checkIsolated()
    install(seed)
  }

  private func install(_ seed: UInt64?) {
    world.end()
    world.agenda.onEarlier = nil
    world.onReset = nil
    var clock = WorldClock(configuration.time)
    if configuration.isFrozen { clock.freeze() }
    world = seed.map { World.seeded(seed: $0, clock: clock) } ?? World(clock: clock)
    world.cdnBase = "http://\(authority)"
    world.gatewayURL = "ws://\(authority)/gateway"
    hub.adopt(world)
    world.agenda.onEarlier = { [weak self] in
      // On the next turn: the agenda is being changed.
      self?.loop.execute { [weak self] in self?.assumeIsolated { $0.setTimer() } }
    }
    world.onReset = { [weak self] seed in
      // On the next turn: the old world is still answering.
      self?.loop.execute { [weak self] in self?.assumeIsolated { $0.reset(seed: seed) } }
    }
    computeKeys()
    setTimer()
  }

  /// Applications are made with seeds; their public keys are computed where the arithmetic is.
  package func computeKeys() {
    for id in world.applications.keys {
      guard let seed = world.applications[id]?.signingSeed else { continue }
      // A seed of another length has no key; the zeros stay and no signature will match them.
      guard let key = try? Ed25519PrivateKey(seed: Secret(seed)) else { continue }
      world.applications[id]?.verifyKey = Hex.encode(key.publicKey.bytes)
    }
  }

  private func setTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard !world.clock.isFrozen, let next = world.agenda.next else { return }
    timer = loop.schedule(after: max(.zero, next - world.now)) { [weak self] in
      self?.assumeIsolated { simulator in
        simulator.world.fireDue()
        simulator.setTimer()
      }
    }
  }
}
