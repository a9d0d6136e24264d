// Plugins that come and go while the program runs: each guild has its own.

package import DiscordBot
package import DiscordCore
package import DiscordGateway
package import DiscordModels

/// Tells what third-party plugins a guild has on. To the dispatcher they are units like the built-in ones; only that a
/// guild's are found by asking, and not in the catalog.
package protocol GuestPlugins: Sendable {
  /// Events that any of them could wait for.
  var events: Set<GatewayEventName> { get }
  /// What a guild has on: the same object until something changes. Answers at once, from any thread.
  func guests(in guild: GuildID) -> GuildGuests
}

/// The third-party plugins of one guild, as they are at a moment.
package final class GuildGuests: Sendable {
  /// A slash command of one of them, as Discord shall have it.
  package struct Command: Sendable {
    package let plugin: String
    package let definition: ApplicationCommandDefinition

    package init(plugin: String, definition: ApplicationCommandDefinition) {
      (self.plugin, self.definition) = (plugin, definition)
    }
  }

  /// Those that are on, and their commands.
  package let units: [PluginUnit]
  package let commands: [Command]
  /// Command and reason, of what cannot be registered.
  package let problems: [[String]]
  private let componentOwner: @Sendable (String) -> String?

  /// - Parameters:
  ///   - units: those that are on, in the order in which they get events.
  ///   - commands: with names that no built-in plugin has, and no two of them.
  ///   - problems: what was left out of those, and why.
  ///   - componentOwner: the plugin whose component or form has such an id; nil for ids of others.
  package init(
    units: [PluginUnit] = [], commands: [Command] = [], problems: [[String]] = [],
    componentOwner: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    (self.units, self.commands, self.problems) = (units, commands, problems)
    self.componentOwner = componentOwner
  }

  /// Of a guild that has none.
  package static let none = GuildGuests()

  /// The plugin of that id.
  package func unit(_ id: String) -> PluginUnit? { units.first { $0.id == id } }

  /// Whose command that is, by its first word.
  package func owner(ofCommand name: String) -> PluginUnit? {
    commands.first { $0.definition.name == name }.flatMap { unit($0.plugin) }
  }

  /// Whose component or form that is.
  package func owner(ofComponent customID: String) -> PluginUnit? { componentOwner(customID).flatMap(unit) }
}

/// An installation without third-party plugins.
package struct NoGuests: GuestPlugins {
  package init() {}
  package var events: Set<GatewayEventName> { [] }
  package func guests(in guild: GuildID) -> GuildGuests { .none }
}

/// An interaction that a third-party plugin answers as it likes: a command, a component or a form of its own.
package struct GuestInteraction: Sendable {
  package let core: ContextCore
  package let received: ReceivedInteraction
  package let person: Person

  package init(core: ContextCore, received: ReceivedInteraction, person: Person) {
    (self.core, self.received, self.person) = (core, received, person)
  }
}
