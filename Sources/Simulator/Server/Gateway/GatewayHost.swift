// What the gateway asks of the world behind it.

internal import DiscordCore
internal import EventLoop
internal import JSON

/// Who a session belongs to: a bot of an application, or a person.
struct GatewayPrincipal: Sendable, Hashable {
  var user: UserID
  /// Nil for a person.
  var application: ApplicationID?
  /// Of the application: they say which privileged intents it may have.
  var applicationFlags: UInt64 = 0

  var isBot: Bool { application != nil }
}

/// Whom an event is for.
enum GatewayAudience: Sendable, Hashable {
  /// The members of a guild; with a channel, those who may view it.
  case guild(GuildID, channel: ChannelID?)
  /// One user, in private or about a guild.
  case user(UserID)
  /// The bot of an application, on one shard: that of the guild, or shard 0.
  case application(ApplicationID, guild: GuildID?)
}

/// The world, as the gateway sees it. Everything is asked on the loop.
protocol GatewayHost: AnyObject {
  /// Simulated time, for limits that people read as dates.
  var gatewayNow: Timestamp { get }
  /// Who a token is; nil when it is nobody's.
  func principal(ofToken token: String) -> GatewayPrincipal?
  /// The guilds that a user is in.
  func guilds(of user: UserID) -> [GuildID]
  func isMember(_ user: UserID, of guild: GuildID) -> Bool
  func mayView(_ user: UserID, channel: ChannelID) -> Bool
  /// The user object of READY.
  func readyUser(_ user: UserID) -> JSONValue
  /// The open private channels of a person; empty for bots.
  func privateChannels(of user: UserID) -> [JSONValue]
  /// `d` of GUILD_CREATE for one session.
  ///
  /// - Parameter largeThreshold: above so many members, only those who are online are listed.
  func guildCreate(_ guild: GuildID, for user: UserID, largeThreshold: Int, presences: Bool) -> JSONValue?
  /// The members that a request asks for, as they are in GUILD_MEMBERS_CHUNK.
  func members(_ request: GatewayMemberRequest, for principal: GatewayPrincipal, hasIntent: Bool)
    -> GatewayMembers
  /// The soundboard sounds of a guild; nil when it is not the user's.
  func soundboard(of guild: GuildID, for user: UserID) -> [JSONValue]?
  /// `d` of CHANNEL_INFO: status and start time of voice channels.
  func channelInfo(of guild: GuildID, fields: [String], for user: UserID) -> JSONValue?
  /// A session says how its user is; nil data is a session that ended.
  func presence(of user: UserID, changedTo data: JSONValue?)
  func voiceState(of user: UserID, in guild: GuildID, session: String, changedTo data: JSONValue)
  /// The application has used up its session starts: Discord makes its token void.
  func resetToken(of application: ApplicationID)
}

/// What was found for op 8.
struct GatewayMembers: Sendable {
  var members: [JSONValue] = []
  /// In the order of `members`; empty when none were asked for.
  var presences: [JSONValue] = []
  var notFound: [UserID] = []
}
