// What all connections of a server share: settings, counts, and the table of live requests.

internal import CMicrohttpd
internal import CSystem
internal import EventLoop
internal import HTTPTypes
internal import Synchronization
internal import Telemetry

/// The part of a server that the library's callbacks reach.
final class ServerCore: Sendable {
  private struct Live {
    var exchanges: [UInt64: Exchange] = [:]
    var connections: [UInt64: Connection] = [:]
    var connectionsByAddress: [IPAddress: Int] = [:]
    var handlers = 0
    var handlersByAddress: [IPAddress: Int] = [:]
    var nextConnection: UInt64 = 0
    /// Resumed when no exchange is left.
    var idleWaiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
  }

  let limits: HTTPLimits
  let proxies: ProxyTrust
  let table: RouteTable
  let loop: EventLoop
  let departures: DepartureWatch
  let metrics: ServerMetrics
  let writesAccessLog: Bool
  private let time: any TimeSource
  private let live = Mutex(Live())
  private let draining = Atomic<Bool>(false)
  private let stopped = Atomic<Bool>(false)

  init(
    limits: HTTPLimits, proxies: ProxyTrust, table: RouteTable, loop: EventLoop, metrics: MetricRegistry,
    writesAccessLog: Bool, time: any TimeSource
  ) throws(HTTPServerError) {
    self.limits = limits
    self.proxies = proxies
    self.table = table
    self.loop = loop
    self.metrics = ServerMetrics(registry: metrics, routes: table.routes)
    self.writesAccessLog = writesAccessLog
    self.time = time
    let relay = DepartureRelay()
    departures = try DepartureWatch(loop: loop) { token in relay.core?.departed(token) }
    relay.core = self
  }

  var now: Duration { time.uptime }

  var isDraining: Bool { draining.load(ordering: .relaxed) }

  // MARK: Connections (library's thread)

  func mayConnect(_ peer: IPAddress?) -> Bool {
    guard let peer, !proxies.trusts(peer) else { return true }
    return live.withLock { $0.connectionsByAddress[peer, default: 0] < limits.connectionsPerAddress }
  }

  func opened(peer: IPAddress?, descriptor: CInt) -> Connection {
    let isCounted = peer.map { !proxies.trusts($0) } ?? false
    return live.withLock { live in
      live.nextConnection += 1
      let connection = Connection(
        id: live.nextConnection, peer: peer, isCounted: isCounted, descriptor: descriptor, now: now)
      live.connections[connection.id] = connection
      if let peer, isCounted { live.connectionsByAddress[peer, default: 0] += 1 }
      return connection
    }
  }

  func closed(_ connection: Connection) {
    connection.close()
    live.withLock { live in
      live.connections[connection.id] = nil
      if let peer = connection.peer, connection.isCounted { live.connectionsByAddress.decrement(peer) }
    }
  }

  // MARK: Requests

  /// Counts a request in.
  ///
  /// - Throws: `HTTPProblem` 503 or 429 when there are too many, 503 while draining.
  func admit(_ exchange: Exchange, client: IPAddress?) throws(HTTPProblem) {
    let problem = live.withLock { live -> HTTPProblem? in
      if isDraining {
        return HTTPProblem(.serviceUnavailable, "The server is stopping", closesConnection: true)
      }
      guard live.handlers < limits.requests else {
        return HTTPProblem(
          .serviceUnavailable, "The server is busy", fields: ["Retry-After": "1"])
      }
      if let client {
        let count = live.handlersByAddress[client, default: 0]
        guard count < limits.requestsPerAddress else {
          return HTTPProblem(.tooManyRequests, "Too many requests at once", fields: ["Retry-After": "1"])
        }
        live.handlersByAddress[client] = count + 1
      }
      live.handlers += 1
      live.exchanges[exchange.number] = exchange
      return nil
    }
    if let problem { throw problem }
    metrics.inFlight.add(1)
  }

  /// A handler's task is over.
  func handlerEnded(for client: IPAddress?) {
    live.withLock { live in
      live.handlers -= 1
      if let client { live.handlersByAddress.decrement(client) }
    }
    metrics.inFlight.add(-1)
  }

  /// The library is done with a request.
  func completed(_ exchange: Exchange, entry: AccessEntry, duration: Duration) {
    let waiters = live.withLock { live -> [CheckedContinuation<Void, Never>] in
      live.exchanges[exchange.number] = nil
      return takeWaiters(&live)
    }
    for waiter in waiters { waiter.resume() }
    metrics.record(route: entry.route, status: entry.status, duration: duration)
    if writesAccessLog { entry.write(duration: duration) }
  }

  private func takeWaiters(_ live: inout Live) -> [CheckedContinuation<Void, Never>] {
    guard live.exchanges.isEmpty, !live.idleWaiters.isEmpty else { return [] }
    defer { live.idleWaiters = [:] }
    return Array(live.idleWaiters.values)
  }

  private func departed(_ number: UInt64) {
    live.withLock { $0.exchanges[number] }?.abandon()
  }

  // MARK: Sweep (event loop)

  func startSweep() {
    loop.execute { [weak self] in self?.sweep() }
  }

  private func sweep() {
    guard !stopped.load(ordering: .relaxed) else { return }
    let now = now
    for connection in live.withLock({ Array($0.connections.values) }) {
      connection.sweep(now: now, limits: limits)?.sweep(now: now)
    }
    loop.schedule(after: limits.sweepInterval) { [weak self] in self?.sweep() }
  }

  // MARK: Stopping

  func beginDraining() { draining.store(true, ordering: .relaxed) }

  func end() {
    stopped.store(true, ordering: .relaxed)
    departures.close()
  }

  var liveExchanges: [Exchange] { live.withLock { Array($0.exchanges.values) } }

  /// Returns when no request is live, or after `timeout`. Not cut short by cancellation.
  func waitUntilIdle(atMost timeout: Duration) async {
    await withCheckedContinuation { continuation in
      let waiter = live.withLock { live -> Int? in
        if live.exchanges.isEmpty { return nil }
        live.nextWaiter += 1
        live.idleWaiters[live.nextWaiter] = continuation
        return live.nextWaiter
      }
      guard let waiter else { return continuation.resume() }
      loop.execute { [self] in
        loop.schedule(after: timeout) { [self] in
          live.withLock { $0.idleWaiters.removeValue(forKey: waiter) }?.resume()
        }
      }
    }
  }
}

/// Breaks the circle of core and watch: the watch is made before the core exists.
///
/// `@unchecked`: written once, before the first descriptor is watched; read on the loop.
private final class DepartureRelay: @unchecked Sendable {
  weak var core: ServerCore?
}

extension [IPAddress: Int] {
  fileprivate mutating func decrement(_ address: IPAddress) {
    guard let count = self[address] else { return }
    self[address] = count > 1 ? count - 1 : nil
  }
}
