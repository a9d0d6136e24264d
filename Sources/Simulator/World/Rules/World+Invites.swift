// Invites: making, using, ending.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How many invites a guild has at most.
  private static let inviteLimit = 1_000

  /// Makes an invite to a channel.
  ///
  /// - Throws: 10003, 30016 at 1,000 invites, 50013, 50024, 50035.
  package func createInvite(to id: ChannelID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Invite
  {
    let channel = try channel(id, for: caller, needing: .createInstantInvite)
    guard channel.kind != .category, !channel.kind.isThread else { throw .wrongChannelType }
    let guild = try guild(of: channel)
    var reader = try BodyReader(body)
    let age = reader.int("max_age", 0...604_800 * 60 / 7).value ?? 86_400
    let uses = reader.int("max_uses", 0...100).value ?? 0
    let temporary = reader.bool("temporary").value ?? false
    let unique = reader.bool("unique").value ?? false
    let targetType = reader.choice("target_type", [1, 2]).value
    let targetUser = reader.id("target_user_id", Entity.User.self).value
    let targetApplication = reader.id("target_application_id", Entity.Application.self).value
    let roles = reader.ids("role_ids", upTo: 10, Entity.Role.self).value ?? []
    try reader.finish()
    if !roles.isEmpty {
      guard permissions(of: caller, in: guild).contains(.manageRoles) else { throw .missingPermissions }
      for id in roles {
        let role = try role(id, in: guild)
        try requireAbove(role, by: caller, in: guild)
        guard !role.managed, id != guild.everyoneRole else { throw .invalidRole }
      }
    }
    let mine = invites.values.filter { $0.guild == guild.id }
    let same = mine.first {
      $0.channel == id && $0.inviter == caller && $0.maxAge == age && $0.maxUses == uses
        && $0.temporary == temporary && $0.roles == roles && $0.targetUsers == nil
    }
    if !unique, targetType == nil, let same { return same }
    guard mine.count < Self.inviteLimit else {
      throw .maximumReached(30016, "invites", Self.inviteLimit)
    }
    var invite = Invite(
      code: random.word(8), guild: guild.id, channel: id, inviter: caller, createdAt: now, maxAge: age,
      maxUses: uses)
    invite.temporary = temporary
    (invite.targetType, invite.targetUser, invite.targetApplication) = (
      targetType, targetUser, targetApplication
    )
    invite.roles = roles
    add(invite)
    var changes = Changes()
    changes.note("code", from: nil, to: invite.code)
    changes.note("channel_id", from: nil, to: id)
    changes.note("inviter_id", from: nil, to: caller)
    changes.note("max_uses", from: nil, to: uses)
    changes.note("max_age", from: nil, to: age)
    changes.note("temporary", from: nil, to: temporary)
    record(.inviteCreate, in: guild, by: caller, target: nil, changes: changes, reason: reason)
    return invite
  }

  /// Puts an invite into the world and tells those who manage the channel.
  package func add(_ invite: Invite) {
    invites[invite.code] = invite
    let code = invite.code
    if let end = invite.expiresAt { agenda.set(.invite(code), at: end) { $0.invites[code] = nil } }
    var payload = Fields()
    payload.put("channel_id", invite.channel)
    payload.put("code", code)
    payload.put("created_at", invite.createdAt)
    payload.put("expires_at", invite.expiresAt)
    payload.put("guild_id", invite.guild)
    if let inviter = invite.inviter { payload.put("inviter", json(user: inviter)) }
    payload.put("max_age", invite.maxAge)
    payload.put("max_uses", invite.maxUses)
    payload.put("temporary", invite.temporary)
    payload.put("type", 0)
    payload.put("uses", 0)
    if !invite.roles.isEmpty { payload.put("role_ids", invite.roles) }
    publish(
      "INVITE_CREATE", payload.value, to: .guild(invite.guild, .guildInvites, having: .manageChannels))
  }

  /// An invite; `isFull`: with what only those see who manage the channel.
  package func json(_ invite: Invite, isFull: Bool, withCounts: Bool = false) -> JSONValue {
    guard let guild = guilds[invite.guild] else { return .null }
    var json = Fields()
    json.put("type", 0)
    json.put("code", invite.code)
    if let inviter = invite.inviter { json.put("inviter", self.json(user: inviter)) }
    json.put("expires_at", invite.expiresAt)
    json.put("flags", 0)
    var place = Fields()
    place.put("id", guild.id)
    place.put("name", guild.name)
    place.put("splash", guild.splash)
    place.put("banner", guild.banner)
    place.put("description", guild.summary)
    place.put("icon", guild.icon)
    place.put("features", .array(guild.features.sorted().map { .string($0) }))
    place.put("verification_level", guild.verificationLevel)
    place.put("vanity_url_code", JSONValue.null)
    place.put("nsfw_level", guild.nsfwLevel)
    place.put("nsfw", guild.nsfwLevel == 1 || guild.nsfwLevel == 3)
    place.put("premium_subscription_count", 0)
    json.put("guild", place.value)
    json.put("guild_id", guild.id)
    var channel = Fields()
    channel.put("id", invite.channel)
    channel.put("type", channels[invite.channel]?.kind.rawValue ?? 0)
    channel.put("name", channels[invite.channel]?.name)
    json.put("channel", channel.value)
    if let type = invite.targetType { json.put("target_type", type) }
    if let user = invite.targetUser { json.put("target_user", self.json(user: user)) }
    if withCounts {
      json.put("approximate_member_count", guild.members.count)
      json.put("approximate_presence_count", presenceCount(of: guild))
    }
    if !invite.roles.isEmpty {
      json.put("roles", .array(invite.roles.compactMap { guild.roles[$0] }.map { self.json(invited: $0) }))
    }
    if isFull {
      json.put("uses", invite.uses)
      json.put("max_uses", invite.maxUses)
      json.put("max_age", invite.maxAge)
      json.put("temporary", invite.temporary)
      json.put("created_at", invite.createdAt)
    }
    return json.value
  }

  private func json(invited role: Role) -> JSONValue {
    let kept: Set<String> = [
      "id", "name", "position", "color", "colors", "icon", "unicode_emoji", "permissions",
    ]
    return .object(
      JSONObject(fields: (json(role).object?.fields ?? []).filter { kept.contains($0.key) }))
  }

  /// The invite.
  ///
  /// - Throws: 10006.
  package func invite(_ code: String) throws(RESTFailure) -> Invite {
    guard let invite = invites[code], guilds[invite.guild] != nil else { throw .unknown(.invite) }
    return invite
  }

  /// The invites of a guild, or of one channel of it.
  ///
  /// - Throws: 50013 without MANAGE_GUILD (of a channel: MANAGE_CHANNELS).
  package func invites(of guild: Guild, channel: ChannelID?) -> JSONValue {
    let list = invites.values.filter { $0.guild == guild.id && (channel == nil || $0.channel == channel) }
    return .array(
      list.sorted { ($0.createdAt, $0.code) < ($1.createdAt, $1.code) }.map { json($0, isFull: true) })
  }

  /// Ends an invite.
  ///
  /// - Throws: 10006, 50013.
  package func deleteInvite(_ code: String, by caller: UserID, reason: String?) throws(RESTFailure)
    -> JSONValue
  {
    let invite = try invite(code)
    let guild = try guild(invite.guild, for: caller)
    let inChannel = channels[invite.channel].map { permissions(of: caller, in: $0) } ?? []
    guard inChannel.contains(.manageChannels) || permissions(of: caller, in: guild).contains(.manageGuild)
    else {
      throw .missingPermissions
    }
    let rendered = json(invite, isFull: false)
    end(invite)
    var changes = Changes()
    changes.note("code", from: code, to: nil)
    changes.note("channel_id", from: invite.channel, to: nil)
    changes.note("uses", from: invite.uses, to: nil)
    record(.inviteDelete, in: guild, by: caller, target: nil, changes: changes, reason: reason)
    return rendered
  }

  private func end(_ invite: Invite) {
    invites[invite.code] = nil
    agenda.cancel(.invite(invite.code))
    publish(
      "INVITE_DELETE",
      ["channel_id": .id(invite.channel), "guild_id": .id(invite.guild), "code": .string(invite.code)],
      to: .guild(invite.guild, .guildInvites, having: .manageChannels))
  }

  /// Joins by an invite, as a person does.
  ///
  /// - Throws: 10006, 40007, 50013 while invites are disabled.
  package func accept(_ code: String, by user: UserID) throws(RESTFailure) -> JSONValue {
    var invite = try invite(code)
    guard let guild = guilds[invite.guild] else { throw .unknown(.invite) }
    if let only = invite.targetUsers, !only.contains(user) { throw .missingAccess }
    let isPaused = guild.invitesDisabledUntil.map { $0 > now } ?? false
    guard !isPaused, !guild.features.contains("INVITES_DISABLED") else { throw .unknown(.invite) }
    if guild.members[user] == nil {
      try join(user, invite.guild, roles: invite.roles)
      invite.uses += 1
      invites[code] = invite
      if invite.maxUses > 0, invite.uses >= invite.maxUses { end(invite) }
    }
    return json(invite, isFull: false)
  }

  /// Sets who alone may use an invite, from lines of user ids.
  ///
  /// - Throws: 10006, 50013, 50035.
  package func setTargetUsers(of code: String, csv: String, by caller: UserID) throws(RESTFailure) {
    let invite = try invite(code)
    let guild = try guild(invite.guild, for: caller)
    guard invite.inviter == caller || permissions(of: caller, in: guild).contains(.manageGuild) else {
      throw .missingPermissions
    }
    let lines = csv.split(whereSeparator: { $0.isNewline || $0 == "," }).map {
      $0.filter { !$0.isWhitespace }
    }
    let ids = lines.compactMap { UserID($0) }
    guard !ids.isEmpty else {
      throw .invalid("target_users_file", code: "BASE_TYPE_REQUIRED", "This field is required")
    }
    invites[code]?.targetUsers = ids
  }
}
