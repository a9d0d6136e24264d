// A streamed answer: a bounded queue from the handler to the library's thread.

internal import CMicrohttpd
internal import Synchronization

/// Where a handler writes a streamed answer.
package struct ResponseWriter: Sendable {
  let stream: ResponseStream

  /// Sends bytes, as soon as fewer than 64 KiB wait to be sent.
  ///
  /// - Throws: `HTTPServerError.clientLeft`, `CancellationError`.
  package func write(_ bytes: [UInt8]) async throws {
    try await stream.write(bytes)
  }

  /// Sends text in UTF-8.
  package func write(_ text: String) async throws {
    try await stream.write(Array(text.utf8))
  }

  /// Queues bytes without waiting; false, and nothing queued, when `limit` bytes wait already or the client left.
  package func offer(_ bytes: [UInt8], limit: Int) -> Bool {
    stream.offer(bytes, limit: limit)
  }
}

/// The queue behind a `ResponseWriter`.
///
/// The connection's pointer is set and used under the mutex, and forgotten there when the library reports the end of
/// the request; a resume follows at once, while the connection it is owed to is still suspended.
final class ResponseStream: Sendable {
  static let capacity = 64 * 1024

  private struct State {
    var chunks: [[UInt8]] = []
    /// Index of the first chunk that is left, and how much of it is gone.
    var first = 0
    var offset = 0
    var count = 0
    var end = End.none
    var connection: SuspendableConnection?
    var isSuspended = false
    var waiter: CheckedContinuation<Void, any Error>?
    var lastWrite = Duration.zero
    var produced: Int64 = 0
  }

  private enum End {
    /// More may come.
    case none
    /// All is queued.
    case finished
    /// The answer is cut here.
    case aborted
    /// The library is done with us.
    case closed
  }

  private let state = Mutex(State())
  private let onSuspend: @Sendable () -> Void

  /// `onSuspend`: called on the library's thread whenever the connection waits for the handler.
  init(onSuspend: @escaping @Sendable () -> Void = {}) {
    self.onSuspend = onSuspend
  }

  var producedBytes: Int64 { state.withLock { $0.produced } }

  // MARK: Handler

  func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await waitForRoom()
    guard offer(bytes, limit: .max) else { throw Self.clientLeft }
  }

  func offer(_ bytes: [UInt8], limit: Int) -> Bool {
    let (isQueued, connection) = state.withLock { state -> (Bool, SuspendableConnection?) in
      guard state.end == .none, state.count < limit else { return (false, nil) }
      state.chunks.append(bytes)
      state.count += bytes.count
      state.produced += Int64(bytes.count)
      state.lastWrite = .zero
      return (true, Self.wake(&state))
    }
    if let connection { MHD_resume_connection(connection.pointer) }
    return isQueued
  }

  /// No more will come.
  func finish() { end(.finished) }

  /// The answer stops here, visibly broken.
  func abort() { end(.aborted) }

  private func end(_ end: End) {
    let (connection, waiter) = state.withLock {
      state -> (SuspendableConnection?, CheckedContinuation<Void, any Error>?) in
      guard state.end == .none || (state.end == .finished && end == .aborted) else { return (nil, nil) }
      state.end = end
      defer { state.waiter = nil }
      return (Self.wake(&state), state.waiter)
    }
    if let connection { MHD_resume_connection(connection.pointer) }
    waiter?.resume(throwing: Self.clientLeft)
  }

  /// Takes the one resume that a suspended connection is owed.
  private static func wake(_ state: inout State) -> SuspendableConnection? {
    guard state.isSuspended else { return nil }
    state.isSuspended = false
    return state.connection
  }

  private static var clientLeft: HTTPServerError { HTTPServerError(.clientLeft, "the client is gone") }

  private func waitForRoom() async throws {
    try Task.checkCancellation()
    let hasRoom = state.withLock { $0.count < Self.capacity || $0.end != .none }
    if hasRoom { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isCancelled = Task.isCancelled
        let outcome = state.withLock { state -> Result<Void, any Error>? in
          if isCancelled { return .failure(CancellationError()) }
          if state.end != .none { return .failure(Self.clientLeft) }
          if state.count < Self.capacity { return .success(()) }
          if state.waiter != nil {
            return .failure(HTTPServerError(.bodyTaken, "two tasks write one answer"))
          }
          state.waiter = continuation
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }?.resume(throwing: CancellationError())
    }
  }

  /// Queues the heartbeat when nothing was written for its interval.
  func beat(_ heartbeat: StreamedBody.Heartbeat, now: Duration) {
    let isDue = state.withLock { state in
      if state.lastWrite == .zero {
        state.lastWrite = now
        return false
      }
      return state.count == 0 && now - state.lastWrite >= heartbeat.interval
    }
    if isDue { _ = offer(heartbeat.bytes, limit: 1) }
  }

  // MARK: The library's thread

  func attach(_ connection: OpaquePointer) {
    let handle = SuspendableConnection(pointer: connection)
    state.withLock { $0.connection = handle }
  }

  /// Fills the library's buffer: the number of bytes, 0 after suspending, -1 at the end, -2 when cut.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let room = buffer.count
    switch state.withLock({ Self.next(&$0, upTo: room) }) {
    case .pieces(let pieces, let waiter):
      var copied = 0
      for piece in pieces {
        buffer[copied...].copyBytes(from: piece)
        copied += piece.count
      }
      waiter?.resume()
      return copied
    case .suspended:
      onSuspend()
      return 0
    case .end: return -1
    case .cut: return -2
    }
  }

  /// What the library gets.
  private enum Reading {
    case pieces([ArraySlice<UInt8>], CheckedContinuation<Void, any Error>?)
    case suspended
    case end
    case cut
  }

  private static func next(_ state: inout State, upTo room: Int) -> Reading {
    if state.end == .aborted { return .cut }
    guard state.count > 0 else {
      if state.end != .none { return .end }
      guard let connection = state.connection else { return .cut }
      // Inside the lock: whoever writes next finds the flag and owes the one resume.
      MHD_suspend_connection(connection.pointer)
      state.isSuspended = true
      return .suspended
    }
    let pieces = take(&state, upTo: room)
    guard state.count < capacity / 2 else { return .pieces(pieces, nil) }
    defer { state.waiter = nil }
    return .pieces(pieces, state.waiter)
  }

  private static func take(_ state: inout State, upTo room: Int) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var taken = 0
    while taken < room, state.first < state.chunks.count {
      let chunk = state.chunks[state.first]
      let piece = chunk[state.offset..<min(chunk.count, state.offset + room - taken)]
      pieces.append(piece)
      taken += piece.count
      state.offset += piece.count
      if state.offset == chunk.count {
        state.chunks[state.first] = []
        state.first += 1
        state.offset = 0
      }
    }
    if state.first == state.chunks.count || state.first > 64 {
      state.chunks.removeFirst(state.first)
      state.first = 0
    }
    state.count -= taken
    return pieces
  }

  /// The request is over: the connection's pointer is void from here on.
  func close() {
    let waiter = state.withLock { state in
      state.end = .closed
      state.connection = nil
      state.isSuspended = false
      state.chunks = []
      state.count = 0
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(throwing: Self.clientLeft)
  }
}

/// `@unchecked`: the library's suspend and resume may be called from any thread while the request lives.
private struct SuspendableConnection: @unchecked Sendable {
  let pointer: OpaquePointer
}
