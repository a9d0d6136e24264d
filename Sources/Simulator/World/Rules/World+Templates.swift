// Templates of guilds.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// A template.
  package func json(_ template: GuildTemplate, _ guild: GuildID) -> JSONValue {
    var json = Fields()
    json.put("code", template.code)
    json.put("name", template.name)
    json.put("description", template.description)
    json.put("usage_count", template.usageCount)
    json.put("creator_id", template.creator)
    json.put("creator", self.json(user: template.creator))
    json.put("created_at", template.createdAt)
    json.put("updated_at", template.updatedAt)
    json.put("source_guild_id", guild)
    json.put("serialized_source_guild", template.snapshot)
    json.put("is_dirty", template.isDirty.map { .bool($0) } ?? JSONValue.null)
    return json.value
  }

  /// Makes the template of a guild, of which there is one at most, or changes or syncs it (`code`).
  ///
  /// - Throws: 10057, 30031 when there is one, 50013, 50035.
  package func setTemplate(
    _ code: String?, of id: GuildID, by caller: UserID, body: JSONValue?, syncs: Bool = false
  ) throws(RESTFailure) -> JSONValue {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    var reader = try BodyReader(body)
    if code == nil { reader.require("name") }
    let name = reader.text("name", 1...100)
    let description = reader.text("description", 0...120)
    try reader.finish()
    var template: GuildTemplate
    if let code {
      guard let known = guild.templates[code] else { throw .unknown(.guildTemplate) }
      template = known
    } else {
      guard guild.templates.isEmpty else { throw .maximumReached(30031, "guild templates", 1) }
      template = GuildTemplate(
        code: random.word(12), name: "", creator: caller, createdAt: now, updatedAt: now,
        snapshot: snapshot(of: guild))
    }
    if let value = name.value { template.name = value }
    if description.isGiven { template.description = description.value }
    if syncs { template.snapshot = snapshot(of: guild) }
    template.updatedAt = now
    guild.templates[template.code] = template
    return json(template, id)
  }

  /// Deletes a template; what it was.
  ///
  /// - Throws: 10057, 50013.
  package func deleteTemplate(_ code: String, of id: GuildID, by caller: UserID) throws(RESTFailure)
    -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    guard let template = guild.templates.removeValue(forKey: code) else { throw .unknown(.guildTemplate) }
    return json(template, id)
  }

  /// A guild as its template keeps it: roles and channels numbered from 0.
  private func snapshot(of guild: Guild) -> JSONValue {
    var roleNumbers: [RoleID: Int] = [guild.everyoneRole: 0]
    let roles = guild.sortedRoles.filter { !$0.managed }
    for role in roles where roleNumbers[role.id] == nil { roleNumbers[role.id] = roleNumbers.count }
    let all = sortedChannels(of: guild)
    let numbers = Dictionary(all.enumerated().map { ($1.id, $0 + 1) }) { first, _ in first }
    var json = Fields()
    json.put("name", guild.name)
    json.put("description", guild.summary)
    json.put("region", guild.region)
    json.put("verification_level", guild.verificationLevel)
    json.put("default_message_notifications", guild.defaultNotifications)
    json.put("explicit_content_filter", guild.explicitContentFilter)
    json.put("preferred_locale", guild.preferredLocale)
    json.put("afk_channel_id", guild.afkChannelID.flatMap { numbers[$0] }.map { String($0) })
    json.put("afk_timeout", guild.afkTimeout)
    json.put("system_channel_id", guild.systemChannelID.flatMap { numbers[$0] }.map { String($0) })
    json.put("system_channel_flags", guild.systemChannelFlags)
    json.put("roles", .array(roles.map { snapshot(of: $0, roleNumbers) }))
    json.put("channels", .array(all.map { snapshot(of: $0, numbers, roleNumbers) }))
    return json.value
  }

  private func snapshot(of role: Role, _ numbers: [RoleID: Int]) -> JSONValue {
    var json = Fields()
    json.put("id", numbers[role.id] ?? 0)
    json.put("name", role.name)
    json.put("permissions", role.permissions)
    json.put("color", role.color)
    json.put("colors", self.json(role)["colors"] ?? .null)
    json.put("hoist", role.hoist)
    json.put("mentionable", role.mentionable)
    json.put("icon", JSONValue.null)
    json.put("unicode_emoji", role.unicodeEmoji)
    return json.value
  }

  private func snapshot(of channel: Channel, _ numbers: [ChannelID: Int], _ roles: [RoleID: Int]) -> JSONValue
  {
    var json = Fields()
    json.put("id", numbers[channel.id])
    // A template keeps what every guild may have: no announcement channels and stages.
    let kind: ChannelKind =
      channel.kind == .announcement ? .text : channel.kind == .stage ? .voice : channel.kind
    json.put("type", kind.rawValue)
    json.put("name", channel.name)
    json.put("position", channel.position)
    json.put("topic", channel.topic)
    json.put("bitrate", channel.bitrate)
    json.put("user_limit", channel.userLimit)
    json.put("nsfw", channel.nsfw)
    json.put("rate_limit_per_user", channel.slowmode)
    json.put("parent_id", channel.parentID.flatMap { numbers[$0] }.map { String($0) })
    json.put("default_auto_archive_duration", channel.defaultAutoArchive)
    let overwrites = channel.overwrites.compactMap { overwrite -> JSONValue? in
      guard case .role(let id) = overwrite.target, let number = roles[id] else { return nil }
      return [
        "id": .string(String(number)), "type": 0, "allow": .string(overwrite.allow.description),
        "deny": .string(overwrite.deny.description),
      ]
    }
    json.put("permission_overwrites", .array(overwrites))
    json.put("available_tags", JSONValue.null)
    json.put("template", "")
    json.put("default_reaction_emoji", JSONValue.null)
    json.put("default_thread_rate_limit_per_user", channel.defaultThreadSlowmode)
    json.put("default_sort_order", channel.defaultSortOrder)
    json.put("default_forum_layout", channel.kind.isForum ? channel.defaultForumLayout : nil)
    json.put("default_tag_setting", JSONValue.null)
    json.put("theme_color", JSONValue.null)
    return json.value
  }
}
