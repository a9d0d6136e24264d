// A community that grows from a seed.

internal import DiscordCore
internal import EventLoop

extension World {
  /// A seeded world: the same from the same seed and clock.
  package static func seeded(seed: UInt64, clock: WorldClock = WorldClock()) -> World {
    World(clock: clock, seed: seed)
  }
}
