// One event to the plugins that wait for it, one after another.

import Bus
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import JSON
package import PlatformPlugins
import SQL
import Telemetry

extension Dispatcher {
  /// Events that workers without a gateway of their own keep their view of a guild current by.
  func mirrors(_ name: GatewayEventName) -> Bool { lanesOutliveProcess && name.changesGuildView }

  /// Whether an entry in a lane survives this process.
  var lanesOutliveProcess: Bool { environment.bus.isShared }

  /// Puts an event into its guild's lane, as an intake does: for events that come by other ways, and for tests.
  ///
  /// - Throws: `BusError`.
  package func inject(_ event: GuildEvent) async throws {
    try await lanes.append(EventEnvelope.encode(event), key: "\(event.guild)")
  }

  /// Sends an event on its way as an intake does, from any thread and without waiting; nobody is told when it is done.
  package func post(_ event: GuildEvent) { carrier.take(event, holding: nil) }

  /// Handles an entry of a lane.
  ///
  /// When the store fails in a plugin's part, that is not the plugin's failure: the lane keeps the event and brings it
  /// again, later and later, and then only those handle it whose part is left. The guild's later events wait meanwhile,
  /// since they need the store no less; other guilds' do not.
  ///
  /// - Throws: what keeps the event from being handled now: the configuration cannot be read, the store is away.
  func handle(_ entry: LaneEntry) async throws {
    guard let event = EventEnvelope.decode(entry.payload) else {
      log.error("an entry cannot be read", ["guild": .string(entry.key)])
      return
    }
    let plan = try await plans.plan(event.guild)
    // A process that has just started may not have its bots yet. The lane brings the event again.
    guard let bot = bots.bot(serving: event.guild) else { throw NobodyServes() }
    if lanesOutliveProcess { await bot.mirror(event) }
    figures.events.increment()
    figures.wait.record(max(.zero, time.now - event.receivedAt))
    let left = entry.delivery > 1 ? unfinished.take(event.key) : nil
    if var parts = plan.parts[event.name] {
      if let left { parts.removeAll { !left.contains($0.unit.id) } }
      try await calls.runSeries(of: parts.count) { [parts] number, task in
        await self.run(parts[number], event, plan, in: task)
      } onLate: { number in
        guard
          let core = core(
            of: parts[number].unit.id, in: event.guild, plan: plan, cause: event.key, event: event)
        else { return }
        await report(parts[number].unit, core, CallTooSlow())
      }
      if let reason = unfinished.reason(event.key) { throw reason }
    }
    if event.name == .messageCreate { await handleCommand(in: event, plan) }
    holds.finish(event.key)
  }

  private func run(
    _ part: GuildPlan.Part, _ event: GuildEvent, _ plan: GuildPlan, in task: CallTask
  ) async {
    guard let bot = bots.bot(serving: event.guild),
      let core = core(
        of: part.unit.id, in: event.guild, plan: plan, cause: event.key, event: event, bot: bot)
    else { return }
    if let missing = refusedIntents(of: part.unit, bot) {
      return file(.missingIntent, "dispatch.missingIntent", ["intent": "\(missing)"], core)
    }
    let end = await protect(part.unit, core, in: task, waitsForStore: false) {
      for handler in part.handlers { try await handler(core, event) }
    }
    if case .storeAway(let reason) = end { unfinished.leave(part.unit.id, of: event.key, because: reason) }
  }

  /// Intents that the bot lacks and without which the plugin does not run.
  func refusedIntents(of unit: PluginUnit, _ bot: Bot) -> Intents? {
    guard !unit.intents.isEmpty, case .degraded(let troubles) = bot.state else { return nil }
    for case .missingIntents(let missing) in troubles {
      for need in unit.intents where need.otherwise == .refuse {
        let lacking = need.intents.intersection(missing)
        if !lacking.isEmpty { return lacking }
      }
    }
    return nil
  }

  /// Runs a call of a plugin: within its deadline, twice more if something outside failed for a moment, and counted by
  /// its breaker. Never throws: what went wrong is on record, but for a store that is away.
  ///
  /// - Parameters:
  ///   - unit: the plugin.
  ///   - core: the moment of the call.
  ///   - task: that of a series of calls that this one is part of, and whoever runs the series reports the call when it is
  ///     too slow; nil gives it one of its own.
  ///   - waitsForStore: whether a store that is away is tried twice more here; else whoever called does it.
  ///   - body: the call.
  /// - Returns: what came of it.
  @discardableResult
  func protect(
    _ unit: PluginUnit, _ core: ContextCore, in task: CallTask? = nil, waitsForStore: Bool = true,
    _ body: @escaping @Sendable () async throws -> Void
  ) async -> CallEnd {
    guard breakers.admits(unit.id, in: core.guild, at: time.uptime) else {
      file(.breakerOpen, "dispatch.breakerOpen", [:], core)
      return .failed
    }
    var attempt = 0
    while true {
      attempt += 1
      do {
        if let task {
          try await task.run(within: unit.deadline, body)
        } else {
          try await calls.run(within: unit.deadline, body)
        }
        breakers.succeeded(unit.id, in: core.guild)
        return .done
      } catch let refusal as Refusal {
        // A refusal outside of a call by a person is a decision like others.
        file(.refused, refusal.key, refusal.parameters, core)
        breakers.succeeded(unit.id, in: core.guild)
        return .done
      } catch is CallLeftBehind {
        return .failed
      } catch {
        let isStoreAway = Self.isStoreAway(error)
        if attempt < 3, isStoreAway ? waitsForStore : Self.isPassing(error) {
          do { try await time.sleep(for: .milliseconds(200 * attempt * attempt)) } catch { return .failed }
          continue
        }
        guard isStoreAway else {
          await report(unit, core, error)
          return .failed
        }
        breakers.abandoned(unit.id, in: core.guild, at: time.uptime)
        log.warning(
          "a plugin's call waits for the store",
          ["plugin": .string(unit.id), "guild": .string("\(core.guild)"), "error": .string("\(error)")])
        return .storeAway(error)
      }
    }
  }

  /// Whether the house's own store or bus failed for the time being, which is nobody's fault who uses it.
  private static func isStoreAway(_ error: any Error) -> Bool {
    switch error {
    case let error as SQLError: error.code.isPassing
    case let error as BusError: error.code == .unreachable
    default: false
    }
  }

  /// Something outside that may be well again in a moment.
  private static func isPassing(_ error: any Error) -> Bool {
    guard let error = error as? RESTError else { return false }
    switch error.kind {
    case .retry, .unavailable: return true
    default: return false
    }
  }

  /// Puts a failure on record everywhere it belongs, and counts it.
  func report(_ unit: PluginUnit, _ core: ContextCore, _ error: any Error) async {
    if Task.isCancelled, error is CancellationError { return }
    figures.failures.increment()
    let isSlow = error is CallTooSlow
    log.error(
      isSlow ? "a plugin took too long" : "a plugin failed",
      [
        "plugin": .string(unit.id), "guild": .string("\(core.guild)"), "error": .string("\(error)"),
      ])
    file(
      isSlow ? .tooSlow : .failed, isSlow ? "dispatch.tooSlow" : "dispatch.failed",
      ["reason": Self.reason(error)], core)
    if case .opened(_, let isNew) = breakers.failed(unit.id, in: core.guild, at: time.uptime), isNew {
      await notify(
        PluginNotice(
          plugin: unit.id, severity: .problem, key: "notice.dispatch.breakerOpened",
          parameters: ["reason": Self.reason(error)]), in: core.guild)
    }
  }

  /// What may be shown of an error: those that say of themselves that they are safe, else their type.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as RESTError: "\(error)"
    case is CallTooSlow: "no answer within the time it has"
    default: "\(type(of: error))"
    }
  }

  /// Files a decision of the dispatcher's own.
  func file(
    _ outcome: WhyRecord.Outcome, _ key: String, _ parameters: [String: String], _ core: ContextCore
  ) {
    why.note(
      WhyRecord(
        at: time.now, plugin: core.plugin, cause: core.causeKey, subject: core.subject, outcome: outcome,
        key: key, parameters: parameters), in: core.guild)
  }
}

extension GatewayEventName {
  /// Whether the event changes what a bot knows of a guild: its roles, channels, threads, members.
  fileprivate var changesGuildView: Bool {
    let name = description
    return ["GUILD_", "CHANNEL_", "THREAD_"].contains { name.hasPrefix($0) }
      && !name.hasPrefix("GUILD_AUDIT") && !name.hasPrefix("GUILD_BAN")
  }
}

extension Bot {
  /// Lets a bot without a gateway see what another process received: asks for the guild once, then follows its events.
  fileprivate func mirror(_ event: GuildEvent) async {
    guard !configuration.usesGateway else { return }
    guard await knows(event.guild) else { return }
    guard event.name.changesGuildView else { return }
    // An event that cannot be read changes nothing; its handlers will say so.
    try? JSONParser(retainedSize: 0).parse(event.json) { data in
      cache.apply(event.name, data, shard: ShardID(0, of: 1))
    }
  }
}

/// What came of a plugin's call.
enum CallEnd: Sendable {
  /// It returned, or refused.
  case done
  /// It failed, was too slow, or was not made; that is on record.
  case failed
  /// The store failed, not the plugin: the call is to be made again.
  case storeAway(any Error)
}

/// No bot of this process serves the event's guild at this moment.
private struct NobodyServes: Error {}
