// A running installation: everything put together, started in order, stopped in reverse.

package import Bus
package import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
package import EventLoop
import PlatformAccess
package import PlatformAccounts
import PlatformAudit
package import PlatformBots
package import PlatformConfiguration
package import PlatformData
package import PlatformDispatch
package import PlatformNotices
package import PlatformPlugins
package import PlatformSchedule
package import PlatformSite
package import PlatformTenancy
import PlatformText
import Resources
package import Sandbox
package import Storage
import Synchronization
package import Telemetry
package import Vault

/// What a house is built with.
package struct HouseSettings: Sendable {
  /// Discord's REST API, ending in `/api/v10`.
  package var discordAPI: String
  /// The shared bot's token; nil without one.
  package var sharedToken: Secret?
  /// Calls a second that Discord grants the shared bot, if it is not what it grants every bot.
  package var sharedGlobalLimit: Int?
  package var roles = HouseRoles.all
  package var plugins = builtInPlugins
  /// Third-party plugins; nothing lies in the folder before the first one comes.
  package var sandbox = SandboxSettings(folder: "/var/lib/guildhall/sandbox", runtime: "")
  /// Of the program, for the operator's desk.
  package var version = ""

  package init(discordAPI: String, sharedToken: Secret? = nil) {
    (self.discordAPI, self.sharedToken) = (discordAPI, sharedToken)
  }
}

/// The rooms of floors 1 to 4, wired to each other. Make it, then `run()` it for as long as the process lives; whoever has
/// a web page or a command line talks to its parts.
package final class House: Sendable {
  package let settings: HouseSettings
  package let storage: Storage
  package let bus: any Bus
  package let time: any TimeSource
  package let catalog: PluginCatalog
  package let configurations: Configuration
  package let schedule: Schedule
  package let directory: GuildDirectory
  package let registry: BotRegistry
  package let serving: Serving
  package let fleet: BotFleet
  package let supervisor: BotSupervisor
  package let dispatcher: Dispatcher
  package let notices: Notices
  /// Third-party plugins.
  package let sandbox: Sandbox
  /// Asks Discord about tokens before they are taken.
  package let tokens: BotCheck
  package let sessions: Sessions
  package let apiTokens: APITokens
  /// How the parts of the installation are, for everybody to see.
  package let statusBoard: StatusBoard
  /// Tells live pages that something changed; keys are guilds' ids, and `operators`.
  package let pulses: Pulses
  /// How Discord is reached.
  package let discord: BotEnvironment
  /// The metrics of the last hour.
  let metricHistory: MetricHistory
  private let probe: StatusProbe
  private let settler: GuildSettler
  private let erasing: GuildErasing
  private let loop: EventLoop
  private let log = Log(room: "house")

  /// Wires an installation; nothing runs yet. `time` is the platform's; connections to Discord keep the system's, whose
  /// heartbeats no jump may disturb.
  ///
  /// - Throws: `CatalogError`, `ResourceError`: the plugins do not fit together; `EventLoopError`.
  package init(
    _ settings: HouseSettings, storage: Storage, bus: any Bus, time: any TimeSource = SystemTime(),
    metrics: MetricRegistry = .process
  ) throws {
    (self.settings, self.storage, self.bus, self.time) = (settings, storage, bus, time)
    catalog = try PluginCatalog(settings.plugins, languages: GuildLanguage.tags)
    let pulses = Pulses(bus: bus, time: time)
    self.pulses = pulses
    configurations = Configuration(
      storage: storage, bus: bus, registry: catalog.configurationRegistry,
      changed: { pulses.beat($0.description) })
    schedule = Schedule(store: storage.platform)
    statusBoard = StatusBoard(store: storage.platform)
    metricHistory = MetricHistory(metrics, names: Self.sampledMetrics, capacity: Self.sampleCount)
    sessions = Sessions(store: storage.platform, bus: bus)
    apiTokens = APITokens(store: storage.platform, bus: bus)
    directory = GuildDirectory(store: storage.platform, schedule: schedule)
    registry = BotRegistry(store: storage.platform, bus: bus, directory: directory)
    serving = Serving(
      store: storage.platform, registry: registry, directory: directory, bus: bus,
      decides: settings.roles.contains(.gateway), time: time)
    loop = try EventLoop(name: "discord")
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = settings.discordAPI
    discord = environment
    fleet = BotFleet(environment: environment)
    tokens = BotCheck(environment: environment)
    settler = GuildSettler(time: time)
    let delivery = NoticeDelivery()
    notices = Notices(
      storage: storage, time: time, wantsDelivery: { await delivery.wants($0, $1) },
      deliver: { try await delivery.deliver($0, $1) },
      changed: { audience in
        switch audience {
        case .operators: pulses.beat("operators")
        case .guild(let tenant): pulses.beat(tenant.description)
        }
      })
    sandbox = try Sandbox(
      settings.sandbox, storage: storage, bus: bus, time: time, metrics: metrics, units: settings.plugins,
      wrote: { pulses.beat(Tenant($0).description) })
    var dispatch = DispatcherEnvironment(storage: storage, bus: bus)
    dispatch.guests = sandbox
    dispatch.time = time
    dispatch.metrics = metrics
    dispatch.changed = { pulses.beat(Tenant($0).description) }
    let (notices, schedule, registry, directory, settler) = (notices, schedule, registry, directory, settler)
    dispatch.notify = { notice, guild in notices.report(NoticeDraft(notice), to: .guild(Tenant(guild))) }
    let erasing = GuildErasing(
      storage: storage, schedule: schedule, registry: registry, configurations: configurations,
      sandbox: sandbox, time: time)
    self.erasing = erasing
    dispatch.platformTimers = [
      GuildDirectory.erasureTimer: directory.erasureHandler(time: time) { _ = try await erasing.erase($0) }
    ]
    dispatcher = Dispatcher(
      catalog, bots: ServingDirectory(serving: serving, fleet: fleet), configurations: configurations,
      schedule: schedule, environment: dispatch)
    erasing.set(dispatcher)
    delivery.set(dispatcher)
    sandbox.set(dispatcher)
    let (dispatcher, catalog) = (dispatcher, catalog)
    let elsewhere = InteractionRoute(deferral: .reply(isEphemeral: true)) { interaction in
      let language = GuildLanguage(reading: interaction.interaction.locale)
      let strings = catalog.strings(of: CorePlugin.id, language: language.rawValue)
      _ = try await interaction.reply(strings["command.refused.otherBot"], isEphemeral: true)
    }
    supervisor = BotSupervisor(
      registry: registry, directory: directory, serving: serving, fleet: fleet, store: storage.platform,
      bus: bus, time: time,
      equip: { registration in
        BotEquipment(
          configuration: Self.configuration(of: registration, settings, catalog, usesGateway: true),
          routing: InteractionRouter(dispatcher), elsewhere: elsewhere,
          attach: { bot in
            [
              EventIntake(bot, to: dispatcher) { event in
                if case .available(let guild, _) = event { settler.add(guild) }
              }
            ]
          })
      })
    probe = StatusProbe(
      statusBoard, storage: storage, bus: bus, registry: registry, supervisor: supervisor,
      roles: settings.roles, time: time)
  }

  /// What a bot is run with: all that any plugin asks for; what is switched off in the portal is done without.
  private static func configuration(
    of registration: BotRegistration, _ settings: HouseSettings, _ catalog: PluginCatalog, usesGateway: Bool
  ) -> BotConfiguration {
    var configuration = BotConfiguration()
    if registration.kind == .shared { configuration.globalLimit = settings.sharedGlobalLimit }
    // Third-party plugins may come at any time, and a bot says at its start what it wants to hear.
    configuration.intents = catalog.intents.union(Sandbox.intents)
    configuration.droppableIntents = configuration.intents.privileged
    configuration.cache.channels = true
    configuration.cache.threads = true
    configuration.cache.members = true
    configuration.cache.memberNames = true
    configuration.cache.memberAvatars = true
    configuration.usesGateway = usesGateway
    return configuration
  }

  /// Runs until the task is cancelled, and stops in order: bots first, so that nothing new comes in.
  ///
  /// - Throws: what keeps it from beginning.
  package func run() async throws {
    _ = try await Erasure(storage, time: time).resume()
    if settings.roles.contains(.gateway) {
      _ = try await directory.resumeErasures(at: time.now)
      if let token = settings.sharedToken { _ = try await registry.adoptShared(token, at: time.now) }
    }
    try await serving.load()
    try await sandbox.load()
    // Before the lanes: an event that finds no bot in this process is passed over.
    if !settings.roles.contains(.gateway) { try await addBotsWithoutGateway() }
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { await self.notices.run() }
      group.addTask { try await self.pulses.run() }
      if settings.roles.contains(.web) {
        group.addTask { try await self.sessions.run() }
        group.addTask { try await self.apiTokens.run() }
        group.addTask { await self.sampleMetrics() }
      }
      group.addTask { await self.probe.run() }
      group.addTask { try await self.dispatcher.run(self.parts) }
      group.addTask { try await self.sandbox.run() }
      if settings.roles.contains(.gateway) {
        group.addTask { try await self.supervisor.run() }
        group.addTask { await self.settler.run(self.dispatcher, fleet: self.fleet) }
        group.addTask { try await self.followHandOvers() }
      } else {
        group.addTask { try await self.serving.run() }
        group.addTask { try await self.runBotsWithoutGateway() }
      }
      if settings.roles.contains(.scheduler) {
        let sweeper = RetentionSweeper(storage, time: time)
        group.addTask { await sweeper.run() }
      }
    }
  }

  /// Ends what `run` left: writes the last decisions, stops bots, closes the bus. Call it after `run`, from a task that is
  /// not cancelled; storage is its opener's to close.
  package func close() async {
    await fleet.stop(keepsSessions: true)
    await sandbox.close()
    await dispatcher.why.flush()
    await statusBoard.flush(at: time.now)
    await bus.close()
    loop.shutdown()
  }

  /// Erases everything of a guild, in every room. A bot that is still in it begins anew with it.
  ///
  /// - Throws: what the store throws; the erasure is finished at the next start then.
  package func erase(_ guild: Tenant) async throws -> ErasureReport {
    try await directory.erase(guild, time: time) { try await erasing.erase($0) }
  }

  private var parts: DispatcherParts {
    var parts: DispatcherParts = []
    if settings.roles.contains(.worker) { parts.insert(.events) }
    if settings.roles.contains(.scheduler) { parts.insert(.timers) }
    return parts
  }

  /// A guild that changed hands gets the commands of its new bot and loses those of the old one.
  private func followHandOvers() async throws {
    for await notice in try await bus.subscribe(to: [Serving.topic], buffer: 256) {
      guard case .notice(_, let payload) = notice, let id = Int64(String(decoding: payload, as: UTF8.self))
      else { continue }
      settler.add(Tenant(id).guild)
    }
  }

  /// Bots of a process that has no gateway: they act by REST, and see what the lanes bring.
  private func runBotsWithoutGateway() async throws {
    let changes = try await bus.subscribe(to: [BotRegistry.topic], buffer: 64)
    try await addBotsWithoutGateway()
    for await _ in changes {
      do { try await addBotsWithoutGateway() } catch {
        log.error("the bots' registrations cannot be read", ["error": .string("\(error)")])
      }
    }
  }

  private func addBotsWithoutGateway() async throws {
    for registration in try await registry.registrations() where fleet[registration.bot] == nil {
      guard let token = try await registry.token(of: registration.bot) else { continue }
      let configuration = Self.configuration(of: registration, settings, catalog, usesGateway: false)
      do throws(BotCrash) {
        let bot = try fleet.add(token: token, configuration: configuration)
        try await bot.start()
      } catch {
        log.error(
          "a bot cannot be used", ["bot": .string("\(registration.bot)"), "reason": .string("\(error)")])
      }
    }
  }
}

extension NoticeDraft {
  /// A plugin's notice as it is kept: its sentence is the plugin's.
  fileprivate init(_ notice: PluginNotice) {
    let severity: NoticeSeverity =
      switch notice.severity {
      case .info: .info
      case .warning: .warning
      case .problem: .problem
      }
    self.init(
      severity, from: notice.plugin, key: notice.key, Sentence(notice.key, notice.parameters))
  }
}
