// Whether an action may be taken: asked of Discord as it is now, before anything is done.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

extension Sanctioner {
  /// Why the order cannot be carried out; nil when nothing stands in its way.
  ///
  /// - Throws: `RESTError` when Discord cannot be asked, what the store throws.
  func refusal(of order: SanctionOrder) async throws -> Refusal? {
    if let refusal = incomplete(order) { return refusal }
    switch order.kind {
    case .note: return nil
    case .unban: return try await refusalOfUnban(order)
    case .release: return try await refusalOfRelease(order)
    default: return try await refusalOfMember(order)
    }
  }

  /// What the order itself lacks.
  private func incomplete(_ order: SanctionOrder) -> Refusal? {
    if settings.requiresReason, order.person != nil, order.kind.isPunishment || order.kind == .note,
      order.reason.allSatisfy(\.isWhitespace)
    {
      return Refusal("refusal.reasonNeeded")
    }
    if order.kind == .timeout {
      guard let duration = order.duration else { return Refusal("refusal.durationNeeded") }
      if duration > SanctionLimits.longestTimeout { return Refusal("refusal.timeoutTooLong") }
    }
    if order.kind == .quarantine, settings.quarantineRole == nil {
      return Refusal("refusal.noQuarantineRole")
    }
    return nil
  }

  private func refusalOfUnban(_ order: SanctionOrder) async throws -> Refusal? {
    if let refusal = try await context.bot.refusal(of: .unban, on: order.target, by: order.person) {
      return refusal
    }
    do {
      _ = try await context.bot.send(.getBan(of: order.target, in: context.guild), priority: .moderation)
      return nil
    } catch let error as RESTError where error.isGone {
      return Refusal("refusal.notBanned", ["user": "<@\(order.target)>"])
    }
  }

  private func refusalOfRelease(_ order: SanctionOrder) async throws -> Refusal? {
    guard let entry = try await QuarantineStore(store: context.store).entry(order.target) else {
      return Refusal("refusal.notQuarantined", ["user": "<@\(order.target)>"])
    }
    // Whoever could not act on them as they were cannot give them back what they had.
    return try await context.bot.refusal(
      of: .quarantine(settings.quarantineRole.map { [$0] } ?? []), on: order.target, by: order.person,
      roles: entry.roles)
  }

  private func refusalOfMember(_ order: SanctionOrder) async throws -> Refusal? {
    let member = try await context.bot.freshMember(order.target)
    guard let roles = order.targetRoles ?? member?.roles ?? (order.kind.reachesStrangers ? [] : nil) else {
      return Refusal("refusal.notMember", ["user": "<@\(order.target)>"])
    }
    if order.kind.isPunishment, let role = settings.protectedRoles.first(where: { roles.contains($0) }) {
      return Refusal("refusal.protected", ["user": "<@\(order.target)>", "role": "<@&\(role)>"])
    }
    if order.kind == .untimeout, let member, !member.isTimedOut(at: context.now) {
      return Refusal("refusal.notTimedOut", ["user": "<@\(order.target)>"])
    }
    if order.kind == .quarantine,
      try await QuarantineStore(store: context.store).entry(order.target) != nil
    {
      return Refusal("refusal.quarantined", ["user": "<@\(order.target)>"])
    }
    return try await context.bot.refusal(
      of: action(of: order, roles: roles), on: order.target, by: order.person, roles: roles)
  }

  private func action(of order: SanctionOrder, roles: [RoleID]) -> MemberAction {
    switch order.kind {
    case .timeout, .untimeout: .timeOut
    case .kick: .kick
    case .ban, .softban: .ban
    case .quarantine:
      .quarantine(roles.filter { !context.isManaged($0) } + (settings.quarantineRole.map { [$0] } ?? []))
    case .role: .roles(order.role.map { [$0] } ?? [])
    case .note, .warn, .unban, .release: .warn
    }
  }
}

extension CaseKind {
  /// Whether it can be done to whoever is no member.
  fileprivate var reachesStrangers: Bool { self == .ban || self == .softban }
}

extension PluginContext where P == Moderation {
  /// Whether Discord or an integration gives and takes the role, and nobody else can.
  func isManaged(_ role: RoleID) -> Bool { bot.role(role)?.isManaged ?? false }
}
