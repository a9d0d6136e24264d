// The door to other servers: calls, streamed calls, and connections for an upgrade.

package import EventLoop
package import HTTPTypes

/// An HTTP client on one event loop, over libcurl: HTTP/1.1 and HTTP/2, connection reuse, bounded in calls,
/// queue and bytes.
///
/// Calls may come from any task; each hops to the loop once and back once. A task that prefers the loop as its
/// executor pays for neither hop.
///
/// ```swift
/// let client = try HTTPClient(loop: loop)
/// var request = HTTPClient.Request("https://discord.com/api/v10/gateway")
/// request.retry = RetryPolicy()
/// let response = try await client.send(request)
/// ```
package final class HTTPClient: Sendable {
  package let configuration: Configuration
  let loop: EventLoop
  let options: ConnectionOptions
  private let engine: TransferEngine
  private let upgrades: CurlMulti

  /// A client with its own connections.
  ///
  /// - Throws: `HTTPError` with `.library` when libcurl cannot be started, `.invalidRequest` for settings that
  ///   contradict each other.
  package init(loop: EventLoop, configuration: Configuration = Configuration()) throws(HTTPError) {
    self.loop = loop
    self.configuration = configuration
    options = try ConnectionOptions(configuration)
    engine = try TransferEngine(loop: loop, configuration: configuration, options: options)
    // Apart from the calls' connections: upgraded ones count against no limit of theirs and are never evicted.
    upgrades = try CurlMulti(loop: loop, limits: .init(idleConnections: 1 << 20))
  }

  deinit {
    let (engine, upgrades) = (engine, upgrades)
    loop.execute {
      engine.close()
      upgrades.close()
    }
  }

  /// Sends a request and waits for the whole response, whatever its status.
  ///
  /// - Throws: `HTTPError`; `.cancelled` at once when the task is cancelled, and the transfer is given up.
  package func send(_ request: Request) async throws(HTTPError) -> Response {
    var call = try Call(request, client: self)
    guard call.body.isStreamed else {
      return try await call.perform(streaming: false) { _, _ in }.response
    }
    let result = await withTaskGroup(of: Void.self) { group -> Result<Response, HTTPError> in
      defer { group.cancelAll() }
      do throws(HTTPError) {
        return .success(try await call.perform(streaming: false) { $0.feed(from: $1, in: &group) }.response)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Sends a request and hands out the response as soon as its head is there, with the body to be read as it
  /// arrives. The transfer ends with `use`, whether it has been read to its end or not.
  ///
  /// Retries and redirects happen before `use` runs. `Timeouts.total` and `responseLimit` hold for the body, too:
  /// lift them for long or large ones.
  ///
  /// - Throws: `HTTPError`, or what `use` throws.
  package func stream<Value: Sendable>(
    _ request: Request, _ use: @Sendable (StreamedResponse) async throws -> Value
  ) async throws -> Value {
    var call = try Call(request, client: self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      let answer = try await call.perform(streaming: true) { $0.feed(from: $1, in: &group) }
      defer { cancel(answer.transfer) }
      guard let download = answer.download else { throw HTTPError(.library) }
      return try await use(
        StreamedResponse(head: answer.outcome.head, body: ResponseBody(pipe: download), url: answer.url))
    }
  }

  /// Ends every call with `.closed` and closes the connections; upgraded ones stay with their owners. Later calls
  /// fail. Safe to call twice.
  package func shutdown() {
    let (engine, upgrades) = (engine, upgrades)
    loop.execute {
      engine.close()
      upgrades.close()
    }
  }

  func submit(
    _ transfer: Transfer, _ continuation: CheckedContinuation<Result<Transfer.Outcome, HTTPError>, Never>
  ) {
    let engine = engine
    loop.execute { engine.submit(transfer, continuation) }
  }

  /// Ends a transfer that is not wanted any more; does nothing when it has ended.
  func cancel(_ transfer: Transfer) {
    loop.execute { transfer.fail(HTTPError(.cancelled)) }
  }

  /// Connects for a protocol upgrade: resolves, goes through the proxy if there is one, and finishes TLS (ALPN
  /// `http/1.1`). The caller writes the upgrade request itself. The stream lives on the client's loop and survives
  /// the client.
  ///
  /// - Parameters:
  ///   - url: `ws`, `wss`, `http` or `https`.
  ///   - connectTimeout: for resolving, connecting and the handshake together.
  ///   - unixSocket: a socket's path, to connect there instead of to the URL's host.
  /// - Returns: the connection, with nothing written or read yet. Close it on its loop.
  /// - Throws: `HTTPError`; `.cancelled` at once when the task is cancelled.
  package func connectUpgrade(
    to url: String, connectTimeout: Duration = .seconds(10), unixSocket: String? = nil
  ) async throws(HTTPError) -> any UpgradedStream {
    let target = try HTTPTarget(parsing: url, schemes: .webSocket)
    try configuration.outbound.check(unixSocket: unixSocket)
    let attempt = UpgradeAttempt(
      multi: upgrades, target: target,
      requiresPublicAddress: try configuration.outbound.requiresPublicAddress(for: target), options: options,
      connectTimeout: connectTimeout, unixSocket: unixSocket)
    let loop = loop
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.execute { attempt.start(continuation) }
      }
    } onCancel: {
      loop.execute { attempt.cancel() }
    }
    return try result.get()
  }
}

extension Call.Answer {
  fileprivate var response: HTTPClient.Response {
    HTTPClient.Response(head: outcome.head, body: outcome.body, url: url)
  }
}

extension RequestBody {
  fileprivate var isStreamed: Bool {
    if case .stream = content { true } else { false }
  }
}

extension UploadPipe {
  /// Starts the producer as a child of the call.
  fileprivate func feed(from stream: RequestBody.Stream, in group: inout TaskGroup<Void>) {
    group.addTask { await self.run(stream.produce) }
  }

  fileprivate func feed(from stream: RequestBody.Stream, in group: inout ThrowingTaskGroup<Void, any Error>) {
    group.addTask { await self.run(stream.produce) }
  }
}
