// One connection over hiredis's asynchronous API, on the event loop.

internal import CRedis
package import EventLoop
internal import Synchronization

/// A connection to Redis. Commands are pipelined: answers come in the order the commands were sent.
///
/// `@unchecked Sendable`: everything but `send` is touched on the loop's thread only; hiredis is not thread-safe.
package final class RedisConnection: @unchecked Sendable {
  /// Bounds of one connection.
  package struct Limits: Sendable {
    /// How long an answer may take before the connection is given up; nil for connections that block on purpose.
    package var replyTimeout: Duration? = .seconds(10)
    /// How many commands may wait for an answer.
    package var commandsUnderWay = 10_000

    package init() {}
  }

  /// A command waiting for its answer.
  private final class Pending {
    let deadline: ContinuousClock.Instant?
    let completion: (Result<RedisValue, RedisError>) -> Void

    init(
      deadline: ContinuousClock.Instant?, completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
      self.deadline = deadline
      self.completion = completion
    }
  }

  private let loop: EventLoop
  private let limits: Limits
  private let underWay = Atomic<Int>(0)

  // The loop's thread only.
  private var context: UnsafeMutablePointer<redisAsyncContext>?
  private var descriptor: CInt = -1
  private var interest: Readiness = []
  private var isWatched = false
  private var oldest: [Pending] = []
  private var timer: LoopTimer?
  private var onConnect: ((Result<Void, RedisError>) -> Void)?
  private var onEnd: (() -> Void)?
  private var messageHandler: ((_ channel: String, _ payload: [UInt8]) -> Void)?

  private init(loop: EventLoop, limits: Limits) {
    self.loop = loop
    self.limits = limits
  }

  /// Connects, logs in and selects the database.
  ///
  /// - Parameters:
  ///   - address: where the server is, the login and the number of the database.
  ///   - loop: the loop the connection lives on.
  ///   - limits: the bounds of this connection.
  ///   - timeout: how long connecting may take.
  ///   - onEnd: called once, on the loop, when the connection is over for any reason.
  /// - Returns: a connection that takes commands.
  /// - Throws: `RedisError`: `.unreachable`, `.timeout`, or `.server` when the login is refused.
  package static func open(
    _ address: RedisAddress, on loop: EventLoop, limits: Limits = Limits(),
    timeout: Duration = .seconds(5), onEnd: @escaping @Sendable () -> Void = {}
  ) async throws(RedisError) -> RedisConnection {
    let endpoint = try await resolve(address.endpoint)
    let connection = RedisConnection(loop: loop, limits: limits)
    try await connection.connect(to: endpoint, timeout: timeout, onEnd: onEnd)
    do throws(RedisError) {
      if let password = address.password {
        let login: [RedisArgument] = address.user.map { [RedisArgument($0)] } ?? []
        _ = try await connection.send(["AUTH"] + login + [RedisArgument(password)])
      }
      if address.database != 0 { _ = try await connection.send(["SELECT", RedisArgument(address.database)]) }
    } catch {
      connection.close()
      throw error
    }
    return connection
  }

  /// Sends a command and waits for its answer. Callable from anywhere; never repeated by us.
  ///
  /// - Throws: `RedisError`: `.server` with the server's message, or why there is no answer.
  package func send(_ command: [RedisArgument]) async throws(RedisError) -> RedisValue {
    guard underWay.add(1, ordering: .relaxed).newValue <= limits.commandsUnderWay else {
      underWay.subtract(1, ordering: .relaxed)
      throw RedisError(.overloaded)
    }
    defer { underWay.subtract(1, ordering: .relaxed) }
    let command = RedisArgument.encode(command)
    let result: Result<RedisValue, RedisError> = await withCheckedContinuation { continuation in
      if loop.isCurrent {
        perform(command) { continuation.resume(returning: $0) }
      } else {
        loop.execute { self.perform(command) { continuation.resume(returning: $0) } }
      }
    }
    return try result.get()
  }

  /// Ends the connection: commands under way fail with `.connectionLost`.
  package func close() {
    loop.execute { self.end() }
  }

  /// Makes this a connection that listens to channels; it can send nothing else from then on. `handler` runs on
  /// the loop.
  ///
  /// - Throws: `RedisError` when the connection ends before the server has confirmed every channel.
  package func subscribe(
    to channels: [String], _ handler: @escaping @Sendable (_ channel: String, _ payload: [UInt8]) -> Void
  ) async throws(RedisError) {
    let result: Result<Void, RedisError> = await withCheckedContinuation { continuation in
      loop.execute { self.startListening(to: channels, handler) { continuation.resume(returning: $0) } }
    }
    try result.get()
  }

  // MARK: On the loop

  private func connect(
    to endpoint: RedisAddress.Endpoint, timeout: Duration, onEnd: @escaping @Sendable () -> Void
  )
    async throws(RedisError)
  {
    let result: Result<Void, RedisError> = await withCheckedContinuation { continuation in
      loop.execute {
        self.onEnd = onEnd
        self.start(endpoint, timeout: timeout) { continuation.resume(returning: $0) }
      }
    }
    try result.get()
  }

  private func start(
    _ endpoint: RedisAddress.Endpoint, timeout: Duration,
    _ completion: @escaping (Result<Void, RedisError>) -> Void
  ) {
    let made =
      switch endpoint {
      case .host(let address, let port): redisAsyncConnect(address, CInt(port))
      case .socket(let path): redisAsyncConnectUnix(path)
      }
    guard let made else { return completion(.failure(RedisError(.unreachable, "out of memory"))) }
    guard made.pointee.err == 0 else {
      let message = made.pointee.errstr.map { String(cString: $0) } ?? ""
      redisAsyncFree(made)
      return completion(.failure(RedisError(.unreachable, message)))
    }
    context = made
    descriptor = made.pointee.c.fd
    onConnect = completion
    // Released in `cleanUp`, which hiredis calls exactly once, whatever ends the context.
    made.pointee.data = Unmanaged.passRetained(self).toOpaque()
    made.pointee.ev.data = made.pointee.data
    made.pointee.ev.addRead = { connection(from: $0)?.want(.readable, true) }
    made.pointee.ev.delRead = { connection(from: $0)?.want(.readable, false) }
    made.pointee.ev.addWrite = { connection(from: $0)?.want(.writable, true) }
    made.pointee.ev.delWrite = { connection(from: $0)?.want(.writable, false) }
    made.pointee.ev.cleanup = { cleanUp($0) }
    redisAsyncSetConnectCallback(made, connected)
    timer = loop.schedule(after: timeout) { [weak self] in
      guard let self, let completion = self.onConnect else { return }
      self.onConnect = nil
      completion(.failure(RedisError(.timeout, "while connecting")))
      self.end()
    }
  }

  fileprivate func connectionMade(_ error: String?) {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard let completion = onConnect else { return }
    onConnect = nil
    completion(error.map { .failure(RedisError(.unreachable, $0)) } ?? .success(()))
  }

  fileprivate func want(_ readiness: Readiness, _ isWanted: Bool) {
    let wanted = isWanted ? interest.union(readiness) : interest.subtracting(readiness)
    guard wanted != interest || !isWatched else { return }
    interest = wanted
    do {
      if isWatched {
        try loop.rewatch(descriptor, for: interest)
      } else {
        try loop.watch(descriptor, for: interest) { [weak self] in self?.ready($0) }
        isWatched = true
      }
    } catch {
      // Without readiness the connection is dead: the deadline of its commands ends it.
      isWatched = false
    }
  }

  private func ready(_ readiness: Readiness) {
    // Reading may end and free the context; ask again before writing.
    if let context, !readiness.isDisjoint(with: [.readable, .failed]), interest.contains(.readable) {
      redisAsyncHandleRead(context)
    }
    if let context, !readiness.isDisjoint(with: [.writable, .failed]), interest.contains(.writable) {
      redisAsyncHandleWrite(context)
    }
  }

  private func perform(
    _ command: [UInt8], _ completion: @escaping (Result<RedisValue, RedisError>) -> Void
  ) {
    guard let context else { return completion(.failure(.notSent)) }
    let pending = Pending(deadline: limits.replyTimeout.map { .now + $0 }, completion: completion)
    let token = Unmanaged.passRetained(pending).toOpaque()
    guard submit(command, on: context, answered, token) == REDIS_OK else {
      Unmanaged<Pending>.fromOpaque(token).release()
      return completion(.failure(.notSent))
    }
    if limits.replyTimeout != nil {
      oldest.append(pending)
      armTimer()
    }
  }

  fileprivate func answer(_ reply: UnsafePointer<redisReply>?, for token: UnsafeMutableRawPointer) {
    let pending = Unmanaged<Pending>.fromOpaque(token).takeRetainedValue()
    if limits.replyTimeout != nil, !oldest.isEmpty { answeredCount += 1 }
    guard let reply else { return pending.completion(.failure(RedisError(.connectionLost))) }
    switch RedisValue(reply) {
    case .error(let message): pending.completion(.failure(RedisError(.server, message)))
    case let value: pending.completion(.success(value))
    }
  }

  /// How many of `oldest`, from its front, have their answer; trimmed now and then, so that taking one off is
  /// not a shift of the whole array.
  private var answeredCount = 0 {
    didSet {
      guard answeredCount > 256 || answeredCount == oldest.count, answeredCount > 0 else { return }
      oldest.removeFirst(min(answeredCount, oldest.count))
      answeredCount = 0
    }
  }

  private func armTimer() {
    guard timer == nil, answeredCount < oldest.count, let deadline = oldest[answeredCount].deadline else {
      return
    }
    timer = loop.schedule(after: ContinuousClock.now.duration(to: deadline)) { [weak self] in
      guard let self else { return }
      self.timer = nil
      if self.answeredCount < self.oldest.count, let first = self.oldest[self.answeredCount].deadline,
        first <= .now
      {
        self.end()
      } else {
        self.armTimer()
      }
    }
  }

  private func startListening(
    to channels: [String], _ handler: @escaping @Sendable (String, [UInt8]) -> Void,
    _ completion: @escaping (Result<Void, RedisError>) -> Void
  ) {
    guard let context else { return completion(.failure(RedisError(.connectionLost))) }
    messageHandler = handler
    unconfirmed = channels.count
    onSubscribed = completion
    let command = RedisArgument.encode(["SUBSCRIBE"] + channels.map { RedisArgument($0) })
    if submit(command, on: context, messageArrived, nil) != REDIS_OK {
      onSubscribed = nil
      completion(.failure(RedisError(.connectionLost)))
    }
  }

  private var unconfirmed = 0
  private var onSubscribed: ((Result<Void, RedisError>) -> Void)?

  fileprivate func listen(_ reply: UnsafePointer<redisReply>) {
    guard case .array(let parts) = RedisValue(reply), parts.count == 3 else { return }
    switch parts[0].text {
    case "subscribe":
      unconfirmed -= 1
      guard unconfirmed == 0, let completion = onSubscribed else { return }
      onSubscribed = nil
      completion(.success(()))
    case "message":
      guard let channel = parts[1].text, let payload = parts[2].bytes else { return }
      messageHandler?(channel, payload)
    default: break
    }
  }

  private func end() {
    guard let context else { return }
    redisAsyncFree(context)
  }

  /// hiredis is about to free the context.
  fileprivate func ended() {
    guard context != nil else { return }
    context = nil
    if isWatched { loop.unwatch(descriptor) }
    isWatched = false
    if let timer { loop.cancel(timer) }
    timer = nil
    oldest = []
    onConnect?(.failure(RedisError(.unreachable)))
    onConnect = nil
    onSubscribed?(.failure(RedisError(.connectionLost)))
    onSubscribed = nil
    onEnd?()
    onEnd = nil
  }

  /// Names become addresses on a thread that may block: hiredis would call `getaddrinfo` on the loop.
  private static func resolve(_ endpoint: RedisAddress.Endpoint) async throws(RedisError)
    -> RedisAddress.Endpoint
  {
    guard case .host(let host, let port) = endpoint else { return endpoint }
    let address: String? = await withCheckedContinuation { continuation in
      resolveOnThread(host) { continuation.resume(returning: $0) }
    }
    guard let address else { throw RedisError(.unreachable, "the host name does not resolve") }
    return .host(address, port: port)
  }
}

extension RedisError {
  /// The connection had ended, or was ending: the command did not leave this process.
  fileprivate static let notSent = RedisError(.unreachable, "the connection has ended")
}

// MARK: What hiredis calls, on the loop's thread

private func connection(from pointer: UnsafeMutableRawPointer?) -> RedisConnection? {
  pointer.map { Unmanaged<RedisConnection>.fromOpaque($0).takeUnretainedValue() }
}

private func cleanUp(_ pointer: UnsafeMutableRawPointer?) {
  guard let pointer else { return }
  Unmanaged<RedisConnection>.fromOpaque(pointer).takeRetainedValue().ended()
}

private let connected: @convention(c) (UnsafePointer<redisAsyncContext>?, CInt) -> Void = { context, status in
  guard let context else { return }
  let message = context.pointee.errstr.map { String(cString: $0) } ?? "connection refused"
  connection(from: context.pointee.data)?.connectionMade(status == REDIS_OK ? nil : message)
}

private let answered:
  @convention(c) (
    UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
  ) ->
    Void = { context, reply, token in
      guard let token, let owner = connection(from: context?.pointee.data) else { return }
      owner.answer(reply.map { UnsafePointer($0.assumingMemoryBound(to: redisReply.self)) }, for: token)
    }

private let messageArrived:
  @convention(c) (
    UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
  ) ->
    Void = { context, reply, _ in
      guard let reply, let owner = connection(from: context?.pointee.data) else { return }
      owner.listen(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self)))
    }

/// Hands a command that is written already over to the library, which copies it into its output.
///
/// Of a subscription the library reads the names itself, and stops only at the zero byte that ends its own strings: past
/// the end of ours it would read whatever lies there, and abort the process when that holds a dollar sign.
private func submit(
  _ command: [UInt8], on context: UnsafeMutablePointer<redisAsyncContext>,
  _ callback:
    @escaping @convention(c) (
      UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
    ) -> Void, _ token: UnsafeMutableRawPointer?
) -> CInt {
  (command + [0]).withUnsafeBytes { bytes in
    redisAsyncFormattedCommand(
      context, callback, token, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), command.count)
  }
}
