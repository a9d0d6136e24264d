// One call of a plugin to the host, after its server was resolved and its capability checked.

package import DiscordBot
package import DiscordCore
package import EventLoop
package import JSON
package import PlatformAccess
package import PlatformPlugins
import PlatformTenancy
package import Storage

/// Why a plugin runs at this moment: decides what it may do beyond its capabilities.
package enum GuestCause: Sendable {
  /// A gateway event, by its type.
  case event(String)
  /// A command, component or form that a person used. The permissions are the member's in the channel.
  case interaction(ReceivedInteraction, permissions: Permissions, user: UserID)
  case cron(String)
  case lifecycle(String)
  /// A request of the dashboard by a person of that role.
  case dashboard(String, viewer: UserID, role: AccessRole)
  /// A frame of a socket that the broker keeps.
  case socket(String)
  /// Of the plugin's own accord, while nothing else was going on: its own threads.
  case unprompted
}

/// What a method gets. The tenant is the host's: nothing of the plugin's decides it.
package struct GuestCall: Sendable {
  package let installation: GuestInstallation
  package let method: String
  /// Without the keys of correlation.
  package let params: JSONObject
  package let cause: GuestCause
  /// The bot in the server; nil while none serves it.
  package let bot: GuildBot?
  package let storage: Storage
  package let now: Timestamp

  package init(
    installation: GuestInstallation, method: String, params: JSONObject, cause: GuestCause, bot: GuildBot?,
    storage: Storage, now: Timestamp
  ) {
    (self.installation, self.method, self.params, self.cause) = (installation, method, params, cause)
    (self.bot, self.storage, self.now) = (bot, storage, now)
  }

  /// Whose call it is.
  package var guild: GuildID { installation.guild }
  package var plugin: String { installation.plugin }
  /// What the server allows it.
  package var grants: GuestGrants { installation.grants }
  /// The server's own store.
  package var store: GuildStore { storage.guild(Tenant(installation.guild)) }
}

/// A group of methods, such as `kv.*`.
package protocol GuestMethods: Sendable {
  /// The names it answers.
  var names: [String] { get }
  /// Answers a call; within 25 seconds, or the plugin is told that it took too long.
  ///
  /// - Throws: `RPCError` for what the plugin shall know; anything else is logged, and the plugin told that the host failed.
  func answer(_ call: GuestCall) async throws -> JSONValue
  /// The plugin left the server, or lost the grants that it had: what runs in its name ends.
  func withdrew(_ plugin: String, from guild: GuildID) async
  /// The plugin's data in the server goes: 30 days after it was uninstalled.
  func erase(_ plugin: String, in guild: GuildID) async throws
}

extension GuestMethods {
  /// Nothing runs by itself.
  package func withdrew(_ plugin: String, from guild: GuildID) async {}
  /// Nothing is kept outside of the server's store.
  package func erase(_ plugin: String, in guild: GuildID) async throws {}
}
