// What members may do, as far as the cache can tell.

package import DiscordCore
package import EventLoop

/// What the cache says about somebody's permissions. What it does not know it does not guess.
package enum PermissionAnswer: Sendable, Hashable {
  case known(Permissions)
  /// Something it depends on is not kept.
  case unknown(Gap)

  /// What is missing for an answer.
  package enum Gap: Sendable, Hashable {
    case guild, channel, member
  }

  /// The permissions; nil if they are not known.
  package var permissions: Permissions? {
    if case .known(let permissions) = self { permissions } else { nil }
  }
}

/// Whether somebody stands high enough, as far as the cache can tell.
package enum RankAnswer: Sendable, Hashable {
  case yes, no
  /// The guild, the role or the member is not known.
  case unknown
}

extension BotCache {
  /// The permissions of a member in the guild, or, with a channel, in that channel or thread. For a member from an
  /// event, whom the cache need not know, give its roles to the other function.
  package func permissions(of user: UserID, in guild: GuildID, channel: ChannelID? = nil) -> PermissionAnswer
  {
    let now = time.now
    return read { state in
      guard let record = state.guilds[guild] else { return .unknown(.guild) }
      guard let subject = record.subject(user, now: now) else { return .unknown(.member) }
      return record.permissions(of: subject, channel: channel)
    }
  }

  /// The permissions of a member whose roles an event brought along.
  package func permissions(
    of user: UserID, roles: [RoleID], timedOutUntil: Timestamp? = nil, in guild: GuildID,
    channel: ChannelID? = nil
  ) -> PermissionAnswer {
    let isTimedOut = timedOutUntil.map { $0 > time.now } ?? false
    return read { state in
      guard let record = state.guilds[guild] else { return .unknown(.guild) }
      let subject = PermissionSubject(
        user: user, isOwner: user == record.owner, roles: roles, isTimedOut: isTimedOut)
      return record.permissions(of: subject, channel: channel)
    }
  }

  /// The bot's own permissions.
  package func ownPermissions(in guild: GuildID, channel: ChannelID? = nil) -> PermissionAnswer {
    permissions(of: me, in: guild, channel: channel)
  }

  /// Where a member stands; nil if the member or the guild is not known.
  package func rank(of user: UserID, in guild: GuildID) -> MemberRank? { read(guild) { $0.rank(of: user) } }

  /// Where a member stands whose roles an event brought along; nil for an unknown guild.
  package func rank(of user: UserID, roles: [RoleID], in guild: GuildID) -> MemberRank? {
    read(guild) { $0.rank(of: user, roles: roles) }
  }

  /// Whether the bot stands high enough to kick, ban, time out or rename the member.
  package func mayActOn(_ user: UserID, in guild: GuildID) -> RankAnswer {
    read { state in
      // Nobody stands above the owner, whether the owner was seen or not.
      guard let record = state.guilds[guild] else { return .unknown }
      guard user != record.owner else { return .no }
      guard let own = record.rank(of: state.me), let other = record.rank(of: user) else { return .unknown }
      return own.mayActOn(other) ? .yes : .no
    }
  }

  /// Whether the bot stands high enough to give, take or change the role. Managed roles and @everyone are nobody's to
  /// give.
  package func mayAssign(_ role: RoleID, in guild: GuildID) -> RankAnswer {
    read { state in
      guard let record = state.guilds[guild], let role = record.roles[role],
        let own = record.rank(of: state.me)
      else { return .unknown }
      guard !role.isManaged, role.id != guild.everyoneRole else { return .no }
      return own.mayManage(role.rank) ? .yes : .no
    }
  }
}

extension GuildRecord {
  func subject(_ user: UserID, now: Timestamp) -> PermissionSubject? {
    // The owner has all permissions, whether seen or not.
    if user == owner { return PermissionSubject(user: user, isOwner: true) }
    return members.withMember(user) { row, record in
      let until = Int64(row.timeout) * 1000 + discordEpochMilliseconds
      return PermissionSubject(
        user: user, roles: MemberRecord.roles(of: row, in: record),
        isTimedOut: row.timeout != 0 && until > now.milliseconds)
    }
  }

  func permissions(of subject: PermissionSubject, channel: ChannelID?) -> PermissionAnswer {
    let roles = roles
    let permissionsOf = { (role: RoleID) in roles[role]?.permissions }
    guard let channel else {
      return .known(.ofMember(subject, in: id, permissionsOf: permissionsOf))
    }
    let thread = threads[channel]
    guard let place = channels[thread?.parent ?? channel] else { return .unknown(.channel) }
    return .known(
      .ofMember(
        subject, in: id, overwrites: place.overwrites, scene: thread == nil ? place.scene : .thread,
        permissionsOf: permissionsOf))
  }

  func rank(of user: UserID) -> MemberRank? {
    guard user != owner else { return rank(of: user, roles: []) }
    return members.withMember(user) { row, record in
      rank(of: user, roles: MemberRecord.roles(of: row, in: record))
    }
  }

  func rank(of user: UserID, roles held: [RoleID]) -> MemberRank {
    let roles = roles
    return MemberRank(isOwner: user == owner, roles: held, in: id) { role in
      roles[role].map { Int($0.position) }
    }
  }
}
