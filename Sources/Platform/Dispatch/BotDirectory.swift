// Which bot acts in which guild.

package import DiscordBot
package import DiscordCore
package import EventLoop

/// Who serves a guild. Asked for every event and every action: an answer is at hand.
package protocol BotDirectory: Sendable {
  /// The bot that acts in the guild now; nil while there is none.
  func bot(serving guild: GuildID) -> Bot?
  /// Whether the bot is the one that acts in the guild: only its events and interactions count there. `instant` is when
  /// the thing happened with Discord, nil for what does not say.
  func serves(_ bot: UserID, in guild: GuildID, at instant: Timestamp?) -> Bool
}

/// One bot for all guilds it is in.
package struct SoleBot: BotDirectory {
  private let sole: Bot

  package init(_ bot: Bot) { sole = bot }

  package func bot(serving guild: GuildID) -> Bot? { sole }
  package func serves(_ bot: UserID, in guild: GuildID, at instant: Timestamp?) -> Bool { bot == sole.id }
}
