// Channels and their overwrites.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let channelRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(.array(world.sortedChannels(of: guild).map { world.json($0) }))
    },
    RESTRoute(.post, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      .created(
        world.json(
          try world.createChannel(
            in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)))
    },
    RESTRoute(.patch, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      try world.moveChannels(
        in: try call.guildID, by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.get, "/channels/{channel.id}") { call, world throws(RESTFailure) in
      let caller = try call.actor
      return .ok(world.json(try world.channel(try call.channelID, for: caller), for: caller))
    },
    RESTRoute(.patch, "/channels/{channel.id}") { call, world throws(RESTFailure) in
      let caller = try call.actor
      let channel = try world.modifyChannel(
        try call.channelID, by: caller, body: call.body, reason: call.reason)
      return .ok(world.json(channel, for: caller))
    },
    RESTRoute(.delete, "/channels/{channel.id}") { call, world throws(RESTFailure) in
      .ok(try world.deleteChannel(try call.channelID, by: try call.actor, reason: call.reason))
    },
    RESTRoute(.put, "/channels/{channel.id}/permissions/{overwrite.id}") { call, world throws(RESTFailure) in
      try world.setOverwrite(
        try call.channelID, target: try call.id("overwrite.id", Entity.Role.self).rawValue,
        by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/permissions/{overwrite.id}") {
      call, world throws(RESTFailure) in
      try world.deleteOverwrite(
        try call.channelID, target: try call.id("overwrite.id", Entity.Role.self).rawValue,
        by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.put, "/channels/{channel.id}/voice-status") { call, world throws(RESTFailure) in
      try world.setVoiceStatus(
        of: try call.channelID, by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.post, "/channels/{channel.id}/typing") { call, world throws(RESTFailure) in
      try world.type(in: try call.channelID, by: try call.actor)
      return .noContent
    },
  ]
}
