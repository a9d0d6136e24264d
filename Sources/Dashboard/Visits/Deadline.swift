// Waiting for something no longer than it is worth.

package import EventLoop

/// A bound on how long an answer may take.
package enum Deadline {
  /// What `body` gives; nil when it fails or takes longer than `limit`. What takes longer is cancelled.
  package static func within<Value: Sendable>(
    _ limit: Duration, by time: any TimeSource, _ body: @escaping @Sendable () async throws -> Value
  ) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
      // Who asks has something else to show, and what failed is told by whoever owns it.
      group.addTask { try? await body() }
      group.addTask {
        // Cancelled when the other was faster.
        try? await time.sleep(for: limit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
