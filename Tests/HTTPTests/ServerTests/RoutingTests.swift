// The route table, without a socket.

import HTTPServer
import HTTPTypes
import Testing

private enum RequiredRole: RouteAttribute { static var defaultValue: String { "owner" } }
private enum Word: TypedKey { static var defaultValue: String { "" } }

@Suite struct RoutingTests {
  static func table() throws -> RouteTable {
    var router = Router()
    router.get("/", name: "home") { _ in HTTPResponse(text: "home") }
    router.get("/g/{guild}", .uint64, name: "guild", attributes: .with(RequiredRole.self, "viewer")) {
      _, guild in
      HTTPResponse(text: "guild \(guild)")
    }
    router.get("/g/new", name: "guild.new") { _ in HTTPResponse(text: "new") }
    router.post("/g/{guild}/plugins/{name}", .uint64, .text, name: "plugin") { _, guild, name in
      HTTPResponse(text: "\(guild) \(name)")
    }
    router.delete("/g/{guild}/plugins/{name}", .uint64, .text, name: "plugin.remove") { _, _, _ in
      HTTPResponse()
    }
    router.get("/files/{path...}", .text, name: "files") { _, path in HTTPResponse(text: path) }
    return try router.closed()
  }

  @Test(
    arguments: [
      ("GET", "/", 200, "home"), ("GET", "/g/42", 200, "guild 42"), ("GET", "/g/new", 200, "new"),
      ("HEAD", "/g/new", 200, "new"), ("POST", "/g/7/plugins/star%20board", 200, "7 star board"),
      ("GET", "/files/a/b%20c/d", 200, "a/b c/d"), ("GET", "/g/042", 404, nil), ("GET", "/g/-1", 404, nil),
      ("GET", "/g/99999999999999999999", 404, nil), ("GET", "/nowhere", 404, nil),
      ("GET", "/files", 404, nil),
      ("GET", "/g/7/plugins/x", 405, nil), ("PUT", "/", 405, nil), ("OPTIONS", "/g/7/plugins/x", 204, nil),
      ("GET", "/g/42/?a=b", 308, nil), ("BREW", "/", 405, nil),
    ] as [(String, String, Int, String?)])
  func `a request finds its route`(_ method: String, _ target: String, _ status: Int, _ text: String?)
    async throws
  {
    let response = await respond(try Self.table(), method, target)
    #expect(response.status.code == status)
    if let text { #expect(bodyText(response) == text) }
  }

  @Test func `other methods are named`() async throws {
    let response = await respond(try Self.table(), "GET", "/g/7/plugins/x")
    #expect(response.fields["Allow"] == "DELETE, OPTIONS, POST")
    let home = await respond(try Self.table(), "OPTIONS", "/")
    #expect(home.fields["Allow"] == "GET, HEAD, OPTIONS")
  }

  @Test func `a trailing slash leads to the address without it, query kept`() async throws {
    let response = await respond(try Self.table(), "GET", "/g/42/?a=b")
    #expect(response.fields["Location"] == "/g/42?a=b")
  }

  @Test func `the table can be listed`() throws {
    let routes = try Self.table().routes
    #expect(routes.map(\.name) == ["home", "guild", "guild.new", "plugin", "plugin.remove", "files"])
    #expect(routes[3].parameters.map(\.name) == ["guild", "name"])
    #expect(routes[3].parameters.map(\.kind) == ["integer", "string"])
    #expect(routes[1].attributes[RequiredRole.self] == "viewer")
    #expect(routes[2].attributes[RequiredRole.self] == "owner")
  }

  static let mistakes: [@Sendable (inout Router) -> Void] = [
    { router in
      router.get("/a/{x}", .text, name: "one") { _, _ in HTTPResponse() }
      router.get("/a/{y}", .int64, name: "two") { _, _ in HTTPResponse() }
    },
    { router in
      router.get("/a", name: "one") { _ in HTTPResponse() }
      router.get("/b", name: "one") { _ in HTTPResponse() }
    },
    { $0.get("/a/{x}", name: "one") { _ in HTTPResponse() } },
    { $0.get("/a", .text, name: "one") { _, _ in HTTPResponse() } },
    { $0.get("a", name: "one") { _ in HTTPResponse() } },
    { $0.get("/a//b", name: "one") { _ in HTTPResponse() } },
    { $0.get("/a/", name: "one") { _ in HTTPResponse() } },
    { $0.get("/{x...}/b", .text, name: "one") { _, _ in HTTPResponse() } },
    { $0.get("/{x}/{x}", .text, .text, name: "one") { _, _, _ in HTTPResponse() } },
    { $0.get("/{}", .text, name: "one") { _, _ in HTTPResponse() } },
  ]

  @Test(arguments: mistakes.indices)
  func `a mistake in the table is found at the start`(_ index: Int) {
    var router = Router()
    Self.mistakes[index](&router)
    let error = #expect(throws: HTTPServerError.self) { try router.closed() }
    #expect(error?.code == .badRoute)
  }

  @Test func `middleware wraps in order, and hands values on`() async throws {
    var router = Router()
    router.useAroundAll { request, next in
      do { return try await next(request) } catch { return HTTPResponse(status: .notFound, text: "outer") }
    }
    router.use { request, next in
      var request = request
      request.values[Word.self] += "a"
      return try await next(request)
    }
    router.group(
      { request, next in
        var request = request
        request.values[Word.self] += "b"
        return try await next(request)
      }, routes: { $0.get("/in", name: "in") { request in HTTPResponse(text: request.values[Word.self]) } })
    router.get("/out", name: "out") { request in HTTPResponse(text: request.values[Word.self]) }
    let table = try router.closed()
    #expect(bodyText(await respond(table, "GET", "/in")) == "ab")
    #expect(bodyText(await respond(table, "GET", "/out")) == "a")
    #expect(bodyText(await respond(table, "GET", "/none")) == "outer")
  }

  @Test(arguments: [
    ("application/json", "application/problem+json"), ("text/html", "text/html; charset=utf-8"),
    ("*/*", "text/plain; charset=utf-8"),
  ])
  func `a problem is told in the client's form`(_ accept: String, _ type: String) {
    let problem = HTTPProblem(.conflict, "No \"way\" <b>", detail: "a\nb")
    let response = problem.response(accept: accept, requestID: "1")
    #expect(response.fields["Content-Type"] == type)
    let text = bodyText(response) ?? ""
    #expect(type.contains("html") ? text.contains("&lt;b&gt;") : text.contains("No"))
    if type.contains("json") {
      #expect(text.contains("\"title\":\"No \\\"way\\\" <b>\",\"detail\":\"a\\u000ab\""))
    }
  }
}

private func respond(_ table: RouteTable, _ method: String, _ target: String) async -> HTTPResponse {
  do {
    return try await table.respond(to: HTTPRequest(method: HTTPMethod(method), target: target))
  } catch let problem as HTTPProblem {
    return problem.response(accept: nil, requestID: "0")
  } catch {
    return HTTPResponse(status: .internalServerError, text: "\(error)")
  }
}

private func bodyText(_ response: HTTPResponse) -> String? {
  guard case .bytes(let bytes) = response.body else { return nil }
  return String(decoding: bytes, as: UTF8.self)
}
