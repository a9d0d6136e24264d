// Timers that are due, to the plugins they belong to.

import Telemetry
package import DiscordCore
import EventLoop
import PlatformPlugins
import PlatformSchedule
import PlatformTenancy
import Storage

extension Dispatcher {
  /// What fires the timers of all plugins, and of the platform's own kinds.
  func timerRunner() -> ScheduleRunner {
    var handlers = environment.platformTimers
    for unit in catalog.units {
      for name in unit.timers.keys { handlers["\(unit.id).\(name)"] = handler(of: unit, name) }
      for name in unit.recurring.keys {
        handlers["\(unit.id).every.\(name)"] = recurringHandler(of: unit, name)
      }
    }
    return ScheduleRunner(
      schedule, handlers: handlers, time: environment.time, metrics: environment.metrics,
      onGivenUp: { firing, error in await self.gaveUp(firing, error) })
  }

  private func handler(of unit: PluginUnit, _ name: String) -> ScheduleRunner.Handler {
    { firing in
      guard let tenant = firing.name.guild, let handler = unit.timers[name] else { return .done }
      guard let core = try await self.core(of: unit, tenant, firing) else {
        // No bot serves the guild at this moment: later then, not never.
        return .again(at: self.time.now + .seconds(60))
      }
      return try await handler(core, firing)
    }
  }

  private func recurringHandler(of unit: PluginUnit, _ name: String) -> ScheduleRunner.Handler {
    { firing in
      guard let tenant = firing.name.guild, let recurring = unit.recurring[name] else { return .done }
      let plan = try await self.plans.plan(tenant.guild)
      // Switching the plugin on sets it anew.
      guard GuildPlan.isOn(unit, plan.configuration) else { return .done }
      let next = recurring.rule.next(after: self.time.now, zone: plan.preferences.zone)
      if let core = try await self.core(of: unit, tenant, firing) {
        try await recurring.handler(core, firing)
      }
      return next.map { .again(at: $0) } ?? .done
    }
  }

  private func core(of unit: PluginUnit, _ tenant: Tenant, _ firing: TimerFiring) async throws -> ContextCore?
  {
    core(
      of: unit.id, in: tenant.guild, plan: try await plans.plan(tenant.guild),
      cause: "t\(firing.effectKey)")
  }

  private func gaveUp(_ firing: TimerFiring, _ error: any Error) async {
    log.error("a timer was given up", ["timer": .string("\(firing.name)"), "error": .string("\(error)")])
    guard let tenant = firing.name.guild else { return }
    let plugin = String(firing.name.kind.prefix { $0 != "." })
    await notify(
      PluginNotice(
        plugin: plugin, severity: .problem, key: "notice.dispatch.timerGivenUp",
        parameters: ["timer": firing.name.kind, "reason": Self.reason(error)]), in: tenant.guild)
  }

  // MARK: A guild comes

  /// Sets a guild right: its recurring timers, its commands, what its plugins want to make good. Called when the bot has
  /// come (back) into it, and when a plugin was switched on there.
  ///
  /// - Throws: `SQLError`, `BusError`: the store is away, and it is to be done again; `RESTError` from the registration of
  ///   commands.
  package func settle(_ guild: GuildID, only plugin: String? = nil) async throws {
    let plan = try await plans.plan(guild)
    // Each connection of a bot settles its guilds: what stands right is not written again, and what fell due while nobody
    // was there is left to fire, which sets its next time.
    let standing = Dictionary(
      try await schedule.pending(Tenant(guild), withGivenUp: false).map { ($0.name, $0.due) },
      uniquingKeysWith: { first, _ in first })
    for unit in catalog.units {
      if let plugin, unit.id != plugin { continue }
      guard GuildPlan.isOn(unit, plan.configuration) else {
        // Nobody switched off what nobody named: the guild came back, and all is as it was left.
        if plugin != nil { try await retire(unit, in: guild, plan) }
        continue
      }
      for (name, recurring) in unit.recurring {
        let timer = TimerName("\(unit.id).every.\(name)", guild: Tenant(guild), key: "")
        if let next = recurring.rule.next(after: time.now, zone: plan.preferences.zone) {
          if let due = standing[timer], due == next || due <= time.now { continue }
          try await schedule.set(timer, at: next)
        }
      }
      guard !unit.reconcilers.isEmpty,
        let core = core(of: unit.id, in: guild, plan: plan, cause: "settle\(time.now.milliseconds)")
      else { continue }
      let end = await protect(unit, core) { for reconcile in unit.reconcilers { try await reconcile(core) } }
      if case .storeAway(let reason) = end { throw reason }
    }
    try await CommandRegistrar(self).synchronise(guild)
  }

  private func retire(_ unit: PluginUnit, in guild: GuildID, _ plan: GuildPlan) async throws {
    guard !unit.retirers.isEmpty,
      let core = core(of: unit.id, in: guild, plan: plan, cause: "retire\(time.now.milliseconds)")
    else { return }
    let end = await protect(unit, core) { for retire in unit.retirers { try await retire(core) } }
    if case .storeAway(let reason) = end { throw reason }
  }
}
