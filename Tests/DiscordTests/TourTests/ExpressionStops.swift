// Emoji, stickers, sounds.

import DiscordCore
import DiscordModels
import DiscordREST
import JSON
import Testing

extension TourStop {
  static let expressionStops = [
    TourStop("emoji") { tour in
      let image = DataURI("image/png", picture)
      let emoji = try await tour.go(.createGuildEmoji(named: "nm", image, in: tour.guild, reason: "r"))
      let id = try #require(emoji.id)
      try await tour.go(.getGuildEmoji(id, of: tour.guild))
      #expect(try await tour.go(.modifyGuildEmoji(id, of: tour.guild, name: "nn")).name == "nn")
      #expect(try await tour.go(.listGuildEmojis(of: tour.guild)).count == 1)
      try await tour.go(.deleteGuildEmoji(id, of: tour.guild))
      let own = try #require(
        try await tour.go(.createApplicationEmoji(named: "own", image, of: tour.application)).id)
      try await tour.go(.getApplicationEmoji(own, of: tour.application))
      try await tour.go(.modifyApplicationEmoji(own, of: tour.application, name: "mine"))
      #expect(try await tour.go(.listApplicationEmojis(of: tour.application)).items.count == 1)
      try await tour.go(.deleteApplicationEmoji(own, of: tour.application))
    },
    TourStop("stickers") { tour in
      let file = OutgoingFile("s.png", picture)
      let sticker = try await tour.go(
        .createGuildSticker(named: "nm", description: "dd", tags: "t", file, in: tour.guild, reason: "r"))
      try await tour.go(.getSticker(sticker.id))
      try await tour.go(.getGuildSticker(sticker.id, of: tour.guild))
      try await tour.go(.modifyGuildSticker(sticker.id, of: tour.guild, name: "nn", tags: "t"))
      #expect(try await tour.go(.listGuildStickers(of: tour.guild)).count == 1)
      try await tour.go(.deleteGuildSticker(sticker.id, of: tour.guild))
      try await tour.go(.listStickerPacks())
    },
    TourStop("sounds") { tour in
      try await tour.go(.listDefaultSoundboardSounds())
      let sound = DataURI("audio/mpeg", [0xFF, 0xFB, 0x90, 0x44, 0, 0, 0, 0])
      let made = try await tour.go(
        .createSoundboardSound(named: "nm", sound, volume: 0.5, in: tour.guild, reason: "r"))
      try await tour.go(.getSoundboardSound(made.id, of: tour.guild))
      try await tour.go(.modifySoundboardSound(made.id, of: tour.guild, name: "nn"))
      #expect(try await tour.go(.listSoundboardSounds(of: tour.guild)).items.count == 1)
      try await tour.go(.deleteSoundboardSound(made.id, of: tour.guild))
    },
  ]
}
