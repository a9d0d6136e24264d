// What plugins need of a bot, added up.

package import DiscordCore
package import DiscordGateway
package import PlatformConfiguration
package import PlatformPlugins
import PlatformTenancy

/// Intents and permissions of several plugins together.
package struct BotNeeds: Hashable, Sendable {
  /// Of the bot as a whole, in every server.
  package let intents: Intents
  /// In one server.
  package let permissions: Permissions

  /// Everything that any of them names.
  package init(_ units: some Sequence<PluginUnit>) {
    var (intents, permissions) = (Intents(), Permissions())
    for unit in units {
      intents.formUnion(unit.allIntents)
      permissions.formUnion(unit.allPermissions)
    }
    (self.intents, self.permissions) = (intents, permissions)
  }
}

extension Dispatcher {
  /// The plugins that are at work in a guild: those that are always on, those it switched on, and third parties'.
  package func units(on configuration: GuildConfiguration) -> [PluginUnit] {
    catalog.units.filter { $0.isAlwaysOn || configuration.isEnabled($0.id) }
      + environment.guests.guests(in: configuration.guild.guild).units
  }

  /// What the guild's bot needs for all that is on there.
  package func needs(of configuration: GuildConfiguration) -> BotNeeds {
    BotNeeds(units(on: configuration))
  }
}
