// Emojis, stickers, sounds; AutoMod; scheduled events.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let expressionRoutes: [RESTRoute] = [
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

  static let autoModerationRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/auto-moderation/rules") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let rules = try world.autoModerationRules(of: id, for: try call.actor)
      return .ok(.array(rules.map { world.json($0, id) }))
    },
    RESTRoute(.get, "/guilds/{guild.id}/auto-moderation/rules/{rule.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let rule: AutoModerationRuleID = try call.id("rule.id")
      let rules = try world.autoModerationRules(of: id, for: try call.actor)
      guard let found = rules.first(where: { $0.id == rule }) else {
        throw RESTFailure(status: 404, code: 10_066, message: "Unknown Auto Moderation Rule")
      }
      return .ok(world.json(found, id))
    },
    RESTRoute(.post, "/guilds/{guild.id}/auto-moderation/rules") { call, world throws(RESTFailure) in
      let id = try call.guildID
      return .ok(
        world.json(
          try world.createRule(in: id, by: try call.actor, body: call.body, reason: call.reason), id))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/auto-moderation/rules/{rule.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let rule = try world.modifyRule(
        try call.id("rule.id"), in: id, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(rule, id))
    },
    RESTRoute(.delete, "/guilds/{guild.id}/auto-moderation/rules/{rule.id}") { call, world throws(RESTFailure) in
      try world.deleteRule(
        try call.id("rule.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
  ]

  private static let events = "/guilds/{guild.id}/scheduled-events"

  static let scheduledEventRoutes: [RESTRoute] = [
    RESTRoute(.get, events) { call, world throws(RESTFailure) in
      let viewer = try call.actor
      let guild = try world.guild(try call.guildID, for: viewer)
      let list = guild.scheduledEvents.values.sorted { $0.id < $1.id }.filter { event in
        event.channel.flatMap { world.channels[$0] }.map { world.canSee($0, viewer) } ?? true
      }
      let withCount = call.flag("with_user_count")
      return .ok(.array(list.map { world.json($0, guild.id, withCount: withCount) }))
    },
    RESTRoute(.post, events) { call, world throws(RESTFailure) in
      let id = try call.guildID
      return .ok(
        world.json(
          try world.createEvent(in: id, by: try call.actor, body: call.body, reason: call.reason), id))
    },
    RESTRoute(.get, "\(events)/{event.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let event = try world.event(try call.id("event.id"), in: id, for: try call.actor)
      return .ok(world.json(event, id, withCount: call.flag("with_user_count")))
    },
    RESTRoute(.patch, "\(events)/{event.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let event = try world.modifyEvent(
        try call.id("event.id"), in: id, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(event, id))
    },
    RESTRoute(.delete, "\(events)/{event.id}") { call, world throws(RESTFailure) in
      try world.deleteEvent(
        try call.id("event.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.get, "\(events)/{event.id}/users") { call, world throws(RESTFailure) in
      .ok(
        try world.subscribers(
          of: try call.id("event.id"), in: try call.guildID, for: try call.actor,
          withMember: call.flag("with_member"), before: try call.queryID("before"),
          after: try call.queryID("after"), limit: try call.number("limit", in: 1...100, default: 100)))
    },
    RESTRoute(.get, "\(events)/{event.id}/users/counts") { call, world throws(RESTFailure) in
      let event = try world.event(try call.id("event.id"), in: try call.guildID, for: try call.actor)
      var exceptions = Fields()
      for exception in event.exceptions { exceptions.put(exception.id.description, 0) }
      return .ok([
        "guild_scheduled_event_count": .integer(Int64(event.subscribers.count)),
        "guild_scheduled_event_exception_counts": exceptions.value,
      ])
    },
    // How Discord's own client marks interest; bots cannot.
    RESTRoute(.put, "\(events)/{event.id}/users/@me") { call, world throws(RESTFailure) in
      guard !call.isBot else { throw .notForBots }
      try world.setInterest(of: try call.actor, in: try call.id("event.id"), of: try call.guildID, to: true)
      return .noContent
    },
    RESTRoute(.delete, "\(events)/{event.id}/users/@me") { call, world throws(RESTFailure) in
      guard !call.isBot else { throw .notForBots }
      try world.setInterest(of: try call.actor, in: try call.id("event.id"), of: try call.guildID, to: false)
      return .noContent
    },
    RESTRoute(.post, "\(events)/{event.id}/exceptions") { call, world throws(RESTFailure) in
      .ok(
        try world.setException(
          nil, of: try call.id("event.id"), in: try call.guildID, by: try call.actor, body: call.body))
    },
    RESTRoute(.patch, "\(events)/{event.id}/exceptions/{exception.id}") { call, world throws(RESTFailure) in
      .ok(
        try world.setException(
          try call.id("exception.id"), of: try call.id("event.id"), in: try call.guildID,
          by: try call.actor, body: call.body))
    },
    RESTRoute(.delete, "\(events)/{event.id}/exceptions/{exception.id}") { call, world throws(RESTFailure) in
      try world.deleteException(
        try call.id("exception.id"), of: try call.id("event.id"), in: try call.guildID, by: try call.actor)
      return .noContent
    },
  ]
}
