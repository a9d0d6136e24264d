// What makes a guild a community: onboarding, welcome screen, templates, integrations, join requests; direct messages.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  // MARK: Onboarding

  /// The onboarding.
  ///
  /// - Throws: 10004, 50001.
  package func onboarding(of id: GuildID, for viewer: UserID) throws(RESTFailure) -> JSONValue {
    json(try guild(id, for: viewer).onboarding, id)
  }

  private func json(_ onboarding: Onboarding, _ guild: GuildID) -> JSONValue {
    var json = Fields()
    json.put("guild_id", guild)
    json.put("prompts", .array(onboarding.prompts))
    json.put("default_channel_ids", onboarding.defaultChannels)
    json.put("enabled", onboarding.enabled)
    json.put("mode", onboarding.mode)
    return json.value
  }

  /// Sets the onboarding.
  ///
  /// - Throws: 50013, 50035, 350000 for one that cannot be enabled.
  package func setOnboarding(of id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: [.manageGuild, .manageRoles])
    var reader = try BodyReader(body)
    let prompts = reader.objects("prompts", 0...15) { self.prompt(&$0) }
    let defaults = reader.ids("default_channel_ids", upTo: 500, Entity.Channel.self)
    let enabled = reader.bool("enabled")
    let mode = reader.choice("mode", [0, 1])
    try reader.finish()
    var wanted = guild.onboarding
    if let value = prompts.value { wanted.prompts = value }
    if let value = defaults.value { wanted.defaultChannels = value }
    if let value = enabled.value { wanted.enabled = value }
    if let value = mode.value { wanted.mode = value }
    guard wanted.defaultChannels.allSatisfy({ channels[$0]?.guildID == id }) else { throw .unknown(.channel) }
    if wanted.enabled, wanted.defaultChannels.count < 7 {
      throw RESTFailure(
        status: 400, code: 350_000, message: "Cannot enable onboarding, requirements are not met")
    }
    var changes = Changes()
    if wanted.enabled != guild.onboarding.enabled {
      changes.note("enabled", from: guild.onboarding.enabled, to: wanted.enabled)
    }
    guild.onboarding = wanted
    record(.onboardingUpdate, in: guild, by: caller, target: nil, changes: changes, reason: reason)
    return json(wanted, id)
  }

  private func prompt(_ reader: inout BodyReader) -> JSONValue {
    reader.require("title", "options")
    var json = Fields()
    let given = reader.id("id", Entity.OnboardingPrompt.self).value
    json.put("id", given.flatMap { $0.rawValue > 1_000_000 ? $0 : nil } ?? newID())
    json.put("title", reader.text("title", 1...100).value ?? "")
    let options = reader.objects("options", 1...50) { option -> JSONValue in
      option.require("title")
      var json = Fields()
      let given = option.id("id", Entity.OnboardingPrompt.self).value
      json.put("id", given.flatMap { $0.rawValue > 1_000_000 ? $0 : nil } ?? newID())
      json.put("title", option.text("title", 1...50).value ?? "")
      json.put("description", option.text("description", 0...100).value ?? "")
      var emoji = Fields()
      let nested = option.raw("emoji")?.object
      emoji.put("id", option.id("emoji_id", Entity.Emoji.self).value ?? nested?["id"]?.snowflake.map { EmojiID($0) })
      emoji.put("name", option.text("emoji_name", 0...100).value ?? nested?["name"]?.string)
      emoji.put("animated", option.bool("emoji_animated").value ?? nested?["animated"]?.bool ?? false)
      json.put("emoji", emoji.value)
      json.put("role_ids", option.ids("role_ids", upTo: 250, Entity.Role.self).value ?? [])
      json.put("channel_ids", option.ids("channel_ids", upTo: 500, Entity.Channel.self).value ?? [])
      return json.value
    }
    json.put("options", .array(options.value ?? []))
    json.put("single_select", reader.bool("single_select").value ?? false)
    json.put("required", reader.bool("required").value ?? false)
    json.put("in_onboarding", reader.bool("in_onboarding").value ?? true)
    json.put("type", reader.choice("type", [0, 1]).value ?? 0)
    return json.value
  }

  // MARK: Welcome screen

  /// The welcome screen.
  ///
  /// - Throws: 10004, 10069, 50001.
  package func welcomeScreen(of id: GuildID, for viewer: UserID) throws(RESTFailure) -> JSONValue {
    let guild = try guild(id, for: viewer)
    guard let screen = guild.welcomeScreen,
      screen.enabled || permissions(of: viewer, in: guild).contains(.manageGuild)
    else { throw .unknown(.welcomeScreen) }
    return json(screen)
  }

  private func json(_ screen: WelcomeScreen) -> JSONValue {
    var json = Fields()
    json.put("description", screen.description)
    json.put("welcome_channels", .array(screen.channels))
    return json.value
  }

  /// Sets the welcome screen.
  ///
  /// - Throws: 50013, 50035.
  package func setWelcomeScreen(of id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    var reader = try BodyReader(body)
    let enabled = reader.bool("enabled")
    let description = reader.text("description", 0...140)
    let places = reader.objects("welcome_channels", 0...5) { entry -> JSONValue in
      entry.require("channel_id", "description")
      var json = Fields()
      json.put("channel_id", entry.id("channel_id", Entity.Channel.self).value)
      json.put("description", entry.text("description", 1...50).value ?? "")
      json.put("emoji_id", entry.id("emoji_id", Entity.Emoji.self).value)
      json.put("emoji_name", entry.text("emoji_name", 0...100).value)
      return json.value
    }
    try reader.finish()
    var screen = guild.welcomeScreen ?? WelcomeScreen()
    if let value = enabled.value { screen.enabled = value }
    if description.isGiven { screen.description = description.value }
    if let value = places.value { screen.channels = value }
    guild.welcomeScreen = screen
    if screen.enabled { guild.features.insert("WELCOME_SCREEN_ENABLED") } else {
      guild.features.remove("WELCOME_SCREEN_ENABLED")
    }
    publishGuild(guild)
    return json(screen)
  }

  // MARK: Templates

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
  package func deleteTemplate(_ code: String, of id: GuildID, by caller: UserID) throws(RESTFailure) -> JSONValue {
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

  private func snapshot(of channel: Channel, _ numbers: [ChannelID: Int], _ roles: [RoleID: Int]) -> JSONValue {
    var json = Fields()
    json.put("id", numbers[channel.id])
    // A template keeps what every guild may have: no announcement channels and stages.
    let kind: ChannelKind = channel.kind == .announcement ? .text : channel.kind == .stage ? .voice : channel.kind
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

  // MARK: Integrations

  /// An integration.
  package func json(_ integration: Integration, withUser: Bool) -> JSONValue {
    let application = applications[integration.application]
    var json = Fields()
    json.put("type", "discord")
    json.put("name", application?.name ?? "Application")
    json.put(
      "account", ["id": .id(integration.application), "name": .string(application?.name ?? "Application")])
    json.put("enabled", true)
    json.put("id", integration.id)
    var app = Fields()
    app.put("id", integration.application)
    app.put("name", application?.name ?? "Application")
    app.put("icon", application?.icon)
    app.put("description", application?.description ?? "")
    app.put("type", JSONValue.null)
    app.put("bot", self.json(user: integration.application.converted()))
    json.put("application", app.value)
    json.put("scopes", .array(integration.scopes.map { .string($0) }))
    if withUser { json.put("user", self.json(user: integration.addedBy)) }
    return json.value
  }

  /// Removes an integration; its bot goes with it.
  ///
  /// - Throws: 10005, 50013.
  package func deleteIntegration(_ integrationID: IntegrationID, of id: GuildID, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    guard let integration = guild.integrations.removeValue(forKey: integrationID) else {
      throw .unknown(.integration)
    }
    removeMember(integration.application.converted(), from: guild)
    publish(
      "INTEGRATION_DELETE",
      [
        "id": .id(integrationID), "guild_id": .id(id), "application_id": .id(integration.application),
      ], to: .guild(id, .guildIntegrations))
    record(.integrationDelete, in: guild, by: caller, target: integrationID.description, reason: reason)
  }

  // MARK: Join requests

  /// A join request.
  package func json(_ request: JoinRequest, _ guild: GuildID) -> JSONValue {
    var json = Fields()
    json.put("id", request.id)
    json.put("created_at", request.createdAt)
    json.put("reviewed_at", request.reviewedAt)
    json.put("application_status", request.status)
    json.put("rejection_reason", request.rejectionReason)
    json.put("guild_id", guild)
    json.put("user_id", request.user)
    json.put("user", self.json(user: request.user))
    json.put("form_responses", .array([]))
    json.put("actioned_by_user", request.actionedBy.map { self.json(user: $0) } ?? .null)
    return json.value
  }

  /// Approves or rejects a join request.
  ///
  /// - Throws: 10099, 50013, 50035.
  package func reviewJoinRequest(_ requestID: JoinRequestID, of id: GuildID, by caller: UserID, body: JSONValue?)
    throws(RESTFailure) -> JSONValue
  {
    let guild = try guild(id, for: caller, needing: .kickMembers)
    guard var request = guild.joinRequests[requestID] else { throw .unknown(.joinRequest) }
    var reader = try BodyReader(body)
    reader.require("action")
    let action = reader.text("action", 1...20).value ?? ""
    if !["APPROVED", "REJECTED"].contains(action) {
      reader.fail("action", "BASE_TYPE_CHOICES", "Value must be one of {'APPROVED', 'REJECTED'}.")
    }
    let reason = reader.text("rejection_reason", 0...160)
    try reader.finish()
    (request.status, request.reviewedAt, request.actionedBy) = (action, now, caller)
    request.rejectionReason = reason.value
    guild.joinRequests[requestID] = request
    if action == "APPROVED" { try join(request.user, id) }
    return json(request, id)
  }

  // MARK: Direct messages

  /// Opens the direct messages of two users, or finds them.
  ///
  /// - Throws: 10013, 50007 for oneself, 50035.
  package func openDirectMessages(_ user: UserID, with other: UserID) throws(RESTFailure) -> Channel {
    _ = try self.user(other)
    guard user != other else { throw .cannotMessageUser }
    let pair = Set([user, other])
    if let known = channels.values.first(where: { $0.kind == .dm && Set($0.recipients) == pair }) { return known }
    let channel = Channel(id: newID(), kind: .dm, guildID: nil, name: "")
    channel.recipients = [user, other]
    channels[channel.id] = channel
    for viewer in channel.recipients { publish("CHANNEL_CREATE", json(channel, for: viewer), to: .user(viewer)) }
    return channel
  }

  /// Whether somebody takes direct messages from somebody: they share a guild, and the one does not refuse.
  func mayMessage(_ user: UserID, from sender: UserID) -> Bool {
    guard users[user]?.refusesDirectMessages == false else { return false }
    return guilds.values.contains { guild in
      let isQuiet = guild.dmsDisabledUntil.map { $0 > now } ?? false
      return !isQuiet && guild.members[user] != nil && guild.members[sender] != nil
    }
  }
}
