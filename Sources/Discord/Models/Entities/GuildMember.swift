// Members of guilds, bans, pages of members.

package import DiscordCore
package import EventLoop
package import JSON

/// https://discord.com/developers/docs/resources/guild#guild-member-object-guild-member-flags
package struct GuildMemberFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let didRejoin = GuildMemberFlags(bit: 0)
  package static let completedOnboarding = GuildMemberFlags(bit: 1)
  /// Need not pass the guild's verification.
  package static let bypassesVerification = GuildMemberFlags(bit: 2)
  package static let startedOnboarding = GuildMemberFlags(bit: 3)
  package static let isGuest = GuildMemberFlags(bit: 4)
  package static let startedHomeActions = GuildMemberFlags(bit: 5)
  package static let completedHomeActions = GuildMemberFlags(bit: 6)
  /// AutoMod does not let the member act because of the name.
  package static let automodQuarantinedUsername = GuildMemberFlags(bit: 7)
  package static let dmSettingsUpsellAcknowledged = GuildMemberFlags(bit: 9)
  package static let automodQuarantinedGuildTag = GuildMemberFlags(bit: 10)
}

/// A member of a guild (https://discord.com/developers/docs/resources/guild#guild-member-object).
///
/// Message events carry members without `user`; the author beside them is the user.
package struct GuildMember: Equatable, Sendable {
  package var user: User?
  package var nick: String?
  /// Hash of the picture for this guild only, and of the banner.
  package var avatar: String?
  package var banner: String?
  /// Without @everyone.
  package var roles: [RoleID]
  /// Nil for guests.
  package var joinedAt: Timestamp?
  /// Since when the member boosts the guild.
  package var premiumSince: Timestamp?
  package var isDeafened: Bool
  package var isMuted: Bool
  package var flags: GuildMemberFlags
  /// Whether the member has yet to pass the guild's screening.
  package var isPending: Bool
  /// In the interaction's channel, overwrites included; only in interactions.
  package var permissions: Permissions?
  /// End of the member's timeout; may lie in the past.
  package var communicationDisabledUntil: Timestamp?
  package var avatarDecoration: AvatarDecoration?

  /// The name to show in the guild; nil where the member came without its user and has no nick.
  package var displayName: String? { nick ?? user?.displayName }

  package func isTimedOut(at now: Timestamp) -> Bool {
    communicationDisabledUntil.map { $0 > now } ?? false
  }
}

private enum GuildMemberField: Int, JSONFieldName {
  case user, nick, avatar, banner, roles, joinedAt, premiumSince, isDeafened, isMuted, flags, isPending,
    permissions, communicationDisabledUntil, avatarDecoration
  static let keys = JSONKeys<GuildMemberField>(
    "user", "nick", "avatar", "banner", "roles", "joined_at", "premium_since", "deaf", "mute", "flags",
    "pending", "permissions", "communication_disabled_until", "avatar_decoration_data")
}

extension GuildMember: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildMemberField.keys)
    user = fields.optional(.user)
    nick = fields.optional(.nick)
    avatar = fields.optional(.avatar)
    banner = fields.optional(.banner)
    roles = fields.list(.roles)
    joinedAt = fields.optional(.joinedAt)
    premiumSince = fields.optional(.premiumSince)
    isDeafened = fields.value(.isDeafened, default: false)
    isMuted = fields.value(.isMuted, default: false)
    flags = fields.value(.flags, default: [])
    isPending = fields.value(.isPending, default: false)
    permissions = fields.optional(.permissions)
    communicationDisabledUntil = fields.optional(.communicationDisabledUntil)
    avatarDecoration = fields.optional(.avatarDecoration)
  }
}

/// https://discord.com/developers/docs/resources/guild#ban-object
package struct Ban: Equatable, Sendable {
  package var user: User
  package var reason: String?
}

private enum BanField: Int, JSONFieldName {
  case user, reason
  static let keys = JSONKeys<BanField>(
    "user", "reason")
}

extension Ban: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(BanField.keys)
    user = try fields.value(.user)
    reason = fields.optional(.reason)
  }
}
