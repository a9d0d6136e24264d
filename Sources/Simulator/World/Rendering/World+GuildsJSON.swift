// Guilds as JSON: what REST answers, and what the gateway sends when one becomes available.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// A guild, as `GET /guilds/{id}` answers.
  package func json(_ guild: Guild, withCounts: Bool = false) -> JSONValue {
    var json = Fields()
    json.put("id", guild.id)
    json.put("name", guild.name)
    json.put("icon", guild.icon)
    json.put("description", guild.summary)
    json.put("home_header", JSONValue.null)
    json.put("splash", guild.splash)
    json.put("discovery_splash", guild.discoverySplash)
    json.put("features", .array(guild.features.sorted().map { .string($0) }))
    json.put("banner", guild.banner)
    json.put("owner_id", guild.ownerID)
    json.put("application_id", JSONValue.null)
    json.put("region", guild.region)
    json.put("afk_channel_id", guild.afkChannelID)
    json.put("afk_timeout", guild.afkTimeout)
    json.put("system_channel_id", guild.systemChannelID)
    json.put("system_channel_flags", guild.systemChannelFlags)
    json.put("widget_enabled", guild.widgetEnabled)
    json.put("widget_channel_id", guild.widgetChannelID)
    json.put("verification_level", guild.verificationLevel)
    json.put("roles", .array(guild.sortedRoles.map { self.json($0) }))
    json.put("default_message_notifications", guild.defaultNotifications)
    json.put("mfa_level", guild.mfaLevel)
    json.put("explicit_content_filter", guild.explicitContentFilter)
    json.put("max_presences", JSONValue.null)
    json.put("max_members", 500_000)
    json.put("max_stage_video_channel_users", 50)
    json.put("max_video_channel_users", 25)
    json.put("vanity_url_code", JSONValue.null)
    json.put("premium_tier", guild.premiumTier)
    json.put("premium_subscription_count", guild.members.values.count { $0.premiumSince != nil })
    json.put("preferred_locale", guild.preferredLocale)
    json.put("rules_channel_id", guild.rulesChannelID)
    json.put("safety_alerts_channel_id", guild.safetyAlertsChannelID)
    json.put("public_updates_channel_id", guild.publicUpdatesChannelID)
    json.put("premium_progress_bar_enabled", guild.showsPremiumProgress)
    json.put("nsfw", guild.nsfwLevel == 1 || guild.nsfwLevel == 3)
    json.put("nsfw_level", guild.nsfwLevel)
    json.put("emojis", .array(guild.emojis.values.sorted { $0.id < $1.id }.map { self.json($0) }))
    json.put("stickers", .array(guild.stickers.values.sorted { $0.id < $1.id }.map { self.json($0, guild) }))
    json.put("incidents_data", incidents(of: guild))
    if withCounts {
      json.put("approximate_member_count", guild.members.count)
      json.put("approximate_presence_count", presenceCount(of: guild))
    }
    return json.value
  }

  /// How many members are online.
  package func presenceCount(of guild: Guild) -> Int {
    guild.members.keys.count { users[$0]?.presence.status ?? "offline" != "offline" }
  }

  /// `incidents_data`; null when nothing is disabled.
  package func incidents(of guild: Guild) -> JSONValue {
    let invites = guild.invitesDisabledUntil.flatMap { $0 > now ? $0 : nil }
    let messages = guild.dmsDisabledUntil.flatMap { $0 > now ? $0 : nil }
    guard invites != nil || messages != nil else { return .null }
    var json = Fields()
    json.put("invites_disabled_until", invites)
    json.put("dms_disabled_until", messages)
    return json.value
  }

  /// An emoji.
  package func json(_ emoji: Emoji) -> JSONValue {
    var json = Fields()
    json.put("id", emoji.id)
    json.put("name", emoji.name)
    json.put("roles", emoji.roles)
    if let creator = emoji.creator { json.put("user", self.json(user: creator)) }
    json.put("require_colons", true)
    json.put("managed", emoji.managed)
    json.put("animated", emoji.animated)
    json.put("available", emoji.available)
    return json.value
  }

  /// A sticker of a guild.
  package func json(_ sticker: Sticker, _ guild: Guild) -> JSONValue {
    var json = Fields()
    json.put("id", sticker.id)
    json.put("name", sticker.name)
    json.put("tags", sticker.tags)
    json.put("type", 2)
    json.put("format_type", sticker.format)
    json.put("description", sticker.description)
    json.put("asset", "")
    json.put("available", true)
    json.put("guild_id", guild.id)
    if let creator = sticker.creator { json.put("user", self.json(user: creator)) }
    return json.value
  }

  /// A soundboard sound of a guild.
  package func json(_ sound: Sound, _ guild: Guild) -> JSONValue {
    var json = Fields()
    json.put("name", sound.name)
    json.put("sound_id", sound.id)
    json.put("volume", .double(sound.volume))
    json.put("emoji_id", sound.emojiID)
    json.put("emoji_name", sound.emojiName)
    json.put("guild_id", guild.id)
    json.put("available", true)
    if let creator = sound.creator { json.put("user", self.json(user: creator)) }
    return json.value
  }

  /// The guild's channels by position, without threads.
  package func sortedChannels(of guild: Guild) -> [Channel] {
    guild.channels.compactMap { channels[$0] }.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
  }

  /// `d` of GUILD_CREATE for one session. Beyond `largeThreshold` members only those are sent who are online, and
  /// without the intents for members and presences only the viewer.
  package func guildCreate(
    _ guild: Guild, for viewer: UserID, intents: EventIntents, largeThreshold: Int = 50
  )
    -> JSONValue
  {
    var json = Fields()
    json.append(self.json(guild))
    let isLarge = guild.members.count > largeThreshold
    json.put("joined_at", guild.members[viewer]?.joinedAt ?? now)
    json.put("large", isLarge)
    json.put("unavailable", false)
    json.put("member_count", guild.members.count)
    let members = guild.members.values.sorted { $0.user < $1.user }.filter { member in
      if member.user == viewer { return true }
      if !intents.contains(.guildMembers) {
        // With presences alone those who are in voice or online come along.
        return intents.contains(.guildPresences) && !isLarge
      }
      return !isLarge || users[member.user]?.presence.status != "offline"
    }
    json.put("members", .array(members.map { self.json($0) }))
    json.put("channels", .array(sortedChannels(of: guild).map { self.json($0) }))
    let threads = guild.threads.compactMap { channels[$0] }
      .filter { $0.thread?.archived == false && canSee($0, viewer) }.sorted { $0.id < $1.id }
    json.put("threads", .array(threads.map { self.json($0, for: viewer) }))
    let voice = intents.contains(.guildVoiceStates) ? Array(guild.voiceStates.values) : []
    json.put(
      "voice_states",
      .array(
        voice.sorted { $0.user < $1.user }.map {
          self.json($0, user: $0.user, guild: guild, withMember: false)
        }))
    let online =
      intents.contains(.guildPresences)
      ? guild.members.keys.filter { users[$0]?.presence.status ?? "offline" != "offline" }.sorted() : []
    json.put("presences", .array(online.map { self.json(presenceOf: $0, guild: guild.id) }))
    json.put(
      "stage_instances",
      .array(guild.stageInstances.values.sorted { $0.id < $1.id }.map { self.json($0, guild.id) }))
    json.put(
      "guild_scheduled_events",
      .array(guild.scheduledEvents.values.sorted { $0.id < $1.id }.map { self.json($0, guild.id) }))
    json.put(
      "soundboard_sounds", .array(guild.sounds.values.sorted { $0.id < $1.id }.map { self.json($0, guild) }))
    return json.value
  }

  /// A guild in the list of one's own guilds.
  package func json(mine guild: Guild, for viewer: UserID, withCounts: Bool) -> JSONValue {
    var json = Fields()
    json.put("id", guild.id)
    json.put("name", guild.name)
    json.put("icon", guild.icon)
    json.put("banner", guild.banner)
    json.put("owner", guild.ownerID == viewer)
    json.put("permissions", permissions(of: viewer, in: guild))
    json.put("features", .array(guild.features.sorted().map { .string($0) }))
    if withCounts {
      json.put("approximate_member_count", guild.members.count)
      json.put("approximate_presence_count", presenceCount(of: guild))
    }
    return json.value
  }
}
