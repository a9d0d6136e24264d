// Bans.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How far back a ban deletes messages at most, in seconds.
  private static let deletionLimit = 604_800

  /// Bans a user, who need not be a member.
  ///
  /// - Throws: 10013, 50013, 50035.
  package func ban(_ user: UserID, from id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller, needing: .banMembers)
    var reader = try BodyReader(body)
    let seconds = reader.int("delete_message_seconds", 0...Self.deletionLimit).value
    let days = reader.int("delete_message_days", 0...7).value
    try reader.finish()
    guard users[user] != nil else { throw .unknown(.user) }
    guard user != caller else { throw .missingPermissions }
    if guild.members[user] != nil { try requireAbove(user, by: caller, in: guild) }
    guard guild.bans[user] == nil else { return }
    place(user, in: guild, deleting: seconds ?? (days ?? 0) * 86_400, by: caller, reason)
  }

  private func place(
    _ user: UserID, in guild: Guild, deleting seconds: Int, by caller: UserID, _ reason: String?
  ) {
    guild.bans[user] = Ban(user: user, reason: reason)
    removeMember(user, from: guild)
    publish(
      "GUILD_BAN_ADD", ["guild_id": .id(guild.id), "user": json(user: user)],
      to: .guild(guild.id, .guildModeration))
    if seconds > 0 { deleteMessages(of: user, in: guild, since: now - .seconds(seconds)) }
    record(.memberBanAdd, in: guild, by: caller, target: user.description, reason: reason)
  }

  /// Bans up to 200 users at once: `{banned_users, failed_users}`.
  ///
  /// - Throws: 50013, 50035, 500000 when none could be banned.
  package func bulkBan(from id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: [.banMembers, .manageGuild])
    var reader = try BodyReader(body)
    reader.require("user_ids")
    let ids = reader.ids("user_ids", upTo: 200, Entity.User.self).value ?? []
    let seconds = reader.int("delete_message_seconds", 0...Self.deletionLimit).value ?? 0
    try reader.finish()
    var banned: [UserID] = []
    var failed: [UserID] = []
    for user in ids {
      let mayBan =
        users[user] != nil && user != caller && guild.bans[user] == nil
        && (guild.members[user] == nil
          || rank(of: caller, in: guild).mayActOn(rank(of: user, in: guild)))
      guard mayBan else {
        failed.append(user)
        continue
      }
      place(user, in: guild, deleting: seconds, by: caller, reason)
      banned.append(user)
    }
    guard !banned.isEmpty else {
      throw RESTFailure(status: 400, code: 500_000, message: "Failed to ban users")
    }
    var json = Fields()
    json.put("banned_users", banned)
    json.put("failed_users", failed)
    return json.value
  }

  /// Lifts a ban.
  ///
  /// - Throws: 10026, 50013.
  package func unban(_ user: UserID, from id: GuildID, by caller: UserID, reason: String?) throws(RESTFailure)
  {
    let guild = try guild(id, for: caller, needing: .banMembers)
    guard guild.bans.removeValue(forKey: user) != nil else { throw .unknown(.ban) }
    publish(
      "GUILD_BAN_REMOVE", ["guild_id": .id(id), "user": json(user: user)], to: .guild(id, .guildModeration))
    record(.memberBanRemove, in: guild, by: caller, target: user.description, reason: reason)
  }

  /// A ban.
  package func json(_ ban: Ban) -> JSONValue {
    var json = Fields()
    json.put("user", self.json(user: ban.user))
    json.put("reason", ban.reason)
    return json.value
  }

  /// A page of bans by user id.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func bans(of id: GuildID, by caller: UserID, before: UserID?, after: UserID?, limit: Int)
    throws(RESTFailure) -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: .banMembers)
    let matching = guild.bans.values.filter { ban in
      (before.map { ban.user < $0 } ?? true) && (after.map { ban.user > $0 } ?? true)
    }.sorted { $0.user < $1.user }
    let page = before != nil && after == nil ? matching.suffix(limit) : matching.prefix(limit)
    return .array(page.map { json($0) })
  }
}
