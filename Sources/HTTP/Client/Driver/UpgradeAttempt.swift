// Connecting for an upgrade: libcurl does resolving, proxy and TLS, and then leaves the connection to us.

internal import CCurl
internal import EventLoop
internal import HTTPTypes

/// One connect under way. Confined to the loop, except for `init`.
final class UpgradeAttempt: CurlJob, @unchecked Sendable {
  // `@unchecked`: made by the calling task, then touched on the loop's thread only; `execute` hands it over.

  private let multi: CurlMulti
  private let target: HTTPTarget
  private let socketGuard: SocketGuard
  private let options: ConnectionOptions
  private let connectTimeout: Duration
  private let unixSocket: String?
  private var isCancelled = false
  private var continuation: CheckedContinuation<Result<any UpgradedStream, HTTPError>, Never>?
  private(set) var handle: EasyHandle?

  init(
    multi: CurlMulti, target: HTTPTarget, requiresPublicAddress: Bool, options: ConnectionOptions,
    connectTimeout: Duration, unixSocket: String?
  ) {
    self.multi = multi
    self.target = target
    self.options = options
    self.connectTimeout = connectTimeout
    self.unixSocket = unixSocket
    socketGuard = SocketGuard(requiresPublicAddress: requiresPublicAddress, multi: multi)
  }

  func start(_ continuation: CheckedContinuation<Result<any UpgradedStream, HTTPError>, Never>) {
    self.continuation = continuation
    guard !isCancelled else { return finish(.failure(HTTPError(.cancelled))) }
    guard let handle = EasyHandle() else { return finish(.failure(HTTPError(.library))) }
    self.handle = handle
    do {
      try handle.configure { handle in
        options.apply(to: handle, url: target.url, connectTimeout: connectTimeout, unixSocket: unixSocket)
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_HTTPPROXYTUNNEL, 1)
        // Else ALPN may agree on HTTP/2, where there is nothing to upgrade.
        handle.set(CURLOPT_HTTP_VERSION, ccurl_version_1_1)
        socketGuard.install(on: handle)
      }
      try multi.add(self)
    } catch {
      finish(.failure(error))
    }
  }

  func cancel() {
    isCancelled = true
    finish(.failure(HTTPError(.cancelled)))
  }

  func transferEnded(_ code: CURLcode) {
    guard let handle else { return }
    if let error = HTTPError(code, of: handle, hasRefusedAddress: socketGuard.hasRefused) {
      return finish(.failure(error))
    }
    guard let socket = handle.activeSocket else { return finish(.failure(HTTPError(.lost))) }
    multi.handOver(socket)
    let stream = CurlUpgradedStream(
      multi: multi, attempt: self, handle: handle, socket: socket, isSecure: target.isSecure)
    finish(.success(stream))
  }

  /// Takes the connection out of the multi and closes it.
  func release() {
    multi.remove(self)
    handle = nil
  }

  private func finish(_ result: Result<any UpgradedStream, HTTPError>) {
    guard let continuation else { return }
    self.continuation = nil
    if case .failure = result { release() }
    continuation.resume(returning: result.mapError { $0.at(target.hostAndPort) })
  }
}
