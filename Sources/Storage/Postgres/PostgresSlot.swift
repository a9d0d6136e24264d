// A place for one connection: connects on demand, queues, watches the socket, and starts over after a loss.

internal import EventLoop
internal import SQL
internal import Synchronization
internal import Telemetry

/// One connection's place in a pool, pinned to a loop.
///
/// `@unchecked Sendable`: after `init`, everything mutable belongs to the loop's thread; other threads come in
/// by `loop.execute`.
final class PostgresSlot: @unchecked Sendable {
  /// What the slot's connection is for.
  enum Role {
    /// Single statements and batches of everyone.
    case shared(PostgresAccess)
    /// One transaction at a time.
    case leased
  }

  let loop: EventLoop
  let role: Role
  private let address: PostgresAddress
  private let options: PostgresOptions
  private let log = Log(room: "storage")

  // The loop's thread only.
  private var waiting = FirstInFirstOut<PostgresRequest>()
  private var connection: PostgresConnection?
  private var reconnection = Reconnection()
  private var isConnecting = false
  private var isPumpScheduled = false
  private var isCancelling = false
  private var isClosed = false
  private var isWatchedForWriting = false
  private var reconnectTimer: LoopTimer?
  private var silenceTimer: LoopTimer?
  private var lastHeard = ContinuousClock.now
  private var closing: [CheckedContinuation<Void, Never>] = []

  private static let lastSession = Atomic<UInt64>(0)

  init(loop: EventLoop, role: Role, address: PostgresAddress, options: PostgresOptions) {
    (self.loop, self.role, self.address, self.options) = (loop, role, address, options)
  }

  private var isLeased: Bool {
    if case .leased = role { true } else { false }
  }

  // MARK: From any thread

  /// Runs a batch and returns one result for each statement.
  ///
  /// A cancelled task gets `.cancelled` at once while its batch is not sent, or only reads. A write that is on
  /// the wire of a shared connection is waited for, so that its caller learns what became of it; in a
  /// transaction the server is asked to stop it.
  func perform(_ request: PostgresRequest) async throws(SQLError) -> [PostgresResult] {
    let outcome: PostgresRequest.Outcome
    if request.isShielded {
      outcome = await send(request)
    } else {
      outcome = await withTaskCancellationHandler {
        await send(request)
      } onCancel: {
        loop.execute { self.cancel(request) }
      }
    }
    return try outcome.get()
  }

  private func send(_ request: PostgresRequest) async -> PostgresRequest.Outcome {
    await withCheckedContinuation { continuation in
      request.continuation = continuation
      if loop.isCurrent {
        submit(request)
      } else {
        loop.execute { self.submit(request) }
      }
    }
  }

  /// Gives the connection up if it is still that session: its state is unknown.
  func abandon(session: UInt64) {
    loop.execute {
      if self.connection?.session == session { self.lose(.lost) }
    }
  }

  /// Refuses new requests, lets those on the wire finish within `grace`, and disconnects.
  func close(grace: Duration) async {
    await withCheckedContinuation { continuation in
      loop.execute { self.startClosing(grace: grace, continuation) }
    }
  }

  /// Closes without anyone waiting for it.
  func closeSoon() {
    loop.execute { self.startClosing(grace: .zero, nil) }
  }

  // MARK: Queue (loop only)

  private func submit(_ request: PostgresRequest) {
    if isClosed { return request.finish(.failure(.poolClosed)) }
    if request.isCancelled { return request.finish(.failure(.taskCancelled)) }
    if let required = request.requiredSession, required != connection?.session {
      return request.finish(.failure(.lost))
    }
    if waiting.count >= options.maximumWaiting {
      return request.finish(
        .failure(SQLError(.overloaded, message: "\(waiting.count) requests wait already")))
    }
    waiting.append(request)
    schedulePump()
  }

  /// All that is queued in one turn of the loop leaves in one write.
  private func schedulePump() {
    guard !isPumpScheduled else { return }
    isPumpScheduled = true
    loop.execute { self.pump() }
  }

  private func pump() {
    isPumpScheduled = false
    // A statement sent now could be hit by the cancel request that is under way to the one before it.
    guard !isCancelling else { return }
    guard let connection else { return connectWhenDue() }
    while connection.requestCount < options.pipelineDepth, let request = waiting.popFirst() {
      guard isWelcome(request, on: connection) else { continue }
      guard connection.write(request) else { return lose(.lost) }
    }
    guard connection.endTurn(isLeased: isLeased) else { return lose(.lost) }
    flush(connection)
    watchSilence()
  }

  private func isWelcome(_ request: PostgresRequest, on connection: PostgresConnection) -> Bool {
    guard let required = request.requiredSession, required != connection.session else { return true }
    request.finish(.failure(.lost))
    return false
  }

  private func cancel(_ request: PostgresRequest) {
    guard request.continuation != nil || !request.isSent else { return }
    request.isCancelled = true
    if !request.isSent {
      waiting.removeAll { $0 === request }
      request.finish(.failure(.taskCancelled))
    } else if request.access == .readOnly, !isLeased {
      // Its answer is read and dropped when it comes.
      request.finish(.failure(.taskCancelled))
    } else if isLeased, !isCancelling, let connection, let cancel = CancelHandle(connection.handle) {
      isCancelling = true
      cancel.send(on: loop) {
        self.isCancelling = false
        self.schedulePump()
      }
    }
  }

  // MARK: Socket (loop only)

  private func flush(_ connection: PostgresConnection) {
    switch connection.flush() {
    case .done: watchForWriting(false, connection)
    case .pending: watchForWriting(true, connection)
    case .broken: lose(.lost)
    }
  }

  private func watchForWriting(_ isWanted: Bool, _ connection: PostgresConnection) {
    guard isWanted != isWatchedForWriting else { return }
    isWatchedForWriting = isWanted
    do {
      try loop.rewatch(connection.socket, for: isWanted ? [.readable, .writable] : .readable)
    } catch {
      log.error("cannot watch a PostgreSQL connection", ["reason": "\(error.description)"])
      lose(.lost)
    }
  }

  private func ready(_ readiness: Readiness) {
    guard let connection else { return }
    lastHeard = .now
    let isAlive = connection.receive { request in self.complete(request) }
    guard isAlive else { return lose(.lost) }
    if !connection.isWaiting, !isLeased, connection.hasOpenTransaction {
      // Nothing that gets here opens one on purpose; whoever comes next must not find themselves inside.
      log.error("a statement left a transaction open on a shared connection")
      return lose(.lost)
    }
    if isClosed, !connection.isWaiting { return disconnect() }
    if isWatchedForWriting || !waiting.isEmpty { pump() }
  }

  private func complete(_ request: PostgresRequest) {
    if request.failure == nil, request.wasAborted {
      // A read that shared its Sync with one that failed: it runs again, on its own turn.
      request.rewind()
      waiting.prepend([request])
    } else {
      request.finish(request.outcome)
    }
  }

  // MARK: Connecting and losing (loop only)

  private func connectWhenDue() {
    guard !isConnecting, reconnectTimer == nil, !isClosed, !waiting.isEmpty else { return }
    if let pause = reconnection.pause(from: .now) {
      reconnectTimer = loop.schedule(after: pause) {
        self.reconnectTimer = nil
        self.connectWhenDue()
      }
      return
    }
    isConnecting = true
    let session = options.sessionParameters(for: role, address: address)
    ConnectionHandle.open(address, session: session, timeout: options.connectTimeout, on: loop) { outcome in
      self.isConnecting = false
      self.connected(outcome)
    }
  }

  private func connected(_ outcome: Result<ConnectionHandle, SQLError>) {
    guard !isClosed else { return disconnect() }
    do throws(SQLError) {
      let handle = try outcome.get()
      let session = Self.lastSession.wrappingAdd(1, ordering: .relaxed).newValue
      let connection = PostgresConnection(
        handle, session: session, preparedStatements: options.preparedStatementCount)
      try watch(connection)
      self.connection = connection
      isWatchedForWriting = false
      reconnection.succeeded()
      log.debug("connected to PostgreSQL")
      pump()
    } catch {
      reconnection.failed(at: .now, jitter: .random(in: 0...1))
      log.warning("cannot connect to PostgreSQL", ["reason": "\(error.description)"])
      for request in waiting.takeAll() { request.finish(.failure(error)) }
    }
  }

  private func watch(_ connection: PostgresConnection) throws(SQLError) {
    do {
      try loop.watch(connection.socket, for: .readable) { readiness in self.ready(readiness) }
    } catch {
      throw SQLError(.overloaded, message: "the socket cannot be watched (errno \(error.errno))")
    }
  }

  /// Drops the connection. Whatever is on the wire fails, since nobody knows what became of it; reads go once
  /// more; what was not sent waits for the next connection.
  private func lose(_ error: SQLError) {
    guard let connection else { return }
    drop(connection)
    reconnection.failed(at: .now, jitter: .random(in: 0...1))
    log.warning("lost a connection to PostgreSQL", ["pending": .integer(Int64(connection.requestCount))])
    var repeated: [PostgresRequest] = []
    for request in connection.takeRequests() {
      if request.access == .readOnly, !isLeased, !request.wasRepeated, request.results.isEmpty, !isClosed {
        request.rewind()
        request.wasRepeated = true
        repeated.append(request)
      } else {
        request.finish(.failure(request.failure ?? error))
      }
    }
    for request in waiting.takeAll() {
      if request.requiredSession == nil {
        repeated.append(request)
      } else {
        // The rest of a transaction whose connection is gone must not run on the next one.
        request.finish(.failure(error))
      }
    }
    waiting.prepend(repeated)
    if isClosed { return disconnect() }
    connectWhenDue()
  }

  private func drop(_ connection: PostgresConnection) {
    loop.unwatch(connection.socket)
    self.connection = nil
    if let silenceTimer { loop.cancel(silenceTimer) }
    silenceTimer = nil
  }

  /// Gives up a server that owes an answer and says nothing for longer than any statement may take: behind a
  /// broken network no packet tells.
  private func watchSilence() {
    guard silenceTimer == nil, let connection, connection.isWaiting else { return }
    lastHeard = .now
    scheduleSilenceCheck(after: options.statementTimeout + options.silenceTimeout)
  }

  private func scheduleSilenceCheck(after delay: Duration) {
    silenceTimer = loop.schedule(after: delay) {
      self.silenceTimer = nil
      guard let connection = self.connection, connection.isWaiting else { return }
      let limit = self.options.statementTimeout + self.options.silenceTimeout
      let silence = self.lastHeard.duration(to: .now)
      if silence >= limit {
        self.lose(.lost)
      } else {
        self.scheduleSilenceCheck(after: limit - silence)
      }
    }
  }

  // MARK: Closing (loop only)

  private func startClosing(grace: Duration, _ continuation: CheckedContinuation<Void, Never>?) {
    isClosed = true
    if let continuation { closing.append(continuation) }
    for request in waiting.takeAll() { request.finish(.failure(.poolClosed)) }
    guard let connection, connection.isWaiting else { return disconnect() }
    _ = loop.schedule(after: grace) {
      if self.connection === connection { self.lose(.poolClosed) }
    }
  }

  private func disconnect() {
    if let connection { drop(connection) }
    if let reconnectTimer { loop.cancel(reconnectTimer) }
    reconnectTimer = nil
    let waiters = closing
    closing = []
    for waiter in waiters { waiter.resume() }
  }
}

extension PostgresOptions {
  /// What every session of a pool is opened with, after the address's own parameters.
  func sessionParameters(for role: PostgresSlot.Role, address: PostgresAddress)
    -> [(keyword: String, value: String)]
  {
    var settings = [
      "statement_timeout=\(statementTimeout.wholeMilliseconds)",
      "idle_in_transaction_session_timeout=\(idleInTransactionTimeout.wholeMilliseconds)",
    ]
    if case .shared(.readOnly) = role { settings.append("default_transaction_read_only=on") }
    let ours = settings.map { "-c \($0)" }.joined(separator: " ")
    let theirs = address.value(of: "options").map { "\($0) " } ?? ""
    return [
      ("options", theirs + ours), ("client_encoding", "UTF8"), ("fallback_application_name", applicationName),
    ]
  }
}
