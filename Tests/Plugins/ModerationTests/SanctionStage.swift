// A server in the simulator with a bot in it, and the moments that the plugin's handlers get.

import Bus
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordLimits
import DiscordModels
import DiscordREST
import DiscordTestKit
import EventLoop
import HTTPClient
import JSON
@testable import ModerationPlugin
import PlatformAudit
import PlatformConfiguration
import PlatformPlugins
@testable import PlatformSchedule
import PlatformTenancy
import Resources
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

/// The demo bot in "Lanternfall" with a moderator, members to act upon, a mod log and a quarantine role.
final class SanctionStage: Sendable {
  let simulator: Simulator
  let bot: Bot
  let guild: GuildID
  /// Its owner, as who acts.
  let owner: Person
  /// Members without power, and one who refuses direct messages.
  let members: [UserID]
  let hermit: UserID
  let log: ChannelID
  let quarantine: RoleID
  let prize: RoleID
  let storage: Storage
  let configuration: Configuration
  let schedule: Schedule
  let whys = Mutex<[WhyRecord]>([])
  let notices = Mutex<[PluginNotice]>([])
  let roleGifts = Mutex<[String]>([])

  private let localBus = LocalBus(time: ManualTime())
  private let memory = GuildMemory()
  private let catalog: StringCatalog
  private let signerKey: ComponentSigner
  private let moment = Mutex(Timestamp(milliseconds: 0))

  private struct Scene: Sendable {
    let token: String
    let guild: GuildID
    let owner: UserID
    let members: [UserID]
    let log: ChannelID
    let roles: [RoleID]
  }

  fileprivate init(_ simulator: Simulator, _ storage: Storage, _ loop: EventLoop) async throws {
    self.simulator = simulator
    self.storage = storage
    await simulator.limitsIdentify(false)
    await simulator.limitsREST(false)
    let scene = await simulator.withWorld { world -> Scene? in Self.scene(in: world) }
    let found = try #require(scene)
    guild = found.guild
    owner = Person(user: found.owner, name: "maren", roles: [], permissions: .administrator)
    members = Array(found.members.dropLast())
    hermit = try #require(found.members.last)
    (log, quarantine, prize) = (found.log, found.roles[0], found.roles[1])
    var environment = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
    environment.rest.base = simulator.apiBase
    environment.rest.deadline = { _ in .seconds(1) }
    environment.budget = AddressBudget(metrics: MetricRegistry())
    var settings = BotConfiguration()
    settings.cache = .everything
    bot = try Bot(token: Secret(utf8: found.token), configuration: settings, environment: environment)
    var registry = ConfigurationRegistry()
    PluginUnit(Moderation.self).registerSettings(&registry)
    configuration = Configuration(storage: storage, bus: localBus, registry: registry)
    schedule = Schedule(store: storage.platform)
    catalog = try ResourceFolder(of: "ModerationPlugin").catalog(language: "en")
    signerKey = ComponentSigner(try await storage.guild(Tenant(found.guild)).key())
    moment.withLock { $0 = SystemTime().now }
    try await bot.start()
    try await eventually("the bot sees the server") { self.guildBot.ownPermissions() != nil }
    try await set { settings in
      settings.logChannel = found.log
      settings.quarantineRole = found.roles[0]
    }
  }

  private static func scene(in world: World) -> Scene? {
    guard let application = world.demoApplication,
      let guild = world.guilds.values.first(where: { $0.name == "Lanternfall" }),
      let log = guild.channels.sorted().compactMap({ world.channels[$0] }).first(where: { $0.kind == .text })
    else { return nil }
    var members: [UserID] = []
    for index in 0..<8 {
      let user = world.makeUser("subject\(index)")
      members.append(user.id)
      // A seeded server takes whoever comes.
      try? world.join(user.id, guild.id)
    }
    if let last = members.last { world.changeUser(last) { $0.refusesDirectMessages = true } }
    var roles: [RoleID] = []
    for (index, name) in ["Quarantine", "Prize", "Other"].enumerated() {
      var role = Role(id: world.newID(), name: name)
      role.position = index + 1
      for id in guild.roles.keys where id != guild.everyoneRole { guild.roles[id]?.position += 1 }
      guild.roles[role.id] = role
      roles.append(role.id)
    }
    for user in members { guild.members[user]?.roles = Array(roles[1...]) }
    return Scene(
      token: application.botToken, guild: guild.id, owner: guild.ownerID, members: members, log: log.id,
      roles: roles)
  }

  // MARK: Moments

  var guildBot: GuildBot { GuildBot(bot, in: guild) }
  var cases: CaseStore { CaseStore(storage.guild(Tenant(guild))) }

  /// Changes the settings as an operator does.
  func set(_ change: @escaping @Sendable (inout ModerationSettings) -> Void) async throws {
    try await configuration.update(
      ModerationSettings.self, plugin: Moderation.id, in: Tenant(guild),
      by: ChangeOrigin(.operator, at: now), change)
  }

  /// A moment with that cause.
  func context(_ cause: String) async throws -> PluginContext<Moderation> {
    PluginContext(
      ContextCore(
        plugin: Moderation.id, guild: guild, configuration: try await configuration.current(Tenant(guild)),
        preferences: GuildPreferences(), bot: guildBot, host: self, causeKey: cause, now: now))
  }

  var now: Timestamp { moment.withLock { $0 } }
  func advance(by span: Duration) { moment.withLock { $0 = $0 + span } }

  /// Fires the timer of that kind that is pending for a user, as it would when it is due.
  func fire(
    _ kind: String, _ user: UserID,
    _ handler: (PluginContext<Moderation>, TimerFiring) async throws -> TimerOutcome
  ) async throws -> TimerOutcome? {
    let name = TimerName("moderation.\(kind)", guild: Tenant(guild), key: "\(user)")
    guard let pending = try await schedule.pending(Tenant(guild)).first(where: { $0.name == name }) else {
      return nil
    }
    let number = try await cases.lasting(kind == "unban" ? .ban : .quarantine, of: user)?.number ?? 0
    let firing = TimerFiring(
      name: name, due: pending.due, payload: try (["case": .integer(number)] as JSONValue).encoded(),
      attempt: 1)
    return try await handler(try await context(firing.effectKey), firing)
  }

  // MARK: What came of it

  /// What the bot wrote: embeds' titles in the mod log.
  func logTitles() async -> [String] {
    let log = log
    return await simulator.withWorld { world in
      (world.channels[log]?.messages.all ?? []).compactMap { $0.embeds.first?["title"]?.string }
    }
  }

  /// What the bot wrote to somebody: the embed's text.
  func told(_ user: UserID) async -> [String] {
    await simulator.withWorld { world in
      world.channels.values.filter { $0.kind == .dm && $0.recipients.contains(user) }
        .flatMap { $0.messages.all }.compactMap { $0.embeds.first?["description"]?.string ?? $0.content }
    }
  }

  func isBanned(_ user: UserID) async -> Bool {
    let guild = guild
    return await simulator.withWorld { $0.guilds[guild]?.bans[user] != nil }
  }

  func member(_ user: UserID) async -> Member? {
    let guild = guild
    return await simulator.withWorld { $0.guilds[guild]?.members[user] }
  }

  /// All cases, oldest first.
  func allCases() async throws -> [CaseRecord] {
    var filter = CaseFilter()
    filter.limit = 100
    return try await cases.find(filter).cases.reversed()
  }
}

extension SanctionStage: PluginHost, TemporaryRoleGiving {
  var bus: any Bus { localBus }
  var configurations: Configuration { configuration }
  var timers: any TimerStore { schedule }
  var time: any TimeSource { ManualTime(start: now) }
  func memory(of guild: GuildID) -> GuildMemory { memory }
  func strings(of plugin: String, language: String) -> StringCatalog {
    plugin == Moderation.id
      ? catalog
      : StringCatalog(language: "en", sentences: ["refusal.bot": "I cannot do that to myself."])
  }
  func capability(_ name: String, in core: ContextCore) -> (any Sendable)? {
    switch name {
    case "sanctions": Sanctioner(PluginContext(core.of(Moderation.id))) as any Sanctioning
    case "temporaryRoles": self as any TemporaryRoleGiving
    default: nil
    }
  }
  func signer(of guild: GuildID) async throws -> ComponentSigner { signerKey }
  func note(_ record: WhyRecord, in guild: GuildID) { whys.withLock { $0.append(record) } }
  func notify(_ notice: PluginNotice, in guild: GuildID) async { notices.withLock { $0.append(notice) } }
  var units: [PluginUnit] { [PluginUnit(Moderation.self)] }
  func decisions(about id: UInt64?, cause: String?, in guild: GuildID) async throws -> [WhyRecord] {
    whys.withLock { $0 }
  }
  func resyncCommands(in guild: GuildID) async throws -> CommandSyncSummary { CommandSyncSummary() }
  func settle(_ guild: GuildID, only plugin: String?) async throws {}

  func give(_ role: RoleID, to user: UserID, until end: Timestamp, because reason: String) async throws
    -> Refusal?
  {
    roleGifts.withLock { $0.append("\(role) \(user)") }
    return nil
  }
  func end(_ role: RoleID, of user: UserID, because reason: String) async throws -> Bool { false }
}

/// Runs `body` on a stage of its own.
func withStage(_ body: (SanctionStage) async throws -> Void) async throws {
  try await withSimulator { simulator in
    try await withInstallation(.embedded) { installation in
      let schema = Schema(
        platform: [ScheduleSchema.owner],
        guild: [EffectSchema.owner, AuditSchema.owner, ConfigurationSchema.owner, Migrations.owner])
      try await installation.run(schema: schema) { storage in
        let stage = try await SanctionStage(simulator, storage, installation.loop)
        do {
          try await body(stage)
        } catch {
          await stage.bot.stop()
          throw error
        }
        await stage.bot.stop()
      }
    }
  }
}
