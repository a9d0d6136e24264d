// The token endpoint of OAuth2, and what an access token says about itself.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld
internal import Vault

extension RouteTable {
  static let oauth2Routes: [RESTRoute] = [
    RESTRoute(.post, "/oauth2/token", isPublic: true) { call, world throws(RESTFailure) in
      do throws(OAuth2Refusal) {
        return .ok(try world.exchange(call))
      } catch {
        return error.answer
      }
    },
    RESTRoute(.post, "/oauth2/token/revoke", isPublic: true) { call, world throws(RESTFailure) in
      do throws(OAuth2Refusal) {
        let application = try world.client(of: call)
        let token = call.body?["token"]?.string ?? ""
        if let annex = world.annex as? Annex, annex.grants.revoke(token, application: application.id) {
          world.forgetVoidTokens(annex.grants)
        }
        return .ok([:])
      } catch {
        return error.answer
      }
    },
    RESTRoute(.get, "/oauth2/@me") { call, world throws(RESTFailure) in
      guard case .bearer(let user, let id, let scopes) = call.caller,
        let application = world.applications[id],
        let token = call.fields["Authorization"]?.split(separator: " ").last,
        let grant = world.accessTokens[String(token)]
      else { throw .unauthorized }
      var about = Fields()
      about.put("id", id)
      about.put("name", application.name)
      about.put("icon", application.icon)
      about.put("description", application.description)
      about.put("bot_public", application.isBotPublic)
      about.put("bot_require_code_grant", false)
      about.put("verify_key", application.verifyKey)
      about.put("flags", application.gatewayFlags)
      about.put("flags_new", String(application.gatewayFlags))
      about.put("type", JSONValue.null)
      about.put("hook", true)
      about.put("bot", world.json(user: application.botID))
      about.put("summary", "")
      var json = Fields()
      json.put("application", about.value)
      json.put("scopes", .array(scopes.sorted().map { .string($0) }))
      json.put("expires", grant.expiresAt)
      if let user, scopes.contains("identify") { json.put("user", world.json(user: user)) }
      return .ok(json.value)
    },
  ]
}

extension OAuth2Refusal {
  fileprivate var answer: RESTAnswer {
    var json = Fields()
    json.put("error", error)
    if !description.isEmpty { json.put("error_description", description) }
    return RESTAnswer(status: error == "invalid_client" ? 401 : 400, json: json.value)
  }
}

extension World {
  /// The client of a request: its id and secret in the form, or as basic authentication.
  fileprivate func client(of call: RESTCall) throws(OAuth2Refusal) -> Application {
    guard call.contentType?.hasPrefix("application/x-www-form-urlencoded") ?? false else {
      throw .invalidRequest("The body must be a form.")
    }
    var (id, secret) = (call.body?["client_id"]?.string ?? "", call.body?["client_secret"]?.string ?? "")
    if let basic = call.fields["Authorization"], basic.hasPrefix("Basic ") {
      let parts = (Base64.decode(basic.dropFirst(6)).map { String(decoding: $0, as: UTF8.self) } ?? "")
        .split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2 { (id, secret) = (parts[0], parts[1]) }
    }
    guard let application = ApplicationID(id).flatMap({ applications[$0] }),
      ConstantTime.equal(application.clientSecret, secret)
    else { throw .invalidClient }
    return application
  }

  /// `POST /oauth2/token`.
  fileprivate func exchange(_ call: RESTCall) throws(OAuth2Refusal) -> JSONValue {
    let application = try client(of: call)
    guard let annex = annex as? Annex else { throw .invalidRequest("The simulator is starting.") }
    func field(_ name: String) -> String? { call.body?[name]?.string }
    let tokens: OAuth2Tokens
    switch field("grant_type") {
    case "authorization_code":
      tokens = try annex.grants.redeem(
        code: field("code") ?? "", application: application.id, redirect: field("redirect_uri") ?? "",
        verifier: field("code_verifier"), at: now)
    case "refresh_token":
      tokens = try annex.grants.renew(
        refresh: field("refresh_token") ?? "", application: application.id, at: now)
      forgetVoidTokens(annex.grants)
    case "client_credentials":
      let scopes = (field("scope") ?? "identify").split(separator: " ").map(String.init)
      guard scopes.allSatisfy({ AuthorizeRequest.knownScopes[$0] != nil }) else {
        throw OAuth2Refusal(
          error: "invalid_scope", description: "The requested scope is invalid, unknown, or malformed.")
      }
      tokens = annex.grants.issue(
        OAuth2Grant(application: application.id, user: application.ownerID, scopes: scopes), at: now)
    default:
      throw OAuth2Refusal(error: "unsupported_grant_type", description: "Grant type is not supported")
    }
    admit(tokens)
    return answer(tokens)
  }

  /// Lets an access token pass as a bearer.
  func admit(_ tokens: OAuth2Tokens) {
    accessTokens[tokens.access] = AccessGrant(
      user: tokens.grant.user, application: tokens.grant.application, scopes: Set(tokens.grant.scopes),
      expiresAt: now + tokens.lifetime)
  }

  /// Tokens that were revoked or replaced, or are old, are nobody's.
  fileprivate func forgetVoidTokens(_ grants: OAuth2Grants) {
    accessTokens = accessTokens.filter { grants.grant(of: $0.key, at: now) != nil }
  }

  private func answer(_ tokens: OAuth2Tokens) -> JSONValue {
    var json = Fields()
    json.put("token_type", "Bearer")
    json.put("access_token", tokens.access)
    json.put("expires_in", Int(tokens.lifetime.components.seconds))
    json.put("refresh_token", tokens.refresh)
    json.put("scope", tokens.grant.scopes.joined(separator: " "))
    if let guild = tokens.grant.guild.flatMap({ guilds[$0] }) { json.put("guild", self.json(guild)) }
    return json.value
  }
}
