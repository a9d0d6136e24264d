// Who may do what on a guild's dashboard and with its commands: three roles and how one comes to them.

package import DiscordCore

/// An access role on a guild. Each may do what the one before may.
package enum AccessRole: Int, Comparable, Hashable, Sendable, CaseIterable {
  /// Sees settings, cases and logs.
  case viewer = 1
  /// Changes settings and acts.
  case manager = 2
  /// Gives and takes access, exports and erases, puts the guild on another bot.
  case owner = 3

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The name in commands, documents and the store.
  package var name: String { "\(self)" }

  /// The role of that name.
  package init?(name: some StringProtocol) {
    guard let role = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
    self = role
  }
}

/// A role given by a guild's owner, to a person or to whoever has a role of Discord.
package struct AccessGrant: Hashable, Sendable {
  /// Whom it is given to.
  package enum Subject: Hashable, Sendable {
    case user(UserID)
    case role(RoleID)
  }

  /// Whom it is given to, and what.
  package let subject: Subject
  package let access: AccessRole

  package init(_ subject: Subject, _ access: AccessRole) { (self.subject, self.access) = (subject, access) }
}

/// What the bot knows of a member at the moment of the question.
package struct AccessSubject: Hashable, Sendable {
  package let user: UserID
  package let roles: [RoleID]
  package let isGuildOwner: Bool
  /// In the guild, outside of any channel.
  package let permissions: Permissions

  package init(user: UserID, roles: [RoleID], isGuildOwner: Bool, permissions: Permissions) {
    (self.user, self.roles) = (user, roles)
    (self.isGuildOwner, self.permissions) = (isGuildOwner, permissions)
  }
}

extension AccessRole {
  /// The highest role a member has: Discord's owner and administrators are owners, who may manage the guild is a
  /// manager, and grants add to that. nil for everyone else.
  package static func of(_ subject: AccessSubject, grants: some Sequence<AccessGrant>) -> AccessRole? {
    var highest: AccessRole?
    if subject.isGuildOwner || subject.permissions.contains(.administrator) {
      highest = .owner
    } else if subject.permissions.contains(.manageGuild) {
      highest = .manager
    }
    for grant in grants {
      let isMeant =
        switch grant.subject {
        case .user(let user): user == subject.user
        case .role(let role): subject.roles.contains(role)
        }
      if isMeant { highest = max(highest ?? grant.access, grant.access) }
    }
    return highest
  }
}
