// A response's body on its way from the loop to its reader, with a bound.

internal import Synchronization

/// Chunks between the loop, which pushes, and one reading task. The loop is asked to pause when the reader falls
/// behind; `onDrained` tells it to go on.
final class DownloadPipe: Sendable {
  private struct State {
    var chunks: [[UInt8]] = []
    var first = 0
    var count = 0
    var isPaused = false
    var end: Result<Void, HTTPError>?
    var reader: CheckedContinuation<Void, Never>?
    var onDrained: (@Sendable () -> Void)?
  }

  /// Bytes that are kept ready.
  static let capacity = 262_144

  private let state = Mutex(State())

  // MARK: The loop's side

  /// Called when a paused pipe is half empty again; from any thread.
  func whenDrained(_ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.onDrained = body }
  }

  /// Takes a chunk; true when the sender should pause.
  func push(_ chunk: [UInt8]) -> Bool {
    let (reader, mustPause) = state.withLock { state in
      guard state.end == nil else { return (nil as CheckedContinuation<Void, Never>?, false) }
      state.chunks.append(chunk)
      state.count += chunk.count
      if state.count > Self.capacity { state.isPaused = true }
      return (state.reader.take(), state.isPaused)
    }
    reader?.resume()
    return mustPause
  }

  /// No more chunks come. The first end counts.
  func finish(_ end: Result<Void, HTTPError>) {
    let reader = state.withLock { state in
      if state.end == nil { state.end = end }
      state.onDrained = nil
      return state.reader.take()
    }
    reader?.resume()
  }

  // MARK: The reader's side

  private enum Step {
    case chunk([UInt8], resume: (@Sendable () -> Void)?)
    case end(Result<Void, HTTPError>)
    case wait
  }

  /// The next chunk; nil at the end.
  func next() async throws(HTTPError) -> [UInt8]? {
    while true {
      switch step() {
      case .chunk(let chunk, let resume):
        resume?()
        return chunk
      case .end(let end):
        try end.get()
        return nil
      case .wait:
        await withTaskCancellationHandler {
          await withCheckedContinuation { wait($0) }
        } onCancel: {
          finish(.failure(HTTPError(.cancelled)))
        }
      }
    }
  }

  private func step() -> Step {
    state.withLock { state in
      if state.first < state.chunks.count {
        let chunk = state.chunks[state.first]
        state.chunks[state.first] = []
        state.first += 1
        state.count -= chunk.count
        if state.first == state.chunks.count {
          state.chunks.removeAll(keepingCapacity: true)
          state.first = 0
        }
        guard state.isPaused, state.count <= Self.capacity / 2 else { return .chunk(chunk, resume: nil) }
        state.isPaused = false
        return .chunk(chunk, resume: state.onDrained)
      }
      return state.end.map(Step.end) ?? .wait
    }
  }

  private func wait(_ continuation: CheckedContinuation<Void, Never>) {
    let isReady = state.withLock { state in
      if state.first < state.chunks.count || state.end != nil { return true }
      state.reader = continuation
      return false
    }
    if isReady { continuation.resume() }
  }
}
