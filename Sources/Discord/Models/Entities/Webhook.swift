// Webhooks and integrations.

package import DiscordCore
package import EventLoop
package import JSON

/// https://discord.com/developers/docs/resources/webhook#webhook-object-webhook-types
package struct WebhookType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let incoming = WebhookType(rawValue: 1)
  /// Brings over the posts of a channel that is followed.
  package static let channelFollower = WebhookType(rawValue: 2)
  /// Of an interaction.
  package static let application = WebhookType(rawValue: 3)
}

/// https://discord.com/developers/docs/resources/webhook#webhook-object
package struct Webhook: Equatable, Sendable {
  package var id: WebhookID
  package var type: WebhookType
  package var guildID: GuildID?
  package var channelID: ChannelID?
  /// Who made it; not where it was fetched by its token.
  package var user: User?
  package var name: String?
  package var avatar: String?
  /// Of incoming ones.
  package var token: Credential?
  /// The application it belongs to; others' tokens are not shown.
  package var applicationID: ApplicationID?
  /// Of a follower: what is followed, unless the guild is out of reach.
  package var sourceGuild: NamedReference<Entity.Guild>?
  package var sourceChannel: NamedReference<Entity.Channel>?
}

private enum WebhookField: Int, JSONFieldName {
  case id, type, guildID, channelID, user, name, avatar, token, applicationID, sourceGuild, sourceChannel
  static let keys = JSONKeys<WebhookField>(
    "id", "type", "guild_id", "channel_id", "user", "name", "avatar", "token", "application_id",
    "source_guild", "source_channel")
}

extension Webhook: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(WebhookField.keys)
    id = try fields.value(.id)
    type = fields.value(.type, default: .incoming)
    guildID = fields.optional(.guildID)
    channelID = fields.optional(.channelID)
    user = fields.optional(.user)
    name = fields.optional(.name)
    avatar = fields.optional(.avatar)
    token = fields.optional(.token)
    applicationID = fields.optional(.applicationID)
    sourceGuild = fields.optional(.sourceGuild)
    sourceChannel = fields.optional(.sourceChannel)
  }
}

/// Id and name of something that is not ours to see.
package struct NamedReference<Kind>: Equatable, Sendable {
  package var id: Snowflake<Kind>
  package var name: String?
}

extension NamedReference: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    id = try Snowflake(from: try json.require("id"))
    name = json["name"]?.string
  }
}

/// Something a guild is connected with (https://discord.com/developers/docs/resources/guild#integration-object).
package struct Integration: Equatable, Sendable {
  package var id: IntegrationID
  package var name: String?
  /// `twitch`, `youtube`, `discord` or `guild_subscription`.
  package var type: String
  package var isEnabled: Bool
  package var isSyncing: Bool?
  /// The role of subscribers.
  package var roleID: RoleID?
  package var enablesEmoticons: Bool?
  /// 0: the role is taken when a subscription ends, 1: the member is removed.
  package var expireBehavior: Int?
  /// Days.
  package var expireGracePeriod: Int?
  package var user: User?
  package var accountID: String?
  package var syncedAt: Timestamp?
  package var subscriberCount: Int?
  package var isRevoked: Bool?
  package var application: PartialApplication?
  /// What the bot was granted.
  package var scopes: [OAuth2Scope]
  package var guildID: GuildID?
}

private enum IntegrationField: Int, JSONFieldName {
  case id, name, type, isEnabled, isSyncing, roleID, enablesEmoticons, expireBehavior, expireGracePeriod,
    user, accountID, syncedAt, subscriberCount, isRevoked, application, scopes, guildID
  static let keys = JSONKeys<IntegrationField>(
    "id", "name", "type", "enabled", "syncing", "role_id", "enable_emoticons", "expire_behavior",
    "expire_grace_period", "user", "account", "synced_at", "subscriber_count", "revoked", "application",
    "scopes", "guild_id")
}

extension Integration: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(IntegrationField.keys)
    id = try fields.value(.id)
    name = fields.optional(.name)
    type = fields.value(.type, default: "")
    isEnabled = fields.value(.isEnabled, default: true)
    isSyncing = fields.optional(.isSyncing)
    roleID = fields.optional(.roleID)
    enablesEmoticons = fields.optional(.enablesEmoticons)
    expireBehavior = fields.optional(.expireBehavior)
    expireGracePeriod = fields.optional(.expireGracePeriod)
    user = fields.optional(.user)
    accountID = fields[.accountID]?.object("id")
    syncedAt = fields.optional(.syncedAt)
    subscriberCount = fields.optional(.subscriberCount)
    isRevoked = fields.optional(.isRevoked)
    application = fields.optional(.application)
    scopes = fields.list(.scopes)
    guildID = fields.optional(.guildID)
  }
}
