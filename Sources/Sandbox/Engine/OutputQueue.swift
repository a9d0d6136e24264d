// What a container said, whichever way it came, for one reader.

import EventLoop

/// Output in the order in which it was read, of one stream or of several, with a bound on what waits for the reader.
///
/// `@unchecked`: everything but the loop is touched on the loop's thread only.
final class OutputQueue: @unchecked Sendable {
  private let loop: EventLoop
  /// What came last, in order; and what came before it, the next one last.
  private var pieces: [OutputPiece] = []
  private var ready: [OutputPiece] = []
  /// The cost of both.
  private var waiting = 0
  private var reader: CheckedContinuation<OutputPiece?, any Error>?
  /// Called when there is room again.
  private var streams: [() -> Void] = []
  private var openStreams = 0
  private var end: Result<Void, any Error>?
  private var dropsRest = false

  /// Bytes of output that wait for the reader.
  private static let bound = 256 << 10

  init(_ loop: EventLoop) { self.loop = loop }

  // MARK: For the reader

  /// What came next; nil when every stream has ended.
  ///
  /// - Throws: `EngineError` with `.lost` or `.protocolViolation`; `CancellationError`.
  func read() async throws -> OutputPiece? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        self.loop.execute { self.take(continuation) }
      }
    } onCancel: {
      self.loop.execute { self.resumeReader(.failure(CancellationError())) }
    }
  }

  /// From now on there is always room, and what is too much is dropped. For processes that are about to be ended: an engine
  /// waits for their output to be read before it says that they are gone.
  func dropRest() {
    loop.execute {
      self.dropsRest = true
      self.wakeStreams()
    }
  }

  private func take(_ continuation: CheckedContinuation<OutputPiece?, any Error>) {
    // For one reader: a second one takes the first one's place.
    resumeReader(.failure(CancellationError()))
    reader = continuation
    let wasFull = !hasRoom
    deliver()
    if wasFull, hasRoom { wakeStreams() }
  }

  private func deliver() {
    guard reader != nil else { return }
    if ready.isEmpty {
      ready = pieces.reversed()
      pieces = []
    }
    if let piece = ready.popLast() {
      waiting -= piece.cost
      return resumeReader(.success(piece))
    }
    if let end { resumeReader(end.map { nil }) }
  }

  private func resumeReader(_ result: Result<OutputPiece?, any Error>) {
    let reader = reader
    self.reader = nil
    reader?.resume(with: result)
  }

  private func wakeStreams() { for stream in streams { stream() } }

  // MARK: For streams, on the loop

  /// Whether a stream may read on.
  var hasRoom: Bool { dropsRest || waiting < Self.bound }

  /// A stream that will add output; it is called when there is room again.
  func join(_ hasRoom: @escaping () -> Void) {
    openStreams += 1
    streams.append(hasRoom)
  }

  /// Adds what a stream read: `split` appends it, and says by how much the cost of all pieces has grown.
  func add(_ split: (inout [OutputPiece]) throws -> Int) rethrows {
    guard dropsRest, waiting >= Self.bound else {
      waiting += try split(&pieces)
      return deliver()
    }
    var dropped: [OutputPiece] = []
    _ = try split(&dropped)
  }

  /// A stream ended. With an error the output ends here; otherwise with the last stream.
  func leave(_ error: (any Error)?) {
    openStreams -= 1
    guard end == nil else { return }
    if let error { end = .failure(error) } else if openStreams == 0 { end = .success(()) }
    deliver()
  }
}
