// The world's own time, and the ids that are born in it.

package import DiscordCore
package import EventLoop

/// A clock that runs with another one at a distance, or stands still.
package struct WorldClock: Sendable {
  private let source: any TimeSource
  private var offset: Duration = .zero
  private var frozen: Timestamp?

  /// Runs with `source`.
  package init(_ source: any TimeSource = SystemTime()) { self.source = source }

  /// What the clock shows.
  package var now: Timestamp { frozen ?? source.now + offset }

  package var isFrozen: Bool { frozen != nil }

  /// Stands still from here on; `set` still moves it.
  package mutating func freeze() { frozen = now }

  /// Runs again from what it shows.
  package mutating func thaw() {
    guard let frozen else { return }
    offset = frozen - source.now
    self.frozen = nil
  }

  /// Shows `instant` from here on.
  package mutating func set(_ instant: Timestamp) {
    if frozen != nil { frozen = instant } else { offset = instant - source.now }
  }
}

/// Mints ids: each larger than the one before, born at the world's time.
package struct IDMint: Sendable {
  private var last: UInt64 = 0

  package init() {}

  /// The next id at that instant.
  package mutating func next<Entity>(_ entity: Entity.Type = Entity.self, at instant: Timestamp) -> Snowflake<
    Entity
  > {
    last = max(last + 1, Snowflake<Entity>(earliestAt: instant).rawValue)
    return Snowflake(last)
  }
}
