// Which of Discord's events become which of the plugins' events.

package import DiscordGateway

/// The types of section 7 of the plugin-host contract that the gateway brings. `interaction_create` is not among them:
/// interactions have three seconds, and go by `GuestInteractionDesk`. Nor is `cron`, which is the host's own.
package enum GuestEventTable {
  /// One line of the table.
  struct Row {
    let name: GatewayEventName
    let type: String
    /// Types whose payloads are fuller when these events were heard before: what was there before a change.
    let feeds: [String]

    init(_ name: GatewayEventName, _ type: String, feeds: [String] = []) {
      (self.name, self.type, self.feeds) = (name, type, feeds)
    }
  }

  static let rows: [Row] = [
    Row(.messageCreate, "message_create", feeds: ["message_edit", "message_delete"]),
    Row(.messageUpdate, "message_edit", feeds: ["message_delete"]),
    Row(.messageDelete, "message_delete"),
    // Each of its messages by itself: plugins know of no other way that messages go.
    Row(.messageDeleteBulk, "message_delete"),
    Row(.guildMemberAdd, "member_join", feeds: ["member_leave", "member_update"]),
    Row(.guildMemberRemove, "member_leave"),
    Row(.guildMemberUpdate, "member_update", feeds: ["member_leave"]),
    Row(.messageReactionAdd, "reaction_add"),
    Row(.messageReactionRemove, "reaction_remove"),
    Row(.voiceStateUpdate, "voice_state_update"),
    Row(.channelCreate, "channel_create", feeds: ["channel_update"]),
    Row(.channelDelete, "channel_delete"),
    Row(.channelUpdate, "channel_update"),
    Row(.guildRoleCreate, "role_create", feeds: ["role_update", "role_delete"]),
    Row(.guildRoleDelete, "role_delete"),
    Row(.guildRoleUpdate, "role_update", feeds: ["role_delete"]),
  ]

  private static let types = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.type) })

  /// The type that an event of Discord's becomes; nil for one that plugins do not get.
  package static func type(of name: GatewayEventName) -> String? { types[name] }

  /// The events that have to be listened to so that plugins get these types, with what was before; nil for all types.
  package static func names(for types: Set<String>? = nil) -> [GatewayEventName] {
    rows.filter { row in types.map { $0.contains(row.type) || !$0.isDisjoint(with: row.feeds) } ?? true }
      .map(\.name)
  }
}
