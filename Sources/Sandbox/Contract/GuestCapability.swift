// What a third-party plugin may be allowed to do (plugin-host contract, section 12).

/// A capability: asked for in the manifest, granted server by server, checked on every call.
package enum GuestCapability: String, CaseIterable, Hashable, Sendable, Comparable {
  case storageKV = "storage:kv"
  case sendMessage = "discord:send_message"
  case editMessage = "discord:edit_message"
  case addReaction = "discord:add_reaction"
  case read = "discord:read"
  case respond = "interaction:respond"
  case http = "proxy:http"
  case deleteMessage = "discord:delete_message"
  case manageChannels = "discord:manage_channels"
  case manageWebhooks = "discord:manage_webhooks"
  case sql = "storage:sql"
  case secrets = "storage:secrets"
  case messageContent = "events:message_content"
  case moderateMembers = "discord:moderate_members"
  case kickMembers = "discord:kick_members"
  case banMembers = "discord:ban_members"
  case manageRoles = "discord:manage_roles"
  case webSocket = "proxy:websocket"

  /// How much harm it can do: what people see beside it.
  package enum Tier: Int, Comparable, Sendable, CaseIterable {
    case safe, risky, dangerous

    package static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }
  }

  /// The tier of section 12.1.
  package var tier: Tier {
    switch self {
    case .storageKV, .sendMessage, .editMessage, .addReaction, .read, .respond, .http: .safe
    case .deleteMessage, .manageChannels, .manageWebhooks, .sql, .secrets, .messageContent: .risky
    case .moderateMembers, .kickMembers, .banMembers, .manageRoles, .webSocket: .dangerous
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Capabilities of which a method needs one; empty for methods that everybody may call.
  ///
  /// - Returns: nil for a method that the contract does not have.
  package static func needed(by method: String) -> [GuestCapability]? { methods[method] }

  /// Every method of the contract, sorted.
  package static let methodNames: [String] = methods.keys.sorted()

  private static let methods: [String: [GuestCapability]] = {
    var table: [String: [GuestCapability]] = [:]
    func allow(_ needed: [GuestCapability], _ space: String, _ names: String) {
      for name in names.split(separator: " ") { table["\(space).\(name)"] = needed }
    }
    allow([.storageKV], "kv", "get put del increment decr list mget mput list_values")
    allow([.secrets], "secrets", "get set del")
    allow([.sql], "sql", "execute query query_one")
    allow([], "ephemeral", "counter cooldown_set cooldown_check dedup flag_set flag_check")
    allow([], "metrics", "record query total")
    allow([.sendMessage], "discord", "send_message")
    allow([.sendMessage, .editMessage], "discord", "pin_message unpin_message")
    allow([.editMessage], "discord", "edit_message")
    allow([.deleteMessage], "discord", "delete_message bulk_delete_messages")
    allow([.addReaction], "discord", "add_reaction")
    allow(
      [.read], "discord",
      "get_member get_channel get_guild list_roles list_channels list_members search_members get_messages")
    allow(
      [.manageChannels], "discord",
      "create_channel edit_channel delete_channel set_channel_permissions delete_channel_permission create_thread edit_thread"
    )
    allow([.moderateMembers], "discord", "timeout_member set_nickname timeout_bulk")
    allow([.kickMembers], "discord", "kick_member kick_bulk")
    allow([.banMembers], "discord", "ban_member unban_member")
    allow([.manageRoles], "discord", "add_role remove_role add_role_bulk remove_role_bulk")
    allow([.manageWebhooks], "discord", "create_webhook execute_webhook delete_webhook")
    allow([.respond], "interaction", "respond defer followup send_modal")
    allow([.http], "proxy", "request")
    allow([.http], "http", "allow_host revoke_host")
    allow([.webSocket], "ws", "ensure send close allow_host revoke_host")
    return table
  }()
}
