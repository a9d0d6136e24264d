// Who is connected where, and the regions of voice.

package import DiscordCore
package import EventLoop
package import JSON

/// Somebody's connection to voice (https://discord.com/developers/docs/resources/voice#voice-state-object).
package struct VoiceState: Equatable, Sendable {
  /// Not inside GUILD_CREATE.
  package var guildID: GuildID?
  /// Nil for somebody who has left.
  package var channelID: ChannelID?
  package var userID: UserID
  package var member: GuildMember?
  package var sessionID: String
  /// By the guild's moderators.
  package var isDeafened: Bool
  package var isMuted: Bool
  /// By themselves.
  package var isSelfDeafened: Bool
  package var isSelfMuted: Bool
  package var isStreaming: Bool
  package var isCameraOn: Bool
  /// In the audience of a stage.
  package var isSuppressed: Bool
  /// When they asked to speak on the stage.
  package var requestToSpeakTimestamp: Timestamp?
}

private enum VoiceStateField: Int, JSONFieldName {
  case guildID, channelID, userID, member, sessionID, isDeafened, isMuted, isSelfDeafened, isSelfMuted,
    isStreaming, isCameraOn, isSuppressed, requestToSpeakTimestamp
  static let keys = JSONKeys<VoiceStateField>(
    "guild_id", "channel_id", "user_id", "member", "session_id", "deaf", "mute", "self_deaf", "self_mute",
    "self_stream", "self_video", "suppress", "request_to_speak_timestamp")
}

extension VoiceState: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VoiceStateField.keys)
    guildID = fields.optional(.guildID)
    channelID = fields.optional(.channelID)
    userID = try fields.value(.userID)
    member = fields.optional(.member)
    sessionID = fields.value(.sessionID, default: "")
    isDeafened = fields.value(.isDeafened, default: false)
    isMuted = fields.value(.isMuted, default: false)
    isSelfDeafened = fields.value(.isSelfDeafened, default: false)
    isSelfMuted = fields.value(.isSelfMuted, default: false)
    isStreaming = fields.value(.isStreaming, default: false)
    isCameraOn = fields.value(.isCameraOn, default: false)
    isSuppressed = fields.value(.isSuppressed, default: false)
    requestToSpeakTimestamp = fields.optional(.requestToSpeakTimestamp)
  }
}

/// https://discord.com/developers/docs/resources/voice#voice-region-object
package struct VoiceRegion: Equatable, Sendable {
  package var id: String
  package var name: String
  /// The nearest to the bot.
  package var isOptimal: Bool
  package var isDeprecated: Bool
  package var isCustom: Bool
}

private enum VoiceRegionField: Int, JSONFieldName {
  case id, name, isOptimal, isDeprecated, isCustom
  static let keys = JSONKeys<VoiceRegionField>(
    "id", "name", "optimal", "deprecated", "custom")
}

extension VoiceRegion: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VoiceRegionField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    isOptimal = fields.value(.isOptimal, default: false)
    isDeprecated = fields.value(.isDeprecated, default: false)
    isCustom = fields.value(.isCustom, default: false)
  }
}
