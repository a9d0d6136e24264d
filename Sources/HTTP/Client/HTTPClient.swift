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
  private let upgrades: CurlMulti

  /// A client with its own connections.
  ///
  /// - Throws: `HTTPError` with `.library` when libcurl cannot be started, `.invalidRequest` for settings that
  ///   contradict each other.
  package init(loop: EventLoop, configuration: Configuration = Configuration()) throws(HTTPError) {
    self.loop = loop
    self.configuration = configuration
    options = try ConnectionOptions(configuration)
    // Apart from the calls' connections: upgraded ones count against no limit of theirs and are never evicted.
    upgrades = try CurlMulti(loop: loop, limits: .init(idleConnections: 1 << 20))
  }

  deinit {
    let upgrades = upgrades
    loop.execute { upgrades.close() }
  }

  /// Connects for a protocol upgrade: resolves, goes through the proxy if there is one, and finishes TLS (ALPN
  /// `http/1.1`). The caller writes the upgrade request itself. The stream lives on the client's loop and survives
  /// the client.
  ///
  /// - Parameters:
  ///   - url: `ws`, `wss`, `http` or `https`.
  ///   - connectTimeout: for resolving, connecting and the handshake together.
  ///   - unixSocket: a socket's path, to connect there instead of to the URL's host.
  /// - Throws: `HTTPError`; `.cancelled` at once when the task is cancelled.
  package func connectUpgrade(
    to url: String, connectTimeout: Duration = .seconds(10), unixSocket: String? = nil
  ) async throws(HTTPError) -> any UpgradedStream {
    let target = try HTTPTarget(parsing: url, schemes: .webSocket)
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
