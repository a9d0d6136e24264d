// A request's body: a bounded stream of chunks from the library's thread to the handler.

internal import Synchronization

/// The body of a request, read once. Chunks come as the client sends them; while the handler does not read, at
/// most 64 KiB are kept and the client is held back.
///
/// Iterating throws `HTTPProblem` when the body is larger than allowed or the client stalls,
/// `HTTPServerError.clientLeft` when it goes away, `CancellationError` when the task is cancelled.
package struct HTTPBody: AsyncSequence, Sendable {
  package typealias Element = [UInt8]

  let channel: BodyChannel

  /// A body that is there already: for tests of handlers, and for requests without one.
  package init(_ bytes: [UInt8] = []) {
    channel = BodyChannel()
    if !bytes.isEmpty { _ = channel.push(bytes[...]) }
    channel.end()
  }

  init(channel: BodyChannel) {
    self.channel = channel
  }

  package struct AsyncIterator: AsyncIteratorProtocol {
    let channel: BodyChannel
    package mutating func next() async throws -> [UInt8]? { try await channel.next() }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(channel: channel) }

  /// All of the body.
  ///
  /// `limit`: in bytes; the server's or the route's own limit holds as well.
  /// - Throws: `HTTPProblem` 413 beyond the limit, and what iterating throws.
  package func collect(upTo limit: Int = .max) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in self {
      guard bytes.count + chunk.count <= limit else {
        throw HTTPProblem.tooLarge("The body may have at most \(limit) bytes.")
      }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
    }
    return bytes
  }
}

/// The queue behind a body. One producer (the library's thread), one consumer (the handler).
final class BodyChannel: Sendable {
  /// Above this the producer is told to wait; below half of it, to go on.
  static let capacity = 64 * 1024

  private struct State {
    var chunks: [[UInt8]] = []
    var count = 0
    var isFull = false
    var isEnded = false
    /// Nobody will read: what comes is dropped.
    var isDiscarding = false
    var failure: (any Error)?
    var waiter: CheckedContinuation<[UInt8]?, any Error>?
  }

  /// What came of a push.
  private enum Pushed {
    case taken
    case full
    /// A reader waits: the bytes go to it directly.
    case hand(CheckedContinuation<[UInt8]?, any Error>)
  }

  /// What a consumer finds.
  private enum Taken {
    case chunk([UInt8], mustResume: Bool)
    case end
    case failure(any Error)
    case nothing
  }

  /// The body of every request without one.
  static let empty: BodyChannel = {
    let channel = BodyChannel()
    channel.end()
    return channel
  }()

  private let state = Mutex(State())
  /// Called, outside the lock, when a full queue has room again.
  private let onRoom: @Sendable () -> Void

  init(onRoom: @escaping @Sendable () -> Void = {}) {
    self.onRoom = onRoom
  }

  // MARK: Producer

  /// Takes the bytes, or returns false when the queue is full.
  func push(_ bytes: some Collection<UInt8>) -> Bool {
    let step = state.withLock { state -> Pushed in
      if state.isDiscarding || state.failure != nil { return .taken }
      if let waiter = state.waiter {
        state.waiter = nil
        return .hand(waiter)
      }
      guard state.count == 0 || state.count + bytes.count <= Self.capacity else {
        state.isFull = true
        return .full
      }
      state.chunks.append(Array(bytes))
      state.count += bytes.count
      return .taken
    }
    switch step {
    case .taken: return true
    case .full: return false
    case .hand(let waiter):
      waiter.resume(returning: Array(bytes))
      return true
    }
  }

  var isFull: Bool { state.withLock { $0.isFull } }

  func end() {
    state.withLock { state in
      state.isEnded = true
      defer { state.waiter = nil }
      return state.waiter
    }?.resume(returning: nil)
  }

  /// Ends the body with an error, unless it has ended already; what is queued is dropped.
  func fail(_ error: any Error) {
    state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
      guard !state.isEnded, state.failure == nil else { return nil }
      state.failure = error
      state.chunks = []
      state.count = 0
      state.isFull = false
      defer { state.waiter = nil }
      return state.waiter
    }?.resume(throwing: error)
  }

  /// Drops what is there and what comes: the handler has answered.
  func discard() {
    let wasFull = state.withLock { state in
      state.isDiscarding = true
      state.chunks = []
      state.count = 0
      defer { state.isFull = false }
      return state.isFull
    }
    if wasFull { onRoom() }
  }

  // MARK: Consumer

  func next() async throws -> [UInt8]? {
    switch take() {
    case .chunk(let chunk, let mustResume):
      if mustResume { onRoom() }
      return chunk
    case .end: return nil
    case .failure(let error): throw error
    case .nothing: break
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        wait(continuation)
      }
    } onCancel: {
      state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }?.resume(throwing: CancellationError())
    }
  }

  private func take() -> Taken {
    state.withLock { state in take(&state) }
  }

  private func take(_ state: inout State) -> Taken {
    if let failure = state.failure { return .failure(failure) }
    guard !state.chunks.isEmpty else { return state.isEnded || state.isDiscarding ? .end : .nothing }
    let chunk = state.chunks.removeFirst()
    state.count -= chunk.count
    guard state.isFull, state.count <= Self.capacity / 2 else { return .chunk(chunk, mustResume: false) }
    state.isFull = false
    return .chunk(chunk, mustResume: true)
  }

  private func wait(_ continuation: CheckedContinuation<[UInt8]?, any Error>) {
    let isCancelled = Task.isCancelled
    let taken = state.withLock { state -> Taken in
      if isCancelled { return .failure(CancellationError()) }
      let taken = take(&state)
      if case .nothing = taken {
        if state.waiter != nil {
          return .failure(HTTPServerError(.bodyTaken, "two tasks read one request body"))
        }
        state.waiter = continuation
      }
      return taken
    }
    switch taken {
    case .chunk(let chunk, let mustResume):
      continuation.resume(returning: chunk)
      if mustResume { onRoom() }
    case .end: continuation.resume(returning: nil)
    case .failure(let error): continuation.resume(throwing: error)
    case .nothing: break
    }
  }
}
