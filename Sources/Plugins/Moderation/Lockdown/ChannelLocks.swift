// Locking one channel and giving it back: what is changed is written down first.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

/// Locks channels of the guild.
struct ChannelLocks: Sendable {
  /// What came of locking.
  enum Outcome: Hashable, Sendable {
    case locked
    /// Somebody else holds it, since then.
    case already(since: Timestamp)
    /// Nobody may write there as it is, or it is no channel to write in.
    case nothingToDo
    case refused(Refusal)
  }

  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  private var store: LockStore { LockStore(store: context.store) }

  /// Why the bot cannot change who may write there.
  func refusal(in channel: ChannelID) -> Refusal? {
    guard let own = context.bot.ownPermissions(in: channel) else { return Refusal("refusal.guildUnknown") }
    guard own.contains(.manageRoles) else {
      return Refusal(
        "refusal.botPermission", ["permission": (Permissions.manageRoles).names.joined(separator: ", ")])
    }
    return nil
  }

  /// Locks a channel. What it was like is stored before the first change, so that a lock that was cut short is taken
  /// up, or back, whole.
  ///
  /// - Throws: `RESTError`, what the store throws.
  func lock(
    _ channel: ChannelID, holder: LockHolder, by person: UserID, because reason: String, until end: Timestamp?
  ) async throws -> Outcome {
    let effectKey = context.effects.key("lock/\(channel)")
    var known = try await store.lock(of: channel)
    if let lock = known, lock.effectKey != effectKey {
      // A purge's lock is taken over by a person's; between people the first one holds.
      guard case .purge = lock.holder, !holder.isPurge else { return .already(since: lock.lockedAt) }
      try await store.take(
        channel,
        for: ChannelLock(
          channel: channel, holder: holder, effectKey: effectKey, changes: [], person: person, reason: reason,
          lockedAt: lock.lockedAt, endsAt: end))
      return .locked
    }
    if known == nil {
      if let refusal = refusal(in: channel) { return .refused(refusal) }
      let current = try await context.bot.send(.getChannel(channel), priority: .moderation)
      guard LockRules.canLock(current.type) else { return .nothingToDo }
      let settings = context.settings.lockdown
      let own = context.bot.ownPermissions() ?? []
      var keepers = settings.staffRoles.map { PermissionOverwrite.Target.role($0) }
      if !own.contains(.administrator) { keepers.append(.member(context.bot.user)) }
      let changes = LockRules.changes(
        current.permissionOverwrites, type: current.type, guild: context.guild, role: settings.role,
        keepers: keepers, grantable: own)
      guard changes.contains(where: { !$0.isGrant }) else { return .nothingToDo }
      known = try await store.add(
        ChannelLock(
          channel: channel, holder: holder, effectKey: effectKey, changes: changes, person: person,
          reason: reason, lockedAt: context.core.host.time.now, endsAt: end))
    }
    guard let lock = known, lock.effectKey == effectKey else { return .nothingToDo }
    let audit = OperationLog(context).auditReason("lockdown.reason", by: person, because: reason)
    do {
      for change in lock.changes {
        _ = try await context.bot.send(
          .setChannelPermissions(change.applied, in: channel, reason: audit))
      }
    } catch let error as RESTError where error.kind == .missingPermission {
      try await restore(lock)
      return .refused(
        Refusal(
          "refusal.botPermission", ["permission": (Permissions.manageRoles).names.joined(separator: ", ")]))
    }
    return .locked
  }

  /// Gives a channel back, as far as nobody changed it meanwhile. With `holder`, only a lock of that holder.
  ///
  /// - Returns: the lock that ended; nil when there was none.
  /// - Throws: `RESTError`, what the store throws.
  func unlock(_ channel: ChannelID, holder: LockHolder? = nil) async throws -> ChannelLock? {
    guard let lock = try await store.lock(of: channel), holder == nil || lock.holder == holder else {
      return nil
    }
    try await restore(lock)
    return lock
  }

  private func restore(_ lock: ChannelLock) async throws {
    let audit = OperationLog(context).auditReason(
      "lockdown.reason.end", by: context.bot.user, because: lock.reason)
    do {
      let current = try await context.bot.send(.getChannel(lock.channel), priority: .moderation)
      // In the opposite order: the bot's own permission goes last.
      for change in lock.changes.reversed() {
        let now = current.permissionOverwrites.first { $0.target == change.target }
        switch LockRules.restoring(change, current: now) {
        case .keep: break
        case .set(let overwrite):
          _ = try await context.bot.send(
            .setChannelPermissions(overwrite, in: lock.channel, reason: audit))
        case .remove(let target):
          _ = try await context.bot.send(
            .deleteChannelPermissions(of: target, in: lock.channel, reason: audit))
        }
      }
    } catch  where error.meansGone {
      // The channel, a role or a member is gone, and its permissions with it.
    }
    try await store.remove(lock.channel)
  }
}

extension LockHolder {
  fileprivate var isPurge: Bool { if case .purge = self { true } else { false } }
}
