// Events about channels and threads.

package import DiscordCore
package import EventLoop
package import JSON

/// CHANNEL_PINS_UPDATE: a message was pinned or unpinned; not when a pinned one is deleted.
package struct ChannelPinsUpdateEvent: Equatable, Sendable {
  package var guildID: GuildID?
  package var channelID: ChannelID
  package var lastPinTimestamp: Timestamp?
}

private enum ChannelPinsUpdateEventField: Int, JSONFieldName {
  case guildID, channelID, lastPinTimestamp
  static let keys = JSONKeys<ChannelPinsUpdateEventField>(
    "guild_id", "channel_id", "last_pin_timestamp")
}

extension ChannelPinsUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ChannelPinsUpdateEventField.keys)
    guildID = fields.optional(.guildID)
    channelID = try fields.value(.channelID)
    lastPinTimestamp = fields.optional(.lastPinTimestamp)
  }
}

/// THREAD_CREATE: a thread was made, or the bot was added to it.
package struct ThreadCreateEvent: Equatable, Sendable {
  package var thread: Channel
  package var isNewlyCreated: Bool
}

private enum ThreadCreateEventField: Int, JSONFieldName {
  case isNewlyCreated
  static let keys = JSONKeys<ThreadCreateEventField>(
    "newly_created")
}

extension ThreadCreateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadCreateEventField.keys)
    thread = try Channel(from: json)
    isNewlyCreated = fields.value(.isNewlyCreated, default: false)
  }
}

/// THREAD_DELETE.
package struct ThreadDeleteEvent: Equatable, Sendable {
  package var id: ChannelID
  package var guildID: GuildID
  package var parentID: ChannelID?
  package var type: ChannelType
}

private enum ThreadDeleteEventField: Int, JSONFieldName {
  case id, guildID, parentID, type
  static let keys = JSONKeys<ThreadDeleteEventField>(
    "id", "guild_id", "parent_id", "type")
}

extension ThreadDeleteEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadDeleteEventField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    parentID = fields.optional(.parentID)
    type = fields.value(.type, default: .publicThread)
  }
}

/// THREAD_LIST_SYNC: the bot has come to see channels with these active threads.
package struct ThreadListSyncEvent: Equatable, Sendable {
  package var guildID: GuildID
  /// Which channels were gone through; nil for all.
  package var channelIDs: [ChannelID]?
  package var threads: [Channel]
  /// The bot's own memberships.
  package var members: [ThreadMember]
}

private enum ThreadListSyncEventField: Int, JSONFieldName {
  case guildID, channelIDs, threads, members
  static let keys = JSONKeys<ThreadListSyncEventField>(
    "guild_id", "channel_ids", "threads", "members")
}

extension ThreadListSyncEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadListSyncEventField.keys)
    guildID = try fields.value(.guildID)
    channelIDs = fields.optional(.channelIDs)
    threads = fields.list(.threads)
    members = fields.list(.members)
  }
}

/// THREAD_MEMBER_UPDATE: the bot's own membership.
package struct ThreadMemberUpdateEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var member: ThreadMember
}

private enum ThreadMemberUpdateEventField: Int, JSONFieldName {
  case guildID
  static let keys = JSONKeys<ThreadMemberUpdateEventField>(
    "guild_id")
}

extension ThreadMemberUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadMemberUpdateEventField.keys)
    guildID = try fields.value(.guildID)
    member = try ThreadMember(from: json)
  }
}

/// THREAD_MEMBERS_UPDATE; without the intent GUILD_MEMBERS of the bot itself only.
package struct ThreadMembersUpdateEvent: Equatable, Sendable {
  package var id: ChannelID
  package var guildID: GuildID
  /// Approximate, at most 50.
  package var memberCount: Int
  package var added: [ThreadMember]
  package var removed: [UserID]
}

private enum ThreadMembersUpdateEventField: Int, JSONFieldName {
  case id, guildID, memberCount, added, removed
  static let keys = JSONKeys<ThreadMembersUpdateEventField>(
    "id", "guild_id", "member_count", "added_members", "removed_member_ids")
}

extension ThreadMembersUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ThreadMembersUpdateEventField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    memberCount = fields.value(.memberCount, default: 0)
    added = fields.list(.added)
    removed = fields.list(.removed)
  }
}

/// TYPING_START.
package struct TypingStartEvent: Equatable, Sendable {
  package var channelID: ChannelID
  package var guildID: GuildID?
  package var userID: UserID
  package var timestamp: Timestamp?
  package var member: GuildMember?
}

private enum TypingStartEventField: Int, JSONFieldName {
  case channelID, guildID, userID, timestamp, member
  static let keys = JSONKeys<TypingStartEventField>(
    "channel_id", "guild_id", "user_id", "timestamp", "member")
}

extension TypingStartEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(TypingStartEventField.keys)
    channelID = try fields.value(.channelID)
    guildID = fields.optional(.guildID)
    userID = try fields.value(.userID)
    timestamp = fields[.timestamp]?.momentInNumber
    member = fields.optional(.member)
  }
}

/// VOICE_CHANNEL_STATUS_UPDATE; nil where the status was taken away.
package struct VoiceChannelStatusUpdateEvent: Equatable, Sendable {
  package var id: ChannelID
  package var guildID: GuildID
  package var status: String?
}

private enum VoiceChannelStatusUpdateEventField: Int, JSONFieldName {
  case id, guildID, status
  static let keys = JSONKeys<VoiceChannelStatusUpdateEventField>(
    "id", "guild_id", "status")
}

extension VoiceChannelStatusUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VoiceChannelStatusUpdateEventField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    status = fields.optional(.status)
  }
}

/// VOICE_CHANNEL_START_TIME_UPDATE: when the first of those who are connected came; nil when all have gone.
package struct VoiceChannelStartTimeUpdateEvent: Equatable, Sendable {
  package var id: ChannelID
  package var guildID: GuildID
  package var voiceStartTime: Timestamp?
}

private enum VoiceChannelStartTimeUpdateEventField: Int, JSONFieldName {
  case id, guildID, voiceStartTime
  static let keys = JSONKeys<VoiceChannelStartTimeUpdateEventField>(
    "id", "guild_id", "voice_start_time")
}

extension VoiceChannelStartTimeUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VoiceChannelStartTimeUpdateEventField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    voiceStartTime = fields[.voiceStartTime]?.momentInNumber
  }
}

/// CHANNEL_INFO: the answer to a request for what voice channels say of themselves.
package struct ChannelInfoEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var channels: [ChannelInfo]
}

private enum ChannelInfoEventField: Int, JSONFieldName {
  case guildID, channels
  static let keys = JSONKeys<ChannelInfoEventField>(
    "guild_id", "channels")
}

extension ChannelInfoEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ChannelInfoEventField.keys)
    guildID = try fields.value(.guildID)
    channels = fields.list(.channels)
  }
}

/// Status and start of one voice channel.
package struct ChannelInfo: Equatable, Sendable {
  package var id: ChannelID
  package var status: String?
  package var voiceStartTime: Timestamp?
}

private enum ChannelInfoField: Int, JSONFieldName {
  case id, status, voiceStartTime
  static let keys = JSONKeys<ChannelInfoField>(
    "id", "status", "voice_start_time")
}

extension ChannelInfo: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ChannelInfoField.keys)
    id = try fields.value(.id)
    status = fields.optional(.status)
    voiceStartTime = fields[.voiceStartTime]?.momentInNumber
  }
}

extension JSONView {
  /// Seconds since 1970, or an ISO 8601 string.
  fileprivate var momentInNumber: Timestamp? {
    // Years beyond 9999 are no moments.
    if let seconds = int64, (0..<253_402_300_800).contains(seconds) {
      return Timestamp(milliseconds: seconds * 1_000)
    }
    return timestamp
  }
}

/// VOICE_CHANNEL_EFFECT_SEND: an emoji or a sound in a voice channel the bot is connected to.
package struct VoiceChannelEffectSendEvent: Equatable, Sendable {
  package var channelID: ChannelID
  package var guildID: GuildID
  package var userID: UserID
  package var emoji: EmojiReference?
  package var soundID: SoundboardSoundID?
  package var soundVolume: Double?
}

private enum VoiceChannelEffectSendEventField: Int, JSONFieldName {
  case channelID, guildID, userID, emoji, soundID, soundVolume
  static let keys = JSONKeys<VoiceChannelEffectSendEventField>(
    "channel_id", "guild_id", "user_id", "emoji", "sound_id", "sound_volume")
}

extension VoiceChannelEffectSendEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VoiceChannelEffectSendEventField.keys)
    channelID = try fields.value(.channelID)
    guildID = try fields.value(.guildID)
    userID = try fields.value(.userID)
    emoji = fields.optional(.emoji)
    soundID = fields.optional(.soundID)
    soundVolume = fields.optional(.soundVolume)
  }
}

/// VOICE_SERVER_UPDATE: where to connect for voice. Never to be kept.
package struct VoiceServerUpdateEvent: Equatable, Sendable {
  package var token: Credential
  package var guildID: GuildID
  /// Host and port; nil while Discord looks for another server: disconnect and wait.
  package var endpoint: String?
}

private enum VoiceServerUpdateEventField: Int, JSONFieldName {
  case token, guildID, endpoint
  static let keys = JSONKeys<VoiceServerUpdateEventField>(
    "token", "guild_id", "endpoint")
}

extension VoiceServerUpdateEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VoiceServerUpdateEventField.keys)
    token = try fields.value(.token)
    guildID = try fields.value(.guildID)
    endpoint = fields.optional(.endpoint)
  }
}
