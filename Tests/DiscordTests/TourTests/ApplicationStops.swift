// Applications: commands, payments, OAuth2.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
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
      try await tour.go(.deleteRoleConnection(with: tour.application, as: bearer))
      let (id, secret) = try await tour.simulator.withWorld { world throws(RESTFailure) in
        (tour.application, world.applications[tour.application]?.clientSecret ?? "")
      }
      let client = RESTToken(Secret(utf8: "\(id):\(secret)"))
      let own = try await tour.go(.clientCredentials([.identify], client: client))
      try await tour.go(.revokeToken(own.accessToken, client: client))
    },
    TourStop("payments") { tour in
      let world = "http://\(tour.simulator.authority)"
      let sku = try await tour.sku(type: 5, at: world)
      let once = try await tour.sku(type: 3, at: world)
      #expect(try await tour.go(.listSKUs(of: tour.application)).count == 2)
      let entitlement = try await tour.go(
        .createTestEntitlement(of: sku, to: .user(tour.anna), application: tour.application))
      let coin = try await tour.go(
        .createTestEntitlement(of: once, to: .user(tour.anna), application: tour.application))
      try await tour.go(.getEntitlement(entitlement.id, of: tour.application))
      #expect(
        try await tour.go(.listEntitlements(of: tour.application, EntitlementFilter(user: tour.anna))).count
          == 2)
      try await tour.go(.consumeEntitlement(coin.id, of: tour.application))
      let bearer = try await tour.bearer(tour.anna, ["applications.entitlements"])
      let theirs = try await tour.go(
        .getCurrentUserEntitlements(
          of: tour.application, skus: [sku, once], excludesConsumed: true, as: bearer))
      #expect(theirs.map(\.id) == [entitlement.id])
      let subscription = try #require(try await tour.go(.listSubscriptions(of: sku, user: tour.anna)).first)
      try await tour.go(.getSubscription(subscription.id, of: sku, user: tour.anna))
      try await tour.go(.deleteTestEntitlement(entitlement.id, of: tour.application))
    },
    TourStop("interactions") { tour in
      try await tour.go(.overwriteGlobalCommands([.chatInput("ping", "Pings")], of: tour.application))
      let command = try #require(try await tour.go(.getGlobalCommands(of: tour.application)).first)
      let first = try await tour.interact(command.id)
      try await tour.go(
        .respond(to: first.id, token: first.token, .message(MessageCreate("pong").ephemeral())))
      try await tour.go(.getOriginalResponse(of: tour.application, token: first.token))
      try await tour.go(
        .editOriginalResponse(of: tour.application, token: first.token, MessageEdit(content: "pang")))
      let more = try await tour.go(
        .createFollowup(of: tour.application, token: first.token, MessageCreate("more")))
      try await tour.go(.getFollowup(more.id, of: tour.application, token: first.token))
      try await tour.go(
        .editFollowup(more.id, of: tour.application, token: first.token, MessageEdit(content: "less")))
      try await tour.go(.deleteFollowup(more.id, of: tour.application, token: first.token))
      try await tour.go(.deleteOriginalResponse(of: tour.application, token: first.token))
      let second = try await tour.interact(command.id)
      let callback = try await tour.go(
        .respondReturning(to: second.id, token: second.token, .message(MessageCreate("pong"))))
      #expect(callback.message?.content == "pong")
      let twice = try await tour.refused(.respond(to: second.id, token: second.token, .pong))
      #expect(twice.status == 400)
    },
  ]
}

extension Tour {
  /// An access token that a person has given the application.
  func bearer(_ user: UserID, _ scopes: [String]) async throws -> RESTToken {
    RESTToken(Secret(utf8: try await accessToken(user, scopes)))
  }

  /// The token itself.
  func accessToken(_ user: UserID, _ scopes: [String]) async throws -> String {
    let token = "token-of-\(user)"
    await simulator.withWorld { world in
      world.accessTokens[token] = AccessGrant(
        user: user, application: application, scopes: Set(scopes), expiresAt: world.now + .seconds(3_600))
    }
    return token
  }

  /// Something to buy.
  func sku(type: Int64, at authority: String) async throws -> SKUID {
    var request = HTTPClient.Request("\(authority)/sim/applications/\(application)/skus", method: .post)
    request.fields["Content-Type"] = "application/json"
    request.body = .bytes(
      try JSONValue.object(JSONObject(fields: [.init(key: "type", value: .integer(type))])).encoded())
    let json = try JSONValue(parsing: try await http.send(request).body)
    return SKUID(try #require(json["id"]?.snowflake))
  }

  /// A person uses a command; what the application is sent.
  func interact(_ command: ApplicationCommandID) async throws -> (id: InteractionID, token: String) {
    let sent = Recorder<JSONValue>()
    await simulator.withWorld { $0.subscribe(Listener(bot, sent)) }
    try await act(
      anna, .post, "/interactions",
      [
        "type": 2, "application_id": .id(application), "guild_id": .id(guild), "channel_id": .id(channel),
        "session_id": "x", "nonce": "1",
        "data": ["id": .id(command), "name": "ping", "type": 1, "options": []],
      ])
    let interaction = try #require(sent.values.last)
    return (
      InteractionID(try #require(interaction["id"]?.snowflake)), try #require(interaction["token"]?.string)
    )
  }
}

/// Writes down the interactions that a bot is told of, as if it was on the gateway.
private final class Listener: WorldSink {
  let viewer: UserID
  let intents: EventIntents = []
  private let recorder: Recorder<JSONValue>

  init(_ viewer: UserID, _ recorder: Recorder<JSONValue>) {
    (self.viewer, self.recorder) = (viewer, recorder)
  }

  func covers(_ guild: GuildID?) -> Bool { true }

  func receive(_ event: WorldEvent, withContent: Bool) {
    if event.name == "INTERACTION_CREATE" { recorder.record(event.payload) }
  }

  func worldEnded() {}
}
