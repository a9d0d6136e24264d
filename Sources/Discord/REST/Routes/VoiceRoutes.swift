// Routes of https://discord.com/developers/docs/resources/voice and /stage-instance.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import EventLoop
import JSON

extension Endpoint where Response == [VoiceRegion] {
  /// Regions that every guild can use.
  package static func listVoiceRegions() -> Endpoint { Endpoint(.get, "/voice/regions") }
}

extension Endpoint where Response == VoiceState {
  /// The bot's own; fails as gone if it is in no voice channel of the guild.
  package static func getCurrentVoiceState(in guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/voice-states/@me", guild)
  }

  /// Where a user is in voice; fails as gone if nowhere.
  package static func getVoiceState(of user: UserID, in guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/voice-states/{user.id}", guild, user)
  }
}

extension Endpoint where Response == Empty {
  /// In a stage channel the bot is in: speaks or listens, asks to speak. `handRaised` must not lie in the past.
  package static func modifyCurrentVoiceState(
    in guild: GuildID, channel: ChannelID? = nil, isSuppressed: Bool? = nil,
    handRaised: Patch<Timestamp> = .keep
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/voice-states/@me", guild)
      .json { json in
        json.object { json in
          json.optional("channel_id", channel)
          json.optional("suppress", isSuppressed)
          json.patch("request_to_speak_timestamp", handRaised)
        }
      }
      .needing(isSuppressed == false ? .muteMembers : handRaised.value == nil ? [] : .requestToSpeak)
      .repeatable()
  }

  /// Lets somebody in a stage channel speak, or not.
  package static func modifyVoiceState(
    of user: UserID, in guild: GuildID, channel: ChannelID, isSuppressed: Bool
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/voice-states/{user.id}", guild, user)
      .json { json in
        json.object { json in
          json.field("channel_id", channel)
          json.field("suppress", isSuppressed)
        }
      }
      .needing(.muteMembers).at(.moderation).repeatable()
  }
}

// MARK: Stages

extension Endpoint where Response == StageInstance {
  /// The open stage of a channel; fails as gone if there is none.
  package static func getStageInstance(of channel: ChannelID) -> Endpoint {
    Endpoint(.get, "/stage-instances/{channel.id}", channel)
  }

  /// Opens a stage; telling everybody takes the permission to mention them.
  package static func createStageInstance(
    in channel: ChannelID, topic: String, tellsEveryone: Bool = false, event: GuildScheduledEventID? = nil,
    reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/stage-instances")
      .json { json in
        json.object { json in
          json.field("channel_id", channel)
          json.field("topic", topic)
          // The only level that is not on its way out.
          json.field("privacy_level", 2)
          if tellsEveryone { json.field("send_start_notification", true) }
          json.optional("guild_scheduled_event_id", event)
        }
      }
      .needing(.stageModerator.union(tellsEveryone ? .mentionEveryone : [])).because(reason)
  }

  /// Gives an open stage another topic, of at most 120 characters.
  package static func modifyStageInstance(
    of channel: ChannelID, topic: String, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/stage-instances/{channel.id}", channel)
      .json { json in json.object { json in json.field("topic", topic) } }
      .needing(.stageModerator).because(reason).repeatable()
  }
}

extension Endpoint where Response == Empty {
  /// Closes a stage.
  package static func deleteStageInstance(of channel: ChannelID, reason: String? = nil) -> Endpoint {
    Endpoint(.delete, "/stage-instances/{channel.id}", channel).needing(.stageModerator).because(reason)
  }
}

extension Permissions {
  /// What makes a stage moderator (https://discord.com/developers/docs/resources/stage-instance#definitions).
  fileprivate static let stageModerator: Permissions = [.manageChannels, .muteMembers, .moveMembers]
}
