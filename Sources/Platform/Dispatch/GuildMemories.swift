// What plugins keep in memory, by guild: the guilds that were busy lately.

import DiscordCore
import PlatformPlugins
import Synchronization

/// Memories of at most `capacity` guilds.
final class GuildMemories: Sendable {
  private let memories: Mutex<LatelyUsed<GuildID, GuildMemory>>

  init(capacity: Int) { memories = Mutex(LatelyUsed(capacity: capacity)) }

  func memory(of guild: GuildID) -> GuildMemory {
    memories.withLock { $0.value(of: guild) { GuildMemory() } }
  }

  func forget(_ guild: GuildID) { memories.withLock { $0[guild] = nil } }
}
