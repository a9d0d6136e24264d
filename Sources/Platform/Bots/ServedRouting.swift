// Interactions reach a bot's handlers only where the bot serves the guild.

import DiscordBot
import DiscordCore
import DiscordModels
import PlatformTenancy
import Storage

/// The routing of a bot that may share its guilds with another bot of ours.
struct ServedRouting: InteractionRouting {
  let bot: UserID
  let serving: Serving
  let base: any InteractionRouting
  let elsewhere: InteractionRoute?

  func route(for interaction: Interaction) -> InteractionRoute? {
    guard let guild = interaction.guildID else { return base.route(for: interaction) }
    let isServed = serving.serves(bot, Tenant(guild), at: interaction.id.createdAt)
    return isServed ? base.route(for: interaction) : elsewhere
  }

  var definitions: [ApplicationCommandDefinition]? { base.definitions }
}
