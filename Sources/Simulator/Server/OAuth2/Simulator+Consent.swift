// The consent page: showing it, and carrying out what the person decides.

internal import DiscordCore
internal import EventLoop
internal import HTTPServer
internal import HTTPTypes
internal import SimulatorWorld

extension Router {
  /// `/oauth2/authorize`, with and without the API's prefix.
  mutating func addConsent(_ door: SimulatorDoor) {
    for (prefix, name) in [("", "oauth2"), ("/api/v10", "oauth2.api"), ("/api", "oauth2.latest")] {
      get("\(prefix)/oauth2/authorize", name: "\(name).authorize") { request in
        await (try door.enter()).consentPage(try request.query)
      }
      post("\(prefix)/oauth2/authorize", name: "\(name).decide") { request in
        await (try door.enter()).decide(try await request.form())
      }
    }
  }
}

extension Simulator {
  /// The page, or a page that says what is wrong with the request.
  func consentPage(_ query: FormFields) -> HTTPResponse {
    loop.checkIsolated()
    do throws(AuthorizeRequest.Refusal) {
      let request = try AuthorizeRequest(query) { world.applications[$0]?.redirectURIs }
      let people = world.users.values.filter { !$0.isBot }.sorted { $0.id < $1.id }
      let page = ConsentPage(
        application: world.applications[request.application]?.name ?? "", request: request,
        query: query.pairs.filter { $0.name != "guild_id" || request.fixesGuild }.map { ($0.name, $0.value) },
        users: people.map {
          .init(id: $0.id.description, name: $0.globalName ?? $0.username, detail: "@\($0.username)")
        },
        guilds: request.addsBot ? guildChoices(request) : [], user: query["user_id"])
      return Self.page(page.html)
    } catch {
      return Self.page(ConsentPage.notice("This link does not work", error.message), status: .badRequest)
    }
  }

  private func guildChoices(_ request: AuthorizeRequest) -> [ConsentPage.Choice] {
    world.guilds.values.filter { !request.fixesGuild || $0.id == request.guild }.sorted { $0.id < $1.id }.map
    { guild in
      let isThere = guild.members[request.application.converted()] != nil
      return .init(id: guild.id.description, name: guild.name, detail: isThere ? "(already there)" : "")
    }
  }

  /// What the person decided: the bot is added, and the browser is sent back with a code.
  func decide(_ form: FormFields) -> HTTPResponse {
    loop.checkIsolated()
    do throws(AuthorizeRequest.Refusal) {
      let request = try AuthorizeRequest(form) { world.applications[$0]?.redirectURIs }
      guard form["action"] == "allow" else {
        return finish(
          request,
          [
            "error": "access_denied",
            "error_description": "The resource owner or authorization server denied the request",
          ], "Nothing was allowed.")
      }
      guard let user = form["user_id"].flatMap({ UserID($0) }), world.users[user]?.isBot == false else {
        throw AuthorizeRequest.Refusal(message: "Choose whom to be.")
      }
      let guild = request.addsBot ? try addBot(request, form["guild_id"], by: user) : nil
      guard let type = request.responseType, let redirect = request.redirect,
        let annex = world.annex as? Annex
      else {
        return finish(request, [:], "Done. The application was added.")
      }
      var answer: [(String, String)] = []
      let grant = OAuth2Grant(
        application: request.application, user: user, scopes: request.scopes, guild: guild,
        permissions: guild == nil ? nil : request.permissions)
      switch type {
      case .code:
        answer.append(
          (
            "code",
            annex.grants.issueCode(
              for: grant, redirect: redirect, challenge: request.challenge, at: world.now)
          ))
        if let guild {
          answer += [("guild_id", guild.description), ("permissions", request.permissions.description)]
        }
      case .token:
        let tokens = annex.grants.issue(grant, at: world.now)
        world.admit(tokens)
        answer += [
          ("token_type", "Bearer"), ("access_token", tokens.access),
          ("expires_in", String(tokens.lifetime.components.seconds)),
          ("scope", request.scopes.joined(separator: " ")),
        ]
      }
      return finish(request, answer, "Done.")
    } catch {
      return Self.page(ConsentPage.notice("This does not work", error.message), status: .badRequest)
    }
  }

  /// Adds the application's bot to the chosen guild, if the person may.
  private func addBot(_ request: AuthorizeRequest, _ chosen: String?, by user: UserID) throws(AuthorizeRequest
    .Refusal)
    -> GuildID
  {
    let id = request.fixesGuild ? request.guild : chosen.flatMap { GuildID($0) }
    guard let guild = id.flatMap({ world.guilds[$0] }),
      world.permissions(of: user, in: guild).contains(.manageGuild)
    else {
      throw AuthorizeRequest.Refusal(message: "You need the permission Manage Server there.")
    }
    guard let application = world.applications[request.application],
      application.isBotPublic || application.ownerID == user
    else { throw AuthorizeRequest.Refusal(message: "This bot may be added by its owner only.") }
    do throws(RESTFailure) {
      try world.join(application.botID, guild.id, permissions: request.permissions, addedBy: user)
    } catch {
      throw AuthorizeRequest.Refusal(message: error.message)
    }
    return guild.id
  }

  private func finish(_ request: AuthorizeRequest, _ answer: [(String, String)], _ words: String)
    -> HTTPResponse
  {
    guard let redirect = request.redirect, request.responseType != nil else {
      return Self.page(ConsentPage.notice(words, "You may close this page."))
    }
    let pairs = (answer + (request.state.map { [("state", $0)] } ?? [])).map {
      "\($0.0)=\(PercentEncoding.encode($0.1))"
    }
    let isFragment = request.responseType == .token
    let separator = isFragment ? "#" : redirect.contains("?") ? "&" : "?"
    return .redirect(to: redirect + separator + pairs.joined(separator: "&"))
  }

  private func finish(_ request: AuthorizeRequest, _ answer: KeyValuePairs<String, String>, _ words: String)
    -> HTTPResponse
  {
    finish(request, answer.map { ($0.key, $0.value) }, words)
  }

  private static func page(_ html: String, status: HTTPStatus = .ok) -> HTTPResponse {
    var response = HTTPResponse.html(html, status: status)
    response.fields["Cache-Control"] = "no-store"
    response.fields["X-Frame-Options"] = "DENY"
    response.fields["Referrer-Policy"] = "no-referrer"
    return response
  }
}
