// Tokens of https://discord.com/developers/docs/topics/oauth2, and what a person's token may read.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import JSON
package import Vault

extension Endpoint where Response == OAuth2Token {
  /// Turns the code that came back into tokens; works once, within minutes.
  package static func exchangeCode(
    _ code: String, redirectURI: String, login: OAuth2Login, client: RESTToken
  ) -> Endpoint {
    Endpoint(.post, "/oauth2/token")
      .urlEncoded([
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
        ("code_verifier", login.verifier.exposedText),
      ])
      .authorized(by: .basic(client)).at(.interaction)
  }

  /// New tokens for old; the old refresh token ends with it.
  package static func refreshToken(_ token: Secret, client: RESTToken) -> Endpoint {
    Endpoint(.post, "/oauth2/token")
      .urlEncoded([("grant_type", "refresh_token"), ("refresh_token", token.exposedText)])
      .authorized(by: .basic(client))
  }

  /// A token for the application's owner, without anybody being asked: for trying out.
  package static func clientCredentials(_ scopes: [OAuth2Scope], client: RESTToken) -> Endpoint {
    Endpoint(.post, "/oauth2/token")
      .urlEncoded([
        ("grant_type", "client_credentials"), ("scope", scopes.map(\.rawValue).joined(separator: " ")),
      ])
      .authorized(by: .basic(client))
  }
}

extension Endpoint where Response == Empty {
  /// Ends a token, access or refresh, and all that belong to it.
  package static func revokeToken(_ token: Secret, client: RESTToken) -> Endpoint {
    Endpoint(.post, "/oauth2/token/revoke")
      .urlEncoded([("token", token.exposedText)]).authorized(by: .basic(client)).repeatable()
  }

  /// Takes back what `updateRoleConnection` said.
  package static func deleteRoleConnection(with application: ApplicationID, as user: RESTToken) -> Endpoint {
    Endpoint(.delete, "/users/@me/applications/{application.id}/role-connection", application)
      .authorized(by: .bearer(user))
  }
}

extension Endpoint where Response == Application {
  /// The bot's application, as OAuth2 knows it.
  package static func getCurrentBotApplication() -> Endpoint { Endpoint(.get, "/oauth2/applications/@me") }
}

extension Endpoint where Response == CurrentAuthorization {
  /// What a token stands for.
  package static func getCurrentAuthorization(as user: RESTToken) -> Endpoint {
    Endpoint(.get, "/oauth2/@me").authorized(by: .bearer(user)).at(.interaction)
  }
}

extension Endpoint where Response == CurrentUser {
  /// Who somebody is; scope `identify`.
  package static func getCurrentUser(as user: RESTToken) -> Endpoint {
    getCurrentUser().authorized(by: .bearer(user)).at(.interaction)
  }
}

extension Endpoint where Response == [PartialGuild] {
  /// Which guilds somebody is in, and what they may do there; scope `guilds`.
  package static func getCurrentUserGuilds(
    as user: RESTToken, _ page: Page<GuildID> = .first, limit: Int? = nil, withCounts: Bool = false
  ) -> Endpoint {
    getCurrentUserGuilds(page, limit: limit, withCounts: withCounts)
      .authorized(by: .bearer(user)).at(.interaction)
  }
}

extension Endpoint where Response == GuildMember {
  /// What somebody is in a guild; scope `guilds.members.read`.
  package static func getCurrentUserGuildMember(in guild: GuildID, as user: RESTToken) -> Endpoint {
    Endpoint(.get, "/users/@me/guilds/{guild.id}/member", guild)
      .authorized(by: .bearer(user)).at(.interaction)
  }
}

extension Endpoint where Response == [Connection] {
  /// Somebody's accounts elsewhere; scope `connections`.
  package static func getCurrentUserConnections(as user: RESTToken) -> Endpoint {
    Endpoint(.get, "/users/@me/connections").authorized(by: .bearer(user))
  }
}

extension Endpoint where Response == [Entitlement] {
  /// What somebody bought of the application; scope `applications.entitlements`.
  package static func getCurrentUserEntitlements(
    of application: ApplicationID, skus: [SKUID] = [], excludesConsumed: Bool? = nil, as user: RESTToken
  ) -> Endpoint {
    Endpoint(.get, "/users/@me/applications/{application.id}/entitlements", application)
      .list("sku_ids", skus).query("exclude_consumed", excludesConsumed).authorized(by: .bearer(user))
  }
}

extension Endpoint where Response == RoleConnection {
  /// What the application says of somebody; scope `role_connections.write`.
  package static func getRoleConnection(with application: ApplicationID, as user: RESTToken) -> Endpoint {
    Endpoint(.get, "/users/@me/applications/{application.id}/role-connection", application)
      .authorized(by: .bearer(user))
  }

  /// Says something of somebody, by which guilds can give roles; scope `role_connections.write`.
  package static func updateRoleConnection(
    _ connection: RoleConnection, with application: ApplicationID, as user: RESTToken
  ) -> Endpoint {
    Endpoint(.put, "/users/@me/applications/{application.id}/role-connection", application)
      .json(connection).authorized(by: .bearer(user))
  }
}

// MARK: Answers

/// What Discord gives for a code.
package struct OAuth2Token: WireDecodable {
  package let accessToken: Secret
  /// Nil for client credentials.
  package let refreshToken: Secret?
  /// From now on; about a week.
  package let expiresIn: Duration
  /// What was granted, which may be less than was asked for.
  package let scopes: [OAuth2Scope]
  /// Where a bot was added, with the scope `bot`.
  package let guild: GuildID?
  /// What was made, with the scope `webhook.incoming`.
  package let webhook: Webhook?

  package init(from json: JSONView) throws(JSONError) {
    accessToken = Secret(utf8: try json.require("access_token").asString())
    refreshToken = json["refresh_token"]?.string.map { Secret(utf8: $0) }
    expiresIn = .seconds(json["expires_in"]?.int ?? 0)
    scopes = (json["scope"]?.string ?? "").split(separator: " ").map { OAuth2Scope(rawValue: String($0)) }
    guild = json["guild"]?["id"]?.id()
    webhook = json.object("webhook")
  }
}

/// What an application says of a user
/// (https://discord.com/developers/docs/resources/user#application-role-connection-object).
package struct RoleConnection: Hashable, WireDecodable, WireEncodable {
  package var platformName: String?
  package var platformUsername: String?
  /// By the keys of the application's `RoleConnectionMetadata`.
  package var metadata: [String: String]

  package init(platformName: String? = nil, platformUsername: String? = nil, metadata: [String: String] = [:])
  {
    (self.platformName, self.platformUsername) = (platformName, platformUsername)
    self.metadata = metadata
  }

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      platformName: json["platform_name"]?.string, platformUsername: json["platform_username"]?.string,
      metadata: json.localizations("metadata"))
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("platform_name", platformName)
      json.optional("platform_username", platformUsername)
      json.localizations("metadata", metadata)
    }
  }
}

/// An account somewhere else (https://discord.com/developers/docs/resources/user#connection-object).
package struct Connection: WireDecodable, Hashable {
  /// Of the account there.
  package let id: String
  package let name: String
  /// `twitch`, `steam` …
  package let type: String
  package let isVerified: Bool
  package let isRevoked: Bool
  /// Whether others see it.
  package let isVisible: Bool

  package init(from json: JSONView) throws(JSONError) {
    id = try json.require("id").asString()
    type = try json.require("type").asString()
    name = json["name"]?.string ?? ""
    isVerified = json["verified"]?.bool ?? false
    isRevoked = json["revoked"]?.bool ?? false
    isVisible = json["visibility"]?.int == 1
  }
}
