// The breakers of all plugins in all guilds: only of those that failed lately.

import DiscordCore
import PlatformPlugins
import Synchronization

/// Breakers by plugin and guild. Where nothing failed there is none, so the usual question costs one look-up.
final class BreakerTable: Sendable {
  private struct Key: Hashable {
    let plugin: String
    let guild: GuildID
  }

  /// Beyond so many failing pairs the table begins anew: a failure of the house is then on every page already.
  private static let limit = 100_000
  /// From so many on, those that are as good as new are looked for, each time the table has doubled.
  private static let firstSweep = 256
  private let breakers = Mutex<[Key: FailureBreaker]>([:])

  /// Whether a call may go through; ask once for each.
  func admits(_ plugin: String, in guild: GuildID, at now: Duration) -> Bool {
    breakers.withLock { breakers in
      guard !breakers.isEmpty else { return true }
      return breakers[Key(plugin: plugin, guild: guild)]?.admits(at: now) ?? true
    }
  }

  /// Whether calls are held up at the moment, the one that is tried now and then aside. Asking changes nothing.
  func isOpen(_ plugin: String, in guild: GuildID) -> Bool {
    breakers.withLock { $0[Key(plugin: plugin, guild: guild)]?.isOpen ?? false }
  }

  func succeeded(_ plugin: String, in guild: GuildID) {
    breakers.withLock { breakers in
      guard !breakers.isEmpty else { return }
      let key = Key(plugin: plugin, guild: guild)
      guard var breaker = breakers[key] else { return }
      breaker.succeeded()
      breakers[key] = breaker.isUntouched ? nil : breaker
    }
  }

  /// A call that was admitted ended by nothing of the plugin's doing, and will be made again.
  func abandoned(_ plugin: String, in guild: GuildID, at now: Duration) {
    breakers.withLock { breakers in
      guard !breakers.isEmpty else { return }
      breakers[Key(plugin: plugin, guild: guild)]?.abandoned(at: now)
    }
  }

  func failed(_ plugin: String, in guild: GuildID, at now: Duration) -> FailureBreaker.Consequence {
    breakers.withLock { breakers in
      if breakers.count >= Self.firstSweep, breakers.count.nonzeroBitCount == 1 {
        breakers = breakers.filter { !$0.value.isAtRest(at: now) }
      }
      if breakers.count >= Self.limit { breakers = [:] }
      return breakers[Key(plugin: plugin, guild: guild), default: FailureBreaker()].failed(at: now)
    }
  }

  func forget(_ guild: GuildID) {
    breakers.withLock { breakers in
      guard breakers.contains(where: { $0.key.guild == guild }) else { return }
      breakers = breakers.filter { $0.key.guild != guild }
    }
  }
}
