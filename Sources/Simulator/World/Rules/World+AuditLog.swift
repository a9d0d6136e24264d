// The audit log: entries, their events, and how they are read.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How many entries a guild keeps.
  private static let auditLogLimit = 5_000

  /// Writes an entry and tells those who may read the log.
  package func record(
    _ action: AuditAction, in guild: Guild, by user: UserID?, target: String?, changes: Changes = Changes(),
    options: JSONValue? = nil, reason: String? = nil
  ) {
    let entry = AuditLogEntry(
      id: newID(), action: action, user: user, target: target, changes: changes.entries, options: options,
      reason: reason.flatMap { $0.isEmpty ? nil : String($0.prefix(512)) })
    guild.auditLog.append(entry)
    if guild.auditLog.count > Self.auditLogLimit {
      guild.auditLog.removeFirst(guild.auditLog.count - Self.auditLogLimit * 9 / 10)
    }
    tell(of: entry, in: guild)
  }

  private func tell(of entry: AuditLogEntry, in guild: Guild) {
    var payload = Fields()
    payload.append(json(entry))
    payload.put("guild_id", guild.id)
    publish(
      "GUILD_AUDIT_LOG_ENTRY_CREATE", payload.value,
      to: .guild(guild.id, .guildModeration, having: .viewAuditLog))
  }

  /// Notes that somebody deleted another's message. Repeats against the same author in the same channel are counted
  /// in one entry, without a further event, as Discord does.
  func recordDeletion(
    of author: UserID, in channel: ChannelID, guild: Guild, by user: UserID, reason: String?
  ) {
    let recent = guild.auditLog.suffix(5).lastIndex { entry in
      entry.action == .messageDelete && entry.user == user && entry.target == author.description
        && entry.options?["channel_id"]?.string == channel.description
        && entry.id.createdAt > now - .seconds(300)
    }
    guard let recent else {
      record(
        .messageDelete, in: guild, by: user, target: author.description,
        options: ["channel_id": .id(channel), "count": "1"], reason: reason)
      return
    }
    let count = Int(guild.auditLog[recent].options?["count"]?.string ?? "") ?? 1
    guild.auditLog[recent].options = ["channel_id": .id(channel), "count": .string(String(count + 1))]
  }

  /// An entry.
  package func json(_ entry: AuditLogEntry) -> JSONValue {
    var json = Fields()
    json.put("id", entry.id)
    json.put("action_type", entry.action.rawValue)
    json.put("user_id", entry.user)
    json.put("target_id", entry.target)
    if !entry.changes.isEmpty { json.put("changes", .array(entry.changes)) }
    if let options = entry.options { json.put("options", options) }
    if let reason = entry.reason { json.put("reason", reason) }
    return json.value
  }

  /// What of the log is asked for.
  package struct AuditLogQuery {
    package var user: UserID?
    package var action: Int?
    package var target: String?
    package var before: AuditLogEntryID?
    package var after: AuditLogEntryID?
    package var limit = 50

    package init() {}
  }

  /// The log, newest first (oldest first with `after`), with the users and rules that its entries name.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func auditLog(of id: GuildID, by caller: UserID, _ query: AuditLogQuery) throws(RESTFailure)
    -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: .viewAuditLog)
    let matching = guild.auditLog.filter { entry in
      (query.user.map { entry.user == $0 } ?? true)
        && (query.action.map { entry.action.rawValue == $0 } ?? true)
        && (query.target.map { entry.target == $0 } ?? true) && (query.before.map { entry.id < $0 } ?? true)
        && (query.after.map { entry.id > $0 } ?? true)
    }
    let entries =
      query.after == nil
      ? Array(matching.suffix(query.limit).reversed()) : Array(matching.prefix(query.limit))
    let targets = entries.compactMap { $0.target.flatMap { UserID($0) } }
    let people = Set(entries.compactMap(\.user) + targets).filter { users[$0] != nil }
    var json = Fields()
    json.put("audit_log_entries", .array(entries.map { self.json($0) }))
    json.put("users", .array(people.sorted().map { self.json(user: $0) }))
    json.put("integrations", .array([]))
    json.put("webhooks", .array([]))
    let named = Set(entries.compactMap(\.target))
    let events = guild.scheduledEvents.values.filter { named.contains($0.id.description) }
    json.put("guild_scheduled_events", .array(events.map { self.json($0, id) }))
    let threads = guild.threads.filter { named.contains($0.description) }.compactMap { channels[$0] }
    json.put("threads", .array(threads.map { self.json($0) }))
    json.put("application_commands", .array([]))
    let rules = guild.autoModeration.values.filter { named.contains($0.id.description) }
    json.put("auto_moderation_rules", .array(rules.map { self.json($0, id) }))
    return json.value
  }
}
