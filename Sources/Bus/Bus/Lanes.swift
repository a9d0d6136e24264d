// Lanes: ordered per key, delivered at least once, acknowledged, bounded.

package import EventLoop

/// Queues of entries, one per key. Entries of a key are handled one after the other in the order they were
/// appended; keys do not wait for each other.
package protocol Lanes: Sendable {
  /// Puts an entry at the end of its key's lane. When the call returns the entry will be delivered at least once.
  ///
  /// - Throws: `BusError`: `.full` when a bound is reached (nothing was appended), `.unreachable` when the entry
  ///   may or may not have been appended: append again, handlers are idempotent.
  func append(_ payload: [UInt8], key: String) async throws(BusError)

  /// Delivers entries until the task is cancelled or the bus closed, then waits for the handlers under way.
  ///
  /// An entry is acknowledged when its handler returns. When it throws, the entry is delivered again after a
  /// growing pause, before any later entry of its key; after `LaneLimits.deliveries` attempts it is given to
  /// `onDead` and dropped. Over Redis several processes may consume; each key is at one of them at a time, and a
  /// process that dies has its entries delivered elsewhere.
  ///
  /// - Throws: `BusError` with `.inUse` when this process consumes these lanes already.
  func consume(
    handler: @escaping @Sendable (LaneEntry) async throws -> Void,
    onDead: @escaping @Sendable (LaneEntry, any Error) async -> Void
  ) async throws(BusError)

  /// How many entries are appended and not acknowledged, in all keys.
  ///
  /// - Throws: `BusError` with `.unreachable`.
  func depth() async throws(BusError) -> Int

  /// How long the oldest entry that is not acknowledged has waited; zero when there is none.
  ///
  /// - Throws: `BusError` with `.unreachable`.
  func age() async throws(BusError) -> Duration
}

/// An entry on its way to a handler.
package struct LaneEntry: Sendable, Equatable {
  /// Names the entry among all of its lanes; the same at every delivery. Derive the keys of effects from it.
  package let id: String
  /// Whose lane it is in.
  package let key: String
  package let payload: [UInt8]
  /// When it was appended.
  package let appended: Timestamp
  /// 1 at the first delivery, more when it is repeated, in this process or another.
  package var delivery: Int
}

/// Bounds of lanes. They are counted so that a guild that floods, or a worker that stands still, pushes back on
/// the sender instead of filling memory.
package struct LaneLimits: Sendable {
  /// Entries not acknowledged, in all keys of a partition (in process there is one partition). Over Redis
  /// approximate when several processes append: each asks for the depth only now and then.
  package var depth = 100_000
  /// Entries not acknowledged of one key. Held in process only; over Redis the partition's bound holds.
  package var depthPerKey = 10_000
  /// How many handlers may run at once.
  package var concurrency = 256
  /// Attempts before an entry is given up.
  package var deliveries = 5
  /// The pause after the first failure; doubled by each further one, up to `longestPause`.
  package var firstPause: Duration = .milliseconds(100)
  /// See `firstPause`.
  package var longestPause: Duration = .seconds(10)
  /// Over Redis: streams the keys are spread over. The same in every process, for ever.
  package var partitions = 16
  /// Over Redis: how long a dead process keeps its partitions.
  package var leaseDuration: Duration = .seconds(10)

  package init() {}

  /// The pause before the delivery after `delivery`.
  package func pause(after delivery: Int) -> Duration {
    min(longestPause, firstPause * (1 << min(delivery - 1, 16)))
  }
}
