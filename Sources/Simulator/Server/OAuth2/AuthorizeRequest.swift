// The query of `/oauth2/authorize`, checked before a person sees it.

internal import DiscordCore
internal import HTTPServer

/// What an application asks a person for.
struct AuthorizeRequest: Sendable, Equatable {
  enum ResponseType: String, Sendable { case code, token }

  var application: ApplicationID
  var scopes: [String]
  /// Nil when nothing is to be sent anywhere: a bot is added, and that is all.
  var redirect: String?
  var responseType: ResponseType?
  var state: String?
  /// Of PKCE with S256.
  var challenge: String?
  var permissions: Permissions = []
  var guild: GuildID?
  var fixesGuild = false

  /// Whether a bot joins a guild.
  var addsBot: Bool { scopes.contains("bot") }
  /// Whether commands are allowed in a guild or for a user.
  var addsCommands: Bool { scopes.contains("applications.commands") }

  /// The scopes this simulator knows.
  static let knownScopes: [String: String] = [
    "identify": "Know who you are, without your e-mail address", "email": "See your e-mail address",
    "guilds": "Know which servers you are in",
    "guilds.members.read": "See your roles and nickname in each server",
    "guilds.join": "Join servers for you", "connections": "See your connected accounts",
    "role_connections.write": "Update your linked-role data", "bot": "Add a bot to a server",
    "applications.commands": "Create commands",
    "applications.commands.permissions.update": "Set command permissions",
    "webhook.incoming": "Create a webhook in a channel", "openid": "Sign you in",
  ]

  /// A request that is refused with a page, not with a redirect: the address to send to cannot be trusted.
  struct Refusal: Error, Sendable, Equatable {
    var message: String
  }

  /// `redirects`: the registered addresses of an application; nil when there is no such application.
  ///
  /// - Throws: `Refusal`.
  init(_ query: FormFields, redirects: (ApplicationID) -> [String]?) throws(Refusal) {
    guard let text = query["client_id"], let application = ApplicationID(text),
      let known = redirects(application)
    else { throw Refusal(message: "Unknown application.") }
    self.application = application
    scopes = (query["scope"] ?? "").split(whereSeparator: { $0 == " " || $0 == "+" }).map(String.init)
    guard !scopes.isEmpty, scopes.allSatisfy({ Self.knownScopes[$0] != nil }) else {
      throw Refusal(message: "The requested scope is invalid, unknown, or malformed.")
    }
    responseType = query["response_type"].flatMap(ResponseType.init)
    if query["response_type"] != nil, responseType == nil {
      throw Refusal(message: "Unsupported response type.")
    }
    redirect = query["redirect_uri"] ?? (responseType == nil ? nil : known.first)
    // Compared as text: one slash more is another address.
    if let redirect, !known.contains(redirect) { throw Refusal(message: "Invalid OAuth2 redirect_uri.") }
    let needsRedirect =
      responseType != nil || scopes.contains { $0 != "bot" && $0 != "applications.commands" }
    if needsRedirect, redirect == nil { throw Refusal(message: "Invalid OAuth2 redirect_uri.") }
    state = query["state"]
    challenge = query["code_challenge"]
    if challenge != nil, query["code_challenge_method"] != "S256" {
      throw Refusal(message: "Only S256 is supported as code_challenge_method.")
    }
    permissions = Permissions(query["permissions"] ?? "0") ?? []
    guild = query["guild_id"].flatMap { GuildID($0) }
    fixesGuild = query["disable_guild_select"] == "true" && guild != nil
  }
}
