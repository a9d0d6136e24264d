// Tasks that wait for a connection: for room to write, for its end.

/// Suspended callers of one connection. Loop thread only.
struct Waiters {
  private var writers: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var closers: [CheckedContinuation<WebSocketClose, Never>] = []

  /// Waits until the queue has drained, the connection has ended, or the wait is cancelled by `id`.
  mutating func add(writer id: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
    writers[id] = continuation
  }

  mutating func cancel(writer id: UInt64) {
    writers.removeValue(forKey: id)?.resume()
  }

  /// Wakes the writers in the order in which they came.
  mutating func resumeWriters() {
    guard !writers.isEmpty else { return }
    let resumed = writers.sorted { $0.key < $1.key }
    writers = [:]
    for (_, continuation) in resumed { continuation.resume() }
  }

  mutating func add(closer continuation: CheckedContinuation<WebSocketClose, Never>) {
    closers.append(continuation)
  }

  mutating func end(_ close: WebSocketClose) {
    resumeWriters()
    let resumed = closers
    closers = []
    for continuation in resumed { continuation.resume(returning: close) }
  }
}
