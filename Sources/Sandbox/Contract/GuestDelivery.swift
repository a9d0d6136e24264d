// What is brought to a plugin, and where its installation is looked up.

package import DiscordCore
package import JSON
package import PlatformPlugins
package import Storage

/// One event of one server, for one plugin.
package struct GuestDelivery: Sendable {
  package let guild: GuildID
  package let plugin: String
  /// `message_create` and the others of section 7; the method is `event.` and this.
  package let type: String
  /// The payload, with everything that the installation's privacy leaves.
  package let payload: JSONObject
  package let cause: GuestCause

  package init(guild: GuildID, plugin: String, type: String, payload: JSONObject, cause: GuestCause) {
    (self.guild, self.plugin, self.type) = (guild, plugin, type)
    (self.payload, self.cause) = (payload, cause)
  }

  /// Whether a person used a command, a component or a form and waits (section 14).
  package var isInteraction: Bool { type == "interaction_create" }
}

/// What became of a delivery.
package enum GuestDeliveryEnd: Sendable, Hashable {
  /// The plugin acknowledged it; `isFailed` when a handler raised.
  case acknowledged(isFailed: Bool)
  /// It was given up: the breaker is open, the queue is full, it was tried five times, the plugin is gone.
  case dropped(String)
}

/// Where the host looks up who is who. Answers at once, from memory.
package protocol GuestDirectory: Sendable {
  /// The installation of a plugin in a server, as it is at this moment; nil when it is not there, or switched off.
  func installation(of plugin: String, in guild: GuildID) -> GuestInstallation?
  /// The servers that have a release and have it switched on.
  func guilds(with release: GuestRelease) -> [GuildID]
  /// The bot that serves a server; nil while none does.
  func bot(in guild: GuildID) -> GuildBot?
  var storage: Storage { get }
}

/// Brings frames of sockets to the plugin that asked for them (section 15.2).
package protocol GuestFrameReceiver: Sendable {
  /// Sends `event.ws_message`, `event.ws_open` or `event.ws_closed` as a request, and returns when it was handled or given
  /// up. One frame of a connection at a time.
  func deliverFrame(
    _ method: String, _ params: JSONObject, name: String, to plugin: String, in guild: GuildID)
    async
}
