// What there is on a stage: messages, roles, bans, and what the house has on record.

package import DiscordCore
import HTTPTypes
package import JSON
package import PlatformAudit
import PlatformDispatch
package import PlatformPlugins
import Simulator
import SimulatorWorld

extension PluginStage {
  /// The messages of a channel as a person sees them, newest first; answers for that person only are among them.
  package func messages(in place: ChannelID? = nil, as person: UserID? = nil) async throws -> [JSONValue] {
    try await act(.get, "/channels/\(place ?? channel)/messages?limit=100", as: person ?? owner)?.array ?? []
  }

  /// The text of the newest message, its embeds' titles and texts included.
  package func newest(in place: ChannelID? = nil, as person: UserID? = nil) async throws -> String? {
    try await messages(in: place, as: person).first.map(Self.text)
  }

  /// The text of a message, its embeds' texts included.
  package static func text(_ message: JSONValue) -> String {
    var parts = [message["content"]?.string ?? ""]
    for embed in message["embeds"]?.array ?? [] {
      parts += [embed["title"]?.string ?? "", embed["description"]?.string ?? ""]
      for field in embed["fields"]?.array ?? [] {
        parts += [field["name"]?.string ?? "", field["value"]?.string ?? ""]
      }
    }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The `custom_id`s of a message's components, in order.
  package static func customIDs(_ message: JSONValue) -> [String] {
    func ids(_ component: JSONValue) -> [String] {
      (component["custom_id"]?.string).map { [$0] } ?? []
        + (component["components"]?.array ?? []).flatMap(ids)
        + (component["accessory"].map(ids) ?? [])
    }
    return (message["components"]?.array ?? []).flatMap(ids)
  }

  /// The roles a member has; nil for nobody of the server.
  package func roles(of user: UserID) async -> [RoleID]? {
    let guild = guild
    return await simulator.withWorld { $0.guilds[guild]?.members[user]?.roles }
  }

  /// Whether somebody is banned.
  package func isBanned(_ user: UserID) async -> Bool {
    let guild = guild
    return await simulator.withWorld { $0.guilds[guild]?.bans[user] != nil }
  }

  /// The audit log of the house for this server.
  package func audit(_ action: String? = nil) async throws -> [AuditEntry] {
    var filter = AuditFilter()
    filter.action = action
    filter.limit = 100
    return try await AuditLog(store).entries(filter)
  }

  /// What was decided about a message, a member or a channel.
  package func decisions<Entity>(about id: Snowflake<Entity>) async throws -> [WhyRecord] {
    try await dispatcher.decisions(about: id.rawValue, cause: nil, in: guild)
  }
}
