// What a plugin is: an id, its settings, and one function that declares everything it has.

package import PlatformSettings

/// A unit that a guild switches on. Nothing about it is found by reflection or registered at a distance: what `declare`
/// says is all there is.
///
///     package enum Greeter: Plugin {
///       package static let id = "greeter"
///       package typealias Settings = GreeterSettings
///
///       package static func declare(_ plugin: inout PluginDeclaration<Self>) {
///         plugin.strings = "GreeterPlugin"
///         plugin.needs(.guildMembers, otherwise: .refuse)
///         plugin.permission(.sendMessages, for: "permission.send")
///         plugin.on(.guildMemberAdd, as: GuildMemberAdd.self, Handlers.joined)
///         plugin.command(Commands.hello, Commands.sayHello)
///       }
///     }
///
/// Handlers are static functions that get a `PluginContext`: one guild at one moment. They are called at least once for
/// each event, timer or click; with effects keyed by the context's `effects` that becomes once.
package protocol Plugin: Sendable {
  /// What each guild can set.
  associatedtype Settings: PluginSettings
  /// Lower-case letters: folder, table prefix, URL segment, settings key, label in logs and metrics, kind of timers.
  static var id: String { get }
  /// Says everything the plugin has. Called once, at start.
  static func declare(_ plugin: inout PluginDeclaration<Self>)
}

/// Where people look for a plugin.
package enum PluginCategory: String, Sendable, CaseIterable {
  case core, protection, community, utility, assistant, thirdParty
}

/// What becomes of a plugin when the bot lacks something it needs.
package enum PluginDegradation: Hashable, Sendable {
  /// It works in part; the sentence of that key says what is lost.
  case degrade(String)
  /// It cannot work: it does not run until the bot has it, and the owner is told.
  case refuse
}

/// A permission of the bot that a plugin uses, and for what.
package struct PluginPermission: Hashable, Sendable {
  package let permissions: Permissions
  /// The key of the sentence that says what it is for.
  package let reason: String

  package init(permissions: Permissions, reason: String) {
    (self.permissions, self.reason) = (permissions, reason)
  }
}

/// An intent that a plugin's events need.
package struct PluginIntent: Hashable, Sendable {
  package let intents: Intents
  package let otherwise: PluginDegradation

  package init(intents: Intents, otherwise: PluginDegradation) {
    (self.intents, self.otherwise) = (intents, otherwise)
  }
}

package import DiscordCore
package import DiscordGateway
