// What happened, in order, told by many threads.

import Synchronization

/// Collects values from any thread, for a test to look at.
package final class Recorder<Value: Sendable>: Sendable {
  private let recorded = Mutex<[Value]>([])

  package init() {}

  package func record(_ value: Value) { recorded.withLock { $0.append(value) } }

  /// Everything recorded so far, in order.
  package var values: [Value] { recorded.withLock { $0 } }
}
