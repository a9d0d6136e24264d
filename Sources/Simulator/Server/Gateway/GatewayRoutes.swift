// Where the gateway is, and how many sessions may still be started.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let gatewayRoutes: [RESTRoute] = [
    RESTRoute(.get, "/gateway", isPublic: true) { _, world throws(RESTFailure) in
      .ok(["url": .string(world.gatewayURL)])
    },
    RESTRoute(.get, "/gateway/bot") { call, world throws(RESTFailure) in
      guard case .bot(let application) = call.caller else { throw .unauthorized }
      let gateway = try world.services.hub.gateway
      let limit = gateway.admission.startLimit(of: application, at: world.now)
      let guilds = world.guildIDs(of: application.converted()).count
      return .ok([
        "url": .string(world.gatewayURL),
        // Discord counts on about a thousand guilds a shard.
        "shards": .integer(Int64(max(1, (guilds + 999) / 1_000))),
        "session_start_limit": [
          "total": .integer(Int64(limit.total)), "remaining": .integer(Int64(limit.remaining)),
          "reset_after": .integer(limit.resetAfter.wholeMilliseconds),
          "max_concurrency": .integer(Int64(limit.concurrency)),
        ],
      ])
    },
  ]
}
