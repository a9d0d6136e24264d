// Users and the gateway's address.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let gatewayRoutes: [RESTRoute] = [
    RESTRoute(.get, "/gateway", isPublic: true) { _, world throws(RESTFailure) in
      .ok(["url": .string(world.gatewayURL)])
    },
    RESTRoute(.get, "/gateway/bot") { call, world throws(RESTFailure) in
      guard call.isBot else { throw .unauthorized }
      return .ok([
        "url": .string(world.gatewayURL), "shards": 1,
        "session_start_limit": [
          "total": 1_000, "remaining": 1_000, "reset_after": 0, "max_concurrency": 1,
        ],
      ])
    },
  ]

  static let userRoutes: [RESTRoute] = [
    RESTRoute(.get, "/users/@me") { call, world throws(RESTFailure) in
      if case .bearer(let user?, _, let scopes) = call.caller, scopes.contains("identify") {
        return .ok(world.json(me: try world.user(user), withEmail: scopes.contains("email")))
      }
      return .ok(world.json(me: try world.user(try call.actor)))
    },
  ]
}
