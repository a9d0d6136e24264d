// The task of one request: handler, answer, stream, upgraded connection.

internal import EventLoop
internal import HTTPTypes
internal import Synchronization
internal import Telemetry

extension Exchange {
  /// Starts the task. MHD thread.
  func startHandler() {
    guard !isHandlerStarted, let request, let handler else { return }
    isHandlerStarted = true
    let task: Task<Void, Never>
    switch request.route?.attributes[HandlerStart.self] ?? .serverThread {
    case .serverThread:
      let before = framing.hasBody ? core.now : begun
      task = Task.immediate { await withTrace(request.trace) { await self.run(request, handler) } }
      warnIfSlow(since: before, request)
    case .pool:
      task = Task { await withTrace(request.trace) { await self.run(request, handler) } }
    }
    let isCancelled = state.withLock { state in
      state.task = task
      return state.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  private func warnIfSlow(since before: Duration, _ request: HTTPRequest) {
    let held = core.now - before
    guard held > .milliseconds(20) else { return }
    serverLog.warning(
      "a handler held the server's thread",
      ["route": .string(request.route?.name ?? "none"), "milliseconds": .integer(held.wholeMilliseconds)])
  }

  private func run(_ request: HTTPRequest, _ handler: HTTPHandler) async {
    let response = await answer(to: request, handler)
    switch response.body {
    case .stream(let body) where request.method != .head:
      await stream(body, of: response)
    case .upgrade(let upgrade):
      await converse(upgrade, of: response)
    case .none, .bytes, .stream, .file:
      deliver(.response(response, nil))
    }
    if framing.hasBody { request.body.channel.discard() }
    scratch.clean()
    core.handlerEnded(for: request.client.address)
  }

  /// The handler's response, or the one its error stands for.
  private func answer(to request: HTTPRequest, _ handler: HTTPHandler) async -> HTTPResponse {
    do {
      let response = try await handler(request)
      if let field = response.fields.firstUnsendable {
        throw HTTPServerError(.badSetting, "the answer's field \(field.name) cannot be sent")
      }
      return response
    } catch let problem as HTTPProblem {
      return problem.response(accept: request["Accept"], requestID: request.id)
    } catch  where Task.isCancelled || (error as? HTTPServerError)?.code == .clientLeft {
      // The client has gone or the server is stopping: nobody may read this, and nothing is wrong.
      let problem = HTTPProblem(.serviceUnavailable, "The request was cancelled", closesConnection: true)
      return problem.response(accept: request["Accept"], requestID: request.id)
    } catch {
      log(error, "handler failed", request)
      let problem = HTTPProblem(.internalServerError, "Something went wrong here")
      return problem.response(accept: request["Accept"], requestID: request.id)
    }
  }

  private func stream(_ body: StreamedBody, of response: HTTPResponse) async {
    guard let request else { return }
    // HTTP/1.1 as the library speaks it is half duplex: the answer follows the body, so nothing can read on.
    request.body.channel.fail(HTTPServerError(.bodyTaken, "the body must be read before the answer begins"))
    let stream = ResponseStream(onSuspend: { [weak self] in self?.watchDeparture() })
    guard deliver(.response(response, stream)) else { return }
    do {
      try await body.produce(ResponseWriter(stream: stream))
      stream.finish()
    } catch {
      stream.abort()
      if !Task.isCancelled, (error as? HTTPServerError)?.code != .clientLeft {
        log(error, "stream failed", request)
      }
    }
  }

  private func converse(_ upgrade: Upgrade, of response: HTTPResponse) async {
    guard deliver(.response(response, nil)), let request, let socket = await upgradedSocket() else { return }
    let host = LoopHost(loop: socket.loop)
    do {
      // The actor brings the body to the loop and back after each wait; the preference brings its child tasks.
      try await withTaskExecutorPreference(socket.loop) { try await host.run(upgrade, on: socket) }
    } catch {
      if !Task.isCancelled { log(error, "upgraded connection failed", request) }
    }
  }

  private func log(_ error: any Error, _ message: StaticString, _ request: HTTPRequest) {
    serverLog.error(
      message,
      [
        "request": .string(request.id), "route": .string(request.route?.name ?? "none"),
        "error": .string(String(describing: error)),
      ])
  }
}

/// An actor that lives on an event loop, so that what it calls runs there.
private actor LoopHost {
  private nonisolated let loop: EventLoop

  init(loop: EventLoop) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func run(_ upgrade: Upgrade, on socket: UpgradedSocket) async throws {
    // Not only a check: Swift 6.3 leaves out the hop to the actor when the first thing its method does is to call a
    // `nonisolated(nonsending)` function, which then starts on the caller's thread.
    loop.checkIsolated()
    defer { socket.close() }
    try await upgrade.run(socket)
  }
}
