// Bots in the simulator: from the token to the answer that a person sees.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordLimits
import DiscordModels
import DiscordREST
import DiscordTestKit
import EventLoop
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

/// A simulator with its seeded community, the demo bot on one loop, and a person who acts.
private final class Stage: Sendable {
  let simulator: Simulator
  private let proof: ExchangeProof
  let loop: EventLoop
  let client: HTTPClient
  let token: String
  let application: ApplicationID
  let guild: GuildID
  let channel: ChannelID
  let person: UserID
  let commands = InteractionTable()

  /// What the stage needs to know of the world.
  private struct Scene: Sendable {
    let token: String
    let application: ApplicationID
    let guild: GuildID
    let channel: ChannelID
    let person: UserID
  }

  init() async throws {
    let proof = try ExchangeProof()
    var configuration = SimulatorConfiguration()
    configuration.onExchange = { proof.check($0) }
    self.proof = proof
    simulator = try await Simulator.start(configuration)
    await simulator.limitsIdentify(false)
    let scene = await simulator.withWorld { world -> Scene? in
      guard let application = world.demoApplication,
        let guild = world.guilds.values.first(where: { $0.name == "Lanternfall" }),
        let channel = guild.channels.sorted().compactMap({ world.channels[$0] }).first(where: {
          $0.kind == .text
            && world.permissions(of: application.botID, in: $0).contains([.viewChannel, .sendMessages])
        })
      else { return nil }
      return Scene(
        token: application.botToken, application: application.id, guild: guild.id, channel: channel.id,
        person: guild.ownerID)
    }
    let found = try #require(scene)
    (token, application, guild) = (found.token, found.application, found.guild)
    (channel, person) = (found.channel, found.person)
    loop = try EventLoop(name: "bot")
    client = try HTTPClient(loop: loop)
  }

  func bot(stores: BotStores = .inMemory, _ set: (inout BotConfiguration) -> Void = { _ in }) throws -> Bot {
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = simulator.apiBase
    environment.budget = AddressBudget(metrics: MetricRegistry())
    var configuration = BotConfiguration()
    configuration.cache = .everything
    set(&configuration)
    return try Bot(
      token: Secret(utf8: token), configuration: configuration, routing: commands, environment: environment,
      stores: stores)
  }

  /// A call of the person's client.
  @discardableResult
  func act(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue? {
    var request = HTTPClient.Request(simulator.apiBase + path, method: method)
    request.fields = ["Authorization": "user.\(person)", "Content-Type": "application/json"]
    if let body { request.body = .bytes(try body.encoded()) }
    let response = try await client.send(request)
    try #require(
      (200..<300).contains(response.status.code), "\(method.rawValue) \(path): \(response.status.code)")
    return response.body.isEmpty ? nil : try JSONValue(parsing: response.body)
  }

  func say(_ text: String) async throws -> MessageID {
    let message = try await act(.post, "/channels/\(channel)/messages", ["content": .string(text)])
    return MessageID(try #require(message?["id"]?.snowflake))
  }

  /// Uses a slash command, once the bot has registered it.
  func use(_ command: String, with bot: Bot) async throws {
    var id: ApplicationCommandID?
    try await eventually("the command is registered") {
      let known: [ApplicationCommand] = try await bot.rest.send(.getGlobalCommands(of: application))
      id = known.first { $0.definition.name == command }?.id
      return id != nil
    }
    try await act(
      .post, "/interactions",
      [
        "type": 2, "application_id": .id(application), "guild_id": .id(guild), "channel_id": .id(channel),
        "session_id": "x", "nonce": "1",
        "data": ["id": .id(try #require(id)), "name": .string(command), "type": 1, "options": []],
      ])
  }

  /// What the newest message of the channel says, and whether it is still "thinking".
  func newest() async throws -> (content: String?, isLoading: Bool) {
    let messages = try await act(.get, "/channels/\(channel)/messages?limit=1")
    let message = messages?.array?.first
    return (message?["content"]?.string, (message?["flags"]?.int64 ?? 0) & 128 != 0)
  }

  func end(_ bots: Bot...) async throws {
    for bot in bots { await bot.stop() }
    client.shutdown()
    await simulator.stop()
    loop.shutdown()
    try proof.verify()
  }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct SimulatedBotTests {
  @Test func `a bot comes online, knows its guilds and answers a command by the gateway`() async throws {
    let stage = try await Stage()
    stage.commands.command(.chatInput("ping", "Says pong")) { interaction in
      let latency = await interaction.bot.latency()
      try await interaction.reply("Pong! \(latency.map { "\($0)" } ?? "")")
    }
    let bot = try stage.bot()
    try await bot.start()
    try await eventually("online") { bot.state == .online }
    try await eventually("the guild is known") { bot.cache.guild(stage.guild)?.isAvailable == true }
    #expect(bot.cache.guild(stage.guild)?.name == "Lanternfall")
    #expect(bot.cache.ownMember(in: stage.guild) != nil)
    // The cache computes what the world computes.
    let expected = await stage.simulator.withWorld { world in
      world.guilds[stage.guild]?.channels.compactMap { world.channels[$0] }.map { channel in
        (channel.id, world.permissions(of: stage.application.converted(), in: channel))
      } ?? []
    }
    #expect(expected.count > 5)
    for (channel, permissions) in expected where bot.cache.channel(channel, in: stage.guild) != nil {
      #expect(
        bot.cache.ownPermissions(in: stage.guild, channel: channel).permissions == permissions, "\(channel)")
    }
    try await stage.use("ping", with: bot)
    try await eventually("the answer is there") {
      try await stage.newest().content?.hasPrefix("Pong!") == true
    }
    try await stage.end(bot)
  }

  @Test func `a command is answered by the HTTP endpoint`() async throws {
    let stage = try await Stage()
    let ages = Recorder<Duration>()
    stage.commands.command(.chatInput("ping", "Says pong")) { interaction in
      try await interaction.reply("Pong by HTTP")
      ages.record(interaction.age)
      try await interaction.followUp(MessageCreate("and more"))
    }
    let bot = try stage.bot { $0.usesGateway = false }
    try await bot.start()
    var router = Router()
    let statuses = Recorder<Int>()
    router.post("/interactions", name: "interactions") { request in
      guard let endpoint = bot.interactionEndpoint else { throw HTTPProblem.notFound }
      do {
        let response = try await endpoint.handle(request)
        statuses.record(response.status.code)
        return response
      } catch let problem as HTTPProblem {
        statuses.record(problem.status.code)
        throw problem
      }
    }
    let server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: stage.loop, metrics: MetricRegistry(),
      writesAccessLog: false)
    guard case .tcp(let host, let port) = try server.start() else { throw TestKitError("no address") }
    _ = try await bot.rest.send(
      .modifyCurrentApplication(
        ApplicationEdit { $0.interactionsEndpointURL = .set("http://\(host):\(port)/interactions") }))
    try await eventually("Discord has checked the address") { statuses.values.count == 2 }
    try await stage.use("ping", with: bot)
    try await eventually("the follow-up is there") { try await stage.newest().content == "and more" }
    #expect(ages.values.count == 1)
    // A forged call, the honest one, and the command.
    #expect(statuses.values.sorted() == [200, 200, 401])
    let address = await stage.simulator.withWorld {
      $0.applications[stage.application]?.interactionsEndpointURL
    }
    #expect(address != nil)
    await server.shutdown(grace: .seconds(1))
    try await stage.end(bot)
  }

  @Test func `a slow handler is deferred at two seconds, and its answer takes the place of thinking`()
    async throws
  {
    let stage = try await Stage()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let started = Mutex<ContinuousClock.Instant?>(nil)
    stage.commands.command(.chatInput("think", "Takes its time")) { interaction in
      started.withLock { $0 = .now }
      for await _ in gate { break }
      try await interaction.reply("At last")
    }
    let bot = try stage.bot()
    try await bot.start()
    try await eventually("online") { bot.state == .online }
    try await stage.use("think", with: bot)
    try await eventually("thinking shows") { try await stage.newest().isLoading }
    let waited = try #require(started.withLock { $0 }).duration(to: .now)
    #expect(waited > .milliseconds(1_900))
    open.yield()
    try await eventually("the answer shows") { try await stage.newest().content == "At last" }
    #expect(try await stage.newest().isLoading == false)
    try await stage.end(bot)
  }

  @Test func `a bot that stops and resumes gets what was said meanwhile, and knows its guilds again`()
    async throws
  {
    let stage = try await Stage()
    let stores = BotStores.inMemory
    let first = try stage.bot(stores: stores) { $0.intents = [.guildMessages] }
    try await first.start()
    try await eventually("the guild is known") { first.cache.guild(stage.guild)?.isAvailable == true }
    let before = first.cache.roles(in: stage.guild)
    await first.stop(keepsSessions: true)
    let missed = try await stage.say("Is anybody there?")
    let second = try stage.bot(stores: stores) {
      $0.intents = [.guildMessages]
      $0.resumesStoredSession = true
    }
    let heard = Recorder<MessageID>()
    let subscription = second.events.subscribe(to: .messageCreate) { event in
      if let id = event.data["id"]?.id(Entity.Message.self) { heard.record(id) }
    }
    let names = Recorder<GatewayEventName>()
    let observer = second.events.subscribeToAll { names.record($0.name) }
    try await second.start()
    try await eventually("the missed message is replayed") { heard.values.contains(missed) }
    try await eventually("the session is resumed") { names.values.contains(.resumed) }
    #expect(!names.values.contains(.ready))
    // Discord does not send guilds again: they are asked for.
    try await eventually("the guild is known again") { second.cache.guild(stage.guild)?.isAvailable == true }
    #expect(second.cache.roles(in: stage.guild) == before)
    #expect(
      second.cache.ownPermissions(in: stage.guild, channel: stage.channel).permissions?.contains(
        .sendMessages) == true)
    subscription.cancel()
    observer.cancel()
    try await stage.end(second)
  }

  @Test func `messages are deleted as they come`() async throws {
    let stage = try await Stage()
    let bot = try stage.bot { $0.intents = [.guildMessages] }
    let latencies = Recorder<Duration>()
    let subscription = bot.events.subscribe(to: .messageCreate) { event in
      guard let id = event.data["id"]?.id(Entity.Message.self), event.guild == stage.guild,
        let channel = event.data["channel_id"]?.id(Entity.Channel.self)
      else { return }
      let hold = event.hold()
      let received = event.receivedAt
      Task {
        _ = try? await bot.rest.send(.deleteMessage(id, in: channel), priority: .moderation)
        latencies.record(SystemTime().uptime - received)
        hold.finish()
      }
    }
    try await bot.start()
    try await eventually("online") { bot.state == .online }
    var said: [MessageID] = []
    for number in 0..<5 { said.append(try await stage.say("Message \(number)")) }
    try await eventually("all are deleted") { latencies.values.count == 5 }
    let left = try await stage.act(.get, "/channels/\(stage.channel)/messages?limit=5")?.array?.compactMap {
      $0["id"]?.snowflake
    }
    #expect(Set(left ?? []).isDisjoint(with: said.map(\.rawValue)))
    subscription.cancel()
    try await stage.end(bot)
  }

  @Test func `a token that was reset is said clearly`() async throws {
    let stage = try await Stage()
    await stage.simulator.withWorld { $0.applications[stage.application]?.botToken = "other" }
    let bot = try stage.bot()
    await #expect(throws: BotCrash.tokenRejected) { try await bot.start() }
    try await stage.end(bot)
  }
}
