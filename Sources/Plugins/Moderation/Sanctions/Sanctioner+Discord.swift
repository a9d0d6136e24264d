// What an action is at Discord.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import SQL

extension Sanctioner {
  /// Takes the action at Discord, once.
  ///
  /// - Throws: `RESTError`, what the store throws.
  func perform(_ order: SanctionOrder) async throws {
    let (target, guild, reason) = (order.target, context.guild, auditReason(order))
    switch order.kind {
    case .note, .warn: return
    case .timeout:
      let end = order.duration.map { context.now + $0 }
      try await context.effects.perform(.timeOut(target, in: guild, until: end, reason: reason), as: "act")
    case .untimeout:
      try await context.effects.perform(.timeOut(target, in: guild, until: nil, reason: reason), as: "act")
    case .kick:
      try await performUnlessGone(.removeGuildMember(target, from: guild, reason: reason), as: "act")
    case .ban:
      try await ban(order, deleting: order.deletesMessagesOfSeconds, reason)
    case .softban:
      let seconds = order.deletesMessagesOfSeconds
      try await ban(order, deleting: seconds > 0 ? seconds : 86_400, reason)
      try await performUnlessGone(.removeBan(of: target, in: guild, reason: reason), as: "lift")
    case .unban:
      try await performUnlessGone(.removeBan(of: target, in: guild, reason: reason), as: "act")
    case .quarantine: try await beginQuarantine(order, reason)
    case .release: try await endQuarantine(order, reason)
    case .role: try await giveRole(order, reason)
    }
  }

  private func ban(_ order: SanctionOrder, deleting seconds: Int, _ reason: String) async throws {
    let seconds = min(max(seconds, 0), Int(SanctionLimits.longestDeletion.wholeSeconds))
    try await context.effects.perform(
      .createBan(of: order.target, in: context.guild, deletingMessagesOf: seconds, reason: reason), as: "act")
  }

  /// For what undoes itself: gone is what it shall be.
  private func performUnlessGone(_ endpoint: Endpoint<Empty>, as name: String) async throws {
    do {
      try await context.effects.perform(endpoint, as: name)
    } catch let error as RESTError where error.isGone {
      _ = try await context.effects.once(name) { _ in }
    }
  }

  private func giveRole(_ order: SanctionOrder, _ reason: String) async throws {
    guard let role = order.role else { return }
    guard let duration = order.duration else {
      try await context.effects.perform(
        .addRole(role, to: order.target, in: context.guild, reason: reason), as: "act")
      return
    }
    if try await context.effects.isDone("act") { return }
    let giver = context.capability(.temporaryRoles)
    if let refusal = try await giver.give(
      role, to: order.target, until: context.now + duration, because: reason)
    {
      throw refusal
    }
    _ = try await context.effects.once("act") { _ in }
  }

  /// Who and why, for Discord's own log.
  private func auditReason(_ order: SanctionOrder) -> String {
    let who: String
    switch order.actor {
    case .person(let person): who = "\(person.name) (\(person.user))"
    case .automatic(let plugin, let rule): who = "\(plugin), \(rule)"
    }
    return (order.reason.isEmpty ? who : "\(who): \(order.reason)").limited(to: SanctionLimits.reasonLength)
  }

  // MARK: Quarantine

  private func beginQuarantine(_ order: SanctionOrder, _ reason: String) async throws {
    guard let role = settings.quarantineRole,
      let member = try await context.bot.freshMember(order.target)
    else { throw Refusal("refusal.notMember", ["user": "<@\(order.target)>"]) }
    let store = QuarantineStore(store: context.store)
    let key = context.core.causeKey
    // Written down before anything is taken. Asked again after it was taken, the first note stays.
    let entry = try await store.begin(
      order.target, roles: member.roles, effectKey: key, at: context.now)
    guard entry.effectKey == key else {
      throw Refusal("refusal.quarantined", ["user": "<@\(order.target)>"])
    }
    let roles = member.roles.filter(context.isManaged) + [role]
    do {
      try await context.effects.perform(
        .modifyGuildMember(
          order.target, in: context.guild, MemberEdit { $0.roles = roles }, reason: reason), as: "act")
    } catch let error as RESTError where error.kind.isFinal {
      try await store.end(order.target, effectKey: key)
      throw error
    }
  }

  private func endQuarantine(_ order: SanctionOrder, _ reason: String) async throws {
    let store = QuarantineStore(store: context.store)
    guard let entry = try await store.entry(order.target) else { return }
    if let member = try await context.bot.freshMember(order.target) {
      let bot = context.bot
      // What nobody may give or take stays as it is; a role that is gone cannot come back.
      let fixed = member.roles.filter { context.isManaged($0) || bot.mayAssign($0) != .yes }
      let given = entry.roles.filter {
        !context.isManaged($0) && bot.mayAssign($0) == .yes && !fixed.contains($0)
      }
      try await context.effects.perform(
        .modifyGuildMember(
          order.target, in: context.guild, MemberEdit { $0.roles = fixed + given }, reason: reason), as: "act"
      )
      let lost = entry.roles.filter { !context.isManaged($0) && !given.contains($0) && !fixed.contains($0) }
      if !lost.isEmpty {
        context.why(
          .acted, "rolesLost", ["roles": lost.map { "<@&\($0)>" }.joined(separator: " ")],
          about: WhySubject(member: order.target))
      }
    }
    try await store.end(order.target, effectKey: entry.effectKey)
  }
}
