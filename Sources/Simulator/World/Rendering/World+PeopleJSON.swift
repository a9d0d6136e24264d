// Users, members, roles and presences as JSON.

package import DiscordCore
package import JSON

extension World {
  /// A user, as others see them; a deleted one when there is none.
  package func json(user id: UserID) -> JSONValue {
    guard let user = users[id] else { return json(User(id: id, username: "Deleted User")) }
    return json(user)
  }

  /// A user, as others see them.
  package func json(_ user: User) -> JSONValue { fields(of: user).value }

  /// A user, as they see themselves (`GET /users/@me`); with the mail address only if asked for.
  package func json(me user: User, withEmail: Bool = false) -> JSONValue {
    var json = fields(of: user)
    json.put("mfa_enabled", user.isBot)
    json.put("locale", user.locale)
    json.put("verified", true)
    json.put("email", withEmail ? "\(user.username)@example.com" : nil)
    json.put("premium_type", 0)
    json.put("bio", user.bio ?? "")
    return json.value
  }

  private func fields(of user: User) -> Fields {
    var json = Fields()
    json.put("id", user.id)
    json.put("username", user.username)
    json.put("avatar", user.avatar)
    json.put("discriminator", user.discriminator)
    json.put("public_flags", user.publicFlags)
    json.put("flags", user.publicFlags)
    if user.isBot { json.put("bot", true) }
    if user.isSystem { json.put("system", true) }
    json.put("banner", user.banner)
    json.put("accent_color", user.accentColor)
    json.put("global_name", user.globalName)
    json.put("avatar_decoration_data", JSONValue.null)
    json.put("collectibles", JSONValue.null)
    json.put("primary_guild", JSONValue.null)
    return json
  }

  /// A member. Messages leave the user out, since it stands beside; events need the guild's id.
  package func json(_ member: Member, withUser: Bool = true, guild: GuildID? = nil) -> JSONValue {
    var json = Fields()
    if let guild { json.put("guild_id", guild) }
    json.put("avatar", member.avatar)
    json.put("banner", member.banner)
    json.put("communication_disabled_until", member.timedOutUntil.flatMap { $0 > now ? $0 : nil })
    json.put("flags", member.flags)
    json.put("joined_at", member.joinedAt)
    json.put("nick", member.nick)
    json.put("pending", member.isPending)
    json.put("premium_since", member.premiumSince)
    json.put("roles", member.roles)
    if withUser { json.put("user", self.json(user: member.user)) }
    json.put("mute", member.mute)
    json.put("deaf", member.deaf)
    return json.value
  }

  /// A role.
  package func json(_ role: Role) -> JSONValue {
    var json = Fields()
    json.put("id", role.id)
    json.put("name", role.name)
    json.put("permissions", role.permissions)
    json.put("position", role.position)
    json.put("color", role.color)
    var colors = Fields()
    colors.put("primary_color", role.color)
    colors.put("secondary_color", role.secondaryColor)
    colors.put("tertiary_color", role.tertiaryColor)
    json.put("colors", colors.value)
    json.put("hoist", role.hoist)
    json.put("managed", role.managed)
    json.put("mentionable", role.mentionable)
    json.put("icon", role.icon)
    json.put("unicode_emoji", role.unicodeEmoji)
    json.put("flags", role.flags)
    if role.botID != nil || role.isPremiumSubscriber {
      var tags = Fields()
      if let bot = role.botID { tags.put("bot_id", bot) }
      if role.isPremiumSubscriber { tags.put("premium_subscriber", JSONValue.null) }
      json.put("tags", tags.value)
    }
    return json.value
  }

  /// A presence, as events and GUILD_CREATE carry it.
  package func json(presenceOf user: UserID, guild: GuildID) -> JSONValue {
    let presence = users[user]?.presence ?? Presence()
    var json = Fields()
    json.put("user", ["id": .id(user)])
    json.put("guild_id", guild)
    json.put("status", presence.status)
    json.put("activities", .array(presence.activities))
    json.put("client_status", presence.status == "offline" ? [:] : ["desktop": .string(presence.status)])
    return json.value
  }

  /// A voice state, with the member where events carry one.
  package func json(_ state: VoiceState?, user: UserID, guild: Guild, withMember: Bool = true) -> JSONValue {
    let member = guild.members[user]
    var json = Fields()
    json.put("channel_id", state?.channel)
    json.put("guild_id", guild.id)
    json.put("user_id", user)
    if withMember, let member { json.put("member", self.json(member)) }
    json.put("session_id", state?.sessionID ?? "")
    json.put("deaf", member?.deaf ?? false)
    json.put("mute", member?.mute ?? false)
    json.put("self_deaf", state?.selfDeaf ?? false)
    json.put("self_mute", state?.selfMute ?? false)
    json.put("self_video", state?.selfVideo ?? false)
    json.put("self_stream", state?.selfStream ?? false)
    json.put("suppress", state?.suppress ?? false)
    json.put("request_to_speak_timestamp", state?.requestToSpeakAt)
    return json.value
  }
}
