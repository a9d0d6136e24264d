// A Redis client that comes back: connects when first used, and again after a loss.

package import EventLoop
internal import Synchronization
internal import Telemetry

/// Sends commands over one shared, pipelined connection and reconnects with backoff when it is lost.
///
/// A command is never repeated by the client itself: one that was under way when the connection broke fails with
/// `.connectionLost`, and the caller knows whether it may be sent again.
package final class RedisClient: Sendable {
  private enum State {
    /// Nothing there; the next command connects, but not before `earliest`.
    case idle(failures: Int, earliest: ContinuousClock.Instant)
    /// Somebody is connecting; everybody awaits the same task.
    case connecting(Task<RedisConnection, any Error>)
    /// May be sent on.
    case connected(RedisConnection, serial: Int)
    /// No more.
    case closed
  }

  /// Where the server is.
  package let address: RedisAddress
  /// The loop all connections live on.
  package let loop: EventLoop
  private let limits: RedisConnection.Limits
  private let connectTimeout: Duration
  private let log = Log(room: "bus")
  private let state: Mutex<State>
  private let serial = Atomic<Int>(0)

  /// - Parameters:
  ///   - address: where the server is, and the login.
  ///   - loop: the loop all connections live on.
  ///   - limits: the bounds of the shared connection.
  ///   - connectTimeout: how long one attempt to connect may take, login included.
  package init(
    _ address: RedisAddress, on loop: EventLoop, limits: RedisConnection.Limits = .init(),
    connectTimeout: Duration = .seconds(5)
  ) {
    self.address = address
    self.loop = loop
    self.limits = limits
    self.connectTimeout = connectTimeout
    state = Mutex(.idle(failures: 0, earliest: .now))
  }

  /// Sends a command, connecting first when needed.
  ///
  /// - Throws: `RedisError`: `.unreachable` when no connection could be made, at once while a backoff of at most
  ///   two seconds runs; `.connectionLost` when the command may or may not have happened.
  package func send(_ command: [RedisArgument]) async throws(RedisError) -> RedisValue {
    let connection = try await connection()
    do throws(RedisError) {
      return try await connection.send(command)
    } catch {
      // It ended before the command left this process: nothing happened, so a new connection may carry it.
      guard error.code == .unreachable else { throw error }
      forget(connection)
      return try await self.connection().send(command)
    }
  }

  /// A connection of its own, for commands that block or change the connection's mode. The caller closes it.
  package func dedicatedConnection(
    limits: RedisConnection.Limits, onEnd: @escaping @Sendable () -> Void = {}
  ) async throws(RedisError) -> RedisConnection {
    try await RedisConnection.open(address, on: loop, limits: limits, timeout: connectTimeout, onEnd: onEnd)
  }

  /// Closes the connection; everything under way fails, and so does everything after.
  package func close() {
    let old = state.withLock { state in
      defer { state = .closed }
      return state
    }
    if case .connected(let connection, _) = old { connection.close() }
    if case .connecting(let task) = old { task.cancel() }
  }

  private func connection() async throws(RedisError) -> RedisConnection {
    let attempt = try state.withLock { state throws(RedisError) -> Result<RedisConnection, Attempt> in
      switch state {
      case .connected(let connection, _): return .success(connection)
      case .connecting(let task): return .failure(Attempt(task: task))
      case .closed: throw RedisError(.closed)
      case .idle(let failures, let earliest):
        guard ContinuousClock.now >= earliest else {
          throw RedisError(.unreachable, "waiting before the next attempt to connect")
        }
        let task = Task { try await self.connect(failures: failures) }
        state = .connecting(task)
        return .failure(Attempt(task: task))
      }
    }
    switch attempt {
    case .success(let connection): return connection
    case .failure(let attempt):
      do {
        return try await attempt.task.value
      } catch let error as RedisError {
        throw error
      } catch {
        throw RedisError(.closed)
      }
    }
  }

  private struct Attempt: Error {
    let task: Task<RedisConnection, any Error>
  }

  private func connect(failures: Int) async throws -> RedisConnection {
    let number = serial.add(1, ordering: .relaxed).newValue
    do throws(RedisError) {
      let connection = try await RedisConnection.open(
        address, on: loop, limits: limits, timeout: connectTimeout,
        onEnd: { [weak self] in self?.lost(number) })
      let isWanted = state.withLock { state in
        if case .closed = state { return false }
        state = .connected(connection, serial: number)
        return true
      }
      guard isWanted else {
        connection.close()
        throw RedisError(.closed)
      }
      if failures > 0 { log.notice("reconnected to Redis", ["attempts": .integer(Int64(failures + 1))]) }
      return connection
    } catch {
      // Full jitter up to a cap: after a restart of Redis not everybody comes at once.
      let cap = min(2_000, 50 << min(failures, 6))
      let pause = Duration.milliseconds(Int.random(in: 0...cap))
      state.withLock { state in
        if case .closed = state { return }
        state = .idle(failures: failures + 1, earliest: .now + pause)
      }
      log.warning(
        "cannot reach Redis", ["reason": .string("\(error)"), "attempt": .integer(Int64(failures + 1))])
      throw error
    }
  }

  private func forget(_ ended: RedisConnection) {
    state.withLock { state in
      guard case .connected(let connection, _) = state, connection === ended else { return }
      state = .idle(failures: 0, earliest: .now)
    }
  }

  private func lost(_ number: Int) {
    let wasInUse = state.withLock { state in
      guard case .connected(_, number) = state else { return false }
      state = .idle(failures: 0, earliest: .now)
      return true
    }
    if wasInUse { log.warning("connection to Redis lost") }
  }
}

/// A Lua script, run by its hash and sent whole only when the server does not know it.
package struct RedisScript: Sendable {
  /// The source, a constant of ours.
  package let source: String
  private let hash: ScriptHash

  package init(_ source: String) {
    self.source = source
    hash = ScriptHash()
  }

  /// The hash the server gave the script, once loaded.
  private final class ScriptHash: Sendable {
    let value = Mutex<String?>(nil)
  }

  /// Runs the script on `client`.
  ///
  /// - Throws: `RedisError`; see `RedisClient.send`.
  package func run(
    on client: RedisClient, keys: [RedisArgument], arguments: [RedisArgument]
  ) async throws(RedisError) -> RedisValue {
    let tail = [RedisArgument(keys.count)] + keys + arguments
    if let known = hash.value.withLock({ $0 }) {
      do throws(RedisError) {
        return try await client.send(["EVALSHA", RedisArgument(known)] + tail)
      } catch {
        // The server was restarted or its scripts flushed: nothing ran, so loading and running again is safe.
        guard error.isServerError("NOSCRIPT") else { throw error }
      }
    }
    let loaded = try await client.send(["SCRIPT", "LOAD", RedisArgument(source)])
    guard let text = loaded.text else { throw RedisError(.unexpectedReply, "SCRIPT LOAD") }
    hash.value.withLock { $0 = text }
    return try await client.send(["EVALSHA", RedisArgument(text)] + tail)
  }
}
