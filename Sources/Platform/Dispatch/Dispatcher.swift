// The heart of the platform: events, commands, components and timers of many guilds to the plugins each has on.

package import Bus
import DiscordBot
package import DiscordCore
import DiscordGateway
package import EventLoop
import PlatformCommands
package import PlatformConfiguration
package import PlatformPlugins
package import PlatformSchedule
package import Resources
import PlatformTenancy
package import Storage
import Synchronization
package import Telemetry

/// What a dispatcher stands on.
package struct DispatcherEnvironment: Sendable {
  package var storage: Storage
  package var bus: any Bus
  package var time: any TimeSource = SystemTime()
  package var metrics: MetricRegistry = .process
  /// Tells owners; the platform's notices in production.
  package var notify: @Sendable (PluginNotice, GuildID) async -> Void = { _, _ in }
  /// Is told that something on record of a guild changed: decisions, cases, entries of the audit log.
  package var changed: @Sendable (GuildID) -> Void = { _ in }
  /// Handlers of timers that belong to no plugin.
  package var platformTimers: [String: ScheduleRunner.Handler] = [:]
  package var lanes: LaneLimits
  /// Third-party plugins.
  package var guests: any GuestPlugins = NoGuests()

  package init(storage: Storage, bus: any Bus) {
    (self.storage, self.bus) = (storage, bus)
    lanes = LaneLimits()
    // A plugin's failure is the dispatcher's to handle; an entry comes again only when the process could not: most of a
    // minute for a store that restarts.
    lanes.deliveries = 12
    lanes.concurrency = 256
  }
}

/// Hands what happens to the plugins that are switched on: guild by guild in order, each call with a deadline, each
/// failure counted, each decision on record.
///
/// Run `run()` for as long as the process lives, and `attach` each bot before it is started.
package final class Dispatcher: PluginHost, Sendable {
  package let catalog: PluginCatalog
  package let environment: DispatcherEnvironment
  package let configurations: Configuration
  package let schedule: Schedule
  package let why: WhyJournal
  package let bots: any BotDirectory
  let plans: GuildPlans
  let calls: CallRunner
  let breakers: BreakerTable
  let figures: DispatchMetrics
  let holds = EventHolds()
  let unfinished = UnfinishedEvents()
  let carrier = EventCarrier()
  /// Guilds of which something is kept at hand.
  private static let capacity = 20_000
  private let memories = GuildMemories(capacity: Dispatcher.capacity)
  private let signers = Mutex(LatelyUsed<GuildID, ComponentSigner>(capacity: Dispatcher.capacity))
  private let channels = Mutex(LatelyUsed<GuildID, KnownChannels>(capacity: Dispatcher.capacity))
  /// Events that some plugin may wait for, and those that commands come by.
  let wantedByAny: Set<GatewayEventName>
  let log = Log(room: "dispatch")

  /// The tables that the dispatcher needs in a guild's store, besides those of the plugins.
  package static let guildTables: [SchemaOwner] = [EffectSchema.owner, WhySchema.owner]

  package init(
    _ catalog: PluginCatalog, bots: any BotDirectory, configurations: Configuration, schedule: Schedule,
    environment: DispatcherEnvironment
  ) {
    (self.catalog, self.bots, self.environment) = (catalog, bots, environment)
    (self.configurations, self.schedule) = (configurations, schedule)
    wantedByAny = catalog.units.reduce(into: environment.guests.events.union([.messageCreate])) {
      $0.formUnion($1.subscriptions.keys)
    }
    why = WhyJournal(
      storage: environment.storage, time: environment.time, wrote: environment.changed)
    plans = GuildPlans(catalog, configurations, environment.guests)
    calls = CallRunner(time: environment.time)
    breakers = BreakerTable()
    figures = DispatchMetrics(environment.metrics)
  }

  /// The lanes that events travel in.
  var lanes: any Lanes { environment.bus.lanes("events", environment.lanes) }

  /// Works until the task is cancelled: lanes, timers, deadlines, decisions. What is under way is finished first. Call
  /// `why.flush()` afterwards, from a task that goes on. `parts` says what of it this process does.
  ///
  /// - Throws: what ended a part that never ends by itself.
  package func run(_ parts: DispatcherParts = .all) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.calls.watch() }
      group.addTask { await self.why.run() }
      group.addTask { await self.carrier.run(to: self) }
      group.addTask { try await self.configurations.run { self.hear(ofErased: $0) } }
      if parts.contains(.events) {
        group.addTask {
          try await self.lanes.consume(
            handler: { entry in try await self.handle(entry) },
            onDead: { entry, error in self.buried(entry, error) })
        }
      }
      if parts.contains(.timers) { group.addTask { await self.timerRunner().run() } }
      do {
        try await group.next()
        group.cancelAll()
        while let result = await group.nextResult() { _ = result }
      } catch is CancellationError {
        group.cancelAll()
      }
    }
  }

  private func buried(_ entry: LaneEntry, _ error: any Error) {
    figures.lost.increment()
    log.error("an event was given up", ["guild": .string(entry.key), "error": .string("\(error)")])
    guard let event = EventEnvelope.decode(entry.payload) else { return }
    _ = unfinished.take(event.key)
    holds.finish(event.key)
  }

  // MARK: Contexts

  /// One guild at this moment, for one plugin; nil when no bot serves the guild.
  func core(
    of plugin: String, in guild: GuildID, plan: GuildPlan, cause: String, subject: WhySubject? = nil,
    event: GuildEvent? = nil, bot: Bot? = nil
  ) -> ContextCore? {
    guard let bot = bot ?? bots.bot(serving: guild) else { return nil }
    return ContextCore(
      plugin: plugin, guild: guild, configuration: plan.configuration, preferences: plan.preferences,
      bot: GuildBot(bot, in: guild, channels: channels(of: guild)), host: self, causeKey: cause,
      now: environment.time.now, subject: subject, event: event)
  }

  /// The context of a plugin in a guild for a caller who has no event: the dashboard, the command line.
  ///
  /// `cause` is what effects derive their keys from; different for each request.
  ///
  /// - Returns: nil when no bot serves the guild.
  /// - Throws: what the store throws.
  package func context(of plugin: String, in guild: GuildID, cause: String) async throws -> ContextCore? {
    core(of: plugin, in: guild, plan: try await plans.plan(guild), cause: cause)
  }

  /// Why a person may not do on the dashboard what a command does; nil when they may. The same rules and the same words
  /// as in Discord, but for those about channels.
  ///
  /// - Throws: what the store throws.
  package func refusal(ofUsing name: String, by person: Person, in guild: GuildID) async throws -> Refusal? {
    let plan = try await plans.plan(guild)
    guard let command = catalog.command(name), plan.commandNames.contains(command.declaration.name) else {
      return Refusal("command.refused.gone", ["command": name])
    }
    return CommandPolicy.refusal(
      of: command.declaration, rule: plan.core.rule(for: command.declaration.name), person: person,
      channel: nil, parent: nil)
  }

  private func channels(of guild: GuildID) -> KnownChannels {
    channels.withLock { $0.value(of: guild) { KnownChannels() } }
  }

  // MARK: What contexts ask for

  package var storage: Storage { environment.storage }
  package var bus: any Bus { environment.bus }
  package var time: any TimeSource { environment.time }
  package var timers: any TimerStore { schedule }
  package var units: [PluginUnit] { catalog.units }

  package func memory(of guild: GuildID) -> GuildMemory { memories.memory(of: guild) }

  package func strings(of plugin: String, language: String) -> StringCatalog {
    catalog.strings(of: plugin, language: language)
  }

  package func capability(_ name: String, in core: ContextCore) -> (any Sendable)? {
    guard let provider = catalog.provider(of: name) else { return nil }
    return provider.provided[name]?(core.of(provider.id))
  }

  package func signer(of guild: GuildID) async throws -> ComponentSigner {
    if let known = signers.withLock({ $0[guild] }) { return known }
    let signer = ComponentSigner(try await storage.guild(Tenant(guild)).key())
    signers.withLock { $0[guild] = signer }
    return signer
  }

  package func note(_ record: WhyRecord, in guild: GuildID) { why.note(record, in: guild) }

  package func changed(in guild: GuildID) { environment.changed(guild) }

  package func notify(_ notice: PluginNotice, in guild: GuildID) async {
    await environment.notify(notice, guild)
  }

  package func decisions(about id: UInt64?, cause: String?, in guild: GuildID) async throws -> [WhyRecord] {
    try await why.records(about: id, cause: cause, in: guild)
  }

  package func resyncCommands(in guild: GuildID) async throws -> CommandSyncSummary {
    try await CommandRegistrar(self).synchronise(guild, isForced: true) ?? CommandSyncSummary()
  }

  /// Whether a plugin failed so often in a guild that this process calls it no more for now.
  package func isHeldUp(_ plugin: String, in guild: GuildID) -> Bool { breakers.isOpen(plugin, in: guild) }

  /// Forgets what this process keeps in memory of a guild: it was erased. `Configuration.forget` has the others do so.
  package func forget(_ guild: GuildID) {
    memories.forget(guild)
    signers.withLock { $0[guild] = nil }
    channels.withLock { $0[guild] = nil }
    plans.forget(guild)
    breakers.forget(guild)
  }

  /// The same for a guild that was erased by another process; nil for any guild: what it was, was missed.
  private func hear(ofErased guild: Tenant?) {
    if let guild { return forget(guild.guild) }
    // Of all that is kept only a signer would do harm: a guild that begins anew has another key.
    signers.withLock { $0 = LatelyUsed(capacity: Self.capacity) }
  }
}

/// The parts of a dispatcher's work, which several processes may share out.
package struct DispatcherParts: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  /// Works through the lanes.
  package static let events = DispatcherParts(rawValue: 1)
  /// Fires timers.
  package static let timers = DispatcherParts(rawValue: 2)
  package static let all: DispatcherParts = [.events, .timers]
}
