// A server with a bot in the simulator, whose clock is moved by hand, and people who act there.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import DiscordTestKit
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import PlatformPlugins
import SandboxContract
import Simulator
import SimulatorWorld
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

@testable import SandboxDiscord

/// Everything real but Discord, the plugin and the bot's clock.
final class EventsStage: Sendable {
  let simulator: Simulator
  let bot: Bot
  let time: ManualTime
  let guild: GuildID
  let channel: ChannelID
  let voice: ChannelID
  let owner: UserID
  let member: UserID
  let application: ApplicationID
  let client: HTTPClient
  /// Exchanges by which interactions were answered, in short.
  let wire: Recorder<String>
  fileprivate let handler: Handler

  struct Scene: Sendable {
    let token: String
    let application: ApplicationID
    let guild: GuildID
    let channel: ChannelID
    let voice: ChannelID
    let owner: UserID
    let member: UserID

    init(in world: World) throws {
      let (owner, member) = (world.makeUser("olive"), world.makeUser("mia", globalName: "Mia M."))
      let application = world.makeApplication("Stage", owner: owner.id)
      let guild = world.makeGuild("Stage", owner: owner.id)
      (self.owner, self.member) = (owner.id, member.id)
      (token, self.application, self.guild) = (application.botToken, application.id, guild.id)
      try world.join(member.id, guild.id)
      try world.join(application.botID, guild.id, permissions: .administrator, addedBy: owner.id)
      func make(_ name: JSONValue, _ type: JSONValue) throws -> ChannelID {
        try world.createChannel(
          in: guild.id, by: owner.id, body: ["name": name, "type": type], reason: nil
        ).id
      }
      channel = try make("first", 0)
      voice = try make("Lounge", 2)
    }
  }

  init(
    _ simulator: Simulator, _ scene: Scene, bot: Bot, time: ManualTime, client: HTTPClient,
    wire: Recorder<String>, handler: Handler
  ) {
    (self.simulator, self.bot, self.time, self.client) = (simulator, bot, time, client)
    (self.wire, self.handler) = (wire, handler)
    (guild, channel, voice) = (scene.guild, scene.channel, scene.voice)
    (owner, member, application) = (scene.owner, scene.member, scene.application)
  }

  /// Runs `body` on a stage whose bot is online.
  static func run(_ body: (EventsStage) async throws -> Void) async throws {
    let wire = Recorder<String>()
    var configuration = SimulatorConfiguration()
    configuration.onExchange = { exchange in
      if let line = Self.line(exchange) { wire.record(line) }
    }
    try await withSimulator(configuration) { simulator in
      await simulator.limitsIdentify(false)
      let scene = try await simulator.withWorld { world in try Scene(in: world) }
      let loop = try EventLoop(name: "stage")
      defer { loop.shutdown() }
      let client = try HTTPClient(loop: loop)
      defer { client.shutdown() }
      var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
      environment.rest.base = simulator.apiBase
      environment.budget = AddressBudget(metrics: MetricRegistry())
      let time = ManualTime()
      environment.time = time
      var bots = BotConfiguration()
      bots.cache = .everything
      bots.intents = .documented
      let handler = Handler()
      let bot = try Bot(
        token: Secret(utf8: scene.token), configuration: bots, routing: handler, environment: environment)
      let stage = EventsStage(
        simulator, scene, bot: bot, time: time, client: client, wire: wire, handler: handler)
      try await bot.start()
      let outcome: Result<Void, any Error>
      do {
        try await eventually("the bot knows the server") { bot.cache.guild(scene.guild) != nil }
        outcome = .success(try await body(stage))
      } catch { outcome = .failure(error) }
      await bot.stop()
      try outcome.get()
    }
  }

  /// What an exchange did to an interaction; nil for all others.
  private static func line(_ exchange: RESTExchange) -> String? {
    guard (200..<300).contains(exchange.status), let template = exchange.template else { return nil }
    // Files would make it no JSON; there are none.
    let body = try? JSONValue(parsing: exchange.request)
    func flagged(_ text: String, _ flags: JSONValue?) -> String {
      (flags?.int64 ?? 0) & 64 != 0 ? "\(text) private" : text
    }
    let isWebhook = template.hasPrefix("/webhooks/")
    switch exchange.method {
    case .post where template.hasPrefix("/interactions/"):
      return flagged("callback \(body?["type"]?.int64 ?? 0)", body?["data"]?["flags"])
    case .post where isWebhook: return flagged("follow-up", body?["flags"])
    case .patch where isWebhook: return "edit original"
    case .delete where isWebhook: return "delete original"
    case .patch where template == "/channels/{channel.id}/messages/{message.id}": return "edit message"
    default: return nil
    }
  }

  // MARK: Acting

  /// A call of a person's client.
  @discardableResult
  func act(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, as person: UserID? = nil
  ) async throws -> JSONValue? {
    var request = HTTPClient.Request(simulator.apiBase + path, method: method)
    request.fields = ["Authorization": "user.\(person ?? owner)", "Content-Type": "application/json"]
    if let body { request.body = .bytes(try body.encoded()) }
    let response = try await client.send(request)
    let text = String(decoding: response.body, as: UTF8.self)
    try #require((200..<300).contains(response.status.code), "\(method.rawValue) \(path): \(text)")
    return response.body.isEmpty ? nil : try JSONValue(parsing: response.body)
  }

  func say(_ text: String, as person: UserID? = nil, _ more: KeyValuePairs<String, JSONValue> = [:])
    async throws
    -> MessageID
  {
    var body = JSONObject()
    body["content"] = .string(text)
    for (key, value) in more { body[key] = value }
    let message = try await act(
      .post, "/channels/\(channel)/messages", .object(body), as: person ?? member)
    return MessageID(try #require(message?["id"]?.snowflake))
  }

  /// Has interactions handled by `handle` from now on.
  func onInteraction(_ handle: @escaping @Sendable (ReceivedInteraction) async -> Void) {
    handler.handle.withLock { $0 = handle }
  }

  func interact(_ type: Int64, _ data: JSONValue, message: MessageID? = nil) async throws {
    var body = JSONObject()
    body["type"] = .integer(type)
    body["application_id"] = .id(application)
    body["guild_id"] = .id(guild)
    body["channel_id"] = .id(channel)
    body["session_id"] = "x"
    body["nonce"] = "1"
    body["data"] = data
    if let message {
      body["message_id"] = .id(message)
      body["message_flags"] = 0
    }
    try await act(.post, "/interactions", .object(body), as: member)
  }

  /// What the member sees, newest first.
  func messages() async throws -> [JSONValue] {
    try await act(.get, "/channels/\(channel)/messages?limit=50", as: member)?.array ?? []
  }

  /// Routes everything to one handler, which is never deferred.
  final class Handler: InteractionRouting {
    let handle = Mutex<@Sendable (ReceivedInteraction) async -> Void>({ _ in })

    var definitions: [ApplicationCommandDefinition]? { nil }

    func route(for interaction: Interaction) -> InteractionRoute? {
      InteractionRoute(deferral: .never) { received in
        let handle = self.handle.withLock { $0 }
        await handle(received)
      }
    }
  }
}

/// The events of a stage's bot, copied as the dispatcher copies them.
final class EventsTap: Sendable {
  private let events = Recorder<GuildEvent>()
  private let subscriptions: [EventSubscription]

  init(_ stage: EventsStage) {
    let (bot, guild, events) = (stage.bot, stage.guild, events)
    let kept = PriorRoles()
    let before = bot.events.subscribe(to: .guildMemberUpdate, .guildMemberRemove, at: .beforeCache) { event in
      let user: UserID? = event.data["user"]?["id"]?.id()
      let roles = user.flatMap { bot.cache.member($0, in: guild).member?.roles }
      kept.roles.withLock { $0 = roles }
    }
    let after = bot.events.subscribeToAll { event in
      guard event.guild == guild else { return }
      var writer = JSONWriter()
      writer.value(event.data)
      guard let json = try? writer.finish() else { return }  // What was parsed can be written.
      let isOfMember = event.name == .guildMemberUpdate || event.name == .guildMemberRemove
      let roles = isOfMember ? kept.roles.withLock { $0 } : nil
      events.record(
        GuildEvent(
          name: event.name, guild: guild, bot: bot.id, key: event.replayKey,
          receivedAt: Timestamp(milliseconds: 0), priorRoles: roles, json: json))
    }
    subscriptions = [before, after]
  }

  /// Waits for the events of that name and gives them.
  func wait(for name: GatewayEventName, count: Int = 1) async throws -> [GuildEvent] {
    try await eventually("\(name) came \(count) times") { seen(name).count >= count }
    return seen(name)
  }

  /// All so far, in order.
  var all: [GuildEvent] { events.values }

  private func seen(_ name: GatewayEventName) -> [GuildEvent] { events.values.filter { $0.name == name } }
}

/// The roles that a member had before the event under way.
private final class PriorRoles: Sendable {
  let roles = Mutex<[RoleID]?>(nil)
}
