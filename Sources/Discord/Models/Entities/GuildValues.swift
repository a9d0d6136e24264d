// Enumerations, features and flags of guilds.

/// What Discord asks of members before they may speak
/// (https://discord.com/developers/docs/resources/guild#guild-object-verification-level).
package struct VerificationLevel: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let none = VerificationLevel(rawValue: 0)
  /// A verified mail address; registered for five minutes; member for ten minutes; a verified telephone number.
  package static let low = VerificationLevel(rawValue: 1)
  package static let medium = VerificationLevel(rawValue: 2)
  package static let high = VerificationLevel(rawValue: 3)
  package static let veryHigh = VerificationLevel(rawValue: 4)
}

/// What members are notified of unless they choose otherwise.
package struct DefaultNotifications: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let allMessages = DefaultNotifications(rawValue: 0)
  package static let onlyMentions = DefaultNotifications(rawValue: 1)
}

/// Whose pictures Discord scans.
package struct ExplicitContentFilter: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let disabled = ExplicitContentFilter(rawValue: 0)
  package static let membersWithoutRoles = ExplicitContentFilter(rawValue: 1)
  package static let allMembers = ExplicitContentFilter(rawValue: 2)
}

/// Whether moderating needs two-factor authentication.
package struct MFALevel: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let none = MFALevel(rawValue: 0)
  package static let elevated = MFALevel(rawValue: 1)
}

/// The level that boosts have brought a guild to.
package struct PremiumTier: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let none = PremiumTier(rawValue: 0)
  package static let tier1 = PremiumTier(rawValue: 1)
  package static let tier2 = PremiumTier(rawValue: 2)
  package static let tier3 = PremiumTier(rawValue: 3)
}

/// https://discord.com/developers/docs/resources/guild#guild-object-guild-nsfw-level
package struct NSFWLevel: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let `default` = NSFWLevel(rawValue: 0)
  package static let explicit = NSFWLevel(rawValue: 1)
  package static let safe = NSFWLevel(rawValue: 2)
  package static let ageRestricted = NSFWLevel(rawValue: 3)
}

/// What the system channel is spared (https://discord.com/developers/docs/resources/guild#guild-object-system-channel-flags).
package struct SystemChannelFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let suppressJoinNotifications = SystemChannelFlags(bit: 0)
  package static let suppressPremiumSubscriptions = SystemChannelFlags(bit: 1)
  package static let suppressGuildReminderNotifications = SystemChannelFlags(bit: 2)
  package static let suppressJoinNotificationReplies = SystemChannelFlags(bit: 3)
  package static let suppressRoleSubscriptionPurchaseNotifications = SystemChannelFlags(bit: 4)
  package static let suppressRoleSubscriptionPurchaseNotificationReplies = SystemChannelFlags(bit: 5)
}

/// https://discord.com/developers/docs/resources/guild#guild-object-guild-features
package struct GuildFeature: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let animatedBanner: GuildFeature = "ANIMATED_BANNER"
  package static let animatedIcon: GuildFeature = "ANIMATED_ICON"
  package static let applicationCommandPermissionsV2: GuildFeature = "APPLICATION_COMMAND_PERMISSIONS_V2"
  package static let autoModeration: GuildFeature = "AUTO_MODERATION"
  package static let banner: GuildFeature = "BANNER"
  package static let community: GuildFeature = "COMMUNITY"
  package static let creatorMonetizableProvisional: GuildFeature = "CREATOR_MONETIZABLE_PROVISIONAL"
  package static let creatorStorePage: GuildFeature = "CREATOR_STORE_PAGE"
  package static let developerSupportServer: GuildFeature = "DEVELOPER_SUPPORT_SERVER"
  package static let discoverable: GuildFeature = "DISCOVERABLE"
  package static let enhancedRoleColors: GuildFeature = "ENHANCED_ROLE_COLORS"
  package static let featurable: GuildFeature = "FEATURABLE"
  package static let guestsEnabled: GuildFeature = "GUESTS_ENABLED"
  package static let guildTags: GuildFeature = "GUILD_TAGS"
  package static let invitesDisabled: GuildFeature = "INVITES_DISABLED"
  package static let inviteSplash: GuildFeature = "INVITE_SPLASH"
  package static let memberVerificationGateEnabled: GuildFeature = "MEMBER_VERIFICATION_GATE_ENABLED"
  package static let moreSoundboard: GuildFeature = "MORE_SOUNDBOARD"
  package static let moreStickers: GuildFeature = "MORE_STICKERS"
  package static let news: GuildFeature = "NEWS"
  package static let partnered: GuildFeature = "PARTNERED"
  package static let previewEnabled: GuildFeature = "PREVIEW_ENABLED"
  package static let raidAlertsDisabled: GuildFeature = "RAID_ALERTS_DISABLED"
  package static let roleIcons: GuildFeature = "ROLE_ICONS"
  package static let roleSubscriptionsAvailableForPurchase: GuildFeature =
    "ROLE_SUBSCRIPTIONS_AVAILABLE_FOR_PURCHASE"
  /// Roles can be bought, or are prepared to be.
  package static let roleSubscriptionsEnabled: GuildFeature = "ROLE_SUBSCRIPTIONS_ENABLED"
  package static let soundboard: GuildFeature = "SOUNDBOARD"
  package static let ticketedEventsEnabled: GuildFeature = "TICKETED_EVENTS_ENABLED"
  package static let vanityURL: GuildFeature = "VANITY_URL"
  package static let verified: GuildFeature = "VERIFIED"
  package static let vipRegions: GuildFeature = "VIP_REGIONS"
  package static let welcomeScreenEnabled: GuildFeature = "WELCOME_SCREEN_ENABLED"
  /// Pruning takes an administrator.
  package static let pruneRequiresAdmin: GuildFeature = "PRUNE_REQUIRES_ADMIN"
}
