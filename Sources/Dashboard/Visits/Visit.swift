// One request to the dashboard, with who makes it: what every handler gets.

import Bus
import DiscordBot
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAccounts
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import Resources
import PlatformTenancy
import Storage

/// A request by anybody.
struct Visit: Sendable {
  let request: HTTPRequest
  let house: DashboardEnvironment
  let resources: DashboardResources
  /// How the reader likes pages.
  let reader: Reader
  /// The session and whose it is; nil for a visitor.
  private(set) var signedIn: SignedIn?
  /// The session's new cookie, when the reader's rights changed.
  private(set) var renewal: Renewal?
  /// The fields of the form that was sent; empty for anything else.
  let form: FormFields
  /// The files that came with it, on routes that take files.
  let files: [SmallUpload]
  /// What forms send back, so that only our own pages can have them sent; masked, another in each answer.
  private(set) var csrfToken: String
  /// A new value of the cookie that visitors' forms are tied to; nil when there is one.
  let newBrowser: String?
  /// What the page before wanted to say.
  let flash: Flash?
  /// Whether the reader has answered the notice about cookies.
  let hasCookieChoice: Bool
  /// Whether the legal pages changed since the reader took note of them.
  let hasPolicyNews: Bool
  /// Where the page is served, for the guild's navigation.
  var place: GuildPlace?

  /// A session with its account.
  struct SignedIn: Sendable {
    let session: Session?
    let account: Account
  }

  /// The same with the session that took the place of the one it came with.
  func renewed(_ renewal: Renewal) -> Visit {
    var visit = self
    visit.signedIn = signedIn.map { SignedIn(session: renewal.session, account: $0.account) }
    visit.csrfToken = FormToken(renewal.session.csrfToken).masked()
    visit.renewal = renewal
    return visit
  }

  /// Answers, and hands out the session's new cookie if there is one, whatever comes of it.
  func answer(_ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
    guard let renewal else { return try await body() }
    do {
      var response = try await body()
      response.fields.append("Set-Cookie", renewal.cookie)
      return response
    } catch let problem as HTTPProblem {
      throw problem.setting(renewal.cookie)
    }
  }

  /// The dashboard's sentences in the reader's language.
  var strings: StringCatalog { reader.strings }
  var now: Timestamp { house.time.now }
  /// The address that the request came from, for the audit log.
  var address: String? { request.client.address?.description }
  /// A program asks, not a page: a script of ours, or the API.
  var wantsJSON: Bool { (request["Accept"] ?? "").contains("application/json") }
  var isOperator: Bool { signedIn.map { house.site.operators.contains($0.account.user) } ?? false }

  /// A field of the query; nil when it is missing or empty.
  ///
  /// - Throws: `HTTPProblem` for a query that is not properly encoded.
  func query(_ name: String) throws -> String? {
    try request.query[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A field of the form, without blanks around it; nil when it is missing or empty.
  func field(_ name: String) -> String? {
    let value = form[name].map { String($0.drop { $0.isWhitespace }) }
    guard var value else { return nil }
    while value.last?.isWhitespace == true { value.removeLast() }
    return value.isEmpty ? nil : value
  }
}

/// What a session is replaced with when its owner's rights change.
struct Renewal: Sendable {
  /// A value of `Set-Cookie`.
  let cookie: String
  let session: Session
}

extension HTTPProblem {
  /// The same with a cookie.
  func setting(_ cookie: String?) -> HTTPProblem {
    guard let cookie else { return self }
    var fields = fields
    fields.append("Set-Cookie", cookie)
    return HTTPProblem(status, title, detail: detail, fields: fields, closesConnection: closesConnection)
  }
}

/// A request by somebody who is signed in.
@dynamicMemberLookup
struct AccountVisit: Sendable {
  let visit: Visit
  /// nil for a personal token of the API.
  let session: Session?
  let account: Account
  /// The personal token that the API was called with.
  var token: APIToken?

  subscript<Value>(dynamicMember path: any KeyPath<Visit, Value> & Sendable) -> Value {
    visit[keyPath: path]
  }

  var user: UserID { account.user }
}

/// The guild that a page is about, as navigation shows it.
struct GuildPlace: Sendable {
  let guild: GuildID
  let name: String
  /// Hash of its icon.
  let icon: String?
  let role: AccessRole
  /// Ids of plugins that are on and have pages, for the navigation.
  let enabled: Set<String>
  let unreadNotices: Int
}

/// A request about a guild by a member with an access role there, computed for this request.
@dynamicMemberLookup
struct GuildVisit: Sendable {
  let visit: Visit
  let session: Session?
  let account: Account
  let guild: GuildID
  let role: AccessRole
  let bot: GuildBot
  let configuration: GuildConfiguration

  subscript<Value>(dynamicMember path: any KeyPath<Visit, Value> & Sendable) -> Value {
    visit[keyPath: path]
  }

  var user: UserID { account.user }
  var tenant: Tenant { Tenant(guild) }
  var store: GuildStore { visit.house.storage.guild(tenant) }
  /// Who changes something, for the audit log.
  var origin: ChangeOrigin { ChangeOrigin(.user(user), at: visit.now, address: visit.address) }

  /// The guild as a plugin sees it in this request.
  ///
  /// - Throws: what the store throws; `HTTPProblem` 503 when no bot serves the guild any more.
  func context(of plugin: String) async throws -> ContextCore {
    let core = try await visit.house.dispatcher.context(
      of: plugin, in: guild, cause: "web:\(visit.request.id)")
    guard let core else { throw HTTPProblem(.serviceUnavailable, visit.strings["problem.noBot"]) }
    return core
  }

  /// Puts what was done into the guild's audit log.
  ///
  /// - Throws: what the store throws.
  func audit(
    _ action: String, _ target: String, before: JSONValue = .null, after: JSONValue = .null
  ) async throws {
    try await AuditLog(store).append(
      AuditEntry(
        at: visit.now, actor: .user(user), action: action, target: target, address: visit.address,
        before: before, after: after))
    visit.house.pulses.beat(tenant.description)
  }
}
