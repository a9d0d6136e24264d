// A server with people in it, a bot, and the plugins under test: everything real but Discord and the clocks.

import Bus
package import DiscordBot
package import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import DiscordTestKit
package import EventLoop
import HTTPClient
import JSON
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
package import PlatformDispatch
package import PlatformPlugins
import PlatformSchedule
import PlatformSettings
package import Simulator
import SimulatorWorld
import PlatformTenancy
package import Storage
package import StorageTestKit
import Synchronization
import Telemetry
import Testing
import Vault

/// A stage for the tests of plugins.
///
///     try await PluginStage.run([PluginUnit(Welcome.self)]) { stage in
///       try await stage.enable("welcome")
///       try await stage.configure(Welcome.self) { $0.joins.channel = stage.channel }
///       let newcomer = try await stage.newcomer("ada")
///       try await stage.eventually("she is welcomed") { try await stage.newest()?.contains("ada") ?? false }
///     }
///
/// The bot is an administrator of the server; `owner` owns it, `moderator` may do all but administrate, `member` nothing.
package final class PluginStage: Sendable {
  package let simulator: Simulator
  package let storage: Storage
  package let dispatcher: Dispatcher
  package let bot: Bot
  package let time: ShiftedTime
  package let guild: GuildID
  /// A text channel in which everybody writes, and a second one.
  package let channel: ChannelID
  package let secondChannel: ChannelID
  package let owner: UserID
  package let moderator: UserID
  package let member: UserID
  package let application: ApplicationID
  /// What owners were told.
  package var notices: [PluginNotice] { told.all }
  private let told: ToldNotices
  let client: HTTPClient

  private init(
    simulator: Simulator, storage: Storage, dispatcher: Dispatcher, bot: Bot, time: ShiftedTime,
    scene: StageScene,
    told: ToldNotices, client: HTTPClient
  ) {
    (self.simulator, self.storage, self.dispatcher, self.bot) = (simulator, storage, dispatcher, bot)
    (self.time, guild, channel) = (time, scene.guild, scene.channel)
    (secondChannel, owner, moderator, member) = (scene.second, scene.owner, scene.moderator, scene.member)
    (application, self.told, self.client) = (scene.application, told, client)
  }

  /// Runs `body` on a stage with these plugins besides the core, and takes it down. Fails when an exchange with Discord
  /// was not as Discord describes it.
  package static func run(
    _ units: [PluginUnit], on engine: Engine = .embedded, languages: [String] = ["en"],
    _ body: @escaping @Sendable (PluginStage) async throws -> Void
  ) async throws {
    try await withInstallation(engine) { installation in
      let catalog = try PluginCatalog([PluginUnit(CorePlugin.self)] + units, languages: languages)
      let schema = Schema(
        platform: [ScheduleSchema.owner, RegistrationSchema.owner],
        guild: [AccessSchema.owner, AuditSchema.owner, ConfigurationSchema.owner]
          + Dispatcher.guildTables + catalog.guildTables)
      try await installation.run(schema: schema) { storage in
        try await withSimulator { simulator in
          try await play(catalog, storage, simulator, body)
        }
      }
    }
  }

  private static func play(
    _ catalog: PluginCatalog, _ storage: Storage, _ simulator: Simulator,
    _ body: @escaping @Sendable (PluginStage) async throws -> Void
  ) async throws {
    await simulator.limitsIdentify(false)
    let scene = try await simulator.withWorld { world in try StageScene(in: world) }
    let time = ShiftedTime()
    let bus = LocalBus(time: time, metrics: MetricRegistry())
    let told = ToldNotices()
    var environment = DispatcherEnvironment(storage: storage, bus: bus)
    environment.time = time
    environment.metrics = MetricRegistry()
    environment.notify = { notice, _ in told.add(notice) }
    let bots = LateBot()
    let dispatcher = Dispatcher(
      catalog, bots: bots,
      configurations: Configuration(storage: storage, bus: bus, registry: catalog.configurationRegistry),
      schedule: Schedule(store: storage.platform), environment: environment)
    let loop = try EventLoop(name: "stage")
    defer { loop.shutdown() }
    let client = try HTTPClient(loop: loop)
    defer { client.shutdown() }
    var botEnvironment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    botEnvironment.rest.base = simulator.apiBase
    botEnvironment.budget = AddressBudget(metrics: MetricRegistry())
    var configuration = BotConfiguration()
    configuration.cache = .everything
    configuration.intents = catalog.intents
    let bot = try Bot(
      token: Secret(utf8: scene.token), configuration: configuration, routing: InteractionRouter(dispatcher),
      environment: botEnvironment)
    bots.set(bot)
    let stage = PluginStage(
      simulator: simulator, storage: storage, dispatcher: dispatcher, bot: bot, time: time, scene: scene,
      told: told, client: client)
    let intake = EventIntake(bot, to: dispatcher)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await dispatcher.run() }
      try await bot.start()
      var outcome: Result<Void, any Error> = .success(())
      do {
        try await stage.eventually("the bot knows the server") { bot.cache.guild(scene.guild) != nil }
        try await body(stage)
      } catch {
        outcome = .failure(error)
      }
      withExtendedLifetime(intake) {}
      await bot.stop()
      group.cancelAll()
      try outcome.get()
    }
    await dispatcher.why.flush()
    await bus.close()
  }

  // MARK: Time

  /// Moves all clocks on: those of the house and the simulated Discord's.
  package func advance(by duration: Duration) async {
    time.advance(by: duration)
    await simulator.advance(by: duration)
  }

  /// Waits until something is so, ten seconds at most.
  package func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
  ) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
      if try await condition() { return }
      try await clock.sleep(for: .milliseconds(10))
    }
    throw StageError(description: "it did not come about that \(what)")
  }

  /// Waits until everything that was said so far has gone through the server's lane: a command at its end has answered.
  package func quiet() async throws {
    let message = try await say(".about")
    try await eventually("the lane is empty") {
      try await messages().contains { $0["message_reference"]?["message_id"]?.snowflake == message.rawValue }
    }
  }

  // MARK: Settings

  /// Switches a plugin on (or off) in the server, as its owner would.
  package func enable(_ plugin: String, _ isOn: Bool = true) async throws {
    try await dispatcher.configurations.setEnabled(
      isOn, plugin: plugin, in: Tenant(guild), by: ChangeOrigin(.user(owner), at: time.now))
    try await dispatcher.settle(guild, only: plugin)
  }

  /// Changes a plugin's settings.
  package func configure<P: Plugin>(
    _ plugin: P.Type, _ change: @escaping @Sendable (inout P.Settings) -> Void
  ) async throws {
    try await dispatcher.configurations.update(
      P.Settings.self, plugin: P.id, in: Tenant(guild), by: ChangeOrigin(.user(owner), at: time.now), change)
  }

  /// The context of a plugin as the dashboard has it.
  package func context<P: Plugin>(_ plugin: P.Type, cause: String = "test") async throws -> PluginContext<P> {
    guard let core = try await dispatcher.context(of: P.id, in: guild, cause: cause) else {
      throw StageError(description: "no bot serves the server")
    }
    return PluginContext(core)
  }

  /// The server's store.
  package var store: GuildStore { storage.guild(Tenant(guild)) }
}

/// What a test waited for in vain, or a call that was refused.
package struct StageError: Error, CustomStringConvertible {
  package let description: String
}

/// The bot that is made after the dispatcher that routes for it.
private final class LateBot: BotDirectory {
  private let bot = Mutex<Bot?>(nil)

  func set(_ new: Bot) { bot.withLock { $0 = new } }
  func bot(serving guild: GuildID) -> Bot? { bot.withLock { $0 } }
  func serves(_ id: UserID, in guild: GuildID, at instant: Timestamp?) -> Bool {
    bot.withLock { $0?.id == id }
  }
}

private final class ToldNotices: Sendable {
  private let notices = Mutex<[PluginNotice]>([])
  var all: [PluginNotice] { notices.withLock { $0 } }
  func add(_ notice: PluginNotice) { notices.withLock { $0.append(notice) } }
}

/// The server of a stage, made in the simulated world.
private struct StageScene: Sendable {
  let token: String
  let application: ApplicationID
  let guild: GuildID
  let channel: ChannelID
  let second: ChannelID
  let owner: UserID
  let moderator: UserID
  let member: UserID

  init(in world: World) throws {
    let owner = world.makeUser("olive")
    let moderator = world.makeUser("max")
    let member = world.makeUser("mia")
    let application = world.makeApplication("Stage", owner: owner.id)
    let guild = world.makeGuild("Stage", owner: owner.id)
    (self.owner, self.moderator, self.member) = (owner.id, moderator.id, member.id)
    (token, self.application, self.guild) = (application.botToken, application.id, guild.id)
    for user in [moderator.id, member.id] { try world.join(user, guild.id) }
    try world.join(application.botID, guild.id, permissions: .administrator, addedBy: owner.id)
    let role = try world.createRole(
      in: guild.id, by: owner.id,
      body: [
        "name": "Moderators",
        "permissions": .string(
          "\(Permissions([.kickMembers, .banMembers, .moderateMembers, .manageMessages, .manageRoles, .manageChannels, .manageGuild]).rawValue)"
        ),
      ], reason: nil)
    guild.members[moderator.id]?.roles.append(role.id)
    channel = try world.createChannel(
      in: guild.id, by: owner.id, body: ["name": "first", "type": 0], reason: nil
    ).id
    second = try world.createChannel(
      in: guild.id, by: owner.id, body: ["name": "second", "type": 0], reason: nil
    ).id
  }
}
