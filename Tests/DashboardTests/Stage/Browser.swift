// A browser without a window: keeps cookies, follows redirects when told, sends forms as they stand on a page.

import DiscordCore
import EventLoop
import Foundation
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import Testing

/// One person's browser. Not to be used by two tasks at once.
final class Browser: Sendable {
  private let stage: DashboardStage
  private let jar = Mutex<[String: String]>([:])
  private let token = Mutex("")

  init(_ stage: DashboardStage) { self.stage = stage }

  /// What came back.
  struct Page: Sendable {
    let status: HTTPStatus
    let fields: HTTPFields
    let text: String

    var location: String? { fields["Location"] }

    /// The value of the hidden field or input of that name, unescaped.
    func value(_ name: String) -> String? {
      guard let range = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
      let rest = text[range.upperBound...]
      return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
    }

    func json() throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
  }

  var cookies: [String: String] { jar.withLock { $0 } }
  /// Puts another value into a cookie, or takes it away.
  func setCookie(_ name: String, _ value: String?) { jar.withLock { $0[name] = value } }
  /// The token of the last page that had one.
  var csrfToken: String { token.withLock { $0 } }

  /// Opens a page.
  func get(_ path: String, fields: HTTPFields = [:]) async throws -> Page {
    try await send(.get, path, fields: fields)
  }

  /// Sends a form with the token of the last page; `csrf` takes its place.
  func post(
    _ path: String, _ form: [(String, String)] = [], csrf: String? = nil, fields: HTTPFields = [:],
    method: HTTPMethod = .post
  ) async throws -> Page {
    let all = [("csrf", csrf ?? csrfToken)] + form
    let body = all.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(
      separator: "&")
    var fields = fields
    fields["Content-Type"] = "application/x-www-form-urlencoded"
    fields["Origin"] = fields["Origin"] ?? DashboardStage.origin
    return try await send(method, path, fields: fields, body: Array(body.utf8))
  }

  /// The same as a script of ours sends it: the answer is JSON.
  func postJSON(_ path: String, _ form: [(String, String)] = []) async throws -> Page {
    try await post(path, form, fields: ["Accept": "application/json"])
  }

  /// Opens what a redirect leads to.
  func follow(_ page: Page) async throws -> Page { try await get(try #require(page.location)) }

  /// One request whose answer is read.
  func send(_ method: HTTPMethod, _ path: String, fields: HTTPFields = [:], body: [UInt8] = []) async throws
    -> Page
  {
    let response = try await answer(method, path, fields: fields, body: body)
    let page = Page(status: response.status, fields: response.fields, text: try text(of: response))
    if let value = page.value("csrf") { token.withLock { $0 = value } }
    return page
  }

  /// One request whose answer may be a stream.
  func answer(_ method: HTTPMethod, _ path: String, fields: HTTPFields = [:], body: [UInt8] = []) async throws
    -> HTTPResponse
  {
    var all: HTTPFields = ["Host": "guildhall.test"]
    for field in fields.fields { all[field.name] = field.value }
    if all["Accept"] == nil { all["Accept"] = "text/html,application/xhtml+xml" }
    let line = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    if !line.isEmpty { all["Cookie"] = line }
    let request = try HTTPRequest(
      method: method, target: path, fields: all, body: HTTPBody(body),
      client: ClientView(address: IPAddress("203.0.113.7"), scheme: "http", host: "guildhall.test"))
    var response: HTTPResponse
    do { response = try await stage.table.respond(to: request) } catch let problem as HTTPProblem {
      response = problem.response(accept: all["Accept"], requestID: request.id)
    }
    keep(response.fields)
    return response
  }

  private func text(of response: HTTPResponse) throws -> String {
    switch response.body {
    // A stream is what the page's own tests read.
    case .none, .stream: return ""
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .file, .upgrade: throw StageFailure(description: "an answer that is read otherwise")
    }
  }

  private func keep(_ fields: HTTPFields) {
    for field in fields.fields where field.name.lowercased() == "set-cookie" {
      let parts = field.value.split(separator: ";").map { $0.drop { $0 == " " } }
      guard let pair = parts.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
        pair.count == 2
      else { continue }
      let isGone = parts.contains("Max-Age=0")
      jar.withLock { $0[String(pair[0])] = isGone ? nil : String(pair[1]) }
    }
  }

  /// Signs in: to Discord's consent page, agrees there, and comes back.
  @discardableResult
  func signIn(as user: UserID, next: String? = nil) async throws -> Page {
    let begun = try await get("/login" + (next.map { "?next=\(PercentEncoding.encode($0))" } ?? ""))
    let location = try #require(begun.location)
    let back = try await consent(at: location, as: user)
    return try await get(String(back.dropFirst(DashboardStage.origin.count)))
  }

  /// Agrees on Discord's page and returns where it sends the browser.
  func consent(at location: String, as user: UserID, allows: Bool = true) async throws -> String {
    let parts = location.split(separator: "?", maxSplits: 1)
    let query = String(parts.last ?? "")
    var request = HTTPClient.Request(String(parts[0]), method: .post)
    request.fields = ["Content-Type": "application/x-www-form-urlencoded"]
    request.body = .bytes(Array("\(query)&user_id=\(user)&action=\(allows ? "allow" : "deny")".utf8))
    let response = try await stage.client.send(request)
    return try #require(response.fields["Location"], "\(String(decoding: response.body, as: UTF8.self))")
  }
}
