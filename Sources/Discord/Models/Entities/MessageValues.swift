// Enumerations and flags of messages.

/// What a message is (https://discord.com/developers/docs/resources/message#message-object-message-types).
package struct MessageType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let `default` = MessageType(rawValue: 0)
  package static let recipientAdd = MessageType(rawValue: 1)
  package static let recipientRemove = MessageType(rawValue: 2)
  package static let call = MessageType(rawValue: 3)
  package static let channelNameChange = MessageType(rawValue: 4)
  package static let channelIconChange = MessageType(rawValue: 5)
  package static let channelPinnedMessage = MessageType(rawValue: 6)
  package static let userJoin = MessageType(rawValue: 7)
  package static let guildBoost = MessageType(rawValue: 8)
  package static let guildBoostTier1 = MessageType(rawValue: 9)
  package static let guildBoostTier2 = MessageType(rawValue: 10)
  package static let guildBoostTier3 = MessageType(rawValue: 11)
  package static let channelFollowAdd = MessageType(rawValue: 12)
  package static let guildDiscoveryDisqualified = MessageType(rawValue: 14)
  package static let guildDiscoveryRequalified = MessageType(rawValue: 15)
  package static let guildDiscoveryGracePeriodInitialWarning = MessageType(rawValue: 16)
  package static let guildDiscoveryGracePeriodFinalWarning = MessageType(rawValue: 17)
  package static let threadCreated = MessageType(rawValue: 18)
  package static let reply = MessageType(rawValue: 19)
  package static let chatInputCommand = MessageType(rawValue: 20)
  package static let threadStarterMessage = MessageType(rawValue: 21)
  package static let guildInviteReminder = MessageType(rawValue: 22)
  package static let contextMenuCommand = MessageType(rawValue: 23)
  package static let autoModerationAction = MessageType(rawValue: 24)
  package static let roleSubscriptionPurchase = MessageType(rawValue: 25)
  package static let interactionPremiumUpsell = MessageType(rawValue: 26)
  package static let stageStart = MessageType(rawValue: 27)
  package static let stageEnd = MessageType(rawValue: 28)
  package static let stageSpeaker = MessageType(rawValue: 29)
  package static let stageTopic = MessageType(rawValue: 31)
  package static let guildApplicationPremiumSubscription = MessageType(rawValue: 32)
  package static let guildIncidentAlertModeEnabled = MessageType(rawValue: 36)
  package static let guildIncidentAlertModeDisabled = MessageType(rawValue: 37)
  package static let guildIncidentReportRaid = MessageType(rawValue: 38)
  package static let guildIncidentReportFalseAlarm = MessageType(rawValue: 39)
  package static let purchaseNotification = MessageType(rawValue: 44)
  package static let pollResult = MessageType(rawValue: 46)

  /// Whether a person or a bot wrote it, rather than Discord.
  package var isWritten: Bool {
    self == .default || self == .reply || self == .chatInputCommand || self == .contextMenuCommand
  }
}

/// https://discord.com/developers/docs/resources/message#message-object-message-flags
package struct MessageFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let crossposted = MessageFlags(bit: 0)
  package static let isCrosspost = MessageFlags(bit: 1)
  package static let suppressEmbeds = MessageFlags(bit: 2)
  package static let sourceMessageDeleted = MessageFlags(bit: 3)
  package static let urgent = MessageFlags(bit: 4)
  package static let hasThread = MessageFlags(bit: 5)
  /// Only the person who invoked the interaction sees it.
  package static let ephemeral = MessageFlags(bit: 6)
  /// A deferred answer to an interaction.
  package static let loading = MessageFlags(bit: 7)
  package static let failedToMentionSomeRolesInThread = MessageFlags(bit: 8)
  package static let suppressNotifications = MessageFlags(bit: 12)
  package static let isVoiceMessage = MessageFlags(bit: 13)
  package static let hasSnapshot = MessageFlags(bit: 14)
  /// All is said in components; set once, it stays.
  package static let isComponentsV2 = MessageFlags(bit: 15)
}
