// Frames that came and wait for a plugin: the newest, and no more than a plugin of that kind may cost.

import JSON
import Synchronization

/// Frames of one connection, in their order. What is too much pushes out the oldest (contract, section 15.2).
final class FrameInbox: Sendable {
  private struct State {
    var frames: [(params: JSONObject, size: Int)] = []
    var bytes = 0
  }

  /// Frames that wait, and their bytes.
  static let (countLimit, byteLimit) = (256, 2 << 20)

  private let state = Mutex(State())
  private let bell: AsyncStream<Void>
  private let ring: AsyncStream<Void>.Continuation

  init() { (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func add(_ params: JSONObject, size: Int) {
    state.withLock { state in
      state.frames.append((params, size))
      state.bytes += size
      while state.frames.count > Self.countLimit || state.bytes > Self.byteLimit {
        state.bytes -= state.frames.removeFirst().size
      }
    }
    ring.yield()
  }

  /// Nothing is added any more.
  func finish() { ring.finish() }

  /// Calls `body` with each frame until `finish`, and with what waits then.
  func forEach(_ body: (JSONObject) async -> Void) async {
    for await _ in bell {
      while let params = next() { await body(params) }
    }
    while let params = next() { await body(params) }
  }

  private func next() -> JSONObject? {
    state.withLock { state in
      guard !state.frames.isEmpty else { return nil }
      let first = state.frames.removeFirst()
      state.bytes -= first.size
      return first.params
    }
  }
}
