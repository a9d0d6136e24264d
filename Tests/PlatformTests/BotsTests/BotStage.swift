// A simulated Discord with several applications, and a platform that runs their bots.

import Bus
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import DiscordTestKit
import EventLoop
import HTTPClient
import JSON
import PlatformBots
import PlatformSchedule
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

/// What a test needs to know of the world, and how it changes it.
struct BotStage: Sendable {
  let simulator: Simulator
  let storage: Storage
  let environment: BotEnvironment
  let bus: LocalBus
  let directory: GuildDirectory
  let registry: BotRegistry
  /// The demo bot, in Lanternfall and Tiny Tavern; and the second one, in Lanternfall.
  let shared: UserID
  let own: UserID
  let lanternfall: Tenant
  let tavern: Tenant
  let person: UserID

  /// What the bots' handlers answered: who, and which message.
  let answers = Recorder<Answer>()

  struct Answer: Hashable, Sendable {
    let bot: UserID
    let message: MessageID
  }

  static let schema = Schema(
    platform: [BotSchema.owner, ScheduleSchema.owner, TenancySchema.owner])

  // MARK: The world

  func token(of bot: UserID) async throws -> Secret {
    let token = await simulator.withWorld { $0.applications[bot.converted()]?.botToken }
    return Secret(utf8: try #require(token))
  }

  /// Makes Discord forget the bot's token and returns the new one.
  func resetToken(of bot: UserID) async throws -> Secret {
    let token = await simulator.withWorld { world in
      let token = world.makeBotToken(bot.converted())
      world.applications[bot.converted()]?.botToken = token
      return token
    }
    return Secret(utf8: token)
  }

  func kick(_ bot: UserID, from guild: Tenant) async {
    await simulator.withWorld { world in
      if let guild = world.guilds[guild.guild] { world.removeMember(bot, from: guild) }
    }
  }

  func invite(_ bot: UserID, to guild: Tenant, _ permissions: Permissions = .administrator) async throws {
    try await simulator.withWorld { try $0.join(bot, guild.guild, permissions: permissions) }
  }

  /// A person says something in a guild.
  func say(_ text: String, in guild: Tenant) async throws -> MessageID {
    let message = await simulator.withWorld { world -> MessageID? in
      guard let guild = world.guilds[guild.guild],
        let channel = guild.channels.sorted().compactMap({ world.channels[$0] }).first(where: {
          $0.kind == .text && !world.permissions(of: shared, in: $0).isDisjoint(with: .viewChannel)
            && !world.permissions(of: own, in: $0).isDisjoint(with: .viewChannel)
        })
      else { return nil }
      return try? world.createMessage(
        in: channel.id, by: guild.ownerID, body: ["content": .string(text)]
      ).id
    }
    return try #require(message)
  }

  // MARK: The platform

  func check(observer: Bot? = nil) -> BotCheck {
    BotCheck(environment: environment, observer: { observer?.rest })
  }

  func makeServing() -> Serving {
    var rule = ServingTable.Rule()
    rule.lead = .milliseconds(50)
    rule.patience = .seconds(1)
    return Serving(
      store: storage.platform, registry: registry, directory: directory, bus: bus, rule: rule)
  }

  /// Runs the bots with handlers that note each message that is theirs to answer.
  func run(_ body: (BotSupervisor, Serving) async throws -> Void) async throws {
    let serving = makeServing()
    var rule = BotSupervision.Rule()
    rule.firstPause = .milliseconds(50)
    let answers = answers
    let supervisor = BotSupervisor(
      registry: registry, directory: directory, serving: serving,
      fleet: BotFleet(environment: environment), store: storage.platform, bus: bus, rule: rule,
      equip: { _ in
        var configuration = BotConfiguration()
        configuration.intents = [.guildMessages]
        return BotEquipment(
          configuration: configuration, routing: InteractionTable(),
          attach: { bot in
            [
              bot.events.subscribe(to: .messageCreate) { [id = bot.id] event in
                guard let guild = event.guild, let message = event.data["id"]?.id(Entity.Message.self),
                  serving.serves(id, Tenant(guild), at: message.createdAt)
                else { return }
                answers.record(Answer(bot: id, message: message))
              }
            ]
          })
      })
    let task = Task { try await supervisor.run() }
    do { try await body(supervisor, serving) } catch {
      task.cancel()
      _ = await task.result
      throw error
    }
    task.cancel()
    _ = await task.result
  }
}

/// Runs `body` with a platform on a simulated Discord, on the embedded engine unless told.
func withBotStage(_ engine: Engine = .embedded, _ body: (BotStage) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    try await withSimulator { simulator in
      await simulator.limitsIdentify(false)
      try await installation.run(schema: BotStage.schema) { storage in
        let loop = try EventLoop(name: "bots")
        var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
        environment.rest.base = simulator.apiBase
        environment.budget = AddressBudget(metrics: MetricRegistry())
        let bus = LocalBus(time: SystemTime(), metrics: MetricRegistry())
        let schedule = Schedule(store: storage.platform)
        let directory = GuildDirectory(store: storage.platform, schedule: schedule)
        let cast = await simulator.withWorld { world in
          (
            world.demoApplication?.botID,
            world.applications.values.first { $0.name == "Second Bot" }?.botID,
            world.guilds.values.first { $0.name == "Lanternfall" }.map { ($0.id, $0.ownerID) },
            world.guilds.values.first { $0.name == "Tiny Tavern" }?.id
          )
        }
        let (lanternfall, person) = try #require(cast.2)
        let stage = BotStage(
          simulator: simulator, storage: storage, environment: environment, bus: bus, directory: directory,
          registry: BotRegistry(store: storage.platform, bus: bus, directory: directory),
          shared: try #require(cast.0), own: try #require(cast.1), lanternfall: Tenant(lanternfall),
          tavern: Tenant(try #require(cast.3)), person: person)
        try await body(stage)
        await bus.close()
        environment.loops[0].client.shutdown()
        loop.shutdown()
      }
    }
  }
}
