// Users.

internal import HTTPTypes
internal import DiscordCore
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let userRoutes: [RESTRoute] = [
    RESTRoute(.get, "/users/@me") { call, world throws(RESTFailure) in
      if case .bearer(let user?, _, let scopes) = call.caller, scopes.contains("identify") {
        return .ok(world.json(me: try world.user(user), withEmail: scopes.contains("email")))
      }
      return .ok(world.json(me: try world.user(try call.actor)))
    },
  ]
}
