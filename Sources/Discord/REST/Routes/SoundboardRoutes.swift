// Routes of https://discord.com/developers/docs/resources/soundboard.

package import DiscordCore
package import DiscordModels
import HTTPTypes
import JSON

extension Endpoint where Response == Empty {
  /// Plays a sound in the voice channel the bot is in, undeafened and unmuted. `source` is the sound's guild if that is
  /// another one.
  package static func sendSoundboardSound(
    _ sound: SoundboardSoundID, source: GuildID? = nil, in channel: ChannelID
  ) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/send-soundboard-sound", channel)
      .json { json in
        json.object { json in
          json.field("sound_id", sound)
          json.optional("source_guild_id", source)
        }
      }
      .needing(source == nil ? [.speak, .useSoundboard] : [.speak, .useSoundboard, .useExternalSounds])
  }

  /// Deletes a sound; the bot's own with the permission to create ones.
  package static func deleteSoundboardSound(
    _ sound: SoundboardSoundID, of guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/soundboard-sounds/{sound.id}", guild, sound)
      .needing(.manageGuildExpressions).because(reason)
  }
}

extension Endpoint where Response == [SoundboardSound] {
  /// The sounds that everybody has.
  package static func listDefaultSoundboardSounds() -> Endpoint {
    Endpoint(.get, "/soundboard-default-sounds")
  }
}

extension Endpoint where Response == ItemList<SoundboardSound> {
  /// The guild's own sounds, those out of use included.
  package static func listSoundboardSounds(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/soundboard-sounds", guild)
  }
}

extension Endpoint where Response == SoundboardSound {
  /// One of the guild's sounds.
  package static func getSoundboardSound(_ sound: SoundboardSoundID, of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/soundboard-sounds/{sound.id}", guild, sound)
  }

  /// Adds a sound: MP3 or Ogg, at most 512 KiB and 5.2 seconds. Volume is 0 to 1.
  package static func createSoundboardSound(
    named name: String, _ sound: DataURI, volume: Double? = nil, emoji: EmojiReference? = nil,
    in guild: GuildID,
    reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/soundboard-sounds", guild)
      .json { json in
        json.object { json in
          json.field("name", name)
          json.field("sound", sound)
          json.optional("volume", volume)
          json.flattened(emoji)
        }
      }
      .needing(.createGuildExpressions).because(reason)
  }

  /// Changes name, volume and emoji; the sound itself stays.
  package static func modifySoundboardSound(
    _ sound: SoundboardSoundID, of guild: GuildID, name: String? = nil, volume: Patch<Double> = .keep,
    emoji: Patch<EmojiReference> = .keep, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/soundboard-sounds/{sound.id}", guild, sound)
      .json { json in
        json.object { json in
          json.optional("name", name)
          json.patch("volume", volume)
          switch emoji {
          case .keep: break
          case .clear:
            json.fieldNull("emoji_id")
            json.fieldNull("emoji_name")
          case .set(let emoji): json.flattened(emoji)
          }
        }
      }
      .needing(.manageGuildExpressions).because(reason).repeatable()
  }
}
