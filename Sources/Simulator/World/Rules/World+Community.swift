// What makes a guild a community: onboarding, welcome screen, integrations, join requests.

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
      emoji.put(
        "id", option.id("emoji_id", Entity.Emoji.self).value ?? nested?["id"]?.snowflake.map { EmojiID($0) })
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
    if screen.enabled {
      guild.features.insert("WELCOME_SCREEN_ENABLED")
    } else {
      guild.features.remove("WELCOME_SCREEN_ENABLED")
    }
    publishGuild(guild)
    return json(screen)
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
    app.put("summary", "")
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
  package func deleteIntegration(
    _ integrationID: IntegrationID, of id: GuildID, by caller: UserID, reason: String?
  )
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
  package func reviewJoinRequest(
    _ requestID: JoinRequestID, of id: GuildID, by caller: UserID, body: JSONValue?
  )
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
}
