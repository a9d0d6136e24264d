// The bus of a single process.

package import EventLoop
internal import Synchronization
package import Telemetry

/// The bus when everything runs in one process: nothing leaves memory, nothing survives it.
///
/// What was in a lane when the process ends is gone; the sender's own resume point (a shard's cursor) brings it
/// again.
package final class LocalBus: Bus {
  private struct State {
    var lanes: [String: LocalLanes] = [:]
    var counters = ExpiringTable<Int64>(capacity: 200_000)
    var windows = ExpiringTable<FirstInFirstOut<Timestamp>>(capacity: 200_000)
    var leases: [String: Lease] = [:]
    var lastToken: Int64 = 0
    var isClosed = false
  }

  package var isShared: Bool { false }

  private let time: any TimeSource
  private let metrics: MetricRegistry
  private let hub = NoticeHub()
  private let state = Mutex(State())

  /// - Parameters:
  ///   - time: decides about expiry, and stamps entries.
  ///   - metrics: where depth and age of lanes are shown.
  package init(time: any TimeSource, metrics: MetricRegistry = .process) {
    self.time = time
    self.metrics = metrics
  }

  package func lanes(_ name: String, _ limits: LaneLimits) -> any Lanes {
    state.withLock { state in
      if let known = state.lanes[name] { return known }
      let lanes = LocalLanes(
        name: name, limits: limits, time: time, metrics: LaneMetrics(lanes: name, in: metrics))
      if state.isClosed { lanes.close() }
      state.lanes[name] = lanes
      return lanes
    }
  }

  package func publish(_ payload: [UInt8], to topic: String) async throws(BusError) {
    try checkOpen()
    hub.deliver(payload, to: topic)
  }

  package func subscribe(to topics: Set<String>, buffer: Int) async throws(BusError) -> NoticeStream {
    try hub.subscribe(to: topics, buffer: buffer)
  }

  @discardableResult
  package func add(_ amount: Int64, to counter: String, lifetime: Duration) async throws(BusError) -> Int64 {
    try checkOpen()
    let now = time.now
    return state.withLock { state in
      let sum = (state.counters.value(of: counter, at: now) ?? 0).addingReportingOverflow(amount)
      state.counters.set(sum.partialValue, for: counter, until: now + lifetime, at: now)
      return sum.partialValue
    }
  }

  package func value(of counter: String) async throws(BusError) -> Int64 {
    try checkOpen()
    let now = time.now
    return state.withLock { $0.counters.value(of: counter, at: now) ?? 0 }
  }

  package func hit(_ window: String, length: Duration, capacity: Int) async throws(BusError) -> Int {
    try checkOpen()
    let now = time.now
    return state.withLock { state in
      var hits = state.windows.value(of: window, at: now) ?? FirstInFirstOut()
      while let first = hits.first, first <= now - length { _ = hits.popFirst() }
      hits.append(now)
      while hits.count > max(1, capacity) { _ = hits.popFirst() }
      let count = hits.count
      state.windows.set(hits, for: window, until: now + length, at: now)
      return count
    }
  }

  package func acquireLease(_ name: String, for duration: Duration) async throws(BusError) -> Lease? {
    try checkOpen()
    let now = time.now
    return state.withLock { state in
      if let held = state.leases[name], held.expiry > now { return nil }
      // Names of leases are few (partitions, shards); those that ended make room here.
      if state.leases.count > 10_000 { state.leases = state.leases.filter { $0.value.expiry > now } }
      state.lastToken += 1
      let lease = Lease(name: name, token: state.lastToken, expiry: now + duration)
      state.leases[name] = lease
      return lease
    }
  }

  package func renew(_ lease: Lease, for duration: Duration) async throws(BusError) -> Lease? {
    try checkOpen()
    let now = time.now
    return state.withLock { state in
      guard let held = state.leases[lease.name], held.token == lease.token, held.expiry > now else {
        return nil
      }
      let renewed = Lease(name: lease.name, token: lease.token, expiry: now + duration)
      state.leases[lease.name] = renewed
      return renewed
    }
  }

  package func release(_ lease: Lease) async throws(BusError) {
    state.withLock { state in
      if state.leases[lease.name]?.token == lease.token { state.leases[lease.name] = nil }
    }
  }

  package func close() async {
    let lanes = state.withLock { state in
      state.isClosed = true
      return Array(state.lanes.values)
    }
    for lane in lanes { lane.close() }
    hub.close()
  }

  private func checkOpen() throws(BusError) {
    guard !state.withLock({ $0.isClosed }) else { throw BusError(.closed) }
  }
}

/// Lanes in memory.
final class LocalLanes: Lanes {
  private struct State {
    var lastID: UInt64 = 0
    /// When entries were appended, oldest first; acknowledged ones are trimmed from the front and now and then
    /// from the middle.
    var order = FirstInFirstOut<UInt64>()
    var unacknowledged: [UInt64: Timestamp] = [:]
    var isConsumed = false
    var isClosed = false
  }

  private let name: String
  private let limits: LaneLimits
  private let time: any TimeSource
  private let runner: LaneRunner
  private let book: Book

  /// What the runner's acknowledgement reaches, without the lanes holding themselves alive.
  private final class Book: Sendable {
    let state = Mutex(State())
    let metrics: LaneMetrics
    let time: any TimeSource

    init(metrics: LaneMetrics, time: any TimeSource) {
      (self.metrics, self.time) = (metrics, time)
    }

    /// Shows depth and age. Call with the state's lock held.
    func show(_ state: State) {
      metrics.depth.set(Int64(state.unacknowledged.count))
      let oldest = state.order.first.flatMap { state.unacknowledged[$0] }
      metrics.age.set(oldest.map { (time.now - $0).components.seconds } ?? 0)
    }

    func acknowledge(_ entry: LaneEntry) {
      guard let id = UInt64(entry.id) else { return }
      state.withLock { state in
        defer { show(state) }
        state.unacknowledged[id] = nil
        while let first = state.order.first, state.unacknowledged[first] == nil { _ = state.order.popFirst() }
        if state.order.count > 2 * state.unacknowledged.count + 64 {
          let open = state.unacknowledged
          state.order.removeAll { open[$0] == nil }
        }
      }
    }
  }

  init(name: String, limits: LaneLimits, time: any TimeSource, metrics: LaneMetrics) {
    self.name = name
    self.limits = limits
    self.time = time
    let book = Book(metrics: metrics, time: time)
    self.book = book
    runner = LaneRunner(limits: limits, time: time) { book.acknowledge($0) }
  }

  func append(_ payload: [UInt8], key: String) async throws(BusError) {
    let now = time.now
    guard runner.depth(of: key) < limits.depthPerKey else {
      throw BusError(.full, "lane '\(name)' holds \(limits.depthPerKey) entries of one key")
    }
    try book.state.withLock { state throws(BusError) in
      guard !state.isClosed else { throw BusError(.closed) }
      guard state.unacknowledged.count < limits.depth else {
        throw BusError(.full, "lane '\(name)' holds \(limits.depth) entries")
      }
      state.lastID += 1
      state.unacknowledged[state.lastID] = now
      state.order.append(state.lastID)
      book.show(state)
      // Inside the lock, so that two senders of one key are scheduled in the order of their ids.
      runner.arrive(
        LaneEntry(id: String(state.lastID), key: key, payload: payload, appended: now, delivery: 1))
    }
  }

  func consume(
    handler: @escaping @Sendable (LaneEntry) async throws -> Void,
    onDead: @escaping @Sendable (LaneEntry, any Error) async -> Void
  ) async throws(BusError) {
    try book.state.withLock { state throws(BusError) in
      guard !state.isClosed else { throw BusError(.closed) }
      guard !state.isConsumed else { throw BusError(.inUse) }
      state.isConsumed = true
    }
    runner.restart()
    await runner.run(handler: handler, onDead: onDead)
    book.state.withLock { $0.isConsumed = false }
  }

  func depth() async throws(BusError) -> Int {
    book.state.withLock { $0.unacknowledged.count }
  }

  func age() async throws(BusError) -> Duration {
    let now = time.now
    return book.state.withLock { state in
      state.order.first.flatMap { state.unacknowledged[$0] }.map { now - $0 } ?? .zero
    }
  }

  func close() {
    book.state.withLock { $0.isClosed = true }
    runner.stop()
  }
}
