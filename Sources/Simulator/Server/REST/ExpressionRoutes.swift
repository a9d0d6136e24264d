// Emojis, stickers and sounds.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let expressionRoutes: [RESTRoute] =
    [
      RESTRoute(.get, "/guilds/{guild.id}/emojis") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        return .ok(.array(guild.emojis.values.sorted { $0.id < $1.id }.map { world.json($0) }))
      },
      RESTRoute(.get, "/guilds/{guild.id}/emojis/{emoji.id}") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        guard let emoji = guild.emojis[try call.id("emoji.id")] else { throw .unknown(.emoji) }
        return .ok(world.json(emoji))
      },
      RESTRoute(.post, "/guilds/{guild.id}/emojis") { call, world throws(RESTFailure) in
        .created(
          world.json(
            try world.createEmoji(
              in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)))
      },
      RESTRoute(.patch, "/guilds/{guild.id}/emojis/{emoji.id}") { call, world throws(RESTFailure) in
        .ok(
          world.json(
            try world.modifyEmoji(
              try call.id("emoji.id"), in: try call.guildID, by: try call.actor, body: call.body,
              reason: call.reason)))
      },
      RESTRoute(.delete, "/guilds/{guild.id}/emojis/{emoji.id}") { call, world throws(RESTFailure) in
        try world.deleteEmoji(
          try call.id("emoji.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
        return .noContent
      },
      RESTRoute(.get, "/guilds/{guild.id}/stickers") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        return .ok(
          .array(guild.stickers.values.sorted { $0.id < $1.id }.map { world.json($0, guild) }))
      },
      RESTRoute(.get, "/guilds/{guild.id}/stickers/{sticker.id}") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        guard let sticker = guild.stickers[try call.id("sticker.id")] else { throw .unknown(.sticker) }
        return .ok(world.json(sticker, guild))
      },
      RESTRoute(.post, "/guilds/{guild.id}/stickers") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        let sticker = try world.createSticker(
          in: guild.id, by: try call.actor, body: call.body, files: call.files, reason: call.reason)
        return .created(world.json(sticker, guild))
      },
      RESTRoute(.patch, "/guilds/{guild.id}/stickers/{sticker.id}") { call, world throws(RESTFailure) in
        let guild = try world.guild(try call.guildID, for: try call.actor)
        let sticker = try world.modifySticker(
          try call.id("sticker.id"), in: guild.id, by: try call.actor, body: call.body, reason: call.reason)
        return .ok(world.json(sticker, guild))
      },
      RESTRoute(.delete, "/guilds/{guild.id}/stickers/{sticker.id}") { call, world throws(RESTFailure) in
        try world.deleteSticker(
          try call.id("sticker.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
        return .noContent
      },
      RESTRoute(.get, "/stickers/{sticker.id}") { call, world throws(RESTFailure) in
        let id: StickerID = try call.id("sticker.id")
        for guild in world.guilds.values {
          if let sticker = guild.stickers[id] { return .ok(world.json(sticker, guild)) }
        }
        throw .unknown(.sticker)
      },
      RESTRoute(.get, "/sticker-packs") { _, _ throws(RESTFailure) in .ok(["sticker_packs": []]) },
    ] + soundRoutes

  private static let soundRoutes: [RESTRoute] = [
    RESTRoute(.get, "/soundboard-default-sounds") { _, _ throws(RESTFailure) in
      .ok(
        .array(
          [("quack", "🦆", 1), ("airhorn", "🔊", 2), ("cricket", "🦗", 3)].map { name, emoji, id in
            [
              "name": .string(name), "sound_id": .string(String(id)), "volume": 1.0, "emoji_id": .null,
              "emoji_name": .string(emoji), "available": true,
            ]
          }))
    },
    RESTRoute(.get, "/guilds/{guild.id}/soundboard-sounds") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok([
        "items": .array(guild.sounds.values.sorted { $0.id < $1.id }.map { world.json($0, guild) })
      ])
    },
    RESTRoute(.get, "/guilds/{guild.id}/soundboard-sounds/{sound.id}") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      guard let sound = guild.sounds[try call.id("sound.id")] else { throw .unknown(.sound) }
      return .ok(world.json(sound, guild))
    },
    RESTRoute(.post, "/guilds/{guild.id}/soundboard-sounds") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      let sound = try world.createSound(
        in: guild.id, by: try call.actor, body: call.body, reason: call.reason)
      return .created(world.json(sound, guild))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/soundboard-sounds/{sound.id}") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      let sound = try world.modifySound(
        try call.id("sound.id"), in: guild.id, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(sound, guild))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/soundboard-sounds/{sound.id}") { call, world throws(RESTFailure) in
      try world.deleteSound(
        try call.id("sound.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
  ]
}
