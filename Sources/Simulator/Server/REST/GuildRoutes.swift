// Guilds themselves.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let guildRoutes: [RESTRoute] = [
    RESTRoute(.get, "/guilds/{guild.id}") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(world.json(guild, withCounts: call.flag("with_counts")))
    },
    RESTRoute(.get, "/guilds/{guild.id}/channels") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor)
      return .ok(.array(world.sortedChannels(of: guild).map { world.json($0) }))
    },
  ]
}
