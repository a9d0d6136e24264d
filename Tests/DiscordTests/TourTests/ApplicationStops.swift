// Applications: commands, payments, OAuth2.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Simulator
import SimulatorWorld
import Testing
import Vault

extension TourStop {
  static let applicationStops = [
    TourStop("application") { tour in
      #expect(try await tour.go(.getCurrentApplication()).id == tour.application)
      try await tour.go(
        .modifyCurrentApplication(ApplicationEdit { ($0.description, $0.tags) = ("d", ["fun"]) }))
      try await tour.go(.getCurrentBotApplication())
      let metadata = RoleConnectionMetadata(type: 1, key: "k", name: "n", description: "d")
      try await tour.go(.updateRoleConnectionMetadata([metadata], of: tour.application))
      #expect(try await tour.go(.getRoleConnectionMetadata(of: tour.application)) == [metadata])
    },
    TourStop("commands") { tour in
      let tag = ApplicationCommandDefinition.chatInput(
        "tag", "Tags", [.string("name", "Name", required: true)])
      let ping = ApplicationCommandDefinition.chatInput("ping", "Pings")
      let made = try await tour.go(.createGlobalCommand(tag, of: tour.application))
      try await tour.go(.getGlobalCommand(made.id, of: tour.application))
      try await tour.go(.editGlobalCommand(made.id, of: tour.application, tag))
      #expect(try await tour.go(.getGlobalCommands(of: tour.application, withLocalizations: true)).count == 1)
      try await tour.go(.deleteGlobalCommand(made.id, of: tour.application))
      #expect(
        try await tour.go(.overwriteGlobalCommands([tag, ping, .user("Look")], of: tour.application)).count
          == 3)
      let local = try await tour.go(.createGuildCommand(tag, of: tour.application, in: tour.guild))
      try await tour.go(.getGuildCommand(local.id, of: tour.application, in: tour.guild))
      try await tour.go(.editGuildCommand(local.id, of: tour.application, in: tour.guild, tag))
      #expect(try await tour.go(.getGuildCommands(of: tour.application, in: tour.guild)).count == 1)
      try await tour.go(.getGuildCommandPermissions(of: tour.application, in: tour.guild))
      try await tour.go(.overwriteGuildCommands([ping], of: tour.application, in: tour.guild))
      let again = try #require(
        try await tour.go(.getGuildCommands(of: tour.application, in: tour.guild)).first)
      let scopes = ["applications.commands.permissions.update"]
      let bearer = try await tour.bearer(tour.owner, scopes)
      let permission = CommandPermission(target: tour.anna.rawValue, type: .user, isAllowed: false)
      try await tour.go(
        .editCommandPermissions(
          [permission], of: again.id, application: tour.application, in: tour.guild, as: bearer))
      try await tour.go(.getCommandPermissions(of: again.id, application: tour.application, in: tour.guild))
      try await tour.go(.deleteGuildCommand(again.id, of: tour.application, in: tour.guild))
    },
    TourStop("a person's authorization") { tour in
      let bearer = try await tour.bearer(
        tour.anna,
        ["identify", "email", "guilds", "guilds.members.read", "connections", "role_connections.write"])
      try await tour.go(.getCurrentAuthorization(as: bearer))
      #expect(try await tour.go(.getCurrentUser(as: bearer)).user.id == tour.anna)
      #expect(try await tour.go(.getCurrentUserGuilds(as: bearer)).count == 1)
      try await tour.go(.getCurrentUserGuildMember(in: tour.guild, as: bearer))
      try await tour.go(.getCurrentUserConnections(as: bearer))
      try await tour.go(
        .updateRoleConnection(
          RoleConnection(platformName: "p", metadata: [:]), with: tour.application, as: bearer))
      try await tour.go(.getRoleConnection(with: tour.application, as: bearer))
    },
  ]
}

extension Tour {
  /// An access token that a person has given the application.
  func bearer(_ user: UserID, _ scopes: [String]) async throws -> RESTToken {
    let token = "token-of-\(user)"
    await simulator.withWorld { world in
      world.accessTokens[token] = AccessGrant(
        user: user, application: application, scopes: Set(scopes), expiresAt: world.now + .seconds(3_600))
    }
    return RESTToken(Secret(utf8: token))
  }
}
