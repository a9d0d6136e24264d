// Which bot of this process acts in a guild, as the installation decided.

import DiscordBot
import DiscordCore
import EventLoop
import PlatformBots
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Storage

/// The serving table's answers, with the bots of this process.
struct ServingDirectory: BotDirectory {
  let serving: Serving
  let fleet: BotFleet

  func bot(serving guild: GuildID) -> Bot? { serving.server(of: Tenant(guild)).flatMap { fleet[$0] } }

  func serves(_ bot: UserID, in guild: GuildID, at instant: Timestamp?) -> Bool {
    serving.serves(bot, Tenant(guild), at: instant)
  }
}
