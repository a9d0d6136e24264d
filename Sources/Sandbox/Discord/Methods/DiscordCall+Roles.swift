// Giving and taking roles.

import DiscordModels
import DiscordBot
import DiscordCore
import DiscordREST
import JSON
import PlatformPlugins
import SandboxContract

extension DiscordCall {
  /// What makes a role one that plugins do not hand out unless the server allows it.
  static let dangerousPermissions: Permissions = Permissions.elevated.union([
    .moderateMembers, .manageNicknames, .mentionEveryone, .muteMembers, .deafenMembers, .moveMembers,
    .manageEvents, .viewAuditLog,
  ])

  func changeRole(isGiven: Bool) async throws -> JSONValue {
    let (user, reason) = (try user(), try reason())
    let role = try changeableRole(isGiven: isGiven)
    try await check(role, of: user)
    try spend()
    try await change(role, of: user, isGiven: isGiven, reason)
    return Self.done
  }

  func changeRoleOfMany(isGiven: Bool) async throws -> JSONValue {
    let reason = try reason()
    let role = try changeableRole(isGiven: isGiven)
    return try await forEachUser { user, roles in
      try await check(role, of: user, roles: roles)
      try await change(role, of: user, isGiven: isGiven, reason)
    }
  }

  private func change(_ role: CachedRole, of user: UserID, isGiven: Bool, _ reason: String) async throws {
    if isGiven {
      _ = try await send(.addRole(role.id, to: user, in: call.guild, reason: reason))
    } else {
      _ = try await send(.removeRole(role.id, from: user, in: call.guild, reason: reason))
    }
  }

  /// The role of the call, if it is one that this plugin may give and take.
  private func changeableRole(isGiven: Bool) throws(RPCError) -> CachedRole {
    let role = try role()
    try need(.manageRoles)
    let action = MemberAction.roles([role.id])
    if role.isManaged || role.id == call.guild.everyoneRole {
      throw RPCError(Refusal("refusal.managedRole"), of: action)
    }
    if bot.mayAssign(role.id) == .no { throw RPCError(Refusal("refusal.roleAboveBot"), of: action) }
    if isDangerous(role), !call.grants.allowsDangerousRoles {
      throw .forbidden(
        "the role has dangerous permissions, and the server does not let plugins give or take those")
    }
    return role
  }

  /// A harmless role is for everybody, the owner included, as long as it is not the bot itself that gets it; a dangerous
  /// one is given to and taken from those below the bot only.
  private func check(_ role: CachedRole, of user: UserID, roles: [RoleID]? = nil) async throws {
    guard user != bot.user else { throw RPCError.forbidden("the bot does not act on itself") }
    try await check(.roles([role.id]), on: user, roles: roles)
    guard isDangerous(role) else { return }
    guard user != bot.info?.owner else { throw RPCError.forbidden("nobody acts on the server's owner") }
    let held: [RoleID]
    if let roles { held = roles } else { held = try await freshMember(user).roles }
    guard let own = bot.ownRank, let theirs = bot.rank(of: user, roles: held), own.mayActOn(theirs) else {
      throw RPCError.forbidden("the member's highest role is not below the bot's")
    }
  }

  /// Whether the role can do harm: by what it has in the server, or in any channel, and everybody has not.
  private func isDangerous(_ role: CachedRole) -> Bool {
    let common = bot.role(call.guild.everyoneRole)?.permissions ?? []
    let dangerous = Self.dangerousPermissions.subtracting(common)
    if !role.permissions.isDisjoint(with: dangerous) { return true }
    return bot.allChannels.contains { channel in
      channel.overwrites.contains {
        $0.target == .role(role.id) && !$0.allow.isDisjoint(with: dangerous)
      }
    }
  }
}
