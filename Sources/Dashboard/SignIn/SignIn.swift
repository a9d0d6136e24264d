// Signing in with Discord and out again (OAuth2 code grant with PKCE, RFC 6749 and RFC 7636).

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccounts
import Resources
import Telemetry
import Vault

/// The routes of signing in. `state` is single-use, lives ten minutes, and is tied to the browser by a cookie; the address
/// to come back to is made of the site's origin alone, to the letter.
struct SignIn: Sendable {
  /// What is asked of Discord, and no more: who it is, and which servers they are in.
  static let scopes: [OAuth2Scope] = [.identify, .guilds]
  private static let lifetime = Duration.seconds(600)

  let gate: Gate
  private let log = Log(room: "dashboard")

  private var house: DashboardEnvironment { gate.house }
  private var redirectURI: String { house.site.signInRedirectURI }
  private static func browserCookie(_ site: SiteSettings) -> String {
    site.isSecure ? "__Host-signin" : "signin"
  }

  func addRoutes(to routes: inout DashboardRoutes) {
    routes.everyone(.get, "/login", name: "login") { visit in try await begin(visit) }
    routes.everyone(.get, "/login/callback", name: "login.callback") { visit in try await finish(visit) }
    routes.account(.post, "/logout", name: "logout") { visit in try await end(visit) }
  }

  // MARK: In

  private func begin(_ visit: Visit) async throws -> HTTPResponse {
    guard let application = house.site.signIn else { return try unavailable(visit) }
    try gate.limit("sign-in \(visit.address ?? "-")", house.site.limits.signIn)
    let next = try visit.query("next").flatMap { SafeURL($0) }.flatMap { $0.isLocal ? $0 : nil }
    if visit.signedIn?.session != nil { return .redirect(to: (next ?? "/servers").description) }
    let login = OAuth2Login()
    let browser = Base64URL.encode(SecureRandom.bytes(24))
    try await house.signIns.begin(
      login, browser: browser, returnTo: (next ?? "/servers").description, at: visit.now)
    var page = OAuth2Authorization(application.id, Self.scopes, redirectURI: redirectURI)
    page.skipsConsent = true
    var response = HTTPResponse.redirect(
      to: page.address(base: house.site.discordAPI, login: login), status: HTTPStatus(302))
    response.fields["Cache-Control"] = "no-store"
    try response.set(visit.cookie(Self.browserCookie(house.site), browser, lasts: Self.lifetime))
    return response
  }

  private func finish(_ visit: Visit) async throws -> HTTPResponse {
    guard let application = house.site.signIn else { return try unavailable(visit) }
    let cookies = visit.request.cookies
    guard let state = try visit.query("state"), let browser = cookies[Self.browserCookie(house.site)],
      let pending = try await house.signIns.finish(state: state, browser: browser, at: visit.now)
    else { return try failed(visit, "login.stale") }
    // Declined on Discord's page.
    guard let code = try visit.query("code") else { return try failed(visit, "login.declined") }
    switch await identify(code, pending, application, gate.discord) {
    case .failure(let error):
      log.warning("a sign-in failed at Discord", ["error": .string("\(error)")])
      return try failed(visit, "login.refused")
    case .success(let (user, token)):
      let account = try await house.accounts.signedIn(
        AccountProfile(user), AccountTokens(token, at: visit.now), at: visit.now)
      // Whoever was signed in before in this browser is so no more: a session is not handed on.
      if let former = visit.signedIn?.session {
        try await house.sessions.revoke(former.id, of: former.user)
      }
      let (value, _) = try await house.sessions.begin(
        user: account.user, address: visit.address, agent: visit.request["User-Agent"] ?? "", at: visit.now)
      let next = SafeURL(pending.returnTo).flatMap { $0.isLocal ? $0 : nil } ?? "/servers"
      var response = HTTPResponse.redirect(to: next.description)
      try response.set(
        visit.cookie(Gate.sessionCookie(house.site), value.exposedText, lasts: Sessions.absoluteLimit))
      try response.set(visit.cookie(Self.browserCookie(house.site), "", lasts: .zero))
      return response
    }
  }

  private func identify(
    _ code: String, _ pending: FinishedSignIn, _ application: SignInApplication, _ rest: RESTClient
  ) async -> Result<(CurrentUser, OAuth2Token), RESTError> {
    do throws(RESTError) {
      let secret = Secret(utf8: "\(application.id):\(application.secret.exposedText)")
      let token = try await rest.send(
        .exchangeCode(
          code, redirectURI: redirectURI, login: pending.login, client: RESTToken(secret)),
        priority: .interaction, deadline: .seconds(10))
      let me = try await rest.send(
        .getCurrentUser(as: RESTToken(token.accessToken)), priority: .interaction, deadline: .seconds(10))
      return .success((me, token))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Out

  private func end(_ visit: AccountVisit) async throws -> HTTPResponse {
    if let session = visit.session { try await house.sessions.revoke(session.id, of: session.user) }
    var response = try visit.visit.done("signedOut", next: "/")
    try response.set(visit.visit.cookie(Gate.sessionCookie(house.site), "", lasts: .zero))
    response.fields["Clear-Site-Data"] = "\"cache\", \"storage\""
    return response
  }

  private func failed(_ visit: Visit, _ key: String) throws -> HTTPResponse {
    var head = PageHead(visit.strings["login.failed"], section: "")
    head.status = .badRequest
    return try visit.page(head) { html in
      html.add(
        EmptyState(
          visit.strings[dynamic: key], visit.strings[dynamic: "\(key).help"],
          action: Button(visit.strings["login.again"], kind: .primary, act: .follow("/login"))))
    }
  }

  private func unavailable(_ visit: Visit) throws -> HTTPResponse {
    var head = PageHead(visit.strings["login.unavailable"], section: "")
    head.status = HTTPStatus(503)
    return try visit.page(head) { html in
      html.add(EmptyState(visit.strings["login.unavailable"], visit.strings["login.unavailable.help"]))
    }
  }
}
