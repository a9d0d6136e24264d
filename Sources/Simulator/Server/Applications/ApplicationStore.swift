// What applications have beyond commands: emojis, things to sell, linked roles.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

/// An entitlement.
struct Entitlement: Sendable {
  var id: EntitlementID
  var application: ApplicationID
  var sku: SKUID
  var user: UserID?
  var guild: GuildID?
  /// Who bought it for a guild.
  var purchaser: UserID?
  /// 8: made for tests.
  var type = 8
  var isDeleted = false
  var isConsumed = false
  var startsAt: Timestamp?
  var endsAt: Timestamp?

  var json: JSONValue {
    var json = Fields()
    json.put("id", id)
    json.put("sku_id", sku)
    json.put("application_id", application)
    if let owner = user ?? purchaser { json.put("user_id", owner) }
    if let guild { json.put("guild_id", guild) }
    json.put("type", type)
    json.put("deleted", isDeleted)
    json.put("consumed", isConsumed)
    json.put("starts_at", startsAt)
    json.put("ends_at", endsAt)
    json.put("gift_code_flags", 0)
    json.put("promotion_id", JSONValue.null)
    return json.value
  }
}

/// Something an application sells.
struct SKU: Sendable {
  var id: SKUID
  var application: ApplicationID
  var name: String
  /// 2 durable, 3 consumable, 5 subscription, 6 subscription group.
  var type: Int
  var flags: Int

  var json: JSONValue {
    var json = Fields()
    json.put("id", id)
    json.put("type", type)
    json.put("application_id", application)
    json.put("name", name)
    json.put("slug", name.lowercased().replacing(" ", with: "-"))
    json.put("flags", flags)
    json.put("dependent_sku_id", JSONValue.null)
    return json.value
  }
}

/// Emojis, entitlements and linked roles of all applications. Bounded by Discord's own limits.
struct ApplicationStore: Sendable {
  static let emojiLimit = 2_000
  var emojis: [ApplicationID: [Emoji]] = [:]
  var skus: [SKUID: SKU] = [:]
  var entitlements: [Entitlement] = []
  /// `application_role_connections_metadata`, as it was put.
  var roleConnectionMetadata: [ApplicationID: [JSONValue]] = [:]
  var roleConnections: [RoleConnectionKey: JSONValue] = [:]

  struct RoleConnectionKey: Hashable, Sendable {
    var application: ApplicationID
    var user: UserID
  }
}
