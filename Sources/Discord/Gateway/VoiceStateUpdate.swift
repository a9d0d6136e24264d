// Joining, moving and leaving in voice: opcode 4.

package import DiscordCore
internal import JSON

/// Where a bot wants to be in the voice of a guild
/// (https://discord.com/developers/docs/events/gateway-events#update-voice-state).
package struct VoiceStateUpdate: Hashable, Sendable {
  package var guild: GuildID
  /// Nil leaves.
  package var channel: ChannelID?
  package var isMuted: Bool
  package var isDeafened: Bool

  package init(guild: GuildID, channel: ChannelID?, isMuted: Bool = false, isDeafened: Bool = false) {
    (self.guild, self.channel, self.isMuted, self.isDeafened) = (guild, channel, isMuted, isDeafened)
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("guild_id", guild)
      if let channel { json.field("channel_id", channel) } else { json.fieldNull("channel_id") }
      json.field("self_mute", isMuted)
      json.field("self_deaf", isDeafened)
    }
  }
}

/// What opcode 43 tells of a guild's voice channels, in the event `CHANNEL_INFO`.
package enum ChannelInfoField: String, Hashable, Sendable, CaseIterable {
  case status
  case voiceStartTime = "voice_start_time"
}
