// Applications and the teams that own them.

package import DiscordCore
package import EventLoop
package import JSON

/// https://discord.com/developers/docs/resources/application#application-object-application-flags
package struct ApplicationFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let applicationAutoModerationRuleCreateBadge = ApplicationFlags(bit: 6)
  /// Intents that are granted, and those granted because the bot is small.
  package static let gatewayPresence = ApplicationFlags(bit: 12)
  package static let gatewayPresenceLimited = ApplicationFlags(bit: 13)
  package static let gatewayGuildMembers = ApplicationFlags(bit: 14)
  package static let gatewayGuildMembersLimited = ApplicationFlags(bit: 15)
  package static let verificationPendingGuildLimit = ApplicationFlags(bit: 16)
  package static let embedded = ApplicationFlags(bit: 17)
  package static let gatewayMessageContent = ApplicationFlags(bit: 18)
  package static let gatewayMessageContentLimited = ApplicationFlags(bit: 19)
  package static let applicationCommandBadge = ApplicationFlags(bit: 23)
}

/// https://discord.com/developers/docs/topics/oauth2#shared-resources-oauth2-scopes
package struct OAuth2Scope: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let activitiesRead: OAuth2Scope = "activities.read"
  package static let activitiesWrite: OAuth2Scope = "activities.write"
  package static let applicationsBuildsRead: OAuth2Scope = "applications.builds.read"
  package static let applicationsBuildsUpload: OAuth2Scope = "applications.builds.upload"
  package static let applicationsCommands: OAuth2Scope = "applications.commands"
  package static let applicationsCommandsUpdate: OAuth2Scope = "applications.commands.update"
  package static let applicationsCommandsPermissionsUpdate: OAuth2Scope =
    "applications.commands.permissions.update"
  /// The rest by Discord's names as well.
  package static let applicationsEntitlements: OAuth2Scope = "applications.entitlements"
  package static let applicationsStoreUpdate: OAuth2Scope = "applications.store.update"
  package static let bot: OAuth2Scope = "bot"
  package static let connections: OAuth2Scope = "connections"
  package static let dmChannelsRead: OAuth2Scope = "dm_channels.read"
  package static let email: OAuth2Scope = "email"
  package static let gdmJoin: OAuth2Scope = "gdm.join"
  package static let guilds: OAuth2Scope = "guilds"
  package static let guildsJoin: OAuth2Scope = "guilds.join"
  package static let guildsMembersRead: OAuth2Scope = "guilds.members.read"
  package static let identify: OAuth2Scope = "identify"
  package static let messagesRead: OAuth2Scope = "messages.read"
  package static let openID: OAuth2Scope = "openid"
  package static let relationshipsRead: OAuth2Scope = "relationships.read"
  package static let roleConnectionsWrite: OAuth2Scope = "role_connections.write"
  package static let rpc: OAuth2Scope = "rpc"
  package static let rpcActivitiesWrite: OAuth2Scope = "rpc.activities.write"
  package static let rpcNotificationsRead: OAuth2Scope = "rpc.notifications.read"
  package static let rpcVoiceRead: OAuth2Scope = "rpc.voice.read"
  package static let rpcVoiceWrite: OAuth2Scope = "rpc.voice.write"
  package static let voice: OAuth2Scope = "voice"
  package static let webhookIncoming: OAuth2Scope = "webhook.incoming"
}

/// What an application asks for when it is added (https://discord.com/developers/docs/resources/application#install-params-object).
package struct InstallParameters: Hashable, Sendable {
  package var scopes: [OAuth2Scope]
  package var permissions: Permissions

  package init(
    scopes: [OAuth2Scope] = [], permissions: Permissions = []
  ) {
    (self.scopes, self.permissions) = (scopes, permissions)
  }
}

private enum InstallParametersField: Int, JSONFieldName {
  case scopes, permissions
  static let keys = JSONKeys<InstallParametersField>(
    "scopes", "permissions")
}

extension InstallParameters: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InstallParametersField.keys)
    scopes = fields.list(.scopes)
    permissions = fields.value(.permissions, default: [])
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.elements("scopes", scopes)
      // Discord answers with digits in a string, and takes a number only.
      json.field("permissions", permissions.rawValue)
    }
  }
}

/// Whether Discord sends webhook events.
package struct ApplicationEventWebhookStatus: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let disabled = ApplicationEventWebhookStatus(rawValue: 1)
  package static let enabled = ApplicationEventWebhookStatus(rawValue: 2)
  package static let disabledByDiscord = ApplicationEventWebhookStatus(rawValue: 3)
}

/// An application (https://discord.com/developers/docs/resources/application#application-object).
package struct Application: Equatable, Sendable {
  package var id: ApplicationID
  package var name: String
  package var icon: String?
  package var description: String
  package var rpcOrigins: [String]
  /// Whether everybody may add the bot.
  package var isBotPublic: Bool?
  package var requiresCodeGrant: Bool?
  package var bot: User?
  package var termsOfServiceURL: String?
  package var privacyPolicyURL: String?
  package var owner: User?
  /// Ed25519 key of interactions that come over HTTP, as hexadecimal digits.
  package var verifyKey: String?
  package var team: Team?
  /// The guild of its developers.
  package var guildID: GuildID?
  package var slug: String?
  package var coverImage: String?
  /// Of `flags`, or of `flags_new` where Discord sends that: it has more bits.
  package var flags: ApplicationFlags
  package var approximateGuildCount: Int?
  package var approximateUserInstallCount: Int?
  package var redirectURIs: [String]
  package var interactionsEndpointURL: String?
  package var roleConnectionsVerificationURL: String?
  package var eventWebhooksURL: String?
  package var eventWebhooksStatus: ApplicationEventWebhookStatus?
  package var eventWebhooksTypes: [String]
  package var tags: [String]
  package var installParameters: InstallParameters?
  package var integrationTypes: [ApplicationIntegrationType: ApplicationIntegration]
  package var customInstallURL: String?
}

private enum ApplicationField: Int, JSONFieldName {
  case id, name, icon, description, rpcOrigins, isBotPublic, requiresCodeGrant, bot, termsOfServiceURL,
    privacyPolicyURL, owner, verifyKey, team, guildID, slug, coverImage, flags, approximateGuildCount,
    approximateUserInstallCount, redirectURIs, interactionsEndpointURL, roleConnectionsVerificationURL,
    eventWebhooksURL, eventWebhooksStatus, eventWebhooksTypes, tags, installParameters, integrationTypes,
    customInstallURL
  static let keys = JSONKeys<ApplicationField>(
    "id", "name", "icon", "description", "rpc_origins", "bot_public", "bot_require_code_grant", "bot",
    "terms_of_service_url", "privacy_policy_url", "owner", "verify_key", "team", "guild_id", "slug",
    "cover_image", "flags", "approximate_guild_count", "approximate_user_install_count", "redirect_uris",
    "interactions_endpoint_url", "role_connections_verification_url", "event_webhooks_url",
    "event_webhooks_status", "event_webhooks_types", "tags", "install_params", "integration_types_config",
    "custom_install_url")
}

extension Application: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ApplicationField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    description = fields.value(.description, default: "")
    rpcOrigins = fields.list(.rpcOrigins)
    isBotPublic = fields.optional(.isBotPublic)
    requiresCodeGrant = fields.optional(.requiresCodeGrant)
    bot = fields.optional(.bot)
    termsOfServiceURL = fields.optional(.termsOfServiceURL)
    privacyPolicyURL = fields.optional(.privacyPolicyURL)
    owner = fields.optional(.owner)
    verifyKey = fields.optional(.verifyKey)
    team = fields.optional(.team)
    guildID = fields.optional(.guildID)
    slug = fields.optional(.slug)
    coverImage = fields.optional(.coverImage)
    flags = ApplicationFlags(rawValue: json["flags_new"]?.snowflake ?? fields[.flags]?.snowflake ?? 0)
    approximateGuildCount = fields.optional(.approximateGuildCount)
    approximateUserInstallCount = fields.optional(.approximateUserInstallCount)
    redirectURIs = fields.list(.redirectURIs)
    interactionsEndpointURL = fields.optional(.interactionsEndpointURL)
    roleConnectionsVerificationURL = fields.optional(.roleConnectionsVerificationURL)
    eventWebhooksURL = fields.optional(.eventWebhooksURL)
    eventWebhooksStatus = fields.optional(.eventWebhooksStatus)
    eventWebhooksTypes = fields.list(.eventWebhooksTypes)
    tags = fields.list(.tags)
    installParameters = fields.optional(.installParameters)
    integrationTypes = fields.entries(.integrationTypes)
    customInstallURL = fields.optional(.customInstallURL)
  }
}

/// How an application is installed for a guild or for a user.
package struct ApplicationIntegration: Equatable, Sendable {
  package var installParameters: InstallParameters?

  package init(
    installParameters: InstallParameters? = nil
  ) {
    self.installParameters = installParameters
  }
}

private enum ApplicationIntegrationField: Int, JSONFieldName {
  case installParameters
  static let keys = JSONKeys<ApplicationIntegrationField>(
    "oauth2_install_params")
}

extension ApplicationIntegration: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ApplicationIntegrationField.keys)
    installParameters = fields.optional(.installParameters)
  }
}

extension ApplicationIntegration: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in json.optional("oauth2_install_params", installParameters) }
  }
}

/// As much of an application as messages, invites and integrations show.
package struct PartialApplication: Equatable, Sendable {
  package var id: ApplicationID
  package var name: String
  package var icon: String?
  package var description: String
  package var coverImage: String?
  package var bot: User?
  package var flags: ApplicationFlags
}

private enum PartialApplicationField: Int, JSONFieldName {
  case id, name, icon, description, coverImage, bot, flags
  static let keys = JSONKeys<PartialApplicationField>(
    "id", "name", "icon", "description", "cover_image", "bot", "flags")
}

extension PartialApplication: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(PartialApplicationField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    description = fields.value(.description, default: "")
    coverImage = fields.optional(.coverImage)
    bot = fields.optional(.bot)
    flags = fields.value(.flags, default: [])
  }
}

/// Whether an invitation to a team was taken.
package struct TeamMembershipState: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let invited = TeamMembershipState(rawValue: 1)
  package static let accepted = TeamMembershipState(rawValue: 2)
}

/// What a member may do; the owner has none of these.
package struct TeamMemberRole: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let admin: TeamMemberRole = "admin"
  package static let developer: TeamMemberRole = "developer"
  package static let readOnly: TeamMemberRole = "read_only"
}

/// https://discord.com/developers/docs/topics/teams#data-models-team-object
package struct Team: Equatable, Sendable {
  package var id: TeamID
  package var name: String
  package var icon: String?
  package var ownerUserID: UserID?
  package var members: [TeamMember]
}

private enum TeamField: Int, JSONFieldName {
  case id, name, icon, ownerUserID, members
  static let keys = JSONKeys<TeamField>(
    "id", "name", "icon", "owner_user_id", "members")
}

extension Team: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(TeamField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    icon = fields.optional(.icon)
    ownerUserID = fields.optional(.ownerUserID)
    members = fields.list(.members)
  }
}

/// Somebody who works on an application.
package struct TeamMember: Equatable, Sendable {
  package var membershipState: TeamMembershipState
  package var user: User
  package var role: TeamMemberRole?
}

private enum TeamMemberField: Int, JSONFieldName {
  case membershipState, user, role
  static let keys = JSONKeys<TeamMemberField>(
    "membership_state", "user", "role")
}

extension TeamMember: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(TeamMemberField.keys)
    membershipState = fields.value(.membershipState, default: .invited)
    user = try fields.value(.user)
    role = fields.optional(.role)
  }
}

/// What a bearer token allows (https://discord.com/developers/docs/topics/oauth2#get-current-authorization-information).
package struct CurrentAuthorization: Equatable, Sendable {
  package var application: PartialApplication
  package var scopes: [OAuth2Scope]
  package var expires: Timestamp?
  package var user: User?
}

private enum CurrentAuthorizationField: Int, JSONFieldName {
  case application, scopes, expires, user
  static let keys = JSONKeys<CurrentAuthorizationField>(
    "application", "scopes", "expires", "user")
}

extension CurrentAuthorization: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(CurrentAuthorizationField.keys)
    application = try fields.value(.application)
    scopes = fields.list(.scopes)
    expires = fields.optional(.expires)
    user = fields.optional(.user)
  }
}
