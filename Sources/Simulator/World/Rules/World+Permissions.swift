// Who may do what: lookups that refuse as Discord refuses.

package import DiscordCore
internal import EventLoop

extension World {
  /// What permission arithmetic needs to know of a member.
  func subject(_ user: UserID, in guild: Guild) -> PermissionSubject {
    let member = guild.members[user]
    return PermissionSubject(
      user: user, isOwner: guild.ownerID == user, roles: member?.roles ?? [],
      isTimedOut: member?.timedOutUntil.map { $0 > now } ?? false)
  }

  /// The permissions of a member in the guild, outside of any channel; none for somebody who is no member.
  package func permissions(of user: UserID, in guild: Guild) -> Permissions {
    guard guild.members[user] != nil else { return [] }
    return .ofMember(subject(user, in: guild), in: guild.id) { guild.roles[$0]?.permissions }
  }

  /// The permissions of a user in a channel; everything needed to talk in one's own direct messages.
  package func permissions(of user: UserID, in channel: Channel) -> Permissions {
    guard let guild = channel.guildID.flatMap({ guilds[$0] }) else {
      return channel.recipients.contains(user) ? .inDirectMessages : []
    }
    guard guild.members[user] != nil else { return [] }
    let parent = channel.kind.isThread ? channel.parentID.flatMap { channels[$0] } : nil
    return .ofMember(
      subject(user, in: guild), in: guild.id, overwrites: (parent ?? channel).overwrites,
      scene: channel.kind.scene
    ) { guild.roles[$0]?.permissions }
  }

  /// Where a member stands.
  package func rank(of user: UserID, in guild: Guild) -> MemberRank {
    MemberRank(
      isOwner: guild.ownerID == user, roles: guild.members[user]?.roles ?? [], in: guild.id
    ) { guild.roles[$0]?.position }
  }

  /// Whether a user can see a channel; a private thread is seen by its members and by those who manage threads.
  package func canSee(_ channel: Channel, _ user: UserID) -> Bool {
    if channel.guildID == nil { return channel.recipients.contains(user) }
    let permissions = permissions(of: user, in: channel)
    guard permissions.contains(.viewChannel) else { return false }
    guard channel.kind == .privateThread else { return true }
    return permissions.contains(.manageThreads) || channel.thread?.members[user] != nil
  }

  // MARK: Lookups that refuse

  /// The guild, if the caller is in it.
  ///
  /// - Throws: 10004, or 50001 for a guild the caller is not in.
  package func guild(_ id: GuildID, for caller: UserID) throws(RESTFailure) -> Guild {
    guard let guild = guilds[id] else { throw .unknown(.guild) }
    guard guild.members[caller] != nil else { throw .missingAccess }
    return guild
  }

  /// The guild, if the caller has these permissions in it.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func guild(_ id: GuildID, for caller: UserID, needing wanted: Permissions) throws(RESTFailure)
    -> Guild
  {
    let guild = try guild(id, for: caller)
    guard permissions(of: caller, in: guild).isSuperset(of: wanted) else { throw .missingPermissions }
    return guild
  }

  /// The channel, if the caller can see it and has these permissions in it.
  ///
  /// - Throws: 10003, 50001, 50013.
  package func channel(_ id: ChannelID, for caller: UserID, needing wanted: Permissions = [])
    throws(RESTFailure) -> Channel
  {
    guard let channel = channels[id] else { throw .unknown(.channel) }
    guard canSee(channel, caller) else { throw .missingAccess }
    guard permissions(of: caller, in: channel).isSuperset(of: wanted) else { throw .missingPermissions }
    return channel
  }

  /// The guild of a channel.
  ///
  /// - Throws: 50024 for direct messages.
  package func guild(of channel: Channel) throws(RESTFailure) -> Guild {
    guard let guild = channel.guildID.flatMap({ guilds[$0] }) else { throw .wrongChannelType }
    return guild
  }

  /// The member.
  ///
  /// - Throws: 10013 for a user who does not exist, 10007 for one who is not there.
  package func member(_ user: UserID, in guild: Guild) throws(RESTFailure) -> Member {
    guard let member = guild.members[user] else {
      throw .unknown(users[user] == nil ? .user : .member)
    }
    return member
  }

  /// The role.
  ///
  /// - Throws: 10011.
  package func role(_ id: RoleID, in guild: Guild) throws(RESTFailure) -> Role {
    guard let role = guild.roles[id] else { throw .unknown(.role) }
    return role
  }

  /// The user.
  ///
  /// - Throws: 10013.
  package func user(_ id: UserID) throws(RESTFailure) -> User {
    guard let user = users[id] else { throw .unknown(.user) }
    return user
  }

  /// Refuses unless the caller stands above the member.
  ///
  /// - Throws: 50013.
  func requireAbove(_ target: UserID, by caller: UserID, in guild: Guild) throws(RESTFailure) {
    guard rank(of: caller, in: guild).mayActOn(rank(of: target, in: guild)) else {
      throw .missingPermissions
    }
  }

  /// Refuses unless the caller stands above the role.
  ///
  /// - Throws: 50013.
  func requireAbove(_ role: Role, by caller: UserID, in guild: Guild) throws(RESTFailure) {
    guard rank(of: caller, in: guild).mayManage(role.rank) else { throw .missingPermissions }
  }

  /// Refuses permissions the caller does not have and so cannot give away.
  ///
  /// - Throws: 50013.
  func requireGrantable(_ wanted: Permissions, by caller: UserID, in guild: Guild) throws(RESTFailure) {
    guard permissions(of: caller, in: guild).notGrantable(of: wanted).isEmpty else {
      throw .missingPermissions
    }
  }
}

extension Permissions {
  /// What one has in one's own direct messages.
  static let inDirectMessages: Permissions = [
    .viewChannel, .sendMessages, .embedLinks, .attachFiles, .readMessageHistory, .addReactions,
    .useExternalEmojis, .useExternalStickers, .useApplicationCommands, .sendVoiceMessages, .sendPolls,
    .mentionEveryone, .pinMessages,
  ]
}
