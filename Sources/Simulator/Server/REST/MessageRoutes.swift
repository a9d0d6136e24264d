// Messages.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let messageRoutes: [RESTRoute] = [
    RESTRoute(.post, "/channels/{channel.id}/messages") { call, world throws(RESTFailure) in
      let author = try call.actor
      let message = try world.createMessage(
        in: try call.channelID, by: author, body: call.body ?? [:], files: call.files)
      return .ok(world.json(message, viewer: author))
    },
  ]
}
