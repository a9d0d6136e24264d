// Interactions from their arrival to Discord's answer, with time that is moved by hand.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

/// An interaction as Discord sends it.
func interaction(
  _ id: UInt64 = 5, type: Int = 2, name: String = "ping", now: Timestamp, fields: [(String, JSONValue)] = []
) -> JSONValue {
  let made = InteractionID(earliestAt: now).rawValue + id
  let data: JSONValue =
    type == 3 || type == 5
    ? ["custom_id": .string(name), "component_type": 2, "components": []]
    : ["id": "1", "name": .string(name), "type": 1, "options": []]
  var all: [(String, JSONValue)] = [
    ("id", .string("\(made)")), ("application_id", .id(FakeDiscord.application)),
    ("type", .integer(Int64(type))),
    ("token", .string("token\(id)")), ("guild_id", "1"), ("channel_id", "3"), ("data", data),
    ("member", ["user": ["id": "55", "username": "ada"], "roles": []]),
    ("authorizing_integration_owners", ["0": "1"]),
  ]
  all += fields
  return .object(JSONObject(fields: all.map { .init(key: $0.0, value: $0.1) }))
}

extension FakeBot {
  /// Gives the bot an event, as a shard would.
  func receive(_ event: GatewayEventName, _ data: JSONValue, sequence: Int64 = 1) async throws {
    let bytes = try data.encoded()
    let gate = IdentifyGate(store: MemoryIdentifyStore()) { throw CancellationError() }
    let (bot, time) = (bot, time)
    let context = try GatewayLoop(loop: loop)
    let shard = Shard(
      ShardID(0, of: 1), on: context,
      configuration: ShardConfiguration(token: Secret(utf8: "x"), intents: []),
      gate: gate, sessions: MemorySessionStore(), delegate: bot, time: time)
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      loop.execute {
        continuation.resume(
          with: Result {
            try JSONParser().parse(bytes) { view in
              bot.shard(
                shard,
                received: GatewayFrame(
                  shard: shard.id, position: GatewayPosition(session: 1, sequence: sequence), event: event,
                  data: view, receivedAt: time.uptime))
            }
          })
      }
    }
  }

  func called(_ prefix: String) -> [FakeDiscord.Call] {
    discord.calls.values.filter { $0.line.hasPrefix(prefix) }
  }
}

@Suite(.timeLimit(.minutes(1))) struct GatewayInteractionTests {
  @Test func `a quick handler answers at once, with nobody mentioned`() async throws {
    let fake = try FakeBot(FakeDiscord())
    fake.commands.command(.chatInput("ping", "Says pong")) { try await $0.reply("Pong!") }
    try await fake.receive(.interactionCreate, interaction(now: fake.time.now))
    try await eventually("the answer arrives") { !fake.called("POST /interactions").isEmpty }
    let call = try #require(fake.called("POST /interactions").first)
    #expect(call.line.hasSuffix("/token5/callback"))
    #expect(call.body?["type"] == 4)
    #expect(call.body?["data"]?["content"] == "Pong!")
    #expect(call.body?["data"]?["allowed_mentions"]?["parse"] == [])
    await fake.end()
  }

  @Test func `a slow handler is deferred after two seconds, and its answer is an edit`() async throws {
    let fake = try FakeBot(FakeDiscord())
    let time = fake.time
    fake.commands.command(.chatInput("ping", "Says pong"), deferral: .reply(isEphemeral: true)) {
      interaction in
      try await time.sleep(for: .seconds(5))
      try await interaction.reply("Pong, at last")
    }
    try await fake.receive(.interactionCreate, interaction(now: time.now))
    try await eventually("both wait") { time.sleeperCount == 2 }
    time.advance(by: .milliseconds(1_999))
    #expect(fake.called("POST /interactions").isEmpty)
    time.advance(by: .milliseconds(1))
    try await eventually("the deferral arrives") { !fake.called("POST /interactions").isEmpty }
    let deferral = try #require(fake.called("POST /interactions").first?.body)
    #expect(deferral["type"] == 5)
    #expect(deferral["data"]?["flags"] == 64)
    time.advance(by: .seconds(3))
    try await eventually("the edit arrives") { !fake.called("PATCH /webhooks").isEmpty }
    let edit = try #require(fake.called("PATCH /webhooks").first)
    #expect(edit.line.hasSuffix("/token5/messages/@original"))
    #expect(edit.body?["content"] == "Pong, at last")
    await fake.end()
  }

  @Test func `a private answer after a public deferral takes the public message away first`() async throws {
    let fake = try FakeBot(FakeDiscord())
    let time = fake.time
    fake.commands.command(.chatInput("ping", "Says pong")) { interaction in
      try await time.sleep(for: .seconds(3))
      try await interaction.reply("Only for you", isEphemeral: true)
    }
    try await fake.receive(.interactionCreate, interaction(now: time.now))
    try await eventually("both wait") { time.sleeperCount == 2 }
    time.advance(by: .seconds(2))
    try await eventually("the deferral arrives") { !fake.called("POST /interactions").isEmpty }
    time.advance(by: .seconds(1))
    try await eventually("the follow-up arrives") { !fake.called("POST /webhooks").isEmpty }
    #expect(fake.called("DELETE /webhooks").count == 1)
    #expect(fake.called("POST /webhooks").first?.body?["flags"] == 64)
    #expect(fake.called("PATCH /webhooks").isEmpty)
    await fake.end()
  }

  @Test func `a component is deferred silently, then updated`() async throws {
    let fake = try FakeBot(FakeDiscord())
    let time = fake.time
    fake.commands.component("vote") { interaction in
      try await time.sleep(for: .seconds(3))
      try await interaction.update(MessageEdit(content: "Counted"))
      try await interaction.followUp(MessageCreate("Thank you"))
    }
    try await fake.receive(
      .interactionCreate,
      interaction(
        type: 3, name: "vote:7", now: time.now,
        fields: [("message", ["id": "9", "channel_id": "3", "author": ["id": "1", "username": "x"]])]))
    try await eventually("both wait") { time.sleeperCount == 2 }
    time.advance(by: .seconds(2))
    try await eventually("the deferral arrives") { !fake.called("POST /interactions").isEmpty }
    #expect(fake.called("POST /interactions").first?.body?["type"] == 6)
    time.advance(by: .seconds(1))
    try await eventually("the follow-up arrives") { !fake.called("POST /webhooks").isEmpty }
    #expect(fake.called("PATCH /webhooks").first?.body?["content"] == "Counted")
    await fake.end()
  }

  @Test func `an interaction that comes twice is handled once`() async throws {
    let fake = try FakeBot(FakeDiscord())
    let handled = Recorder<Int>()
    fake.commands.command(.chatInput("ping", "Says pong")) { interaction in
      handled.record(1)
      try await interaction.reply("Pong!")
    }
    let data = interaction(now: fake.time.now)
    try await fake.receive(.interactionCreate, data)
    try await fake.receive(.interactionCreate, data, sequence: 2)
    try await fake.receive(.interactionCreate, interaction(6, now: fake.time.now), sequence: 3)
    try await eventually("the second one is answered") { fake.called("POST /interactions").count == 2 }
    #expect(handled.values.count == 2)
    await fake.end()
  }

  @Test func `an answer that breaks a limit is refused before it is sent, and another may follow`()
    async throws
  {
    let fake = try FakeBot(FakeDiscord())
    let codes = Recorder<InteractionError.Code>()
    fake.commands.command(.chatInput("ping", "Says pong")) { interaction in
      do { try await interaction.reply(String(repeating: "x", count: 2_001)) } catch let error
        as InteractionError
      { codes.record(error.code) }
      try await interaction.reply("Shorter")
    }
    try await fake.receive(.interactionCreate, interaction(now: fake.time.now))
    try await eventually("the answer arrives") { !fake.called("POST /interactions").isEmpty }
    #expect(codes.values == [.invalid])
    #expect(fake.called("POST /interactions").count == 1)
    await fake.end()
  }

  @Test func `a handler that throws is reported`() async throws {
    struct Broken: Error {}
    let failed = Recorder<String>()
    let fake = try FakeBot(FakeDiscord()) { configuration in
      configuration.interactionFailed = { interaction, error in
        failed.record("\(type(of: error))")
        _ = try? await interaction.reply("Something went wrong.", isEphemeral: true)
      }
    }
    fake.commands.command(.chatInput("ping", "Says pong")) { _ in throw Broken() }
    try await fake.receive(.interactionCreate, interaction(now: fake.time.now))
    try await eventually("the person is told") { !fake.called("POST /interactions").isEmpty }
    #expect(failed.values == ["Broken"])
    await fake.end()
  }

  @Test func `an interaction unknown to Discord is lost for good`() async throws {
    let discord = try FakeDiscord()
    discord.refusals.withLock { $0 = [("POST /interactions", 404, 10062, 1)] }
    let fake = try FakeBot(discord)
    let codes = Recorder<InteractionError.Code>()
    fake.commands.command(.chatInput("ping", "Says pong")) { interaction in
      for _ in 0..<2 {
        do { try await interaction.reply("Pong!") } catch let error as InteractionError {
          codes.record(error.code)
        }
      }
    }
    try await fake.receive(.interactionCreate, interaction(now: fake.time.now))
    try await eventually("both attempts are over") { codes.values.count == 2 }
    #expect(codes.values == [.callFailed, .tooLate])
    #expect(fake.called("POST /interactions").count == 1)
    await fake.end()
  }
}

@Suite(.timeLimit(.minutes(1))) struct InteractionEndpointTests {
  /// A server with a bot's endpoint, and a client that plays Discord.
  private struct Stage {
    let fake: FakeBot
    let server: HTTPServer
    let client: HTTPClient
    let loop: EventLoop
    let url: String

    init(_ fake: FakeBot) async throws {
      self.fake = fake
      try await fake.bot.start()
      loop = try EventLoop(name: "endpoint")
      var router = Router()
      let bot = fake.bot
      router.post("/interactions", name: "interactions") { request in
        guard let endpoint = bot.interactionEndpoint else { throw HTTPProblem.notFound }
        return try await endpoint.handle(request)
      }
      server = try HTTPServer(
        .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, metrics: .init(), writesAccessLog: false
      )
      guard case .tcp(let host, let port) = try server.start() else { throw TestKitError("no address") }
      url = "http://\(host):\(port)/interactions"
      client = try HTTPClient(loop: loop)
    }

    func post(
      _ data: JSONValue, signedBy key: Ed25519PrivateKey? = nil, skew: Duration = .zero,
      tampered: Bool = false
    ) async throws -> (status: Int, json: JSONValue?) {
      let body = try data.encoded()
      let timestamp = "\((fake.time.now + skew).milliseconds / 1000)"
      let signature = (key ?? fake.discord.key).sign(Array(timestamp.utf8) + body)
      var request = HTTPClient.Request(url, method: .post)
      request.fields = [
        "Content-Type": "application/json", "X-Signature-Ed25519": Hex.encode(signature),
        "X-Signature-Timestamp": timestamp,
      ]
      request.body = .bytes(tampered ? body + [0x20] : body)
      let response = try await client.send(request)
      return (response.status.code, try? JSONValue(parsing: response.body))
    }

    func end() async {
      client.shutdown()
      await server.shutdown(grace: .seconds(1))
      loop.shutdown()
      await fake.end()
    }
  }

  @Test func `only what Discord signed just now gets in`() async throws {
    let stage = try await Stage(try FakeBot(FakeDiscord()))
    let ping: JSONValue = [
      "id": "1", "application_id": .id(FakeDiscord.application), "type": 1, "token": "t", "version": 1,
    ]
    let good = try await stage.post(ping)
    #expect(good.status == 200 && good.json == ["type": 1])
    #expect(try await stage.post(ping, signedBy: Ed25519PrivateKey()).status == 401)
    #expect(try await stage.post(ping, tampered: true).status == 401)
    #expect(try await stage.post(ping, skew: .seconds(-61)).status == 401)
    #expect(try await stage.post(ping, skew: .seconds(61)).status == 401)
    #expect(try await stage.post(ping, skew: .seconds(-59)).status == 200)
    #expect(try await stage.post(["type": 2]).status == 400)
    await stage.end()
  }

  @Test func `an answer in time is the answer of the request`() async throws {
    let fake = try FakeBot(FakeDiscord())
    fake.commands.command(.chatInput("ping", "Says pong")) { try await $0.reply("Pong!") }
    let stage = try await Stage(fake)
    let answer = try await stage.post(interaction(now: fake.time.now))
    #expect(answer.status == 200 && answer.json?["type"] == 4)
    #expect(answer.json?["data"]?["content"] == "Pong!")
    #expect(fake.called("POST /interactions").isEmpty)
    await stage.end()
  }

  @Test func `a slow handler defers in the answer and goes on by REST`() async throws {
    let discord = try FakeDiscord()
    // The follow-up may overtake the answer on its way.
    discord.refusals.withLock { $0 = [("PATCH /webhooks", 404, 10015, 1)] }
    let fake = try FakeBot(discord)
    let time = fake.time
    fake.commands.command(.chatInput("ping", "Says pong")) { interaction in
      try await time.sleep(for: .seconds(3))
      try await interaction.reply("Pong, at last")
    }
    let stage = try await Stage(fake)
    async let answer = stage.post(interaction(now: time.now))
    // The handler, the deferral and the request's end.
    try await eventually("all wait") { time.sleeperCount == 3 }
    time.advance(by: .seconds(2))
    #expect(try await answer.json == ["type": 5])
    time.advance(by: .seconds(1))
    try await eventually("the first attempt is refused") { fake.called("PATCH /webhooks").count == 1 }
    try await eventually("the second waits") { time.sleeperCount == 1 }
    time.advance(by: .milliseconds(100))
    try await eventually("the edit arrives") { fake.called("PATCH /webhooks").count == 2 }
    await stage.end()
  }

  @Test func `a replayed request is not handled again`() async throws {
    let fake = try FakeBot(FakeDiscord())
    let handled = Recorder<Int>()
    fake.commands.command(.chatInput("ping", "Says pong")) { interaction in
      handled.record(1)
      try await interaction.reply("Pong!")
    }
    let stage = try await Stage(fake)
    let data = interaction(now: fake.time.now)
    #expect(try await stage.post(data).status == 200)
    #expect(try await stage.post(data).status == 503)
    #expect(handled.values.count == 1)
    await stage.end()
  }

  @Test func `a command nobody handles is told so at once`() async throws {
    let stage = try await Stage(try FakeBot(FakeDiscord()))
    #expect(try await stage.post(interaction(now: stage.fake.time.now)).status == 503)
    await stage.end()
  }
}
