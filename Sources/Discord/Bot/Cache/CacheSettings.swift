// What a bot's cache keeps: no more than somebody asks for.

package import DiscordGateway

/// Which parts of its guilds a bot keeps in memory, and how many members at most.
///
/// Guilds with name, owner and roles, and the bot's own member in each, are always kept: the bot's own permissions
/// depend on them. Everything else is a switch. Make it from what the enabled features need:
///
///     let settings = features.reduce(CacheSettings.minimal) { $0.union($1.cacheNeeds) }
package struct CacheSettings: Hashable, Sendable {
  /// Channels with their overwrites; without them no permission in a channel can be computed.
  package var channels = false
  /// Threads that are not archived. Takes effect with `channels`.
  package var threads = false
  package var emojis = false
  /// Who is in which voice channel.
  package var voiceStates = false
  /// Members as they are seen: with messages, interactions, reactions, voice, chunks, and joining. Their roles and
  /// timeouts; names and avatars by the next switches.
  package var members = false
  /// User names, global names and nicknames of the members that are kept.
  package var memberNames = false
  /// Avatars of the members that are kept.
  package var memberAvatars = false
  /// Whether presences count as seeing a member. They come often; without need for it leave it off.
  package var membersFromPresences = false
  /// How many members are kept over all guilds. Beyond it, those that were not seen for longest go first; the bot
  /// itself and people in voice channels never do.
  package var memberBound = 200_000

  private init() {}

  /// Guilds, roles and the bot's own members.
  package static let minimal = CacheSettings()

  /// All switches but presences.
  package static let everything: CacheSettings = {
    var settings = CacheSettings()
    settings.channels = true
    settings.threads = true
    settings.emojis = true
    settings.voiceStates = true
    settings.members = true
    settings.memberNames = true
    settings.memberAvatars = true
    return settings
  }()

  /// What two features need together; the larger bound.
  package func union(_ other: CacheSettings) -> CacheSettings {
    var result = self
    result.channels = channels || other.channels
    result.threads = threads || other.threads
    result.emojis = emojis || other.emojis
    result.voiceStates = voiceStates || other.voiceStates
    result.members = members || other.members
    result.memberNames = memberNames || other.memberNames
    result.memberAvatars = memberAvatars || other.memberAvatars
    result.membersFromPresences = membersFromPresences || other.membersFromPresences
    result.memberBound = max(memberBound, other.memberBound)
    return result
  }

  /// The intents without which what is switched on would go stale. `GUILD_MEMBERS` is not among them: without it a
  /// member's roles are as old as the last time the member was seen, which `CachedMember` says.
  package var neededIntents: Intents {
    var intents: Intents = .guilds
    if emojis { intents.insert(.guildExpressions) }
    if voiceStates { intents.insert(.guildVoiceStates) }
    if membersFromPresences { intents.insert(.guildPresences) }
    return intents
  }
}
