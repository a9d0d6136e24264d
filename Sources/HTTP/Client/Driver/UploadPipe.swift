// A request's body on its way from its producer to the loop, with a bound.

internal import Synchronization

/// Chunks between one producing task and the loop, which reads. The producer waits while the pipe is full.
final class UploadPipe: Sendable {
  /// What the loop finds.
  enum ReadOutcome {
    case bytes(Int)
    /// Nothing now; `onFilled` will call.
    case wait
    case end
    case failed(HTTPError)
  }

  fileprivate struct State {
    var chunks: [ArraySlice<UInt8>] = []
    var count = 0
    var total = 0
    var end: Result<Void, HTTPError>?
    var isClosed = false
    var isReaderWaiting = false
    var producer: CheckedContinuation<Void, Never>?
    var onFilled: (@Sendable () -> Void)?
  }

  /// Bytes that wait for the connection before the producer does.
  static let capacity = 262_144

  private let length: Int?
  private let state = Mutex(State())

  /// - Parameter length: how many bytes the producer has promised.
  init(length: Int?) {
    self.length = length
  }

  // MARK: The producer's side

  /// Runs the producer to its end, or until the transfer is over.
  func run(_ produce: @Sendable (RequestBody.Writer) async throws -> Void) async {
    do {
      try await produce { [self] chunk in try await push(chunk) }
      finish(.success(()))
    } catch let error as HTTPError {
      finish(.failure(error))
    } catch {
      finish(.failure(HTTPError(.bodyFailed, underlying: error)))
    }
  }

  private func push(_ chunk: [UInt8]) async throws {
    guard !chunk.isEmpty else { return }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waitForRoom($0) }
    } onCancel: {
      close()
    }
    let wake = try state.withLock { state throws -> (@Sendable () -> Void)? in
      guard !state.isClosed else { throw CancellationError() }
      state.total += chunk.count
      if let length, state.total > length {
        throw HTTPError(.bodyFailed, reason: "the body is longer than it was said to be")
      }
      state.chunks.append(chunk[...])
      state.count += chunk.count
      return state.takeWake()
    }
    wake?()
  }

  private func waitForRoom(_ continuation: CheckedContinuation<Void, Never>) {
    let hasRoom = state.withLock { state in
      if state.isClosed || state.count < Self.capacity { return true }
      state.producer = continuation
      return false
    }
    if hasRoom { continuation.resume() }
  }

  private func finish(_ end: Result<Void, HTTPError>) {
    let wake = state.withLock { state in
      if state.end == nil { state.end = end }
      if case .success = end, let length, state.total != length {
        state.end = .failure(HTTPError(.bodyFailed, reason: "the body is shorter than it was said to be"))
      }
      return state.takeWake()
    }
    wake?()
  }

  // MARK: The loop's side

  /// Called when a reader that was told to wait has something to read; from any thread.
  func whenFilled(_ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.onFilled = body }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadOutcome {
    let (outcome, producer) = state.withLock { state in
      if case .failure(let error) = state.end { return (ReadOutcome.failed(error), state.producer.take()) }
      guard state.count > 0 else {
        if state.end != nil { return (.end, nil) }
        state.isReaderWaiting = true
        return (.wait, nil)
      }
      let count = state.take(into: buffer)
      return (.bytes(count), state.count < Self.capacity ? state.producer.take() : nil)
    }
    producer?.resume()
    return outcome
  }

  /// The transfer is over: the producer's next chunk throws.
  func close() {
    let producer = state.withLock { state in
      state.isClosed = true
      state.onFilled = nil
      state.chunks = []
      state.count = 0
      return state.producer.take()
    }
    producer?.resume()
  }
}

extension UploadPipe.State {
  fileprivate mutating func takeWake() -> (@Sendable () -> Void)? {
    guard isReaderWaiting else { return nil }
    isReaderWaiting = false
    return onFilled
  }

  fileprivate mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var copied = 0
    var used = 0
    while used < chunks.count, copied < buffer.count {
      let part = chunks[used].prefix(buffer.count - copied)
      part.withUnsafeBytes { buffer[copied...].copyBytes(from: $0) }
      copied += part.count
      chunks[used] = chunks[used].dropFirst(part.count)
      if chunks[used].isEmpty { used += 1 }
    }
    chunks.removeFirst(used)
    count -= copied
    return copied
  }
}
