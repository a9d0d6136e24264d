// Until the world lets users join.

internal import DiscordCore
internal import SimulatorWorld

extension World {
  func join(_ user: UserID, _ id: GuildID, permissions: Permissions = [], addedBy: UserID? = nil) throws(RESTFailure) {
    throw .unknown(.guild)
  }
}
