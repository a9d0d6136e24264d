// What a lock changes about a channel's permissions, and how it is taken back when people changed some meanwhile.

import DiscordCore
import DiscordModels
import JSON

/// An overwrite before a lock and under it. nil stands for there being none.
struct OverwriteChange: Hashable, Sendable {
  let target: PermissionOverwrite.Target
  let before: PermissionOverwrite?
  let applied: PermissionOverwrite

  /// Whether it takes nothing from anybody: it only lets somebody go on.
  var isGrant: Bool {
    applied.deny.isSubset(of: before?.deny ?? []) && applied.allow.isSuperset(of: before?.allow ?? [])
  }
}

/// What becomes of an overwrite.
enum OverwriteFate: Hashable, Sendable {
  case keep
  case set(PermissionOverwrite)
  case remove(PermissionOverwrite.Target)
}

enum LockRules {
  /// What nobody may do in a locked channel.
  static func forbidden(in type: ChannelType) -> Permissions {
    var forbidden: Permissions = [
      .sendMessages, .sendMessagesInThreads, .createPublicThreads, .createPrivateThreads, .addReactions,
    ]
    if type.isVocal { forbidden.formUnion([.connect, .speak, .stream, .requestToSpeak]) }
    return forbidden
  }

  /// Whether a channel of that type can be locked: where people write or speak, threads and categories apart.
  static func canLock(_ type: ChannelType) -> Bool {
    type == .guildText || type == .guildAnnouncement || type.isVocal || type.isThreadOnly
  }

  /// The overwrites that a lock changes.
  ///
  /// @everyone is denied what is forbidden; roles that a channel allows it are not allowed any more, since an allow wins
  /// over a deny; members keep what a channel gives them by name. With `role`, that role alone is denied. `keepers` may
  /// go on: staff, and the bot.
  /// `grantable` is what the bot may set, which is what it has itself.
  static func changes(
    _ overwrites: [PermissionOverwrite], type: ChannelType, guild: GuildID, role: RoleID? = nil,
    keepers: [PermissionOverwrite.Target], grantable: Permissions
  ) -> [OverwriteChange] {
    let forbidden = forbidden(in: type).intersection(grantable)
    let denied = PermissionOverwrite.Target.role(role ?? guild.everyoneRole)
    var known: [PermissionOverwrite.Target: PermissionOverwrite] = [:]
    for overwrite in overwrites { known[overwrite.target] = overwrite }
    let others = overwrites.map(\.target).filter { target in
      guard case .role = target, role == nil else { return false }
      return target != denied && !keepers.contains(target)
    }
    // Keepers come first: the bot must not lock itself out before it has let itself in.
    let plan: [(target: PermissionOverwrite.Target, stance: Stance)] =
      keepers.filter { $0 != denied }.map { ($0, .allowed) } + others.map { ($0, .neutral) }
      + [(denied, .denied)]
    return plan.compactMap { target, stance in
      let before = known[target]
      var applied = before ?? PermissionOverwrite(target)
      switch stance {
      case .allowed:
        applied.allow.formUnion(forbidden)
        applied.deny.subtract(forbidden)
      case .neutral: applied.allow.subtract(forbidden)
      case .denied:
        applied.allow.subtract(forbidden)
        applied.deny.formUnion(forbidden)
      }
      guard applied != (before ?? PermissionOverwrite(target)) else { return nil }
      return OverwriteChange(target: target, before: before, applied: applied)
    }
  }

  /// What becomes of an overwrite when the lock ends: each permission that the lock changed, and that is still as the lock
  /// left it, goes back to what it was; what people changed meanwhile stays as they have it.
  static func restoring(_ change: OverwriteChange, current: PermissionOverwrite?) -> OverwriteFate {
    // A lock leaves an overwrite behind, if an empty one: where there is none now, somebody took it away.
    guard let now = current else { return .keep }
    let before = change.before ?? PermissionOverwrite(change.target)
    var restored = now
    for bit in (change.applied.allow.union(change.applied.deny).union(before.allow).union(before.deny)).bits {
      let (was, set, seen) = (before.stance(on: bit), change.applied.stance(on: bit), now.stance(on: bit))
      if was != set, seen == set { restored.take(was, on: bit) }
    }
    if restored.allow.isEmpty, restored.deny.isEmpty, change.before == nil { return .remove(change.target) }
    return restored == now ? .keep : .set(restored)
  }
}

/// What an overwrite says about a permission.
enum Stance: Hashable, Sendable { case neutral, allowed, denied }

extension PermissionOverwrite {
  fileprivate func stance(on bit: Permissions) -> Stance {
    allow.contains(bit) ? .allowed : deny.contains(bit) ? .denied : .neutral
  }

  fileprivate mutating func take(_ stance: Stance, on bit: Permissions) {
    allow.subtract(bit)
    deny.subtract(bit)
    if stance == .allowed { allow.insert(bit) }
    if stance == .denied { deny.insert(bit) }
  }
}

extension Permissions {
  /// The set, one permission at a time.
  fileprivate var bits: [Permissions] {
    (0..<64).lazy.map { Permissions(rawValue: 1 << UInt64($0)) }.filter { contains($0) }
  }
}

// MARK: Stored

extension OverwriteChange {
  var json: JSONValue {
    let (kind, id) =
      switch target {
      case .role(let role): ("role", "\(role)")
      case .member(let user): ("member", "\(user)")
      }
    return [
      "kind": .string(kind), "id": .string(id), "existed": .bool(before != nil),
      "allowBefore": .string("\(before?.allow ?? [])"), "denyBefore": .string("\(before?.deny ?? [])"),
      "allow": .string("\(applied.allow)"), "deny": .string("\(applied.deny)"),
    ]
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.snowflake, let kind = json["kind"]?.string else { return nil }
    let target: PermissionOverwrite.Target = kind == "member" ? .member(UserID(id)) : .role(RoleID(id))
    func set(_ name: String) -> Permissions { json[name]?.string.flatMap { Permissions($0) } ?? [] }
    let existed = json["existed"]?.bool ?? false
    self.init(
      target: target,
      before: existed ? PermissionOverwrite(target, allow: set("allowBefore"), deny: set("denyBefore")) : nil,
      applied: PermissionOverwrite(target, allow: set("allow"), deny: set("deny")))
  }
}
