// A bot with every permission in a guild of its own, people around it, and our client.

import DiscordCore
import DiscordLimits
import DiscordREST
import DiscordTestKit
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Telemetry
import TestKit
import Testing
import Vault

/// What a stop of the tour has at hand. Every call is written down.
struct Tour: Sendable {
  let simulator: Simulator
  let loop: EventLoop
  let http: HTTPClient
  let rest: RESTClient
  let application: ApplicationID
  let guild: GuildID
  let owner: UserID
  let anna: UserID
  let ben: UserID
  /// A text channel where everybody may write.
  let channel: ChannelID
  let called: Recorder<String>

  /// The bot's own user.
  var bot: UserID { application.converted() }

  /// Makes a call that must succeed.
  @discardableResult
  func go<Response>(_ endpoint: Endpoint<Response>) async throws(RESTError) -> Response {
    called.record("\(endpoint.call.method.rawValue) \(endpoint.call.route.template)")
    return try await rest.send(endpoint)
  }

  /// Makes a call that must be refused, and gives the error.
  func refused<Response>(_ endpoint: Endpoint<Response>) async throws -> RESTError {
    do {
      _ = try await rest.send(endpoint)
    } catch { return error }
    throw TestKitError("\(endpoint.call.route.template) was not refused")
  }

  /// A person does something.
  @discardableResult
  func act(_ user: UserID, _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws
    -> JSONValue?
  {
    var request = HTTPClient.Request(simulator.apiBase + path, method: method)
    request.fields["Authorization"] = "user.\(user)"
    if let body {
      request.fields["Content-Type"] = "application/json"
      request.body = .bytes(try body.encoded())
    }
    let response = try await http.send(request)
    guard response.status.code < 300 else {
      throw TestKitError("\(method) \(path): \(response.status.code) \(response.text)")
    }
    return response.body.isEmpty ? nil : try JSONValue(parsing: response.body)
  }

  /// Runs `body` with a world of its own.
  static func run(
    proof: ExchangeProof, called: Recorder<String>, _ body: @Sendable (Tour) async throws -> Void
  ) async throws {
    var configuration = SimulatorConfiguration()
    configuration.seed = nil
    try await withSimulator(configuration, proof: proof) { simulator in
      await simulator.limitsREST(false)
      let loop = try EventLoop(name: "tour")
      let http = try HTTPClient(loop: loop)
      defer {
        http.shutdown()
        loop.execute { loop.shutdown() }
      }
      let tour = try await build(simulator, loop, http, called)
      try await body(tour)
      await tour.rest.shutdown()
    }
  }

  private static func build(
    _ simulator: Simulator, _ loop: EventLoop, _ http: HTTPClient, _ called: Recorder<String>
  ) async throws -> Tour {
    let (users, application, token, guild, channel) = try await simulator.withWorld {
      world throws(RESTFailure) -> ([UserID], ApplicationID, String, GuildID, ChannelID) in
      let users = ["olive", "anna", "ben"].map { world.makeUser($0).id }
      let application = world.makeApplication("Tourist", owner: users[0])
      let guild = world.makeGuild("Tour", owner: users[0])
      guild.features.insert("COMMUNITY")
      try world.join(users[1], guild.id)
      try world.join(users[2], guild.id)
      try world.join(application.botID, guild.id, permissions: .all, addedBy: users[0])
      let channel = try world.createChannel(in: guild.id, by: users[0], body: ["name": "open"], reason: nil)
      return (users, application.id, application.botToken, guild.id, channel.id)
    }
    await simulator.computeKeys()
    var configuration = RESTClient.Configuration()
    configuration.base = simulator.apiBase
    let rest = RESTClient(
      loop: loop, http: http, token: Secret(utf8: token), configuration: configuration,
      budget: AddressBudget(metrics: MetricRegistry()), metrics: MetricRegistry())
    return Tour(
      simulator: simulator, loop: loop, http: http, rest: rest, application: application, guild: guild,
      owner: users[0], anna: users[1], ben: users[2], channel: channel, called: called)
  }
}

/// A place the tour comes to.
struct TourStop: Sendable {
  let name: String
  let visit: @Sendable (Tour) async throws -> Void

  init(_ name: String, _ visit: @escaping @Sendable (Tour) async throws -> Void) {
    (self.name, self.visit) = (name, visit)
  }

  static let all = channelStops + guildStops + peopleStops + expressionStops + applicationStops

  /// A picture of one pixel.
  static let picture: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0,
    1, 8, 6,
    0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 13, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xFC, 0xCF, 0xC0,
    0x50,
    0x0F, 0, 0x04, 0x85, 0x01, 0x80, 0x84, 0xA9, 0x8C, 0x21, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42,
    0x60, 0x82,
  ]
}
