// What the simulator's HTTP server answers, before it is told apart: REST, control, and what others add.

internal import HTTPServer
internal import HTTPTypes
internal import Synchronization

/// The way from the HTTP server to the simulator, which exists only after the server has its port.
final class SimulatorDoor: Sendable {
  private let simulator = Mutex<Simulator?>(nil)

  func open(to simulator: Simulator) { self.simulator.withLock { $0 = simulator } }

  /// - Throws: 503 while the simulator is starting.
  func enter() throws(HTTPProblem) -> Simulator {
    guard let simulator = simulator.withLock({ $0 }) else {
      throw HTTPProblem(.serviceUnavailable, "Starting")
    }
    return simulator
  }
}

extension Router {
  /// Every surface of the simulator.
  static func simulator(_ door: SimulatorDoor, playground: Playground?) -> Router {
    var router = Router()
    router.trailingSlash = .refuse
    router.addREST(door)
    router.addGateway(door)
    router.addInspector(door)
    router.addCDN(door)
    router.addConsent(door)
    playground?.addRoutes(to: &router)
    return router
  }

  /// The REST API, with and without a version in its path, and the control of the simulator.
  private mutating func addREST(_ door: SimulatorDoor) {
    for method in [HTTPMethod.get, .post, .put, .patch, .delete] {
      on(method, "/api/{rest...}", .text, name: "rest.\(method)") { request, _ in
        try await door.enter().answer(request, under: "api")
      }
      on(method, "/sim/{rest...}", .text, name: "sim.\(method)") { request, _ in
        try await door.enter().answer(request, under: "sim")
      }
    }
  }
}
