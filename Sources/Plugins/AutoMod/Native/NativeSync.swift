// Bringing Discord's rules to what the settings ask for, and back to nothing when AutoMod is switched off.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformConfiguration
import PlatformPlugins
import PlatformSchedule
import Resources

enum NativeSync {
  static let timer = "native"

  /// Has Discord's rules compared soon; several requests within a moment are one.
  static func request(_ context: PluginContext<AutoMod>) async throws {
    try await context.timers.set(timer, key: "", at: context.time + .milliseconds(500))
  }

  @Sendable static func fire(_ context: PluginContext<AutoMod>, _ firing: TimerFiring) async throws
    -> TimerOutcome
  {
    guard context.bot.isToldOfGuild else { return .again(at: context.time + .seconds(1)) }
    let isOn = context.core.configuration.isEnabled(AutoMod.id)
    let wantsRules = isOn && context.settings.usesDiscord
    guard context.bot.ownPermissions()?.contains(.manageGuild) ?? false else {
      if wantsRules {
        context.why(.missingPermission, "nativePermission")
        await context.notify(.info, "nativePermission")
      }
      return .done
    }
    do {
      var existing = try await rules(context)
      let plan =
        isOn
        ? NativeAutoMod.plan(context.settings, quota: NativeQuota(besides: existing)) : NativePlan()
      let changes = NativeDifference.changes(from: existing, to: plan)
      var refusals = 0
      for change in changes where try await !apply(change, context) { refusals += 1 }
      if !changes.isEmpty {
        existing = try await rules(context)
        context.why(.acted, "nativeChanged", ["count": "\(changes.count - refusals)"])
      }
      if refusals > 0 { await context.notify(.warning, "nativeRefused", ["count": "\(refusals)"]) }
      context.kept.nativeRules = existing
      return .done
    } catch let error as RESTError where error.kind == .missingPermission {
      context.why(.missingPermission, "nativePermission")
      await context.notify(.info, "nativePermission")
      return .done
    }
  }

  /// Discord's rules of the server, as they are now.
  static func rules(_ context: PluginContext<AutoMod>) async throws -> [AutoModerationRule] {
    try await context.bot.send(
      .getAutoModerationRules(of: context.guild), priority: .background, deadline: .seconds(5))
  }

  /// Makes one change; false when Discord does not take the rule.
  private static func apply(_ change: NativeChange, _ context: PluginContext<AutoMod>) async throws -> Bool {
    let reason = context.strings["audit.native"]
    do {
      switch change {
      case .create(let edit):
        _ = try await context.bot.send(
          .createAutoModerationRule(edit, in: context.guild, reason: reason), priority: .background,
          deadline: .seconds(5))
      case .modify(let rule, let edit):
        _ = try await context.bot.send(
          .modifyAutoModerationRule(rule, of: context.guild, edit, reason: reason), priority: .background,
          deadline: .seconds(5))
      case .delete(let rule):
        _ = try await context.bot.send(
          .deleteAutoModerationRule(rule, of: context.guild, reason: reason), priority: .background,
          deadline: .seconds(5))
      }
      return true
    } catch let error as RESTError {
      switch error.kind {
      case .gone, .alreadyDone: return true
      case .userMistake, .bug:
        context.why(.refused, "nativeRefused", ["reason": error.description])
        return false
      default: throw error
      }
    }
  }
}
