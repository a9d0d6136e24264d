// What the playground and its tests ask of the simulator beyond what Discord's routes say.

internal import DiscordCore
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  /// The applications of the world with their tokens: whoever reaches this address may be any of them.
  static let playgroundRoutes: [RESTRoute] = [
    RESTRoute(.get, "/sim/applications", isPublic: true) { _, world throws(RESTFailure) in
      let applications = world.applications.values.sorted { $0.id < $1.id }
      return .ok(
        .array(
          applications.map { application in
            [
              "id": .id(application.id), "name": .string(application.name),
              "bot": world.json(user: application.botID), "token": .string(application.botToken),
            ]
          }))
    }
  ]
}
