// Bots: coming up, troubles, events, members.

import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

@testable import DiscordBot

@Suite(.timeLimit(.minutes(1))) struct BotTests {
  @Test(arguments: [
    "", "abc", "a.b.c", "OTAw.x", "user.900000000000000000", "Bot \(FakeDiscord.token)", "OTAw..x",
  ])
  func `what is no token is refused before Discord is asked`(text: String) {
    #expect(throws: BotCrash.malformedToken) { try BotToken.user(of: Secret(utf8: text)) }
  }

  @Test func `a token says whose it is`() throws {
    #expect(try BotToken.user(of: Secret(utf8: FakeDiscord.token)) == FakeDiscord.application.converted())
  }

  @Test func `a bot comes up, registers its commands and goes down`() async throws {
    let fake = try FakeBot(FakeDiscord())
    fake.commands.command(.chatInput("ping", "Says pong")) { try await $0.reply("Pong!") }
    #expect(fake.bot.state == .stopped)
    try await fake.bot.start()
    #expect(fake.bot.state == .online)
    #expect(fake.bot.application?.id == FakeDiscord.application)
    try await eventually("commands are registered") { !fake.called("PUT /applications").isEmpty }
    #expect(fake.called("PUT /applications").first?.body?.array?.first?["name"] == "ping")
    await fake.bot.stop()
    #expect(fake.bot.state == .stopped)
    await fake.end()
  }

  @Test func `a wrong token is said clearly, and a later start may succeed`() async throws {
    let discord = try FakeDiscord()
    discord.refusals.withLock { $0 = [("GET /applications", 401, 0, 1)] }
    let fake = try FakeBot(discord)
    await #expect(throws: BotCrash.tokenRejected) { try await fake.bot.start() }
    #expect(fake.bot.state == .crashed(.tokenRejected))
    await fake.end()
  }

  @Test func `intents that are off and needed stop the bot, those it can do without do not`() async throws {
    let strict = try FakeBot(FakeDiscord()) { $0.intents = [.guilds, .messageContent] }
    await #expect(throws: BotCrash.disallowedIntents(.messageContent)) { try await strict.bot.start() }
    await strict.end()
    let lenient = try FakeBot(FakeDiscord()) {
      $0.intents = [.guilds, .messageContent, .guildMembers]
      $0.droppableIntents = [.messageContent, .guildMembers]
    }
    // Bit 15: members, limited.
    lenient.discord.flags.withLock { $0 = 1 << 15 }
    try await lenient.bot.start()
    #expect(lenient.bot.state == .degraded([.missingIntents(.messageContent)]))
    await lenient.end()
  }

  @Test func `while Discord is away the bot goes on trying`() async throws {
    let discord = try FakeDiscord()
    discord.refusals.withLock { $0 = [("GET /applications", 403, 0, 2)] }
    let fake = try FakeBot(discord)
    try await fake.bot.start()
    #expect(fake.bot.state == .degraded([.unreachable(attempts: 1)]))
    try await eventually("it waits") { fake.time.sleeperCount == 1 }
    fake.time.advance(by: .seconds(60))
    try await eventually("it failed again") { fake.bot.state == .degraded([.unreachable(attempts: 2)]) }
    try await eventually("it waits again") { fake.time.sleeperCount == 1 }
    fake.time.advance(by: .seconds(60))
    try await eventually("it is online") { fake.bot.state == .online }
    await fake.end()
  }

  @Test func `many who want one member make one call, and the cache knows the member after`() async throws {
    let fake = try FakeBot(FakeDiscord()) { $0.cache = .everything }
    try await fake.receive(.guildCreate, ["id": "1", "owner_id": "2"])
    let bot = fake.bot
    let found = try await withThrowingTaskGroup(of: CachedMember?.self) { group in
      for _ in 0..<20 { group.addTask { try await bot.member(UserID(55), in: GuildID(1)) } }
      var found: [CachedMember?] = []
      for try await member in group { found.append(member) }
      return found
    }
    #expect(found.allSatisfy { $0?.userName == "ada" && $0?.roles == [RoleID(8)] })
    #expect(fake.called("GET /guilds").count == 1)
    #expect(bot.cache.member(UserID(55), in: GuildID(1)).member?.userName == "ada")
    await fake.end()
  }

  @Test func `a member Discord does not know is none, which the cache alone never says`() async throws {
    let discord = try FakeDiscord()
    discord.refusals.withLock { $0 = [("GET /guilds", 404, 10007, 1)] }
    let fake = try FakeBot(discord) { $0.cache = .everything }
    #expect(try await fake.bot.member(UserID(55), in: GuildID(1)) == nil)
    #expect(fake.bot.cache.member(UserID(55), in: GuildID(1)) == .unknown)
    await fake.end()
  }

  @Test func `a fleet takes bots in and lets them go`() async throws {
    let discord = try FakeDiscord()
    let loop = try EventLoop(name: "fleet")
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = discord.base.withLock { $0 }
    environment.budget = AddressBudget(metrics: .init())
    let fleet = BotFleet(environment: environment)
    #expect(throws: BotCrash.malformedToken) { try fleet.add(token: Secret(utf8: "nonsense")) }
    var configuration = BotConfiguration()
    configuration.usesGateway = false
    let bot = try fleet.add(token: Secret(utf8: FakeDiscord.token), configuration: configuration)
    #expect(try fleet.add(token: Secret(utf8: FakeDiscord.token)) === bot)
    try await bot.start()
    #expect(fleet[bot.id]?.state == .online)
    await fleet.remove(bot.id)
    #expect(fleet.bots.isEmpty && bot.state == .stopped)
    loop.shutdown()
    await discord.stop()
  }
}

@Suite(.timeLimit(.minutes(1))) struct BotEventTests {
  @Test func `handlers see the cache before and after, by name and all`() async throws {
    let fake = try FakeBot(FakeDiscord()) { $0.cache = .everything }
    let seen = Recorder<String>()
    let bot = fake.bot
    let subscriptions = [
      bot.events.subscribe(to: .guildUpdate, at: .beforeCache) { event in
        seen.record("before \(event.guild.flatMap { bot.cache.guild($0)?.name } ?? "")")
      },
      bot.events.subscribe(to: .guildUpdate) { event in
        seen.record("after \(event.guild.flatMap { bot.cache.guild($0)?.name } ?? "")")
      },
      bot.events.subscribeToAll { event in seen.record("all \(event.name)") },
      bot.events.subscribe(to: GatewayEventName("NEVER_HEARD_OF")) { _ in seen.record("invented") },
    ]
    try await fake.receive(.guildCreate, ["id": "1", "name": "Old"])
    try await fake.receive(.guildUpdate, ["id": "1", "name": "New"])
    try await fake.receive(GatewayEventName("NEVER_HEARD_OF"), [:])
    #expect(
      seen.values == [
        "all GUILD_CREATE", "before Old", "after New", "all GUILD_UPDATE", "invented", "all NEVER_HEARD_OF",
      ])
    for subscription in subscriptions { subscription.cancel() }
    try await fake.receive(.guildUpdate, ["id": "1", "name": "Newer"])
    #expect(seen.values.count == 6)
    await fake.end()
  }

  @Test func `a stream gives copies in order and counts what it leaves out`() async throws {
    let fake = try FakeBot(FakeDiscord())
    let stream = fake.bot.events.stream(of: [.messageCreate], bound: 3)
    for id in 1...5 as ClosedRange<Int64> {
      try await fake.receive(
        .messageCreate, ["id": .string("\(id)"), "guild_id": "1", "channel_id": "2"], sequence: id)
    }
    #expect(stream.dropped == 2)
    var iterator = stream.makeAsyncIterator()
    for id in 1...3 as ClosedRange<UInt64> {
      let event = try #require(await iterator.next())
      #expect(event.guild == GuildID(1) && event.position.sequence == Int64(id))
      #expect(try JSONValue(parsing: event.json)["id"]?.snowflake == id)
    }
    stream.cancel()
    #expect(await iterator.next() == nil)
    await fake.end()
  }
}

@Suite struct BotHealthTests {
  private let first = ShardID(0, of: 2)
  private let second = ShardID(1, of: 2)

  @Test func `the state follows the shards`() {
    var health = BotHealth()
    #expect(health.state == .stopped)
    health.phase = .running
    #expect(health.state == .starting)
    health.note(.starting, of: first)
    health.note(.online, of: second)
    #expect(health.state == .starting)
    health.note(.online, of: first)
    #expect(health.state == .online)
    health.note(.degraded(.reconnecting(attempt: 2, code: 4000)), of: first)
    #expect(health.state == .degraded([.shard(first, .reconnecting(attempt: 2, code: 4000))]))
    health.note(.resuming, of: first)
    #expect(health.state == .degraded([.shard(first, .reconnecting(attempt: 1, code: nil))]))
    health.note(.crashed(.invalidShard), of: first)
    #expect(health.state == .degraded([.shardCrashed(first, .invalidShard)]))
    health.note(.crashed(.authenticationFailed), of: second)
    #expect(health.state == .crashed(.shards(.invalidShard)))
    // A division that was given up leaves nothing behind.
    health.note(.stopped, of: first)
    health.note(.online, of: second)
    #expect(health.state == .online)
  }
}
