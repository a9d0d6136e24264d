// From Discord's events to the payloads that plugins get.

package import DiscordBot
package import DiscordCore
import DiscordGateway
package import JSON
package import PlatformPlugins
import Synchronization

/// What an event tells plugins, before a server's privacy is applied to it (`GuestPrivacyFilter`).
package struct GuestPayload: Sendable, Hashable {
  /// Of section 7 of the contract.
  package let type: String
  package let payload: JSONObject

  package init(type: String, payload: JSONObject) { (self.type, self.payload) = (type, payload) }
}

/// Translates events of servers, each once however many plugins get it.
///
/// Events of one server have to come in their order: what was before a change is what earlier events told. What nobody
/// told is left out of the payload.
///
///     events.learn(guild, from: bot.cache)                 // when the first plugin is let into the server
///     for made in events.translate(event, bot: guildBot, keepsContent: true) { … }
///
/// What the bot does itself is not told where plugins would answer it without end: its messages, their edits, and its
/// reactions.
package final class GuestEvents: Sendable {
  /// Servers that are remembered; beyond that, those that were heard of first are forgotten.
  package static let maximumGuilds = 1_000

  private final class Memory: Sendable {
    let state = Mutex(GuestGuildMemory())
  }

  private let guilds = Mutex(RecentTable<GuildID, Memory>(bound: GuestEvents.maximumGuilds))

  package init() {}

  /// Takes in how a server is at this moment, so that the first change in it can be told with what was before. Again when
  /// the bot was told the server anew: meanwhile things may have changed. Costs about as much as a hundred events.
  package func learn(_ guild: GuildID, from cache: BotCache) {
    memory(of: guild).state.withLock { $0.learn(guild, from: cache) }
  }

  /// Forgets a server: its last plugin has gone, or the bot.
  package func forget(_ guild: GuildID) { guilds.withLock { $0.remove(guild) } }

  /// Reads an event and remembers what of it later ones will need.
  ///
  /// - Parameters:
  ///   - event: read once; a second time in a row the answer is at hand.
  ///   - bot: what it sees of the server; without it names and counts are missing.
  ///   - keepsContent: whether texts are remembered for `message_delete`; false where no plugin of the server sees any.
  /// - Returns: none for an event that plugins do not get or that cannot be read, several for messages that were deleted
  ///   together.
  package func translate(_ event: GuildEvent, bot: GuildBot?, keepsContent: Bool) -> [GuestPayload] {
    guard let type = GuestEventTable.type(of: event.name) else { return [] }
    return memory(of: event.guild).state.withLock { memory in
      if let last = memory.last, last.key == event.key { return last.payloads }
      var translation = GuestTranslation(event: event, bot: bot, keepsContent: keepsContent)
      // Moved, not copied: a second holder would make every table be copied with its first change.
      swap(&translation.memory, &memory)
      // What cannot be read tells nothing; Discord's own mistake, and rare.
      let payloads = try? JSONParser(retainedSize: 0).parse(event.json) { data in
        translation.payloads(data).map { GuestPayload(type: type, payload: $0) }
      }
      swap(&translation.memory, &memory)
      memory.last = (event.key, payloads ?? [])
      return payloads ?? []
    }
  }

  private func memory(of guild: GuildID) -> Memory {
    guilds.withLock { guilds in
      if let known = guilds[guild] { return known }
      let new = Memory()
      guilds.put(new, for: guild)
      return new
    }
  }
}
