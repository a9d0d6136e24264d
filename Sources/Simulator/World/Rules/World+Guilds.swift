// Changing a guild itself.

package import DiscordCore
internal import EventLoop
internal import HTTPTypes
package import JSON

extension World {
  /// Changes a guild.
  ///
  /// - Throws: 10004, 50001, 50013, 50035.
  package func modifyGuild(_ id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Guild
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    var reader = try BodyReader(body)
    let name = reader.text("name", 2...100, trims: true)
    let summary = reader.text("description", 0...300)
    let verification = reader.choice("verification_level", [0, 1, 2, 3, 4])
    let notifications = reader.choice("default_message_notifications", [0, 1])
    let filter = reader.choice("explicit_content_filter", [0, 1, 2])
    let afkChannel = reader.id("afk_channel_id", Entity.Channel.self)
    let afkTimeout = reader.choice("afk_timeout", [60, 300, 900, 1_800, 3_600])
    let systemChannel = reader.id("system_channel_id", Entity.Channel.self)
    let systemFlags = reader.int("system_channel_flags", 0...0x3FF)
    let rules = reader.id("rules_channel_id", Entity.Channel.self)
    let updates = reader.id("public_updates_channel_id", Entity.Channel.self)
    let alerts = reader.id("safety_alerts_channel_id", Entity.Channel.self)
    let locale = reader.text("preferred_locale", 2...10)
    let progress = reader.bool("premium_progress_bar_enabled")
    let owner = reader.id("owner_id", Entity.User.self)
    let features = features(of: guild, in: &reader)
    for (field, channel) in [
      ("afk_channel_id", afkChannel), ("system_channel_id", systemChannel), ("rules_channel_id", rules),
      ("public_updates_channel_id", updates), ("safety_alerts_channel_id", alerts),
    ] {
      if let channel = channel.value, channels[channel]?.guildID != id {
        reader.fail(field, "CHANNEL_INVALID", "Unknown channel")
      }
    }
    let icon = reader.picture("icon")
    let splash = reader.picture("splash")
    let discovery = reader.picture("discovery_splash")
    let banner = reader.picture("banner")
    try reader.finish()
    try checkNewOwner(owner.value, of: guild, by: caller)

    var changes = Changes()
    changes.set("name", name, &guild.name)
    changes.set("description", summary, &guild.summary)
    changes.set("verification_level", verification, &guild.verificationLevel)
    changes.set("default_message_notifications", notifications, &guild.defaultNotifications)
    changes.set("explicit_content_filter", filter, &guild.explicitContentFilter)
    changes.set("afk_channel_id", afkChannel, &guild.afkChannelID)
    changes.set("afk_timeout", afkTimeout, &guild.afkTimeout)
    changes.set("system_channel_id", systemChannel, &guild.systemChannelID)
    changes.set("system_channel_flags", systemFlags, &guild.systemChannelFlags)
    changes.set("rules_channel_id", rules, &guild.rulesChannelID)
    changes.set("public_updates_channel_id", updates, &guild.publicUpdatesChannelID)
    changes.set("safety_alerts_channel_id", alerts, &guild.safetyAlertsChannelID)
    changes.set("preferred_locale", locale, &guild.preferredLocale)
    changes.set("premium_progress_bar_enabled", progress, &guild.showsPremiumProgress)
    changes.set("icon_hash", keep(icon), &guild.icon)
    changes.set("splash_hash", keep(splash), &guild.splash)
    changes.set("discovery_splash_hash", keep(discovery), &guild.discoverySplash)
    changes.set("banner_hash", keep(banner), &guild.banner)
    changes.set("owner_id", owner, &guild.ownerID)
    if let features, features != guild.features {
      changes.note(
        "features", from: guild.features.sorted() as [String], to: features.sorted() as [String])
      guild.features = features
    }
    guard !changes.isEmpty else { return guild }
    publishGuild(guild)
    record(.guildUpdate, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
    return guild
  }

  /// `features`: COMMUNITY, DISCOVERABLE, INVITES_DISABLED, RAID_ALERTS_DISABLED are a caller's to set; the rest stays.
  private func features(of guild: Guild, in reader: inout BodyReader) -> Set<String>? {
    guard let given = reader.array("features", 0...200).value else { return nil }
    let wanted = Set(given.compactMap(\.string))
    let mutable: Set<String> = ["COMMUNITY", "DISCOVERABLE", "INVITES_DISABLED", "RAID_ALERTS_DISABLED"]
    return guild.features.subtracting(mutable).union(wanted.intersection(mutable))
  }

  private func checkNewOwner(_ owner: UserID?, of guild: Guild, by caller: UserID) throws(RESTFailure) {
    guard let owner, owner != guild.ownerID else { return }
    guard guild.ownerID == caller else { throw .missingPermissions }
    guard guild.members[owner] != nil, users[owner]?.isBot == false else {
      throw .invalid("owner_id", code: "USER_INVALID", "Invalid owner")
    }
  }

  /// Tells everybody that the guild changed.
  package func publishGuild(_ guild: Guild) {
    publish("GUILD_UPDATE", json(guild), to: .guild(guild.id))
  }

  /// Keeps an uploaded picture under a hash.
  package func keep(_ picture: Given<Picture>) -> Given<String> {
    picture.map { picture in
      let hash = (picture.contentType == "image/gif" ? "a_" : "") + random.hex(32)
      pictures[hash] = picture
      return hash
    }
  }

  // MARK: Incident actions

  /// Disables invites or direct messages for a while, at most 24 hours.
  ///
  /// - Throws: 10004, 50001, 50013, 50035.
  package func setIncidentActions(_ id: GuildID, by caller: UserID, body: JSONValue?) throws(RESTFailure)
    -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    var reader = try BodyReader(body)
    let invites = reader.instant("invites_disabled_until")
    let messages = reader.instant("dms_disabled_until")
    for (name, instant) in [("invites_disabled_until", invites), ("dms_disabled_until", messages)] {
      if let instant = instant.value, instant > now + .seconds(86_400) {
        reader.fail(name, "INCIDENT_ACTION_TOO_LONG", "Must be at most 24 hours in the future.")
      }
    }
    try reader.finish()
    if invites.isGiven { guild.invitesDisabledUntil = invites.value }
    if messages.isGiven { guild.dmsDisabledUntil = messages.value }
    publishGuild(guild)
    let ends = [guild.invitesDisabledUntil, guild.dmsDisabledUntil].compactMap { $0 }.filter { $0 > now }
    if let end = ends.min() {
      agenda.set(.incidents(id), at: end) { world in
        if let guild = world.guilds[id] { world.publishGuild(guild) }
      }
    } else {
      agenda.cancel(.incidents(id))
    }
    var json = Fields()
    json.put("invites_disabled_until", guild.invitesDisabledUntil)
    json.put("dms_disabled_until", guild.dmsDisabledUntil)
    return json.value
  }
}

extension BodyReader {
  /// A picture as a data address (`data:image/png;base64,…`).
  package mutating func picture(_ name: String) -> Given<Picture> {
    guard let raw = raw(name) else { return .absent }
    if raw.isNull { return .null }
    guard let text = raw.string, let picture = Picture(dataAddress: text) else {
      fail(name, "IMAGE_INVALID", "Invalid image data")
      return .absent
    }
    return .value(picture)
  }
}

extension Picture {
  /// Reads `data:image/…;base64,…`, or `data:audio/…`; nil for anything else.
  package init?(dataAddress text: String) {
    guard text.hasPrefix("data:"), let comma = text.firstIndex(of: ",") else { return nil }
    let head = text[text.index(text.startIndex, offsetBy: 5)..<comma].split(separator: ";")
    guard let type = head.first, type.hasPrefix("image/") || type.hasPrefix("audio/"),
      head.contains("base64"),
      let bytes = Base64.decode(text[text.index(after: comma)...])
    else { return nil }
    self.init(contentType: String(type), bytes: bytes)
  }

  /// As `init(dataAddress:)`, for what must be seen: nil for sounds.
  package init?(imageAddress text: String) {
    guard let picture = Picture(dataAddress: text), picture.contentType.hasPrefix("image/") else {
      return nil
    }
    self = picture
  }
}
