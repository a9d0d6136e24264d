// What a guild shows to those outside of it: its preview and its widget.

internal import DiscordCore
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let widgetRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/preview") { call, world throws(RESTFailure) in
      .ok(world.preview(of: try world.guild(try call.guildID, for: try call.actor)))
    },
    RESTRoute(.get, "/guilds/{guild.id}/widget") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .manageGuild)
      return .ok(world.widgetSettings(of: guild))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/widget") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .manageGuild)
      var reader = try BodyReader(call.body)
      let (enabled, channel) = (reader.bool("enabled"), reader.id("channel_id", Entity.Channel.self))
      try reader.finish()
      if let id = channel.value, world.channels[id]?.guildID != guild.id { throw .unknown(.channel) }
      if let value = enabled.value { guild.widgetEnabled = value }
      if reader.has("channel_id") { guild.widgetChannelID = channel.value }
      return .ok(world.widgetSettings(of: guild))
    },
    RESTRoute(.get, "/guilds/{guild.id}/widget.json", isPublic: true) { call, world throws(RESTFailure) in
      guard let guild = world.guilds[try call.guildID] else { throw .unknown(.guild) }
      guard guild.widgetEnabled else {
        throw RESTFailure(status: 403, code: 50004, message: "Widget Disabled")
      }
      return .ok(world.widget(of: guild))
    },
  ]
}

extension World {
  fileprivate func widgetSettings(of guild: Guild) -> JSONValue {
    var json = Fields()
    json.put("enabled", guild.widgetEnabled)
    json.put("channel_id", guild.widgetChannelID)
    return json.value
  }

  fileprivate func preview(of guild: Guild) -> JSONValue {
    let whole = json(guild, withCounts: true)
    let names = [
      "id", "name", "icon", "splash", "discovery_splash", "home_header", "features", "description", "emojis",
      "stickers",
      "approximate_member_count", "approximate_presence_count",
    ]
    return .object(JSONObject(fields: names.map { .init(key: $0, value: whole[$0] ?? .null) }))
  }

  /// Voice channels that everybody sees, and at most a hundred members who are online. Their ids are numbers from 0,
  /// as nobody outside shall know who they are.
  fileprivate func widget(of guild: Guild) -> JSONValue {
    let everyone = guild.roles[guild.everyoneRole]?.permissions ?? []
    let open = sortedChannels(of: guild).filter { channel in
      let denied = channel.overwrites.contains {
        $0.target == .role(guild.everyoneRole) && $0.deny.contains(.viewChannel)
      }
      return channel.kind.isVoice && everyone.contains(.viewChannel) && !denied
    }
    let online = guild.members.keys.sorted().compactMap { users[$0] }.filter {
      $0.presence.status != "offline"
    }
    var json = Fields()
    json.put("id", guild.id)
    json.put("name", guild.name)
    json.put("instant_invite", JSONValue.null)
    json.put(
      "channels",
      .array(
        open.map {
          ["id": .id($0.id), "name": .string($0.name), "position": .integer(Int64($0.position))]
        }))
    json.put(
      "members",
      .array(
        online.prefix(100).enumerated().map { index, user in
          [
            "id": .string(String(index)), "username": .string(user.globalName ?? user.username),
            "discriminator": "0000", "avatar": .null, "status": .string(user.presence.status),
            "avatar_url": .string("\(cdnBase)/embed/avatars/\(index % 6).png"),
          ]
        }))
    json.put("presence_count", online.count)
    return json.value
  }
}
