// Permission bits, by Discord's names.

package import JSON

/// A set of permissions (https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags).
///
/// On the wire a string of decimal digits. Bits that are not named here are kept.
package struct Permissions: OptionSet, Hashable, Sendable {
  @usableFromInline package let rawValue: UInt64

  @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The set that decimal digits spell; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let rawValue = UInt64(text) else { return nil }
    self.rawValue = rawValue
  }

  private init(bit: UInt64) { rawValue = 1 << bit }

  /// The permissions by Discord's names; the bit is the number given.
  package static let createInstantInvite = Permissions(bit: 0)
  package static let kickMembers = Permissions(bit: 1)
  package static let banMembers = Permissions(bit: 2)
  package static let administrator = Permissions(bit: 3)
  package static let manageChannels = Permissions(bit: 4)
  package static let manageGuild = Permissions(bit: 5)
  package static let addReactions = Permissions(bit: 6)
  package static let viewAuditLog = Permissions(bit: 7)
  package static let prioritySpeaker = Permissions(bit: 8)
  package static let stream = Permissions(bit: 9)
  package static let viewChannel = Permissions(bit: 10)
  package static let sendMessages = Permissions(bit: 11)
  package static let sendTTSMessages = Permissions(bit: 12)
  package static let manageMessages = Permissions(bit: 13)
  package static let embedLinks = Permissions(bit: 14)
  package static let attachFiles = Permissions(bit: 15)
  package static let readMessageHistory = Permissions(bit: 16)
  package static let mentionEveryone = Permissions(bit: 17)
  package static let useExternalEmojis = Permissions(bit: 18)
  package static let viewGuildInsights = Permissions(bit: 19)
  package static let connect = Permissions(bit: 20)
  package static let speak = Permissions(bit: 21)
  package static let muteMembers = Permissions(bit: 22)
  package static let deafenMembers = Permissions(bit: 23)
  package static let moveMembers = Permissions(bit: 24)
  package static let useVAD = Permissions(bit: 25)
  package static let changeNickname = Permissions(bit: 26)
  package static let manageNicknames = Permissions(bit: 27)
  package static let manageRoles = Permissions(bit: 28)
  package static let manageWebhooks = Permissions(bit: 29)
  package static let manageGuildExpressions = Permissions(bit: 30)
  package static let useApplicationCommands = Permissions(bit: 31)
  package static let requestToSpeak = Permissions(bit: 32)
  package static let manageEvents = Permissions(bit: 33)
  package static let manageThreads = Permissions(bit: 34)
  package static let createPublicThreads = Permissions(bit: 35)
  package static let createPrivateThreads = Permissions(bit: 36)
  package static let useExternalStickers = Permissions(bit: 37)
  package static let sendMessagesInThreads = Permissions(bit: 38)
  package static let useEmbeddedActivities = Permissions(bit: 39)
  package static let moderateMembers = Permissions(bit: 40)
  package static let viewCreatorMonetizationAnalytics = Permissions(bit: 41)
  package static let useSoundboard = Permissions(bit: 42)
  package static let createGuildExpressions = Permissions(bit: 43)
  package static let createEvents = Permissions(bit: 44)
  package static let useExternalSounds = Permissions(bit: 45)
  package static let sendVoiceMessages = Permissions(bit: 46)
  package static let setVoiceChannelStatus = Permissions(bit: 48)
  package static let sendPolls = Permissions(bit: 49)
  package static let useExternalApps = Permissions(bit: 50)
  package static let pinMessages = Permissions(bit: 51)
  package static let bypassSlowmode = Permissions(bit: 52)

  /// Every named permission with its name on the wire of audit logs and documents, in the order of the bits.
  package static let named: [(permission: Permissions, name: String)] = [
    (.createInstantInvite, "CREATE_INSTANT_INVITE"), (.kickMembers, "KICK_MEMBERS"),
    (.banMembers, "BAN_MEMBERS"), (.administrator, "ADMINISTRATOR"), (.manageChannels, "MANAGE_CHANNELS"),
    (.manageGuild, "MANAGE_GUILD"), (.addReactions, "ADD_REACTIONS"), (.viewAuditLog, "VIEW_AUDIT_LOG"),
    (.prioritySpeaker, "PRIORITY_SPEAKER"), (.stream, "STREAM"), (.viewChannel, "VIEW_CHANNEL"),
    (.sendMessages, "SEND_MESSAGES"), (.sendTTSMessages, "SEND_TTS_MESSAGES"),
    (.manageMessages, "MANAGE_MESSAGES"), (.embedLinks, "EMBED_LINKS"), (.attachFiles, "ATTACH_FILES"),
    (.readMessageHistory, "READ_MESSAGE_HISTORY"), (.mentionEveryone, "MENTION_EVERYONE"),
    (.useExternalEmojis, "USE_EXTERNAL_EMOJIS"), (.viewGuildInsights, "VIEW_GUILD_INSIGHTS"),
    (.connect, "CONNECT"), (.speak, "SPEAK"), (.muteMembers, "MUTE_MEMBERS"),
    (.deafenMembers, "DEAFEN_MEMBERS"), (.moveMembers, "MOVE_MEMBERS"), (.useVAD, "USE_VAD"),
    (.changeNickname, "CHANGE_NICKNAME"), (.manageNicknames, "MANAGE_NICKNAMES"),
    (.manageRoles, "MANAGE_ROLES"), (.manageWebhooks, "MANAGE_WEBHOOKS"),
    (.manageGuildExpressions, "MANAGE_GUILD_EXPRESSIONS"),
    (.useApplicationCommands, "USE_APPLICATION_COMMANDS"), (.requestToSpeak, "REQUEST_TO_SPEAK"),
    (.manageEvents, "MANAGE_EVENTS"), (.manageThreads, "MANAGE_THREADS"),
    (.createPublicThreads, "CREATE_PUBLIC_THREADS"), (.createPrivateThreads, "CREATE_PRIVATE_THREADS"),
    (.useExternalStickers, "USE_EXTERNAL_STICKERS"), (.sendMessagesInThreads, "SEND_MESSAGES_IN_THREADS"),
    (.useEmbeddedActivities, "USE_EMBEDDED_ACTIVITIES"), (.moderateMembers, "MODERATE_MEMBERS"),
    (.viewCreatorMonetizationAnalytics, "VIEW_CREATOR_MONETIZATION_ANALYTICS"),
    (.useSoundboard, "USE_SOUNDBOARD"), (.createGuildExpressions, "CREATE_GUILD_EXPRESSIONS"),
    (.createEvents, "CREATE_EVENTS"), (.useExternalSounds, "USE_EXTERNAL_SOUNDS"),
    (.sendVoiceMessages, "SEND_VOICE_MESSAGES"), (.setVoiceChannelStatus, "SET_VOICE_CHANNEL_STATUS"),
    (.sendPolls, "SEND_POLLS"), (.useExternalApps, "USE_EXTERNAL_APPS"), (.pinMessages, "PIN_MESSAGES"),
    (.bypassSlowmode, "BYPASS_SLOWMODE"),
  ]

  /// Every permission that has a name.
  package static let all = named.reduce(into: Permissions()) { $0.insert($1.permission) }

  /// What a guild with mandatory two-factor authentication asks it for
  /// (https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags).
  package static let elevated: Permissions = [
    .kickMembers, .banMembers, .administrator, .manageChannels, .manageGuild, .manageMessages, .manageRoles,
    .manageWebhooks, .manageGuildExpressions, .manageThreads, .viewCreatorMonetizationAnalytics,
  ]

  /// The names of the permissions in the set, in the order of the bits; bits without a name are left out.
  package var names: [String] { Self.named.filter { contains($0.permission) }.map(\.name) }
}

extension Permissions: CustomStringConvertible {
  /// The decimal digits that stand on the wire.
  package var description: String { String(rawValue) }
}

extension Permissions: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let set = Self(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a permission set")
    }
    self = set
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension JSONView {
  /// The permission set that stands here, as digits in a string or a number; nil for anything else.
  package var permissions: Permissions? { snowflake.map { Permissions(rawValue: $0) } }
}
