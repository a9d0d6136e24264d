// The door: an HTTP/1.1 server over libmicrohttpd, with async handlers.

internal import CMicrohttpd
internal import CSystem
package import EventLoop
internal import Synchronization
package import Telemetry

/// An HTTP/1.1 server on one address.
///
///     var router = Router()
///     router.get("/hello/{name}", .text, name: "hello") { request, name in
///       HTTPResponse(text: "Hello, \(name)!")
///     }
///     let server = try HTTPServer(.tcp(host: "127.0.0.1", port: 8080), router: router, loop: loop)
///     try await server.run()
///
/// TLS and HTTP/2 belong to a reverse proxy in front. The library runs its own thread; handlers begin on it (see
/// `HandlerStart`) and go on in the cooperative pool after their first wait. `loop` carries deadlines, departures
/// and upgraded connections.
package final class HTTPServer: Sendable {
  private enum Stage {
    case new
    case running(Running)
    case stopped
  }

  /// `@unchecked`: the daemon's pointer is used by `start` and `shutdown` only, each once.
  private struct Running: @unchecked Sendable {
    let daemon: OpaquePointer
    let listener: Listener
  }

  private let address: ListenAddress
  private let threads: UInt32
  private let core: ServerCore
  private let stage = Mutex(Stage.new)

  /// `threads`: of the library; one serves over 100,000 short requests a second.
  /// - Throws: `.badRoute` for a table with mistakes, `.cannotStart` when the kernel refuses a descriptor.
  package init(
    _ address: ListenAddress, router: Router, loop: EventLoop, limits: HTTPLimits = HTTPLimits(),
    proxies: ProxyTrust = .none, threads: Int = 1, metrics: MetricRegistry = .process,
    writesAccessLog: Bool = true, time: any TimeSource = SystemTime()
  ) throws(HTTPServerError) {
    self.address = address
    self.threads = UInt32(min(max(threads, 1), 64))
    core = try ServerCore(
      limits: limits, proxies: proxies, table: try router.closed(), loop: loop, metrics: metrics,
      writesAccessLog: writesAccessLog, time: time)
  }

  /// The routes, for lists and descriptions.
  package var routes: [Route] { core.table.routes }

  /// Listens and serves. Returns at once.
  ///
  /// - Returns: the address, with the port that the kernel chose.
  /// - Throws: `.cannotListen`, `.cannotStart`, `.notStartable`.
  @discardableResult
  package func start() throws(HTTPServerError) -> ListenAddress {
    let result = stage.withLock { stage -> Result<ListenAddress, HTTPServerError> in
      guard case .new = stage else { return .failure(HTTPServerError(.notStartable, "a server starts once")) }
      do throws(HTTPServerError) {
        let running = try launch()
        stage = .running(running)
        return .success(running.listener.address)
      } catch {
        return .failure(error)
      }
    }
    let bound = try result.get()
    core.startSweep()
    serverLog.info("listening", ["address": .string("\(bound)")])
    return bound
  }

  private func launch() throws(HTTPServerError) -> Running {
    let listener = try Listener(address)
    cmhd_set_log(libraryLog)
    var settings = cmhd_settings()
    settings.listen_descriptor = listener.descriptor
    settings.threads = threads
    settings.connection_limit = UInt32(clamping: core.limits.connections)
    settings.inactivity_seconds = core.limits.inactivitySeconds
    settings.connection_memory = core.limits.connectionMemory
    // Given back in `stop`, after the library's last call.
    settings.context = Unmanaged.passRetained(core).toOpaque()
    settings.accept = acceptPolicy
    settings.connection = connectionChanged
    settings.target = requestLine
    settings.access = access
    settings.completed = requestCompleted
    guard let daemon = cmhd_start(&settings) else {
      Unmanaged.passUnretained(core).release()
      listener.close()
      throw HTTPServerError(.cannotStart, "libmicrohttpd refused to start; its reason is in the log")
    }
    return Running(daemon: daemon, listener: listener)
  }

  /// Serves until the task is cancelled, then shuts down.
  ///
  /// `grace`: see `shutdown(grace:)`.
  package func run(grace: Duration = .seconds(10)) async throws {
    try start()
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    // Ends when the task is cancelled.
    for await _ in stream {}
    continuation.finish()
    await shutdown(grace: grace)
  }

  /// Stops: takes no new connections, ends event streams and upgraded connections, gives running requests `grace`
  /// to finish, cancels those that have not, and returns when every descriptor is released. Answers given
  /// meanwhile close their connection. Safe to call twice; not cut short by cancellation.
  package func shutdown(grace: Duration) async {
    let running = stage.withLock { stage -> Running? in
      defer { stage = .stopped }
      if case .running(let running) = stage { return running }
      return nil
    }
    guard let running else { return }
    core.beginDraining()
    _ = MHD_quiesce_daemon(running.daemon)
    running.listener.close()
    for exchange in core.liveExchanges where exchange.isEndless { exchange.cancel() }
    await core.waitUntilIdle(atMost: grace)
    for exchange in core.liveExchanges { exchange.cancel() }
    await core.waitUntilIdle(atMost: min(grace, .seconds(1)))
    // The library aborts the process if it is stopped with a suspended connection: each is ended first.
    while case let exchanges = core.liveExchanges, !exchanges.isEmpty {
      serverLog.warning("requests were cut off", ["count": .integer(Int64(exchanges.count))])
      for exchange in exchanges { exchange.sever() }
      await core.waitUntilIdle(atMost: .milliseconds(200))
    }
    await stop(running)
  }

  /// Joins the library's thread, on a thread of its own: it may wait for a handler's last synchronous piece.
  private func stop(_ running: Running) async {
    await withCheckedContinuation { continuation in
      let job = Unmanaged.passRetained(StopJob(daemon: running.daemon) { continuation.resume() })
      var thread = pthread_t()
      if pthread_create(&thread, nil, stopMain, job.toOpaque()) == 0 {
        pthread_detach(thread)
      } else {
        _ = stopMain(job.toOpaque())
      }
    }
    core.end()
    Unmanaged.passUnretained(core).release()
    serverLog.info("stopped")
  }
}

/// A daemon to be stopped.
private final class StopJob {
  let daemon: OpaquePointer
  let done: () -> Void

  init(daemon: OpaquePointer, done: @escaping () -> Void) {
    self.daemon = daemon
    self.done = done
  }
}

private func stopMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let job = Unmanaged<StopJob>.fromOpaque(context).takeRetainedValue()
  MHD_stop_daemon(job.daemon)
  job.done()
  return nil
}
