// Who stands above whom, and what may be given away: the hierarchy of roles as pure functions.

/// A role's place in its guild. A higher position is higher; of two roles in one position the older one is.
package struct RoleRank: Hashable, Comparable, Sendable {
  package var position: Int
  package var role: RoleID

  package init(position: Int, role: RoleID) { (self.position, self.role) = (position, role) }

  package static func < (left: Self, right: Self) -> Bool {
    left.position == right.position ? left.role > right.role : left.position < right.position
  }
}

/// Where a member stands in a guild.
package struct MemberRank: Hashable, Sendable {
  package var isOwner: Bool
  /// The highest role; @everyone's rank for a member without roles.
  package var top: RoleRank

  package init(isOwner: Bool, top: RoleRank) { (self.isOwner, self.top) = (isOwner, top) }

  /// The rank of a member with these roles; roles that are not known do not count.
  package init(
    isOwner: Bool, roles: some Sequence<RoleID>, in guild: GuildID, positionOf: (RoleID) -> Int?
  ) {
    var top = RoleRank(position: 0, role: guild.everyoneRole)
    for role in roles {
      guard let position = positionOf(role) else { continue }
      top = max(top, RoleRank(position: position, role: role))
    }
    self.init(isOwner: isOwner, top: top)
  }

  /// Whether this member may act on the other (kick, ban, time out, rename, take roles), as far as ranks decide: nobody
  /// acts on the owner, others only on members whose highest role is lower.
  package func mayActOn(_ other: MemberRank) -> Bool {
    if other.isOwner { return false }
    return isOwner || other.top < top
  }

  /// Whether this member may edit, move, give or take the role, as far as ranks decide.
  package func mayManage(_ role: RoleRank) -> Bool { isOwner || role < top }
}

extension Permissions {
  /// What of `wanted` somebody with these permissions may not grant to a role or an overwrite: one gives away only what
  /// one has.
  package func notGrantable(of wanted: Permissions) -> Permissions {
    contains(.administrator) ? [] : wanted.subtracting(self)
  }
}
