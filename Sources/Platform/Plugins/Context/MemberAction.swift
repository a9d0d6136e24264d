// Whether an action on a member may be taken: asked before Discord is, and answered in words.

import DiscordBot
package import DiscordCore
import DiscordModels
package import DiscordREST

/// A person who asks for something, as the bot sees them at that moment.
package struct Person: Hashable, Sendable {
  package let user: UserID
  /// As people of the guild see it.
  package let name: String
  package let roles: [RoleID]
  /// In the channel where they ask.
  package let permissions: Permissions

  package init(user: UserID, name: String, roles: [RoleID], permissions: Permissions) {
    (self.user, self.name, self.roles, self.permissions) = (user, name, roles, permissions)
  }
}

/// What is about to be done to a member.
package enum MemberAction: Hashable, Sendable {
  case timeOut, kick, ban, unban, nickname
  /// A word to a member, which takes no power of the bot's: only that whoever says it stands above them.
  case warn
  /// Taking these roles and giving others, as a measure against a member: whoever asks must stand above them.
  case quarantine([RoleID])
  /// Giving or taking these roles.
  case roles([RoleID])

  /// What the bot needs for it.
  package var permission: Permissions {
    switch self {
    case .timeOut: .moderateMembers
    case .kick: .kickMembers
    case .ban, .unban: .banMembers
    case .nickname: .manageNicknames
    case .roles, .quarantine: .manageRoles
    case .warn: []
    }
  }

  /// Whether the bot must stand above the member; Discord lets it change the roles of whoever stands above it, as long
  /// as the roles do not.
  fileprivate var takesRank: Bool {
    switch self {
    case .warn, .quarantine: false
    default: true
    }
  }

  /// Whether whoever is no member can be meant.
  fileprivate var reachesStrangers: Bool { self == .ban || self == .unban }
}

extension GuildBot {
  /// Why the action cannot be taken, or nil when nothing stands in its way: the bot's permission, its rank and the
  /// person's against the target's, the owner, administrators who cannot be timed out, roles nobody can give.
  ///
  /// `person` is who asks; nil for Guildhall itself. `roles` are the target's when an event just brought them; otherwise
  /// Discord is asked, so that an old or empty cache lets nobody through.
  ///
  /// - Throws: `RESTError`.
  package func refusal(
    of action: MemberAction, on target: UserID, by person: Person? = nil, roles known: [RoleID]? = nil
  ) async throws(RESTError) -> Refusal? {
    guard let guildInfo = info, let own = ownPermissions() else { return Refusal("refusal.guildUnknown") }
    guard own.contains(.administrator) || own.contains(action.permission) else {
      return Refusal("refusal.botPermission", ["permission": action.permission.names.joined(separator: ", ")])
    }
    if case .roles(let roles) = action, let refusal = refusal(ofRoles: roles, by: person) { return refusal }
    if case .quarantine(let roles) = action, let refusal = refusal(ofRoles: roles, by: nil) { return refusal }
    if action == .unban { return nil }
    // Roles may be given and taken by oneself; the rest is for others.
    if case .roles = action {
    } else {
      if target == person?.user { return Refusal("refusal.self") }
      if target == user { return Refusal("refusal.bot") }
      if target == guildInfo.owner { return Refusal("refusal.owner", ["user": "<@\(target)>"]) }
    }
    let roles: [RoleID]
    if let known {
      roles = known
    } else if let member = try await freshMember(target) {
      roles = member.roles
    } else {
      return action.reachesStrangers ? nil : Refusal("refusal.notMember", ["user": "<@\(target)>"])
    }
    guard let ownRank, let theirs = rank(of: target, roles: roles) else {
      return Refusal("refusal.guildUnknown")
    }
    // Discord lets a bot change the roles of whoever stands above it, as long as the roles do not.
    if case .roles = action { return nil }
    if action == .timeOut, permissions(of: target, roles: roles)?.contains(.administrator) ?? false {
      return Refusal("refusal.administrator", ["user": "<@\(target)>"])
    }
    guard !action.takesRank || ownRank.mayActOn(theirs) else {
      return Refusal("refusal.aboveBot", ["user": "<@\(target)>"])
    }
    if let person, person.user != guildInfo.owner,
      let rank = rank(of: person.user, roles: person.roles), !rank.mayActOn(theirs)
    {
      return Refusal("refusal.aboveYou", ["user": "<@\(target)>"])
    }
    return nil
  }

  /// Why one of the roles cannot be given or taken.
  private func refusal(ofRoles roles: [RoleID], by person: Person?) -> Refusal? {
    for id in roles {
      guard let role = role(id) else { return Refusal("refusal.noRole", ["role": "\(id)"]) }
      if role.isManaged || id == guild.everyoneRole {
        return Refusal("refusal.managedRole", ["role": role.name])
      }
      if mayAssign(id) != .yes { return Refusal("refusal.roleAboveBot", ["role": role.name]) }
      if let person, person.user != info?.owner,
        let rank = rank(of: person.user, roles: person.roles), !rank.mayManage(role.rank)
      {
        return Refusal("refusal.roleAboveYou", ["role": role.name])
      }
    }
    return nil
  }
}
