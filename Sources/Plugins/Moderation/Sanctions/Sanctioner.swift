// Acting on a member, from the check to the last thing that follows: each step once, however often it is asked for.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import Resources
import SQL
import Storage

/// Takes an action in this order: check, word to the member where the action removes them, action, word to the member
/// elsewhere, case, timers, mod log, ladder.
///
/// Every step has a key that is made of what caused the action, so that a call which is cut off anywhere and repeated goes
/// on where it was. A check that was passed is not made again: after a kick nobody is a member any more.
struct Sanctioner: Sanctioning {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  var settings: ModerationSettings { context.settings }
  var cases: CaseStore { CaseStore(context.store) }

  func apply(_ sanction: Sanction, as name: String) async throws -> SanctionOutcome {
    let caller =
      switch sanction.actor {
      case .person: ""
      // Two plugins may call their reasons alike.
      case .automatic(let plugin, _): "\(plugin)/"
      }
    return try await carryOut(SanctionOrder(sanction), as: context.effects.key(caller + name))
  }

  /// Carries an order out under that key, which its case has for good.
  func carryOut(_ order: SanctionOrder, as key: String) async throws -> SanctionOutcome {
    if let record = try await cases.find(effectKey: key) { return try await outcome(of: record) }
    let keyed = Sanctioner(context.keyed(by: key))
    if let refusal = try await keyed.approve(order) {
      keyed.file(refusal, of: order)
      return .refused(refusal)
    }
    let notice: CaseNotice
    do {
      if order.kind.removes {
        notice = try await keyed.tell(order)
        try await keyed.perform(order)
      } else {
        try await keyed.perform(order)
        notice = try await keyed.tell(order)
      }
    } catch let error as RESTError where error.kind.isFinal {
      let refusal = Refusal("refusal.discord", ["reason": error.description])
      keyed.file(refusal, of: order)
      return .refused(refusal)
    } catch let refusal as Refusal {
      keyed.file(refusal, of: order)
      return .refused(refusal)
    }
    var draft = CaseDraft(
      order.kind, of: order.target, by: order.source, because: order.reason, effectKey: key, at: context.now)
    draft.duration = order.kind == .role || order.kind.isPunishment ? order.duration : nil
    draft.points = order.points ?? settings.points.weight(of: order.kind)
    draft.parent = order.parent
    draft.role = order.kind == .quarantine ? settings.quarantineRole : order.role
    draft.message = order.message
    if !settings.keepsContent { draft.message?.content = nil }
    draft.notice = notice
    let record = try await cases.record(
      draft, steps: order.parent == nil ? settings.ladder : [], points: settings.points)
    context.core.host.changed(in: context.guild)
    return try await outcome(of: record)
  }

  /// Does what still follows from a case, and says what came of it in all.
  private func outcome(of record: CaseRecord) async throws -> SanctionOutcome {
    let escalated = try await finish(record)
    return .done(caseNumber: record.number, escalatedTo: escalated)
  }

  /// Asks once whether the action may be taken; nil when it may.
  private func approve(_ order: SanctionOrder) async throws -> Refusal? {
    if try await context.effects.isDone("approved") { return nil }
    if let refusal = try await refusal(of: order) { return refusal }
    _ = try await context.effects.once("approved") { _ in }
    return nil
  }

  private func file(_ refusal: Refusal, of order: SanctionOrder) {
    let outcome: WhyRecord.Outcome =
      switch refusal.key {
      case "refusal.botPermission": .missingPermission
      case "refusal.aboveBot", "refusal.aboveYou", "refusal.roleAboveBot", "refusal.roleAboveYou": .roleOrder
      case "refusal.protected": .exempt
      case "refusal.discord": .refused
      default: .notAllowed
      }
    context.why(
      outcome, "sanctionRefused",
      [
        "action": context.strings[dynamic: "action.\(order.kind.rawValue)"],
        "reason": context.sentence(refusal),
      ],
      about: WhySubject(member: order.target))
  }
}

extension RESTError.Kind {
  /// Whether asking again would be answered alike.
  var isFinal: Bool {
    switch self {
    case .userMistake, .missingPermission, .unreachable, .gone: true
    case .retry, .alreadyDone, .unavailable, .operatorAction, .bug, .cancelled: false
    }
  }
}

extension PluginContext where P == Moderation {
  /// The same moment with another cause: what is done once in its name is done once for that key.
  func keyed(by key: String) -> PluginContext {
    PluginContext(
      ContextCore(
        plugin: core.plugin, guild: core.guild, configuration: core.configuration,
        preferences: core.preferences, bot: core.bot, host: core.host, causeKey: key, now: core.now,
        subject: core.subject))
  }

  /// A refusal in words: the plugin's, or else the platform's.
  func sentence(_ refusal: Refusal) -> String {
    let own = strings
    if own.sentence(refusal.key) != nil { return own(dynamic: refusal.key, refusal.parameters) }
    let platform = core.host.strings(of: "core", language: preferences.language)
    return platform(dynamic: refusal.key, refusal.parameters)
  }
}
