// What waits in memory is written now and then, and once more at the end.

import EventLoop

extension TimeSource {
  /// Calls `flush` at that pace until the task is cancelled, and once more then. What comes after that is for another flush.
  func keepWriting(every pause: Duration, _ flush: @escaping @Sendable () async -> Void) async {
    while !Task.isCancelled {
      do { try await sleep(for: pause) } catch { break }
      await flush()
    }
    // A task of its own: in one that is cancelled, nothing is written any more.
    await Task { await flush() }.value
  }
}
