// Invites, and what they lead to.

package import DiscordCore
package import EventLoop
package import JSON

/// What an invite leads to.
package struct InviteType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let guild = InviteType(rawValue: 0)
  package static let groupDM = InviteType(rawValue: 1)
  package static let friend = InviteType(rawValue: 2)
}

/// What of a voice channel an invite is for.
package struct InviteTargetType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let stream = InviteTargetType(rawValue: 1)
  package static let embeddedApplication = InviteTargetType(rawValue: 2)
  package static let roleSubscriptionsPurchase = InviteTargetType(rawValue: 3)
}

/// https://discord.com/developers/docs/resources/invite#invite-object-guild-invite-flags
package struct InviteFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Makes guests, who are gone when they leave the voice channel.
  package static let isGuestInvite = InviteFlags(bit: 0)
}

/// An invite (https://discord.com/developers/docs/resources/invite#invite-object), with the metadata that only managers see.
package struct Invite: Equatable, Sendable {
  package var code: String
  package var type: InviteType
  package var guild: InviteGuild?
  package var guildID: GuildID?
  package var channel: Channel?
  package var inviter: User?
  package var targetType: InviteTargetType?
  package var targetUser: User?
  package var targetApplication: PartialApplication?
  package var approximateMemberCount: Int?
  package var approximatePresenceCount: Int?
  /// Nil for one that never expires.
  package var expiresAt: Timestamp?
  package var flags: InviteFlags
  package var scheduledEvent: GuildScheduledEvent?
  /// What those who join by it are given.
  package var roles: [InviteRole]
  package var uses: Int?
  /// Zero for no limit.
  package var maxUses: Int?
  /// Seconds; zero for ever.
  package var maxAge: Int?
  /// Whether members without a role are gone when they disconnect.
  package var isTemporary: Bool?
  package var createdAt: Timestamp?
}

private enum InviteField: Int, JSONFieldName {
  case code, type, guild, guildID, channel, inviter, targetType, targetUser, targetApplication,
    approximateMemberCount, approximatePresenceCount, expiresAt, flags, scheduledEvent, roles, uses,
    maxUses, maxAge, isTemporary, createdAt
  static let keys = JSONKeys<InviteField>(
    "code", "type", "guild", "guild_id", "channel", "inviter", "target_type", "target_user",
    "target_application", "approximate_member_count", "approximate_presence_count", "expires_at", "flags",
    "guild_scheduled_event", "roles", "uses", "max_uses", "max_age", "temporary", "created_at")
}

extension Invite: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InviteField.keys)
    code = try fields.value(.code)
    type = fields.value(.type, default: .guild)
    guild = fields.optional(.guild)
    guildID = fields.optional(.guildID)
    channel = fields.optional(.channel)
    inviter = fields.optional(.inviter)
    targetType = fields.optional(.targetType)
    targetUser = fields.optional(.targetUser)
    targetApplication = fields.optional(.targetApplication)
    approximateMemberCount = fields.optional(.approximateMemberCount)
    approximatePresenceCount = fields.optional(.approximatePresenceCount)
    expiresAt = fields.optional(.expiresAt)
    flags = fields.value(.flags, default: [])
    scheduledEvent = fields.optional(.scheduledEvent)
    roles = fields.list(.roles)
    uses = fields.optional(.uses)
    maxUses = fields.optional(.maxUses)
    maxAge = fields.optional(.maxAge)
    isTemporary = fields.optional(.isTemporary)
    createdAt = fields.optional(.createdAt)
  }
}

/// As much of a role as an invite shows.
package struct InviteRole: Equatable, Sendable {
  package var id: RoleID
  package var name: String
  package var position: Int
  package var colors: RoleColors
  package var icon: String?
  package var unicodeEmoji: String?
  package var permissions: Permissions?
}

private enum InviteRoleField: Int, JSONFieldName {
  case id, name, position, colors, icon, unicodeEmoji, permissions
  static let keys = JSONKeys<InviteRoleField>(
    "id", "name", "position", "colors", "icon", "unicode_emoji", "permissions")
}

extension InviteRole: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InviteRoleField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    position = fields.value(.position, default: 0)
    colors = fields.optional(.colors) ?? RoleColors(primary: json["color"]?.int ?? 0)
    icon = fields.optional(.icon)
    unicodeEmoji = fields.optional(.unicodeEmoji)
    permissions = fields.optional(.permissions)
  }
}

/// As much of a guild as an invite shows.
package struct InviteGuild: Equatable, Sendable {
  package var id: GuildID
  package var name: String
  package var icon: String?
  package var splash: String?
  package var banner: String?
  package var description: String?
  package var features: Set<GuildFeature>
  package var verificationLevel: VerificationLevel?
  package var vanityURLCode: String?
  package var nsfwLevel: NSFWLevel?
  package var premiumSubscriptionCount: Int
}

private enum InviteGuildField: Int, JSONFieldName {
  case id, name, icon, splash, banner, description, features, verificationLevel, vanityURLCode, nsfwLevel,
    premiumSubscriptionCount
  static let keys = JSONKeys<InviteGuildField>(
    "id", "name", "icon", "splash", "banner", "description", "features", "verification_level",
    "vanity_url_code", "nsfw_level", "premium_subscription_count")
}

extension InviteGuild: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InviteGuildField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    splash = fields.optional(.splash)
    banner = fields.optional(.banner)
    description = fields.optional(.description)
    features = Set(fields.list(.features))
    verificationLevel = fields.optional(.verificationLevel)
    vanityURLCode = fields.optional(.vanityURLCode)
    nsfwLevel = fields.optional(.nsfwLevel)
    premiumSubscriptionCount = fields.value(.premiumSubscriptionCount, default: 0)
  }
}
