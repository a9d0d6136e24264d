// Members: lists, changes, timeouts, kicks.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// The longest timeout: 28 days.
  private static let timeoutLimit: Duration = .seconds(28 * 86_400)

  /// A page of members by id.
  ///
  /// - Throws: 10004, 50001; 50001 for a bot without the members intent.
  package func members(of id: GuildID, for viewer: UserID, after: UserID?, limit: Int) throws(RESTFailure)
    -> JSONValue
  {
    let guild = try guild(id, for: viewer)
    if let application = applications[viewer.converted()],
      !application.approvedIntents.contains(.guildMembers)
    {
      throw .missingAccess
    }
    let page = guild.members.keys.filter { user in after.map { user > $0 } ?? true }.sorted().prefix(limit)
    return .array(page.compactMap { guild.members[$0] }.map { json($0) })
  }

  /// Members whose username or nickname begins with a text.
  ///
  /// - Throws: 10004, 50001.
  package func searchMembers(of id: GuildID, for viewer: UserID, query: String, limit: Int)
    throws(RESTFailure) -> JSONValue
  {
    let guild = try guild(id, for: viewer)
    return .array(members(of: guild, named: query).prefix(limit).map { json($0) })
  }

  /// Members whose names begin with a text, by id.
  package func members(of guild: Guild, named prefix: String) -> [Member] {
    let wanted = prefix.lowercased()
    return guild.members.values.filter { member in
      let user = users[member.user]
      return [member.nick, user?.username, user?.globalName].contains {
        $0?.lowercased().hasPrefix(wanted) == true
      }
    }.sorted { $0.user < $1.user }
  }

  /// Changes a member: nickname, roles, mute, deaf, channel, timeout, flags.
  ///
  /// - Throws: 10007, 10011, 40032 for moving somebody who is in no voice, 50013, 50035.
  package func modifyMember(
    _ user: UserID, in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> Member {
    let guild = try guild(id, for: caller)
    var member = try member(user, in: guild)
    var reader = try BodyReader(body)
    let nick = reader.text("nick", 0...32, trims: true).map { $0.isEmpty ? nil : $0 }.flattened
    let roles = reader.ids("roles", upTo: 250, Entity.Role.self)
    let mute = reader.bool("mute")
    let deaf = reader.bool("deaf")
    let target = reader.id("channel_id", Entity.Channel.self)
    let until = reader.instant("communication_disabled_until")
    let flags = reader.int("flags", 0...Int(Int32.max))
    if let until = until.value, until > now + Self.timeoutLimit {
      reader.fail(
        "communication_disabled_until", "COMMUNICATION_DISABLED_UNTIL_TOO_LONG",
        "Timeout duration must be less than 28 days.")
    }
    try reader.finish()
    let held = permissions(of: caller, in: guild)
    if nick.isGiven {
      let needed: Permissions = user == caller ? .changeNickname : .manageNicknames
      guard held.contains(needed) else { throw .missingPermissions }
      if user != caller { try requireAbove(user, by: caller, in: guild) }
    }
    if until.isGiven { try checkTimeout(of: user, by: caller, in: guild, held) }
    if mute.isGiven, !held.contains(.muteMembers) { throw .missingPermissions }
    if deaf.isGiven, !held.contains(.deafenMembers) { throw .missingPermissions }
    if mute.isGiven || deaf.isGiven || target.isGiven, guild.voiceStates[user] == nil {
      throw RESTFailure(status: 400, code: 40032, message: "Target user is not connected to voice.")
    }
    let change = try roleChange(roles.value, of: member, by: caller, in: guild, held)
    if target.isGiven { try checkMove(of: user, to: target.value, by: caller, in: guild) }
    if flags.isGiven, !held.contains(.manageGuild), !held.contains(.manageRoles),
      !held.contains(.moderateMembers)
    {
      throw .missingPermissions
    }

    var changes = Changes()
    changes.set("nick", nick, &member.nick)
    changes.set("mute", mute, &member.mute)
    changes.set("deaf", deaf, &member.deaf)
    changes.set("communication_disabled_until", until, &member.timedOutUntil)
    if let wanted = flags.value { member.flags = (member.flags & ~0b100) | (wanted & 0b100) }
    if let change { member.roles = change.roles }
    guild.members[user] = member
    if until.isGiven { scheduleTimeoutEnd(of: user, in: guild) }
    if !changes.isEmpty || change != nil || flags.isGiven { publishUpdate(of: user, in: guild) }
    if !changes.isEmpty {
      record(.memberUpdate, in: guild, by: caller, target: user.description, changes: changes, reason: reason)
    }
    if let change, !(change.added.isEmpty && change.removed.isEmpty) {
      recordRoles(of: user, added: change.added, removed: change.removed, guild, caller, reason)
    }
    if mute.isGiven || deaf.isGiven { publishVoice(guild.voiceStates[user], user, guild) }
    if target.isGiven { move(user, to: target.value, in: guild, by: caller, reason: reason) }
    return guild.members[user] ?? member
  }

  /// Timing out needs MODERATE_MEMBERS and a higher rank; administrators cannot be timed out, nor oneself.
  private func checkTimeout(of user: UserID, by caller: UserID, in guild: Guild, _ held: Permissions)
    throws(RESTFailure)
  {
    guard held.contains(.moderateMembers), user != caller else { throw .missingPermissions }
    try requireAbove(user, by: caller, in: guild)
    guard !permissions(of: user, in: guild).contains(.administrator) else { throw .missingPermissions }
  }

  /// Ends a timeout when its time has come: the member can speak again, and everybody is told.
  func scheduleTimeoutEnd(of user: UserID, in guild: Guild) {
    let id = guild.id
    guard let until = guild.members[user]?.timedOutUntil, until > now else {
      return agenda.cancel(.timeout(id, user))
    }
    agenda.set(.timeout(id, user), at: until) { world in
      guard let guild = world.guilds[id] else { return }
      guild.members[user]?.timedOutUntil = nil
      world.publishUpdate(of: user, in: guild)
    }
  }

  private func roleChange(
    _ wanted: [RoleID]?, of member: Member, by caller: UserID, in guild: Guild, _ held: Permissions
  ) throws(RESTFailure) -> (roles: [RoleID], added: [Role], removed: [Role])? {
    guard let wanted else { return nil }
    guard held.contains(.manageRoles) else { throw .missingPermissions }
    var added: [Role] = []
    var removed: [Role] = []
    for id in wanted where !member.roles.contains(id) {
      guard id != guild.everyoneRole else { continue }
      added.append(try role(id, in: guild))
    }
    for id in member.roles where !wanted.contains(id) { removed.append(try role(id, in: guild)) }
    for role in added + removed {
      guard !role.managed else { throw .missingPermissions }
      try requireAbove(role, by: caller, in: guild)
    }
    let kept = member.roles.filter { wanted.contains($0) }
    return (kept + added.map(\.id), added, removed)
  }

  /// Changes the caller's own membership: nickname, and for bots avatar, banner and bio of this guild.
  ///
  /// - Throws: 10004, 50001, 50013, 50035.
  package func modifySelf(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Member
  {
    let guild = try guild(id, for: caller)
    var member = try member(caller, in: guild)
    var reader = try BodyReader(body)
    let nick = reader.text("nick", 0...32, trims: true).map { $0.isEmpty ? nil : $0 }.flattened
    let avatar = reader.picture("avatar")
    let banner = reader.picture("banner")
    let bio = reader.text("bio", 0...190)
    try reader.finish()
    if nick.isGiven, !permissions(of: caller, in: guild).contains(.changeNickname) {
      throw .missingPermissions
    }
    var changes = Changes()
    changes.set("nick", nick, &member.nick)
    changes.set("avatar_hash", keep(avatar), &member.avatar)
    changes.set("banner_hash", keep(banner), &member.banner)
    changes.set("bio", bio, &member.bio)
    guard !changes.isEmpty else { return member }
    guild.members[caller] = member
    publishUpdate(of: caller, in: guild)
    record(.memberUpdate, in: guild, by: caller, target: caller.description, changes: changes, reason: reason)
    return member
  }

  /// Throws a member out.
  ///
  /// - Throws: 10007, 50013.
  package func kick(_ user: UserID, from id: GuildID, by caller: UserID, reason: String?) throws(RESTFailure)
  {
    let guild = try guild(id, for: caller, needing: .kickMembers)
    _ = try member(user, in: guild)
    try requireAbove(user, by: caller, in: guild)
    removeMember(user, from: guild)
    record(.memberKick, in: guild, by: caller, target: user.description, reason: reason)
  }

  // MARK: Pruning

  /// What a prune asks for.
  package struct Prune {
    package var days = 7
    package var roles: [RoleID] = []
    package var computesCount = true

    package init() {}
  }

  /// Whom a prune would remove: members without roles (or with only the named ones) who have not written for so long.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func pruneCandidates(in id: GuildID, by caller: UserID, _ prune: Prune) throws(RESTFailure)
    -> [UserID]
  {
    let guild = try guild(id, for: caller, needing: [.kickMembers, .manageGuild])
    let limit = now - .seconds(prune.days * 86_400)
    let included = Set(prune.roles)
    return guild.members.values.filter { member in
      guard member.user != guild.ownerID, users[member.user]?.isBot == false,
        Set(member.roles).isSubset(of: included)
      else { return false }
      return max(guild.lastActive[member.user] ?? member.joinedAt, member.joinedAt) < limit
    }.map(\.user).sorted()
  }

  /// Removes members who are long gone; how many.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func prune(_ id: GuildID, by caller: UserID, _ prune: Prune, reason: String?) throws(RESTFailure)
    -> Int
  {
    let guild = try guild(id, for: caller)
    let candidates = try pruneCandidates(in: id, by: caller, prune)
    for user in candidates { removeMember(user, from: guild) }
    if !candidates.isEmpty {
      record(
        .memberPrune, in: guild, by: caller, target: nil,
        options: [
          "delete_member_days": .string(String(prune.days)),
          "members_removed": .string(String(candidates.count)),
        ], reason: reason)
    }
    return candidates.count
  }
}
