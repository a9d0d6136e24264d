// From a request to a visit: who it is, whether they may, and whether it was their own doing.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordREST
import EventLoop
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAccounts
import PlatformConfiguration
import PlatformNotices
import PlatformPlugins
import Resources
import PlatformTenancy
import Storage
import Telemetry
import Vault

/// Checks every request, in this order: how many there were, whose session or token it is, the role it takes, and for
/// what changes something that a page of ours sent it.
final class Gate: Sendable {
  /// The session's cookie. `__Host-` binds it to this host and TLS (RFC 6265bis section 4.1.3.2).
  static func sessionCookie(_ site: SiteSettings) -> String { site.isSecure ? "__Host-session" : "session" }
  /// Ties forms of visitors to their browser.
  static func browserCookie(_ site: SiteSettings) -> String { site.isSecure ? "__Host-browser" : "browser" }
  static let csrfField = "csrf"
  static let formLimit = 1_048_576

  let house: DashboardEnvironment
  let resources: DashboardResources
  /// Asks Discord in nobody's name: pictures, and signing in.
  let discord: RESTClient
  private let limiter: RequestLimiter
  let access: AccessCheck
  /// Which servers people are in by Discord's word: a hint of where to look.
  let servers: DiscordServerList
  private let policies: PolicyNews
  private let visitorKey: Secret
  private let log = Log(room: "dashboard")

  init(_ house: DashboardEnvironment, _ resources: DashboardResources) {
    (self.house, self.resources) = (house, resources)
    limiter = RequestLimiter(time: house.time)
    let home = house.discord.loops[0]
    discord = RESTClient(
      loop: home.loop, http: home.client, token: nil, configuration: house.discord.rest,
      budget: house.discord.budget)
    access = AccessCheck(house: house)
    servers = DiscordServerList(house, discord)
    policies = PolicyNews(house)
    // Of this process: a visitor's form outlives no restart, and with several processes no change of process. What it
    // guards is a choice of theme or cookies.
    visitorKey = Secret(SecureRandom.bytes(32))
  }

  // MARK: Kinds of visits

  /// A visit by anybody.
  func visit(_ request: HTTPRequest) async throws -> Visit {
    let cookies = request.cookies
    let signedIn = try await signedIn(request, cookies)
    return try await visit(request, cookies, signedIn)
  }

  /// A visit to a page that must be there when nothing else is: who cannot be recognised is a visitor.
  func visitInAnyCase(_ request: HTTPRequest) async throws -> Visit {
    let cookies = request.cookies
    let found = await Deadline.within(.seconds(2), by: house.time) {
      () async throws -> Result<_, HTTPProblem> in
      do { return .success(try await self.signedIn(request, cookies)) } catch let problem as HTTPProblem {
        return .failure(problem)
      }
    }
    return try await visit(request, cookies, try found?.get())
  }

  func accountVisit(_ request: HTTPRequest) async throws -> AccountVisit {
    let cookies = request.cookies
    if let token = try await apiToken(request) {
      guard let account = try await house.accounts.account(token.user) else { throw notSignedIn(request) }
      let visit = try await visit(request, cookies, Visit.SignedIn(session: nil, account: account))
      return AccountVisit(visit: visit, session: nil, account: account, token: token)
    }
    guard let signedIn = try await signedIn(request, cookies) else { throw notSignedIn(request) }
    let visit = try await visit(request, cookies, signedIn)
    return AccountVisit(visit: visit, session: signedIn.session, account: signedIn.account)
  }

  func operatorVisit(_ request: HTTPRequest) async throws -> AccountVisit {
    var visit = try await accountVisit(request)
    // A token is for a guild; the desk is for people at their browser.
    guard let session = visit.session else { throw HTTPProblem.notFound }
    let renewal = try await renewal(of: session, visit.isOperator ? .owner : nil, in: .desk)
    // Who has no business here sees no desk.
    guard visit.isOperator else { throw HTTPProblem.notFound.setting(renewal?.cookie) }
    if let renewal {
      visit = AccountVisit(
        visit: visit.visit.renewed(renewal), session: renewal.session, account: visit.account)
    }
    return visit
  }

  func guildVisit(_ request: HTTPRequest, _ guild: GuildID, _ role: AccessRole) async throws -> GuildVisit {
    let cookies = request.cookies
    let token = try await apiToken(request)
    let signedIn: Visit.SignedIn
    if let token {
      // A token for another guild finds nothing here.
      guard token.guild.guild == guild else { throw HTTPProblem.notFound }
      guard let account = try await house.accounts.account(token.user) else { throw notSignedIn(request) }
      signedIn = Visit.SignedIn(session: nil, account: account)
    } else {
      guard let session = try await self.signedIn(request, cookies) else { throw notSignedIn(request) }
      signedIn = session
    }
    let answer: AccessCheck.Answer?
    do {
      let isForChange = request.method != .get && request.method != .head
      answer = try await access.role(of: signedIn.account.user, in: guild, isForChange: isForChange)
    } catch let error as RESTError {
      log.warning("Discord could not be asked about a member", ["error": .string("\(error)")])
      throw HTTPProblem(.serviceUnavailable, "Discord does not answer", fields: ["Retry-After": "5"])
    }
    // Whoever has no role here learns nothing, not even that the guild is known.
    guard let answer else {
      let renewal = try await renewal(of: signedIn.session, nil, in: .guild(guild))
      throw HTTPProblem.notFound.setting(renewal?.cookie)
    }
    let bot = answer.bot
    let own = min(answer.role, token?.access ?? .owner)
    var visit = try await visit(request, cookies, signedIn)
    let renewal = try await renewal(of: signedIn.session, answer.role, in: .guild(guild))
    if let renewal { visit = visit.renewed(renewal) }
    guard own >= role else {
      throw HTTPProblem(
        .forbidden, visit.strings["problem.forbidden"],
        detail: visit.strings[dynamic: "problem.needs.\(role.name)"]
      ).setting(renewal?.cookie)
    }
    let tenant = Tenant(guild)
    let configuration = try await house.configurations.current(tenant)
    if !visit.wantsJSON, let info = bot.info {
      visit.place = GuildPlace(
        guild: guild, name: info.name, icon: info.icon, role: own,
        enabled: Set(configuration.enabledPlugins),
        unreadNotices: try await house.notices.unreadCount(.guild(tenant)))
    }
    return GuildVisit(
      visit: visit, session: renewal?.session ?? signedIn.session, account: signedIn.account, guild: guild,
      role: own, bot: bot, configuration: configuration)
  }

  /// A new cookie for a session whose owner's rights in a place are not what they were when it was there before.
  private func renewal(of session: Session?, _ role: AccessRole?, in place: RightsPlace) async throws
    -> Renewal?
  {
    guard let session,
      let (token, session) = try await house.sessions.note(role, in: place, of: session, at: house.time.now)
    else { return nil }
    let cookie = house.site.cookie(
      Self.sessionCookie(house.site), token.exposedText, lasts: Sessions.absoluteLimit)
    return Renewal(cookie: try cookie.serialized(), session: session)
  }

  // MARK: Parts

  /// Who it is, by the session's cookie.
  private func signedIn(_ request: HTTPRequest, _ cookies: RequestCookies) async throws -> Visit.SignedIn? {
    if let address = request.client.address {
      try limit("address \(address)", house.site.limits.address)
    }
    guard let value = cookies[Self.sessionCookie(house.site)],
      let session = try await house.sessions.session(for: value, at: house.time.now),
      let account = try await house.accounts.account(session.user)
    else { return nil }
    try limit("account \(account.user)", house.site.limits.account)
    return Visit.SignedIn(session: session, account: account)
  }

  /// The personal token that the API was called with; nil without one.
  private func apiToken(_ request: HTTPRequest) async throws -> APIToken? {
    guard request.route?.attributes[RouteIsAPI.self] == true, let field = request["Authorization"] else {
      return nil
    }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let token = try await house.apiTokens.token(for: String(parts[1]), at: house.time.now)
    else {
      throw HTTPProblem(
        .unauthorized, "Not signed in", detail: "The token is not known, was revoked, or has ended.",
        fields: ["WWW-Authenticate": "Bearer"])
    }
    try limit("account \(token.user)", house.site.limits.account)
    return token
  }

  private func visit(_ request: HTTPRequest, _ cookies: RequestCookies, _ signedIn: Visit.SignedIn?)
    async throws
    -> Visit
  {
    let isUnsafe = request.method != .get && request.method != .head
    var form = FormFields()
    var files: [SmallUpload] = []
    if isUnsafe, let limits = request.route?.attributes[RouteTakesFiles.self],
      request.contentType == "multipart/form-data"
    {
      (form, files) = try await request.smallMultipart(limits: limits)
    }
    if isUnsafe, request.contentType == "application/x-www-form-urlencoded" {
      // Settings have many fields.
      form = try FormFields.parse(
        try await request.body.collect(upTo: Self.formLimit), limit: SettingsFormReader.maximumPairs)
    }
    var newBrowser: String?
    var token = csrfToken(cookies, signedIn?.session)
    if token == nil, !isUnsafe {
      // Forms of this page need something to be tied to.
      let browser = Base64URL.encode(SecureRandom.bytes(24))
      (newBrowser, token) = (browser, visitorToken(browser))
    }
    // A call with a personal token is nobody's browser's doing.
    let isByToken = signedIn != nil && signedIn?.session == nil
    if isUnsafe, !isByToken {
      try checkOrigin(request)
      let sent = form[Self.csrfField] ?? request["X-CSRF-Token"]
      guard let token, let sent, FormToken(token).accepts(sent) else {
        throw HTTPProblem(
          .forbidden, "The page is too old", detail: "Go back, load the page again and repeat what you did.")
      }
      if let user = signedIn?.account.user { try limit("writing \(user)", house.site.limits.writing) }
    }
    var hasPolicyNews = false
    if let signedIn, signedIn.session != nil {
      hasPolicyNews = try await policies.isNews(to: signedIn.account)
    }
    return Visit(
      request: request, house: house, resources: resources,
      reader: Reader(request, cookies, signedIn?.account, resources), signedIn: signedIn, form: form,
      files: files,
      csrfToken: token.map { FormToken($0).masked() } ?? "", newBrowser: newBrowser,
      flash: cookies[Flash.cookie].flatMap { Flash(encoded: $0) }, hasCookieChoice: cookies["cookies"] != nil,
      hasPolicyNews: hasPolicyNews)
  }

  /// The session's token, or one made of the cookie that ties a visitor's forms to the browser.
  private func csrfToken(_ cookies: RequestCookies, _ session: Session?) -> String? {
    if let session { return session.csrfToken }
    guard let browser = cookies[Self.browserCookie(house.site)], browser.utf8.count >= 32 else { return nil }
    return visitorToken(browser)
  }

  /// The token of a visitor's forms.
  private func visitorToken(_ browser: String) -> String {
    Base64URL.encode(HMACSHA256.code(for: Array(browser.utf8), key: visitorKey))
  }

  /// Browsers say where a form was sent from; what comes from elsewhere is refused whatever token it brings.
  private func checkOrigin(_ request: HTTPRequest) throws {
    let isForeign =
      request["Origin"].map { $0 != house.site.origin } ?? false
      || request["Sec-Fetch-Site"].map { $0 == "cross-site" } ?? false
    guard !isForeign else {
      throw HTTPProblem(
        .forbidden, "Another site sent this", detail: "Use the pages of \(house.site.origin).")
    }
  }

  /// - Throws: `HTTPProblem` 429 when there were too many.
  func limit(_ name: String, _ bucket: RequestLimits.Bucket) throws {
    guard let wait = limiter.take(name, of: bucket) else { return }
    throw HTTPProblem(
      HTTPStatus(429), "Too many requests", detail: "Try again in a moment.",
      fields: ["Retry-After": "\(max(1, wait.components.seconds))"])
  }

  /// What an account may still do at once, for programs that would rather wait than be refused.
  func allowance(of user: UserID) -> (limit: Int, remaining: Int, resetSeconds: Int) {
    let bucket = house.site.limits.account
    let left = limiter.amount("account \(user)", of: bucket)
    let seconds = (bucket.burst - left) / (bucket.perMinute / 60)
    return (Int(bucket.burst), Int(left), Int(seconds.rounded(.up)))
  }

  /// To the sign-in for a page, 401 for everything else.
  private func notSignedIn(_ request: HTTPRequest) -> any Error {
    let isPage =
      (request.method == .get || request.method == .head)
      && request.route?.attributes[RouteIsAPI.self] != true
      && !(request["Accept"] ?? "").contains("application/json")
    guard isPage else {
      return HTTPProblem(
        .unauthorized, "Not signed in", detail: "Sign in, and repeat what you did.",
        fields: ["WWW-Authenticate": "Bearer"])
    }
    return SignInNeeded(returnTo: request.head.target)
  }
}

/// The page needs somebody to sign in first.
struct SignInNeeded: Error {
  /// Path and query, as they were sent.
  let returnTo: [UInt8]
}
