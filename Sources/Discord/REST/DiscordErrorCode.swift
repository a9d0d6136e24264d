// The codes in Discord's error answers, by name, with what they mean for the caller.

/// The `code` of an error answer
/// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes). Those without a name
/// here are carried.
package struct DiscordErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }
  private init(_ rawValue: Int) { self.rawValue = rawValue }

  /// The codes we name errors by or decide by, in the order of Discord's table.
  package static let general = Self(0)
  package static let unknownAccount = Self(10001)
  package static let unknownApplication = Self(10002)
  package static let unknownChannel = Self(10003)
  package static let unknownGuild = Self(10004)
  package static let unknownIntegration = Self(10005)
  package static let unknownInvite = Self(10006)
  package static let unknownMember = Self(10007)
  package static let unknownMessage = Self(10008)
  package static let unknownOverwrite = Self(10009)
  package static let unknownRole = Self(10011)
  package static let unknownUser = Self(10013)
  package static let unknownEmoji = Self(10014)
  package static let unknownWebhook = Self(10015)
  package static let unknownBan = Self(10026)
  package static let unknownTemplate = Self(10057)
  package static let unknownSticker = Self(10060)
  package static let unknownInteraction = Self(10062)
  package static let unknownCommand = Self(10063)
  package static let unknownStageInstance = Self(10067)
  package static let unknownScheduledEvent = Self(10070)
  package static let unknownTag = Self(10087)
  package static let onlyUsers = Self(20001)
  package static let onlyBots = Self(20002)
  package static let explicitContent = Self(20009)
  package static let notOwner = Self(20018)
  /// The channel is being slowed down for announcements.
  package static let announcementRateLimit = Self(20022)
  /// The channel's slow mode has not passed.
  package static let slowmode = Self(20016)
  /// Too many changes of this channel, such as its name, in a short time.
  package static let channelWriteLimit = Self(20028)
  package static let guildWriteLimit = Self(20029)
  package static let disallowedWords = Self(20031)
  package static let tooManyGuilds = Self(30001)
  package static let tooManyPins = Self(30003)
  package static let tooManyRoles = Self(30005)
  package static let tooManyWebhooks = Self(30007)
  package static let tooManyEmojis = Self(30008)
  package static let tooManyReactions = Self(30010)
  package static let tooManyChannels = Self(30013)
  package static let tooManyAttachments = Self(30015)
  package static let tooManyInvites = Self(30016)
  package static let tooManyBans = Self(30035)
  package static let tooManyStickers = Self(30039)
  /// Messages older than an hour were edited too often.
  package static let oldMessageEdits = Self(30046)
  package static let tooManyPinnedThreads = Self(30047)
  package static let tooManyTags = Self(30048)
  package static let unauthorized = Self(40001)
  package static let verifyAccount = Self(40002)
  package static let directMessagesTooFast = Self(40003)
  package static let requestTooLarge = Self(40005)
  package static let temporarilyDisabled = Self(40006)
  package static let bannedFromGuild = Self(40007)
  package static let notConnectedToVoice = Self(40032)
  package static let alreadyCrossposted = Self(40033)
  package static let alreadyAcknowledged = Self(40060)
  package static let tagRequired = Self(40067)
  /// Cloudflare does not accept our `User-Agent`.
  package static let cloudflareBlocked = Self(40333)
  package static let missingAccess = Self(50001)
  package static let invalidAccountType = Self(50002)
  package static let notForDirectMessages = Self(50003)
  package static let widgetDisabled = Self(50004)
  package static let notAuthor = Self(50005)
  package static let emptyMessage = Self(50006)
  package static let cannotMessageUser = Self(50007)
  package static let cannotSendInChannel = Self(50008)
  package static let verificationTooHigh = Self(50009)
  package static let missingPermissions = Self(50013)
  package static let invalidToken = Self(50014)
  package static let bulkDeleteCount = Self(50016)
  package static let wrongPinChannel = Self(50019)
  package static let invalidInvite = Self(50020)
  package static let systemMessage = Self(50021)
  package static let wrongChannelType = Self(50024)
  package static let invalidOAuthToken = Self(50025)
  package static let missingScope = Self(50026)
  package static let invalidWebhookToken = Self(50027)
  package static let invalidRole = Self(50028)
  package static let bulkDeleteTooOld = Self(50034)
  package static let invalidFormBody = Self(50035)
  package static let botNotInGuild = Self(50036)
  package static let fileTooLarge = Self(50045)
  package static let invalidFile = Self(50046)
  package static let twoFactorRequired = Self(60003)
  package static let threadArchived = Self(50083)
  package static let requiredForCommunity = Self(50074)
  package static let invalidJSON = Self(50109)
  package static let indexNotReady = Self(110000)
  package static let reactionBlocked = Self(90001)
  package static let resourceOverloaded = Self(130000)
  package static let threadExists = Self(160004)
  package static let threadLocked = Self(160005)
  package static let tooManyThreads = Self(160006)
  /// A message that the bot may not read cannot be forwarded.
  package static let cannotForwardUnread = Self(160014)
  package static let messageBlockedByAutoModeration = Self(200000)
  package static let titleBlockedByAutoModeration = Self(200001)
  package static let messageBlockedByHarmfulLinks = Self(240000)
  /// Of many users that were to be banned together, not one could be.
  package static let noneBanned = Self(500_000)
  package static let cannotMessageUserNow = Self(50278)

  package var description: String { String(rawValue) }
}

extension DiscordErrorCode {
  /// What the code means, in our words; nil for those whose number says as much.
  var meaning: String? {
    switch self {
    case .unknownChannel: "the channel does not exist, or the bot cannot see it"
    case .unknownGuild: "the server does not exist, or the bot is not in it"
    case .unknownMember: "the user is not a member of the server"
    case .unknownMessage: "the message does not exist any more"
    case .unknownRole: "the role does not exist any more"
    case .unknownUser: "the user does not exist"
    case .unknownEmoji: "the emoji does not exist, or the bot cannot use it"
    case .unknownWebhook: "the webhook does not exist any more"
    case .unknownBan: "the user is not banned"
    case .unknownInvite: "the invite does not exist any more"
    case .unknownInteraction:
      "the interaction has run out: it was answered later than three seconds after it came"
    case .unknownCommand: "the command does not exist any more"
    case .slowmode: "the channel's slow mode has not passed"
    case .channelWriteLimit: "the channel was changed or written to too often"
    case .guildWriteLimit: "the server was changed or written to too often"
    case .tooManyPins: "the channel has as many pins as Discord allows"
    case .tooManyRoles: "the server has as many roles as Discord allows"
    case .tooManyWebhooks: "the channel has as many webhooks as Discord allows"
    case .tooManyReactions: "the message has as many reactions as Discord allows"
    case .tooManyChannels: "the server has as many channels as Discord allows"
    case .tooManyEmojis: "the server has as many emoji as it may"
    case .tooManyInvites: "the server has as many invites as Discord allows"
    case .oldMessageEdits: "messages older than an hour were edited too often"
    case .requestTooLarge, .fileTooLarge: "a file is larger than Discord takes here"
    case .temporarilyDisabled: "Discord has switched this off for the moment"
    case .notConnectedToVoice: "the member is in no voice channel"
    case .alreadyCrossposted: "the message was published already"
    case .alreadyAcknowledged: "the interaction was answered already"
    case .cloudflareBlocked: "Cloudflare does not accept this client"
    case .missingAccess: "the bot has no access to it"
    case .notAuthor: "the message was written by somebody else"
    case .emptyMessage: "the message would be empty"
    case .cannotMessageUser, .cannotMessageUserNow: "the user does not take direct messages from the bot"
    case .cannotSendInChannel: "the channel is not one for messages"
    case .missingPermissions: "the bot lacks a permission for it, or its highest role is not high enough"
    case .wrongChannelType: "the channel is of another type"
    case .invalidWebhookToken: "the webhook's token is not valid any more"
    case .bulkDeleteCount: "two to a hundred messages can be deleted together"
    case .bulkDeleteTooOld: "messages older than two weeks cannot be deleted together"
    case .invalidFormBody: "Discord found mistakes in the fields"
    case .twoFactorRequired: "the server asks for two-factor authentication, and the bot's owner has none"
    case .threadArchived: "the thread is archived"
    case .threadLocked: "the thread is locked"
    case .threadExists: "the message has a thread already"
    case .tooManyThreads: "the server has as many active threads as Discord allows"
    case .requiredForCommunity: "the channel is needed by the Community feature"
    case .indexNotReady: "Discord is still preparing its search index"
    case .reactionBlocked: "the author has blocked the bot"
    case .resourceOverloaded: "Discord is overloaded with this at the moment"
    case .cannotForwardUnread: "a message the bot may not read cannot be forwarded"
    case .messageBlockedByAutoModeration, .titleBlockedByAutoModeration:
      "the server's AutoMod rules block it"
    case .messageBlockedByHarmfulLinks: "Discord's link filter blocks it"
    default: nil
    }
  }
}
