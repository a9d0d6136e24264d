// The door to a bot's cache: fed on the loop, read from anywhere.

package import DiscordCore
package import DiscordGateway
package import EventLoop
package import JSON
internal import Synchronization

/// What one bot knows of its guilds.
///
/// *Isolation*: one `Mutex` around everything. Shards feed it on their loops, before the handlers of an event run;
/// any thread reads. Both hold it for well under a microsecond, except for a `GUILD_CREATE` (about a millisecond for
/// a thousand members). Answers are values: two questions in a row may see different moments, so what belongs
/// together is one question (`permissions`, `rank`).
package final class BotCache: Sendable {
  package let settings: CacheSettings
  private let state: Mutex<CacheState>
  /// By event number, whether the event can change anything with these settings.
  private let interests: [Bool]
  let time: any TimeSource

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - settings: what is kept.
  ///   - me: the bot's user.
  ///   - time: tells which timeouts are over.
  package init(settings: CacheSettings, me: UserID, time: any TimeSource = SystemTime()) {
    (self.settings, self.time) = (settings, time)
    state = Mutex(CacheState(settings: settings, me: me))
    interests = Self.interests(settings)
  }

  /// Takes in an event; nothing of it is kept but what was copied out. Costs nothing for an event that cannot matter.
  package func apply(_ event: GatewayEventName, _ data: JSONView, shard: ShardID) {
    guard Int(event.index) < interests.count, interests[Int(event.index)] else { return }
    state.withLock { $0.apply(event, data, shard: shard) }
  }

  /// Takes in a member that Discord showed in another way, such as the answer to a call.
  func see(_ sighting: MemberSighting, in guild: GuildID) {
    state.withLock { $0.see(sighting, in: guild) }
  }

  /// See `CacheState.beginRecall`.
  func beginRecall(_ guild: GuildID) -> Bool { state.withLock { $0.beginRecall(guild) } }

  /// See `CacheState.endRecall`.
  func endRecall(_ guild: GuildID, _ data: JSONView?) -> Bool { state.withLock { $0.endRecall(guild, data) } }

  func read<Result: Sendable>(_ body: (CacheState) -> Result) -> Result {
    state.withLock { body($0) }
  }

  func read<Result: Sendable>(_ guild: GuildID, _ body: (GuildRecord) -> Result?) -> Result? {
    state.withLock { state in state.guilds[guild].flatMap(body) }
  }

  private static func interests(_ settings: CacheSettings) -> [Bool] {
    var names: [GatewayEventName] = [
      .ready, .guildCreate, .guildUpdate, .guildDelete, .guildRoleCreate, .guildRoleUpdate, .guildRoleDelete,
      .guildMemberAdd, .guildMemberUpdate, .guildMemberRemove,
    ]
    if settings.emojis { names.append(.guildEmojisUpdate) }
    if settings.voiceStates { names.append(.voiceStateUpdate) }
    if settings.channels { names += [.channelCreate, .channelUpdate, .channelDelete] }
    if settings.channels, settings.threads {
      names += [.threadCreate, .threadUpdate, .threadDelete, .threadListSync]
    }
    if settings.members {
      names += [
        .messageCreate, .interactionCreate, .messageReactionAdd, .typingStart, .guildMembersChunk,
      ]
      if settings.membersFromPresences { names.append(.presenceUpdate) }
    }
    var interests = [Bool](repeating: false, count: GatewayEventName.documented.count)
    for name in names { interests[Int(name.index)] = true }
    return interests
  }
}

// MARK: Looking up

extension BotCache {
  /// The bot's own user.
  package var me: UserID { read(\.me) }

  /// The guilds the bot is in, in no order; those in an outage too.
  package var guilds: [GuildID] { read { Array($0.guilds.keys) } }

  /// How many guilds are kept.
  package var guildCount: Int { read(\.guilds.count) }

  /// Members that are kept, over all guilds.
  package var memberCount: Int { read(\.memberTotal) }

  /// Whether the bot is in the guild and was told of it.
  package func knows(_ id: GuildID) -> Bool { read { $0.guilds[id] != nil } }

  /// Nil for a guild the bot is not in, or was not told of yet.
  package func guild(_ id: GuildID) -> CachedGuild? {
    read { state in state.guilds[id].map { CachedGuild($0, features: state.features) } }
  }

  /// Nil for a role that does not exist.
  package func role(_ id: RoleID, in guild: GuildID) -> CachedRole? { read(guild) { $0.roles[id] } }

  /// Highest first, @everyone last; empty for an unknown guild.
  package func roles(in guild: GuildID) -> [CachedRole] {
    (read(guild) { $0.roles.rows } ?? []).sorted { $0.rank > $1.rank }
  }

  /// Nil for a channel that does not exist, is a thread, or if channels are not kept.
  package func channel(_ id: ChannelID, in guild: GuildID) -> CachedChannel? {
    read(guild) { $0.channels[id] }
  }

  /// In the order of their ids; empty for an unknown guild.
  package func channels(in guild: GuildID) -> [CachedChannel] { read(guild) { $0.channels.rows } ?? [] }

  /// Nil for a thread that is archived, does not exist, or if threads are not kept.
  package func thread(_ id: ChannelID, in guild: GuildID) -> CachedThread? { read(guild) { $0.threads[id] } }

  /// Those that are not archived, in the order of their ids.
  package func threads(in guild: GuildID) -> [CachedThread] { read(guild) { $0.threads.rows } ?? [] }

  /// Empty for a guild that is not cached, or without the switch.
  package func emojis(in guild: GuildID) -> [CachedEmoji] { read(guild) { $0.emojis.rows } ?? [] }

  /// What is known of a member. `.unknown` says nothing about whether there is one.
  package func member(_ user: UserID, in guild: GuildID) -> MemberLookup {
    read(guild) { $0.members.withMember(user) { CachedMember($0, $1) } }.map { .known($0) } ?? .unknown
  }

  /// The bot itself as a member; nil for an unknown guild only.
  package func ownMember(in guild: GuildID) -> CachedMember? {
    read { state in state.guilds[guild]?.members.withMember(state.me) { CachedMember($0, $1) } }
  }

  /// The members that are kept of a guild, in no order: not the members it has.
  package func seenMembers(in guild: GuildID) -> [CachedMember] {
    read(guild) { record in
      var members: [CachedMember] = []
      members.reserveCapacity(record.members.count)
      record.members.forEach { members.append(CachedMember($0, $1)) }
      return members
    } ?? []
  }

  /// Where a person is in voice; nil for nowhere, or if voice states are not kept.
  package func voiceState(of user: UserID, in guild: GuildID) -> CachedVoiceState? {
    read(guild) { $0.voiceStates[user] }
  }

  /// Who is in a voice channel, in the order of their ids.
  package func voiceStates(in channel: ChannelID, of guild: GuildID) -> [CachedVoiceState] {
    read(guild) { $0.voiceStates.rows.filter { $0.channel == channel } } ?? []
  }

  /// Everybody in voice in the guild, in the order of their ids.
  package func voiceStates(in guild: GuildID) -> [CachedVoiceState] {
    read(guild) { $0.voiceStates.rows } ?? []
  }
}

extension CachedGuild {
  init(_ record: GuildRecord, features: FeatureNames) {
    self.init(
      id: record.id, name: record.name, icon: record.icon, owner: record.owner,
      features: record.features.map { features[$0] }, memberCount: Int(record.memberCount),
      premiumTier: Int(record.premiumTier), verificationLevel: Int(record.verificationLevel),
      mfaLevel: Int(record.mfaLevel), systemChannelFlags: record.systemChannelFlags,
      preferredLocale: record.preferredLocale, systemChannel: record.systemChannel,
      afkChannel: record.afkChannel, isAvailable: record.isAvailable)
  }
}
