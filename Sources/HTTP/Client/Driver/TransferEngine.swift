// Runs the transfers of one client: places, queue, and the pool of handles.

internal import CCurl
internal import EventLoop

/// Confined to the loop, except for `init`.
final class TransferEngine: @unchecked Sendable {
  // `@unchecked`: made on any thread, then touched on the loop's thread only.

  let loop: EventLoop
  let multi: CurlMulti
  private let options: ConnectionOptions
  private var admission: AdmissionQueue<Transfer>
  private var transfers: [ObjectIdentifier: Transfer] = [:]
  /// Handles without a transfer, reset.
  private var pool: [EasyHandle] = []
  private let poolBound: Int
  private var isClosed = false

  init(loop: EventLoop, configuration: HTTPClient.Configuration, options: ConnectionOptions) throws(HTTPError)
  {
    self.loop = loop
    self.options = options
    poolBound = configuration.maximumConcurrentCalls
    admission = AdmissionQueue(
      places: configuration.maximumConcurrentCalls, queueBound: configuration.maximumWaitingCalls)
    multi = try CurlMulti(
      loop: loop,
      limits: .init(
        connectionsPerHost: configuration.maximumConnectionsPerHost,
        idleConnections: configuration.maximumIdleConnections,
        streamsPerConnection: configuration.maximumStreamsPerConnection))
  }

  func submit(
    _ transfer: Transfer, _ continuation: CheckedContinuation<Result<Transfer.Outcome, HTTPError>, Never>
  ) {
    guard transfer.state == .waiting else {
      return continuation.resume(returning: .failure(HTTPError(.cancelled)))
    }
    transfer.accept(by: self, continuation)
    transfers[ObjectIdentifier(transfer)] = transfer
    guard !isClosed else { return transfer.fail(HTTPError(.closed)) }
    switch admission.enter(transfer) {
    case .start: start(transfer)
    case .wait: break
    case .refuse: transfer.fail(HTTPError(.overloaded))
    }
  }

  private func start(_ transfer: Transfer) {
    transfer.hasPlace = true
    do throws(HTTPError) {
      guard let handle = pool.popLast() ?? EasyHandle() else { throw HTTPError(.library) }
      try transfer.start(with: handle, options)
      try multi.add(transfer)
    } catch {
      // On the next turn: its end starts the one after it, which may fail for the same reason, and so on.
      loop.execute { transfer.fail(error) }
    }
  }

  /// The transfer is over: out of the multi, its handle into the pool, its place to the next.
  func release(_ transfer: Transfer) {
    guard transfers.removeValue(forKey: ObjectIdentifier(transfer)) != nil else { return }
    guard transfer.hasPlace else { return admission.withdraw(transfer) }
    multi.remove(transfer)
    if let handle = transfer.surrenderHandle(), pool.count < poolBound {
      handle.reset()
      pool.append(handle)
    }
    if let next = admission.leave(), !isClosed { start(next) }
  }

  /// Ends every transfer with `.closed` and releases the connections.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    for transfer in Array(transfers.values) { transfer.fail(HTTPError(.closed)) }
    multi.close()
    pool = []
  }
}
