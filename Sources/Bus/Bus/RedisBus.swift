// The bus between many processes, over Redis.

package import EventLoop
package import Redis
internal import Synchronization
package import Telemetry

/// The bus over a Redis server, shared by every process that uses the same address and prefix.
///
/// Durability is the server's: with `appendonly yes` an acknowledged append survives a crash of Redis. A single
/// server is meant (or a master with replicas), not a cluster: scripts touch several keys.
package final class RedisBus: Bus {
  package var isShared: Bool { true }

  private struct State {
    var lanes: [String: RedisLanes] = [:]
    var listener: RedisConnection?
    var isListening = false
    var isClosed = false
  }

  let client: RedisClient
  let time: any TimeSource
  let metrics: MetricRegistry
  let clock: Clock
  let prefix: String
  private let hub = NoticeHub()
  private let state = Mutex(State())
  private let log = Log(room: "bus")
  private let hits = Atomic<Int64>(0)
  /// Tells this process's hits and consumers from another's.
  let processID = String(UInt64.random(in: .min ... .max), radix: 36)

  /// Whose clock decides about expiry.
  package enum Clock: Sendable {
    /// The server's: the same for all processes.
    case server
    /// `time`'s: for tests in virtual time, and only for them.
    case injected
  }

  /// - Parameters:
  ///   - address: where the server is.
  ///   - loop: the loop its connections live on.
  ///   - time: what this process waits by; decides about expiry only with `.injected`.
  ///   - clock: whose clock decides about expiry.
  ///   - prefix: the beginning of every key, so that several installations can share a server.
  ///   - metrics: where depth and age of lanes are shown.
  package init(
    _ address: RedisAddress, on loop: EventLoop, time: any TimeSource, clock: Clock = .server,
    prefix: String = "guildhall", metrics: MetricRegistry = .process
  ) {
    self.metrics = metrics
    client = RedisClient(address, on: loop)
    self.time = time
    self.clock = clock
    self.prefix = prefix
  }

  package func lanes(_ name: String, _ limits: LaneLimits) -> any Lanes {
    state.withLock { state in
      if let known = state.lanes[name] { return known }
      let lanes = RedisLanes(name: name, limits: limits, bus: self)
      state.lanes[name] = lanes
      return lanes
    }
  }

  package func publish(_ payload: [UInt8], to topic: String) async throws(BusError) {
    _ = try await send([
      "PUBLISH", RedisArgument(noticeChannel), RedisArgument(Array(topic.utf8) + [0] + payload),
    ])
  }

  package func subscribe(to topics: Set<String>, buffer: Int) async throws(BusError) -> NoticeStream {
    let stream = try hub.subscribe(to: topics, buffer: buffer)
    try await listen()
    return stream
  }

  @discardableResult
  package func add(_ amount: Int64, to counter: String, lifetime: Duration) async throws(BusError) -> Int64 {
    let reply = try await run(
      Scripts.add, ["\(prefix):counter:\(counter)"],
      [RedisArgument(amount), RedisArgument(lifetime.wholeMilliseconds)])
    return try Self.expect(reply.integer)
  }

  package func value(of counter: String) async throws(BusError) -> Int64 {
    try Self.expect(try await run(Scripts.value, ["\(prefix):counter:\(counter)"], []).integer)
  }

  package func hit(_ window: String, length: Duration, capacity: Int) async throws(BusError) -> Int {
    let member = "\(processID).\(hits.add(1, ordering: .relaxed).newValue)"
    let reply = try await run(
      Scripts.hit, ["\(prefix):window:\(window)"],
      [RedisArgument(length.wholeMilliseconds), RedisArgument(max(1, capacity)), RedisArgument(member)])
    return Int(try Self.expect(reply.integer))
  }

  package func acquireLease(_ name: String, for duration: Duration) async throws(BusError) -> Lease? {
    let reply = try await run(
      Scripts.acquire, [leaseKey(name), "\(prefix):fence"], [RedisArgument(duration.wholeMilliseconds)])
    return try lease(name, reply)
  }

  package func renew(_ lease: Lease, for duration: Duration) async throws(BusError) -> Lease? {
    let reply = try await run(
      Scripts.renew, [leaseKey(lease.name)],
      [RedisArgument(duration.wholeMilliseconds), RedisArgument(lease.token)])
    return try self.lease(lease.name, reply)
  }

  package func release(_ lease: Lease) async throws(BusError) {
    _ = try await run(Scripts.release, [leaseKey(lease.name)], [RedisArgument(lease.token)])
  }

  package func close() async {
    let (lanes, listener) = state.withLock { state in
      state.isClosed = true
      defer { state.listener = nil }
      return (Array(state.lanes.values), state.listener)
    }
    for lane in lanes { lane.close() }
    hub.close()
    listener?.close()
    client.close()
  }

  // MARK: Calls

  /// Runs a script whose first argument is the time in milliseconds, or 0 for the server's.
  func run(_ script: RedisScript, _ keys: [RedisArgument], _ arguments: [RedisArgument])
    async throws(BusError)
    -> RedisValue
  {
    let now: RedisArgument =
      switch clock {
      case .server: 0
      case .injected: RedisArgument(time.now.milliseconds)
      }
    do throws(RedisError) {
      return try await script.run(on: client, keys: keys, arguments: [now] + arguments)
    } catch {
      throw BusError(error)
    }
  }

  func send(_ command: [RedisArgument]) async throws(BusError) -> RedisValue {
    do throws(RedisError) {
      return try await client.send(command)
    } catch {
      throw BusError(error)
    }
  }

  static func expect<Value>(_ value: Value?) throws(BusError) -> Value {
    guard let value else { throw BusError(.unexpected) }
    return value
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  private func leaseKey(_ name: String) -> RedisArgument { "\(prefix):lease:\(name)" }

  private func lease(_ name: String, _ reply: RedisValue) throws(BusError) -> Lease? {
    if reply == .null { return nil }
    guard let parts = reply.array, parts.count == 2, let token = parts[0].integer,
      let expiry = parts[1].integer
    else { throw BusError(.unexpected) }
    return Lease(name: name, token: token, expiry: Timestamp(milliseconds: expiry))
  }

  // MARK: Notices

  private var noticeChannel: String { "\(prefix):notices" }

  /// Opens the one connection that listens for the whole process, unless it is there.
  private func listen() async throws(BusError) {
    let mustOpen = state.withLock { state in
      defer { state.isListening = true }
      return !state.isListening && !state.isClosed
    }
    guard mustOpen else { return }
    do throws(RedisError) {
      try await openListener()
    } catch {
      state.withLock { $0.isListening = false }
      throw BusError(error)
    }
  }

  private func openListener() async throws(RedisError) {
    var limits = RedisConnection.Limits()
    limits.replyTimeout = nil
    let connection = try await client.dedicatedConnection(limits: limits) { [weak self] in
      self?.listenerEnded()
    }
    try await connection.subscribe(to: [noticeChannel]) { [hub] _, message in
      guard let end = message.firstIndex(of: 0) else { return }
      hub.deliver(Array(message[(end + 1)...]), to: String(decoding: message[..<end], as: UTF8.self))
    }
    let isClosed = state.withLock { state in
      state.listener = connection
      return state.isClosed
    }
    if isClosed { connection.close() }
  }

  /// Comes back until the bus is closed, and tells subscribers that they may have missed something: at once, so
  /// that nobody trusts what he has, and again when it listens.
  private func listenerEnded() {
    let wasListening = state.withLock { state in
      defer { state.listener = nil }
      return state.listener != nil && !state.isClosed
    }
    guard wasListening else { return }
    log.warning("notices interrupted")
    hub.deliverMissed()
    Task { [weak self] in
      var failures = 0
      while let self, !self.isClosed {
        do throws(RedisError) {
          try await self.openListener()
          self.hub.deliverMissed()
          return
        } catch {
          failures += 1
          self.log.debug("still cannot listen for notices", ["reason": .string("\(error)")])
        }
        // Nobody cancels this task; the bus being closed ends it.
        try? await Task.sleep(for: .milliseconds(Int.random(in: 10...min(2_000, 50 << min(failures, 5)))))
      }
    }
  }
}

extension BusError {
  init(_ error: RedisError) {
    switch error.code {
    case .closed: self.init(.closed)
    case .overloaded: self.init(.full, error.description)
    // It has just been started and reads its data.
    case .server where error.isServerError("LOADING"): self.init(.unreachable, error.message)
    case .server, .unexpectedReply: self.init(.unexpected, error.description)
    default: self.init(.unreachable, error.description)
    }
  }
}
