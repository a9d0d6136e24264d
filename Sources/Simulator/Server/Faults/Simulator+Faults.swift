// Ordering faults: from Swift, and over `/sim/faults`.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

/// The faults of a simulator.
///
///     try await simulator.faults.order(FaultOrder(.dropConnection, application: bot))
///     await simulator.faults.order(FaultOrder(.rateLimit(scope: .shared, retryAfter: .seconds(1)), count: 5))
package struct SimulatorFaults: Sendable {
  let simulator: Simulator

  /// Puts an order in force. What strikes connections strikes those that are there before this returns; an order that
  /// found none waits for the next.
  @discardableResult
  package func order(_ order: FaultOrder) async -> StandingFault { await simulator.order(order) }

  /// Takes an order back; false when it is not in force any more.
  @discardableResult
  package func cancel(_ id: Int) async -> Bool { await simulator.cancelFault(id) }

  /// Takes all orders back.
  package func cancelAll() async { await simulator.cancelAllFaults() }

  /// The orders in force.
  package var standing: [StandingFault] { get async { await simulator.standingFaults } }
}

extension Simulator {
  /// What can be made to go wrong.
  package nonisolated var faults: SimulatorFaults { SimulatorFaults(simulator: self) }

  func order(_ order: FaultOrder) -> StandingFault {
    loop.checkIsolated()
    return hub.order(order, at: world.now)
  }

  func cancelFault(_ id: Int) -> Bool {
    loop.checkIsolated()
    return hub.faults.cancel(id)
  }

  func cancelAllFaults() {
    loop.checkIsolated()
    hub.faults.cancelAll()
  }

  var standingFaults: [StandingFault] {
    loop.checkIsolated()
    return hub.faults.plan.standing
  }

  /// Sets whether REST is limited; off for load tests.
  package func limitsREST(_ isLimited: Bool) {
    loop.checkIsolated()
    hub.limiter.isEnabled = isLimited
  }

  /// Sets how many calls a second a bot may make, as Discord does for large bots.
  package func setGlobalLimit(_ limit: Int) {
    loop.checkIsolated()
    hub.limiter.globalLimit = limit
  }

  /// Sets whether identifies have to keep their distance (`max_concurrency`).
  package func limitsIdentify(_ isLimited: Bool) {
    loop.checkIsolated()
    hub.gateway.admission.enforcesConcurrency = isLimited
  }

  /// Sets how long gateway clients are told to wait between heartbeats; holds for new connections.
  package func setHeartbeatInterval(_ interval: Duration) {
    loop.checkIsolated()
    hub.gateway.rules.heartbeatInterval = interval
  }
}

extension SimulatorHub {
  func order(_ order: FaultOrder, at now: Timestamp) -> StandingFault {
    let standing = faults.order(order, at: now)
    inspector.note(
      InspectorEntry(kind: .note, who: "simulator", title: "fault ordered: \(order.fault.name)"), at: now)
    gateway.applyStandingFaults()
    return standing
  }
}

extension RouteTable {
  /// Faults and settings of the simulator itself.
  static let faultRoutes: [RESTRoute] = [
    RESTRoute(.get, "/sim/faults", isPublic: true) { _, world throws(RESTFailure) in
      .ok(.array(try world.services.hub.faults.plan.standing.map(\.json)))
    },
    RESTRoute(.post, "/sim/faults", isPublic: true) { call, world throws(RESTFailure) in
      guard let order = FaultOrder(call.body ?? .null) else {
        throw .invalid("fault", code: "BASE_TYPE_CHOICES", "This fault is not known, or its values are not.")
      }
      return .created(try world.services.hub.order(order, at: world.now).json)
    },
    RESTRoute(.delete, "/sim/faults", isPublic: true) { _, world throws(RESTFailure) in
      try world.services.hub.faults.cancelAll()
      return .noContent
    },
    RESTRoute(.delete, "/sim/faults/{fault.id}", isPublic: true) { call, world throws(RESTFailure) in
      guard let id = call.parameters["fault.id"].flatMap({ Int($0) }),
        try world.services.hub.faults.cancel(id)
      else {
        throw RESTFailure(status: 404, code: 0, message: "No such fault is in force")
      }
      return .noContent
    },
    RESTRoute(.patch, "/sim/settings", isPublic: true) { call, world throws(RESTFailure) in
      let hub = try world.services.hub
      if let value = call.body?["rate_limits"]?.bool { hub.limiter.isEnabled = value }
      if let value = call.body?["global_limit"]?.int64, (1...10_000).contains(value) {
        hub.limiter.globalLimit = Int(value)
      }
      if let value = call.body?["identify_concurrency"]?.bool {
        hub.gateway.admission.enforcesConcurrency = value
      }
      if let value = call.body?["heartbeat_milliseconds"]?.int64, value >= 100 {
        hub.gateway.rules.heartbeatInterval = .milliseconds(value)
      }
      return .ok([
        "rate_limits": .bool(hub.limiter.isEnabled), "global_limit": .integer(Int64(hub.limiter.globalLimit)),
        "identify_concurrency": .bool(hub.gateway.admission.enforcesConcurrency),
        "heartbeat_milliseconds": .integer(hub.gateway.rules.heartbeatInterval.wholeMilliseconds),
      ])
    },
  ]
}
