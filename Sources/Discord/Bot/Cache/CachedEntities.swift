// What the cache answers with: values, each as old as the event that brought it.

package import DiscordCore
package import DiscordModels
package import EventLoop

/// A guild, without its lists: those are asked for by themselves.
package struct CachedGuild: Sendable, Hashable {
  package let id: GuildID
  package let name: String
  /// Hash of the icon, for its address at the CDN.
  package let icon: String?
  package let owner: UserID
  /// Such as `COMMUNITY`, in Discord's order.
  package let features: [String]
  /// As of the last `GUILD_CREATE`, counted on from there if the bot is told of joins.
  package let memberCount: Int
  /// Discord's `premium_tier`.
  package let premiumTier: Int
  /// Discord's `verification_level`.
  package let verificationLevel: Int
  /// Discord's `mfa_level`: 1 if moderators need a second factor.
  package let mfaLevel: Int
  /// Discord's `system_channel_flags`.
  package let systemChannelFlags: UInt64
  /// Such as `en-US`.
  package let preferredLocale: String
  package let systemChannel: ChannelID?
  package let afkChannel: ChannelID?
  /// False during an outage at Discord's: what is known is from before.
  package let isAvailable: Bool
}

/// A role.
package struct CachedRole: Sendable, Hashable {
  package let id: RoleID
  package var name: String
  package var permissions: Permissions
  package var position: Int32
  /// 0xRRGGBB; 0 for none.
  package var color: UInt32
  package var isHoisted: Bool
  /// Belongs to a bot, an integration or the boosters: nobody can give or take it.
  package var isManaged: Bool
  package var isMentionable: Bool

  /// Where it stands among the guild's roles.
  package var rank: RoleRank { RoleRank(position: Int(position), role: id) }
}

/// A channel that is no thread.
package struct CachedChannel: Sendable, Hashable {
  package let id: ChannelID
  package var name: String
  /// The category; nil for none.
  package var parent: ChannelID?
  package var overwrites: [PermissionOverwrite]
  package var position: Int32
  /// Seconds between two messages of a person.
  package var rateLimitPerUser: Int32
  /// Of voice channels; 0 for no limit.
  package var userLimit: Int32
  var typeNumber: UInt8
  package var isNSFW: Bool

  /// What kind of channel it is; unknown kinds are carried.
  package var type: ChannelType { ChannelType(rawValue: Int(typeNumber)) }
  /// Which rules of permissions hold in it.
  package var scene: PermissionScene { type.isVocal ? .voice : .text }
}

/// A thread that is not archived.
package struct CachedThread: Sendable, Hashable {
  package let id: ChannelID
  package var name: String
  package var parent: ChannelID
  package var owner: UserID?
  package var rateLimitPerUser: Int32
  var typeNumber: UInt8
  package var isLocked: Bool
  /// Of private threads: whether members may add others.
  package var isInvitable: Bool

  /// What kind of channel it is; unknown kinds are carried.
  package var type: ChannelType { ChannelType(rawValue: Int(typeNumber)) }
}

/// An emoji of a guild.
package struct CachedEmoji: Sendable, Hashable {
  package let id: EmojiID
  package var name: String
  package var isAnimated: Bool
  /// False while the guild has too few boosts for it.
  package var isAvailable: Bool
  package var isManaged: Bool
}

/// Where somebody is in voice.
package struct CachedVoiceState: Sendable, Hashable {
  package let user: UserID
  package var channel: ChannelID
  /// The bot's own only: others' are nobody's business.
  package var sessionID: String?
  /// When the person asked to speak on a stage.
  package var requestedToSpeakAt: Timestamp?
  package var flags: Flags

  /// The booleans of Discord's voice state.
  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// By the guild, by the person, or by a stage.
    package static let deaf = Flags(rawValue: 1)
    package static let mute = Flags(rawValue: 2)
    package static let selfDeaf = Flags(rawValue: 4)
    package static let selfMute = Flags(rawValue: 8)
    package static let selfStream = Flags(rawValue: 16)
    package static let selfVideo = Flags(rawValue: 32)
    package static let suppress = Flags(rawValue: 64)
  }
}

/// A member as last seen. Without the intent `GUILD_MEMBERS` changes in between are not known of.
package struct CachedMember: Sendable, Hashable {
  package let user: UserID
  /// Besides @everyone.
  package let roles: [RoleID]
  /// Names are nil if the cache does not keep them.
  package let userName: String?
  package let globalName: String?
  package let nick: String?
  /// Hash of the person's avatar.
  package let avatar: String?
  /// Hash of the avatar in this guild.
  package let guildAvatar: String?
  /// Nil if it was not said.
  package let joinedAt: Timestamp?
  /// Until when the member can only read; nil, or in the past, for not at all.
  package let timedOutUntil: Timestamp?
  package let isBot: Bool
  /// Has not accepted the guild's rules yet.
  package let isPending: Bool
  package let isBoosting: Bool

  /// What people see: nickname, else global name, else user name.
  package var displayName: String? { nick ?? globalName ?? userName }
}

/// What the cache knows of a member. There is no third answer: a member that is not kept is not "no member".
package enum MemberLookup: Sendable, Hashable {
  case known(CachedMember)
  /// Not seen, or forgotten: ask Discord.
  case unknown

  /// The member, if it is known.
  package var member: CachedMember? { if case .known(let member) = self { member } else { nil } }
}
