// What the servers keep beside a world, and what they keep beyond it.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

/// The servers' state that outlives a world: a reset puts a new world under the same gateway, limits and faults.
/// Confined to the loop.
final class SimulatorHub {
  let loop: EventLoop
  let faults = FaultDesk()
  let gateway: GatewayServer
  let inspector: Inspector
  var limiter = RateLimiter()
  /// For what must go on while a handler has answered: calls to an application's own address.
  weak var simulator: Simulator?

  init(world: World, on loop: EventLoop) {
    self.loop = loop
    inspector = Inspector()
    gateway = GatewayServer(world: world, faults: faults, on: loop)
    gateway.onTraffic = { [unowned self] entry in inspector.note(entry, at: gateway.world.now) }
  }

  /// Puts a new world in the place of the old one, whose sessions have ended.
  func adopt(_ world: World) {
    gateway.world = world
    gateway.address = world.gatewayURL
    world.annex = Annex(hub: self)
    limiter.reset()
  }
}

/// What belongs to one world: commands, interactions, consents. Confined to the loop.
final class Annex {
  unowned let hub: SimulatorHub
  var commands = CommandRegistry()
  var interactions = InteractionBook()
  var grants = OAuth2Grants()
  var store = ApplicationStore()
  var uploads = InteractionUploads()

  init(hub: SimulatorHub) { self.hub = hub }
}

/// Files that people gave to commands. Bounded: the oldest goes.
struct InteractionUploads {
  private static let capacity = 64
  private var files: [(key: String, file: Picture)] = []

  mutating func keep(_ file: Picture, as key: String) {
    files.append((key, file))
    if files.count > Self.capacity { files.removeFirst() }
  }

  subscript(key: String) -> Picture? { files.first { $0.key == key }?.file }
}

extension World {
  /// The annex that the simulator gave this world.
  ///
  /// - Throws: 500 for a world without servers around it.
  var services: Annex {
    get throws(RESTFailure) {
      guard let annex = annex as? Annex else {
        throw RESTFailure(status: 500, code: 0, message: "500: Internal Server Error")
      }
      return annex
    }
  }
}

/// The orders in force, for everything that runs into them. Confined to the loop.
final class FaultDesk {
  private(set) var plan = FaultPlan()

  func order(_ order: FaultOrder, at now: Timestamp) -> StandingFault { plan.order(order, at: now) }
  func cancel(_ id: Int) -> Bool { plan.cancel(id) }
  func cancelAll() { plan.cancelAll() }

  func strike(_ site: FaultSite, at now: Timestamp, where isWanted: (Fault) -> Bool) -> [Fault] {
    plan.strike(site, at: now, where: isWanted)
  }
}
