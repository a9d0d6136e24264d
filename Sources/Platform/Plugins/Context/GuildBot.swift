// The bot in one guild: what it sees there and what it does there.

package import DiscordBot
package import DiscordCore
package import DiscordLimits
package import DiscordModels
package import DiscordREST
package import EventLoop
import Synchronization

/// A bot held to one guild. Lookups answer from the bot's cache, which the gateway keeps current; what is not kept is
/// asked for. Calls that reach for another guild are refused before they are sent.
package struct GuildBot: Sendable {
  package let guild: GuildID
  let bot: Bot
  private let channels: KnownChannels

  /// `channels` is shared by all calls in the guild, so that a channel is asked for once.
  package init(_ bot: Bot, in guild: GuildID, channels: KnownChannels = KnownChannels()) {
    (self.bot, self.guild, self.channels) = (bot, guild, channels)
  }

  /// The bot's own user.
  package var user: UserID { bot.id }
  /// The application, once Discord has told it.
  package var application: Application? { bot.application }
  /// How far Discord is; nil while it was not measured.
  package func latency() async -> Duration? { await bot.latency() }

  // MARK: Looking

  /// Whether Discord has told the guild.
  package var isToldOfGuild: Bool { bot.cache.knows(guild) }
  /// The guild as last heard; nil while Discord has not told it.
  package var info: CachedGuild? { bot.cache.guild(guild) }
  package var roles: [CachedRole] { bot.cache.roles(in: guild) }
  package func role(_ id: RoleID) -> CachedRole? { bot.cache.role(id, in: guild) }
  package var allChannels: [CachedChannel] { bot.cache.channels(in: guild) }
  package func channel(_ id: ChannelID) -> CachedChannel? { bot.cache.channel(id, in: guild) }
  package func thread(_ id: ChannelID) -> CachedThread? { bot.cache.thread(id, in: guild) }
  /// Members the bot has seen; not all there are.
  package var seenMembers: [CachedMember] { bot.cache.seenMembers(in: guild) }
  /// A member the bot has seen; nil says nothing about whether they are one. Asks nobody.
  package func seen(_ user: UserID) -> CachedMember? { bot.cache.member(user, in: guild).member }
  package var ownMember: CachedMember? { bot.cache.ownMember(in: guild) }

  /// The channel that a channel's settings come from: a thread's parent, every other channel itself.
  package func settled(_ channel: ChannelID) -> ChannelID { thread(channel)?.parent ?? channel }

  /// A member: from the cache, or else from Discord.
  ///
  /// - Returns: nil when Discord says that the user is no member.
  /// - Throws: `RESTError`.
  package func member(
    _ user: UserID, priority: EgressPriority = .reply
  ) async throws(RESTError) -> CachedMember? {
    try await bot.member(user, in: guild, priority: priority)
  }

  /// A member as Discord has it at this moment, whatever the cache says.
  ///
  /// - Returns: nil when Discord says that the user is no member.
  /// - Throws: `RESTError`.
  package func freshMember(
    _ user: UserID, priority: EgressPriority = .moderation
  ) async throws(RESTError) -> GuildMember? {
    do {
      return try await bot.rest.send(.getGuildMember(user, in: guild), priority: priority)
    } catch {
      if error.kind == .gone { return nil }
      throw error
    }
  }

  /// What a member with these roles may do, in a channel or in the guild; nil while that is not known.
  package func permissions(
    of user: UserID, roles: [RoleID], timedOutUntil: Timestamp? = nil, in channel: ChannelID? = nil
  ) -> Permissions? {
    bot.cache.permissions(of: user, roles: roles, timedOutUntil: timedOutUntil, in: guild, channel: channel)
      .permissions
  }

  /// What the bot may do; nil while that is not known.
  package func ownPermissions(in channel: ChannelID? = nil) -> Permissions? {
    bot.cache.ownPermissions(in: guild, channel: channel).permissions
  }

  /// Where a member with these roles stands; nil while the guild is not known.
  package func rank(of user: UserID, roles: [RoleID]) -> MemberRank? {
    bot.cache.rank(of: user, roles: roles, in: guild)
  }

  /// Where the bot stands; nil while that is not known.
  package var ownRank: MemberRank? { bot.cache.rank(of: bot.id, in: guild) }

  /// Whether the bot can give and take the role.
  package func mayAssign(_ role: RoleID) -> RankAnswer { bot.cache.mayAssign(role, in: guild) }

  // MARK: Acting

  /// Makes a call in this guild.
  ///
  /// - Throws: `RESTError`; `PluginMistake.foreignGuild` when the call is about another guild, or a channel of one.
  package func send<Response>(
    _ endpoint: Endpoint<Response>, priority: EgressPriority? = nil, deadline: Duration? = nil
  ) async throws -> Response {
    try await check(endpoint.call)
    return try await bot.rest.send(endpoint, priority: priority, guild: guild, deadline: deadline)
  }

  /// Sends a direct message.
  ///
  /// - Throws: `RESTError`; of the kind `.unreachable` when the person does not let the bot.
  package func sendDirect(
    _ message: MessageCreate, to user: UserID, priority: EgressPriority? = nil
  ) async throws(RESTError) {
    let channel = try await bot.rest.send(.createDM(with: user), priority: priority, guild: guild)
    _ = try await bot.rest.send(.createMessage(message, in: channel.id), priority: priority, guild: guild)
  }

  /// Whether a channel or thread is one of this guild's; asks Discord when the cache does not know.
  ///
  /// - Throws: `RESTError`.
  package func owns(_ channel: ChannelID) async throws(RESTError) -> Bool {
    if bot.cache.channel(channel, in: guild) != nil || bot.cache.thread(channel, in: guild) != nil {
      return true
    }
    if let known = channels.isOurs(channel) { return known }
    let isOurs: Bool
    do {
      let found = try await bot.rest.send(.getChannel(channel), priority: .reply, guild: guild)
      isOurs = found.guildID == guild
    } catch {
      guard error.kind == .gone || error.kind == .missingPermission else { throw error }
      isOurs = false
    }
    channels.remember(channel, isOurs)
    return isOurs
  }

  private func check(_ call: RESTCall) async throws {
    if let other = call.major.guildID {
      guard GuildID(other) == guild else { throw PluginMistake.foreignGuild }
    } else if let channel = call.major.channelID {
      guard try await owns(ChannelID(channel)) else { throw PluginMistake.foreignGuild }
    }
  }
}

/// Channels of a guild that the cache does not keep, and strangers' that somebody named. At most 1,000; then it begins
/// anew.
package final class KnownChannels: Sendable {
  private let known = Mutex<[ChannelID: Bool]>([:])

  package init() {}

  func isOurs(_ channel: ChannelID) -> Bool? { known.withLock { $0[channel] } }

  func remember(_ channel: ChannelID, _ isOurs: Bool) {
    known.withLock { known in
      if known.count >= 1_000 { known = [:] }
      known[channel] = isOurs
    }
  }
}
