// Who was no member of a guild a moment ago, by Discord's own word.

import DiscordCore
import EventLoop
import Synchronization

/// Remembers for a few seconds. Only refusals are kept, so that a loss of access is never late, and a gain late by no more
/// than `lifetime`.
final class RecentStrangers: Sendable {
  static let lifetime = Duration.seconds(10)
  private static let bound = 10_000

  private struct Pair: Hashable {
    let user: UserID
    let guild: GuildID
  }

  private let time: any TimeSource
  private let until = Mutex<[Pair: Duration]>([:])

  init(time: any TimeSource) { self.time = time }

  func contains(_ user: UserID, in guild: GuildID) -> Bool {
    until.withLock { until in
      guard let end = until[Pair(user: user, guild: guild)] else { return false }
      return time.uptime < end
    }
  }

  func add(_ user: UserID, in guild: GuildID) {
    let now = time.uptime
    until.withLock { until in
      if until.count >= Self.bound {
        until = until.filter { now < $0.value }
        // As many strangers within seconds: an attack, which is not to fill memory.
        if until.count >= Self.bound { until = [:] }
      }
      until[Pair(user: user, guild: guild)] = now + Self.lifetime
    }
  }
}
