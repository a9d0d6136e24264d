// A dispatcher under load: thousands of guilds with six plugins each, and events at a rate, as a shard hands them over.

import Bus
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import Glibc
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSchedule
import PlatformTenancy
import Storage
import Synchronization
import Telemetry
import TestKit
import Vault

/// The real dispatcher on the embedded engine, in which every guild has a file with its settings. The bot is one that
/// never connects: nobody acts.
final class DispatchLoad: Sendable {
  private let root: TemporaryDirectory
  private let storage: Storage
  private let bus: LocalBus
  private let dispatcher: Dispatcher
  private let guilds: [GuildID]
  private let loops: [EventLoop]
  private let bodies: [[UInt8]]

  init(guilds count: Int) async throws {
    let catalog = try PluginCatalog([PluginUnit(CorePlugin.self)] + loadPlugins)
    let root = try TemporaryDirectory()
    self.root = root
    let schema = Schema(
      platform: [ScheduleSchema.owner, RegistrationSchema.owner],
      guild: [AccessSchema.owner, AuditSchema.owner, ConfigurationSchema.owner]
        + Dispatcher.guildTables + catalog.guildTables)
    storage = try await Storage.open(
      StorageSettings(folder: DataFolder(root.file("data"))),
      vault: try Vault.open(masterKeyFile: root.file("master.key")), schema: schema)
    bus = LocalBus(time: SystemTime(), metrics: MetricRegistry())
    loops = [try EventLoop(name: "shard"), try EventLoop(name: "bot")]
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loops[1])])
    environment.budget = AddressBudget(metrics: MetricRegistry())
    let bot = try Bot(
      token: Secret(utf8: "ODAzNTExMTAyMjQ2Nzg5MTI.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"),
      configuration: BotConfiguration(), routing: NoInteractions(), environment: environment)
    var dispatch = DispatcherEnvironment(storage: storage, bus: bus)
    dispatch.metrics = MetricRegistry()
    dispatcher = Dispatcher(
      catalog, bots: SoleBot(bot),
      configurations: Configuration(storage: storage, bus: bus, registry: catalog.configurationRegistry),
      schedule: Schedule(store: storage.platform), environment: dispatch)
    let guilds = (0..<count).map { GuildID(UInt64(1_000_000_000 + $0 * 977) << 22) }
    self.guilds = guilds
    bodies = (0..<64).map { Self.message($0, in: guilds[0]) }
  }

  /// Settles the guilds, runs the dispatcher for as long as `body` takes, and takes everything down.
  func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await settle()
    let result: Result<Value, any Error> = await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = try? await self.dispatcher.run() }
      let result: Result<Value, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      group.cancelAll()
      return result
    }
    await bus.close()
    await storage.close()
    for loop in loops { loop.shutdown() }
    return try result.get()
  }

  /// Every guild switches its plugins on and says a word of its own.
  private func settle() async throws {
    let configurations = dispatcher.configurations
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, guild) in guilds.enumerated() {
        if number >= 16 { try await group.next() }
        group.addTask {
          let tenant = Tenant(guild)
          let origin = ChangeOrigin(.system, at: SystemTime().now)
          for plugin in loadPlugins {
            try await configurations.setEnabled(true, plugin: plugin.id, in: tenant, by: origin)
          }
          try await configurations.update(
            LoadSettings.self, plugin: loadPlugins[0].id, in: tenant, by: origin
          ) { $0.word = "word \(number)" }
          _ = try await configurations.current(tenant)
        }
      }
      try await group.waitForAll()
    }
  }

  // MARK: Events

  /// What a stretch of events came to.
  struct Figures: Sendable {
    /// From the hand-over to the first plugin, in milliseconds, of all guilds but the busy one.
    var p50: Double
    var p99: Double
    /// Processor time of this process for each event, in microseconds: the sender's is in it.
    var cpuPerEvent: Double
  }

  /// Hands over events at a rate, each to a guild by chance, and beside them `busy` a second to one guild.
  ///
  /// - Throws: when not all were handled soon after the last.
  func hold(_ perSecond: Double, busy: Double = 0, seconds: Double) async throws -> Figures {
    let total = Int(perSecond * seconds)
    let extra = Int(busy * seconds)
    waits.begin(total + extra)
    let cpu = processSeconds()
    await withCheckedContinuation { continuation in
      loops[0].execute {
        Pace(self, perSecond: perSecond, busy: busy, total: total, extra: extra) { continuation.resume() }
          .step()
      }
    }
    for _ in 0..<3_000 where waits.handled < (total + extra) * loadPlugins.count {
      try await Task.sleep(for: .milliseconds(10))
    }
    guard waits.handled == (total + extra) * loadPlugins.count else {
      throw TestKitError("of \((total + extra) * loadPlugins.count) calls \(waits.handled) were made in time")
    }
    let spent = processSeconds() - cpu
    let others = waits.of(0..<total)
    return Figures(
      p50: percentile(others, 0.5), p99: percentile(others, 0.99),
      cpuPerEvent: spent * 1_000_000 / Double(total + extra))
  }

  /// Sends what is due every millisecond. Lives on its loop.
  private final class Pace {
    private let load: DispatchLoad
    private let perSecond: Double
    private let busy: Double
    private let total: Int
    private let extra: Int
    private let end: () -> Void
    private let start = uptimeNanoseconds()
    private var sent = 0
    private var sentToBusy = 0
    private var numbers = SplitMix(state: 11)

    init(
      _ load: DispatchLoad, perSecond: Double, busy: Double, total: Int, extra: Int, end: @escaping () -> Void
    ) {
      (self.load, self.perSecond, self.busy) = (load, perSecond, busy)
      (self.total, self.extra, self.end) = (total, extra, end)
    }

    func step() {
      let passed = Double(uptimeNanoseconds() - start) / 1e9
      let (due, dueToBusy) = (min(total, Int(passed * perSecond)), min(extra, Int(passed * busy)))
      while sent < due {
        // The first guild is the busy one's.
        send(sent, to: load.guilds[Int.random(in: 1..<load.guilds.count, using: &numbers)])
        sent += 1
      }
      while sentToBusy < dueToBusy {
        send(total + sentToBusy, to: load.guilds[0])
        sentToBusy += 1
      }
      guard sent < total || sentToBusy < extra else { return end() }
      _ = load.loops[0].schedule(after: .milliseconds(1)) { self.step() }
    }

    private func send(_ number: Int, to guild: GuildID) {
      load.dispatcher.post(
        GuildEvent(
          name: .messageCreate, guild: guild, bot: UserID(80_351_110_224_678_912),
          key: "\(number)/\(uptimeNanoseconds())", receivedAt: SystemTime().now,
          json: load.bodies[number % load.bodies.count]))
    }
  }

  /// A message as Discord tells it.
  private static func message(_ number: Int, in guild: GuildID) -> [UInt8] {
    let text = """
      {"type":0,"tts":false,"timestamp":"2026-11-28T10:00:00.123000+00:00","pinned":false,"nonce":"13\(number)",\
      "mentions":[],"mention_roles":[],"mention_everyone":false,"member":{"roles":["1300000000000000101",\
      "1300000000000000102"],"premium_since":null,"pending":false,"nick":null,"mute":false,\
      "joined_at":"2021-03-04T09:00:00.000000+00:00","flags":0,"deaf":false,"communication_disabled_until":null,\
      "banner":null,"avatar":null},"id":"13000000000000\(10_000 + number)","flags":0,"embeds":[],"edited_timestamp":null,\
      "content":"so who wants another round on the new map tonight, I think we should try number \(number) later",\
      "components":[],"channel_type":0,"channel_id":"1300000000000000201","author":{"username":"mia\(number)",\
      "public_flags":0,"primary_guild":null,"id":"1300000000000000\(300 + number)","global_name":"Mia",\
      "discriminator":"0","collectibles":null,"clan":null,"avatar_decoration_data":null,\
      "avatar":"a_0123456789abcdef0123456789abcdef"},"attachments":[],"guild_id":"\(guild)"}
      """
    return Array(text.utf8)
  }
}

/// The `q`-quantile of some figures; NaN of none.
func percentile(_ values: [Double], _ q: Double) -> Double {
  guard !values.isEmpty else { return .nan }
  return values.sorted()[min(values.count - 1, Int(Double(values.count) * q))]
}

/// A clock that all processes of the machine share.
func uptimeNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The processor time that this process has had.
func processSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Leaves the commands that there are, and answers none.
private struct NoInteractions: InteractionRouting {
  var definitions: [ApplicationCommandDefinition]? { nil }
  func route(for interaction: Interaction) -> InteractionRoute? { nil }
}
