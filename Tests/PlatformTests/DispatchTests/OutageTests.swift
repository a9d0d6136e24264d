// A store that is away while plugins work: no event is lost for it, and no other server waits.

import Bus
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
@testable import PlatformDispatch
import PlatformPlugins
import PlatformSchedule
import PlatformSettings
import PlatformTenancy
import SQL
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

private let struck = GuildID(1_000 << 22)
private let spared = GuildID(2_000 << 22)

/// Handles an event by way of the store, which is away in one server for as long as a test says.
private enum Writer: Plugin {
  struct Settings: PluginSettings {
    static let fields = SettingsFields<Settings>()
  }

  static let id = "writer"
  static let log = Mutex<[String: Log]>([:])

  struct Log: Sendable {
    /// Until when the store is away, and for whom.
    var awayUntil = Duration.zero
    var attempts: [Duration] = []
    var done: [String] = []
  }

  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.on(.inviteDelete, as: InviteDeleteEvent.self) { context, event in
      let now = context.core.host.time.uptime
      let isAway = log.withLock { logs in
        logs[event.code.test, default: Log()].attempts.append(now)
        return context.guild == struck && now < logs[event.code.test]?.awayUntil ?? .zero
      }
      if isAway { throw SQLError(.connectionLost, message: "the server closed the connection") }
      log.withLock { $0[event.code.test, default: Log()].done.append(event.code) }
    }
  }
}

/// Needs no store: what it did is not done again because another plugin's is away.
private enum Steady: Plugin {
  typealias Settings = Writer.Settings

  static let id = "steady"
  static let done = Mutex<[String]>([])

  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.on(.inviteDelete, as: InviteDeleteEvent.self) { _, event in
      done.withLock { $0.append(event.code) }
    }
  }
}

extension String {
  /// Of a code `test.event`: the test, since all share the plugins.
  fileprivate var test: String { String(prefix { $0 != "." }) }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct OutageTests {
  private struct House: Sendable {
    let dispatcher: Dispatcher
    let bot: UserID
    let time: ManualTime

    func inject(_ code: String, in guild: GuildID) async throws {
      try await dispatcher.inject(
        GuildEvent(
          name: .inviteDelete, guild: guild, bot: bot, key: code, receivedAt: time.now,
          json: Array(#"{"channel_id":"7","guild_id":"\#(guild)","code":"\#(code)"}"#.utf8)))
    }
  }

  /// A dispatcher of two servers, with a bot that never connects and clocks that stand still.
  private func withHouse(_ body: @escaping @Sendable (House) async throws -> Void) async throws {
    try await withInstallation(.embedded) { installation in
      let catalog = try PluginCatalog([
        PluginUnit(CorePlugin.self), PluginUnit(Steady.self), PluginUnit(Writer.self),
      ])
      let schema = Schema(
        platform: [ScheduleSchema.owner, RegistrationSchema.owner],
        guild: [AccessSchema.owner, AuditSchema.owner, ConfigurationSchema.owner]
          + Dispatcher.guildTables + catalog.guildTables)
      try await installation.run(schema: schema) { storage in
        let time = ManualTime()
        let bus = LocalBus(time: time, metrics: MetricRegistry())
        let loop = try EventLoop(name: "outage")
        defer { loop.shutdown() }
        var bots = BotEnvironment(loops: [try GatewayLoop(loop: loop)])
        bots.budget = AddressBudget(metrics: MetricRegistry())
        let bot = try Bot(
          token: Secret(utf8: "ODAzNTExMTAyMjQ2Nzg5MTI.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"),
          configuration: BotConfiguration(), routing: NobodyInteracts(), environment: bots)
        var environment = DispatcherEnvironment(storage: storage, bus: bus)
        (environment.time, environment.metrics) = (time, MetricRegistry())
        let dispatcher = Dispatcher(
          catalog, bots: SoleBot(bot),
          configurations: Configuration(storage: storage, bus: bus, registry: catalog.configurationRegistry),
          schedule: Schedule(store: storage.platform), environment: environment)
        for guild in [struck, spared] {
          for plugin in [Steady.id, Writer.id] {
            try await dispatcher.configurations.setEnabled(
              true, plugin: plugin, in: Tenant(guild), by: ChangeOrigin(.system, at: time.now))
          }
        }
        let running = Task { try await dispatcher.run(.events) }
        var outcome: Result<Void, any Error> = .success(())
        do {
          try await body(House(dispatcher: dispatcher, bot: bot.id, time: time))
        } catch { outcome = .failure(error) }
        running.cancel()
        _ = await running.result
        await bus.close()
        try outcome.get()
      }
    }
  }

  private func log(_ test: String) -> Writer.Log { Writer.log.withLock { $0[test] ?? Writer.Log() } }

  @Test func `an event outlives ten seconds without the store, in order, and no other server waits`()
    async throws
  {
    try await withHouse { house in
      Writer.log.withLock { $0["ten", default: Writer.Log()].awayUntil = house.time.uptime + .seconds(10) }
      let start = house.time.uptime
      for code in ["ten.first", "ten.second"] { try await house.inject(code, in: struck) }
      try await house.inject("ten.other", in: spared)
      try await eventually("the other server's is done") { log("ten").done == ["ten.other"] }
      try await eventually("the struck server's are done, too", within: .seconds(60)) {
        house.time.advance(by: .milliseconds(50))
        return log("ten").done.count == 3
      }
      #expect(log("ten").done == ["ten.other", "ten.first", "ten.second"])
      #expect(house.time.uptime - start >= .seconds(10))
      let pauses = zip(log("ten").attempts.dropFirst(3), log("ten").attempts.dropFirst(2)).map { $0 - $1 }
      #expect(log("ten").attempts.count < 14, "it is tried without end: \(pauses)")
      let steady = Steady.done.withLock { $0.filter { $0.test == "ten" } }
      #expect(steady.sorted() == ["ten.first", "ten.other", "ten.second"], "what was done is done again")
    }
  }

  @Test func `an event is given up when the store stays away, and the lane goes on`() async throws {
    try await withHouse { house in
      Writer.log.withLock { $0["long", default: Writer.Log()].awayUntil = .seconds(Int64.max / 2) }
      try await house.inject("long.lost", in: struck)
      try await eventually("it is given up", within: .seconds(60)) {
        house.time.advance(by: .milliseconds(500))
        return house.dispatcher.figures.lost.current == 1
      }
      #expect(log("long").attempts.count == 12)
      Writer.log.withLock { $0["long"]?.awayUntil = .zero }
      try await house.inject("long.next", in: struck)
      try await eventually("the next is handled") { log("long").done == ["long.next"] }
    }
  }

  @Test func `a breaker that tries a plugin again tries once more after a call that said nothing`() {
    var breaker = FailureBreaker()
    for _ in 0..<5 { _ = breaker.failed(at: .zero) }
    #expect(breaker.admits(at: .seconds(60)) == true)
    breaker.abandoned(at: .seconds(60))
    #expect(breaker.admits(at: .seconds(60)) == true)
    #expect(breaker.admits(at: .seconds(60)) == false)
  }
}

private struct NobodyInteracts: InteractionRouting {
  var definitions: [ApplicationCommandDefinition]? { nil }
  func route(for interaction: Interaction) -> InteractionRoute? { nil }
}
