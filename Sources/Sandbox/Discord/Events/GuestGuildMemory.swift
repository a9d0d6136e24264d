// What was before: the little of a server that its events do not say, because Discord tells only how things are now.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop

/// What is remembered of one server. A bot's cache cannot be asked: events wait in the server's lane, and the cache has
/// taken them in by then.
///
/// At the bounds what came first is forgotten, and the fields that would have told it are missing. Some 600 KiB at most.
struct GuestGuildMemory: Sendable {
  /// A message's author and text.
  struct RememberedMessage: Sendable {
    let author: UserID
    let content: String
  }

  struct RememberedMember: Sendable {
    let nick: String?
    let joinedAt: String?
    let roles: [RoleID]
  }

  /// A role as its events tell it.
  struct RememberedRole: Sendable {
    let name: String
    let color: Int64
    let position: Int64
    let permissions: String
    let isManaged: Bool
    let isMentionable: Bool
  }

  struct RememberedVoice: Sendable {
    let channel: ChannelID
    let isStreaming: Bool
  }

  /// Weighed by the bytes of their texts.
  var messages = RecentTable<MessageID, RememberedMessage>(bound: 256 << 10)
  var members = RecentTable<UserID, RememberedMember>(bound: 500)
  var channels = RecentTable<ChannelID, String>(bound: 1_000)
  var roles = RecentTable<RoleID, RememberedRole>(bound: 500)
  var voices = RecentTable<UserID, RememberedVoice>(bound: 1_000)
  /// Whether everybody who is in voice is known: who is not among them is in no channel.
  var knowsVoices = false
  /// The last event and what became of it: lanes repeat an event whose handler was lost.
  var last: (key: String, payloads: [GuestPayload])?

  mutating func put(_ message: RememberedMessage, for id: MessageID) {
    messages.put(message, for: id, weight: message.content.utf8.count + 64)
  }

  /// Takes in how things are.
  mutating func learn(_ guild: GuildID, from cache: BotCache) {
    for role in cache.roles(in: guild) { roles.put(RememberedRole(role), for: role.id) }
    for channel in cache.channels(in: guild) { channels.put(channel.name, for: channel.id) }
    // Without names a missing nickname says nothing.
    if cache.settings.members, cache.settings.memberNames {
      for member in cache.seenMembers(in: guild).prefix(members.bound) {
        members.put(RememberedMember(member), for: member.user)
      }
    }
    guard cache.settings.voiceStates else { return }
    // Anew: who left while nobody told is in no channel.
    voices = RecentTable(bound: voices.bound)
    for state in cache.voiceStates(in: guild) {
      voices.put(
        RememberedVoice(channel: state.channel, isStreaming: state.flags.contains(.selfStream)),
        for: state.user)
    }
    knowsVoices = true
  }
}

extension GuestGuildMemory.RememberedRole {
  init(_ role: CachedRole) {
    self.init(
      name: role.name, color: Int64(role.color), position: Int64(role.position),
      permissions: String(role.permissions.rawValue), isManaged: role.isManaged,
      isMentionable: role.isMentionable)
  }
}

extension GuestGuildMemory.RememberedMember {
  init(_ member: CachedMember) {
    self.init(nick: member.nick, joinedAt: member.joinedAt?.iso8601, roles: member.roles)
  }
}
