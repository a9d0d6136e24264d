// The JSON API: every answer is as the document says, tokens open what they should, and calls do what they say.

import Assembly
import Dashboard
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import OpenAPI
import PlatformAccess
import PlatformAccounts
import PlatformAudit
import PlatformConfiguration
import StorageTestKit
import Testing
import Vault

@Suite(.timeLimit(.minutes(10))) struct APITests {
  /// Somebody's program: with a token, or with a session as a page of ours would call.
  struct Caller: Sendable {
    let stage: DashboardStage
    let browser: Browser
    let token: String?
    let document: OpenAPIDocument

    init(_ stage: DashboardStage, as user: UserID? = nil, token: String? = nil) async throws {
      (self.stage, self.token) = (stage, token)
      browser = try await stage.browser(as: user)
      document = OpenAPIDocument(try await browser.get("/api/v1/openapi.json").json())
      if user != nil { _ = try await browser.get("/servers") }
    }

    /// One call, checked against the document.
    @discardableResult
    func call(
      _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, fields more: HTTPFields = [:],
      isSent raw: [UInt8]? = nil
    ) async throws -> Browser.Page {
      var fields: HTTPFields = ["Accept": "application/json"]
      for field in more.fields { fields[field.name] = field.value }
      if let token {
        fields["Authorization"] = "Bearer \(token)"
      } else {
        fields["X-CSRF-Token"] = browser.csrfToken
      }
      let bytes = try raw ?? body?.encoded() ?? []
      if body != nil || raw != nil { fields["Content-Type"] = fields["Content-Type"] ?? "application/json" }
      let page = try await browser.send(method, "/api/v1\(path)", fields: fields, body: bytes)
      let exchange = RecordedExchange(
        method: method.rawValue, path: String(path.prefix { $0 != "?" }), request: bytes,
        status: page.status.code, responseType: page.fields["Content-Type"], response: Array(page.text.utf8))
      #expect(document.violations(exchange, isExact: true) == [], "\(method) \(path): \(page.text)")
      #expect(page.status.code < 500, "\(method) \(path): \(page.text)")
      return page
    }

    func guild(_ path: String) -> String { "/guilds/\(stage.guild)\(path)" }
  }

  /// Bodies that are taken, by route.
  private static let bodies: [String: JSONValue] = [
    "api.settings.replace": ["settings": .object(JSONObject())],
    "api.settings.change": ["path": "prefix", "value": "?"],
    "api.settings.revert": ["revision": 1],
    "api.settings.import": ["document": ["plugin": "core", "version": 1, "settings": ["prefix": "!"]]],
    "api.access.grantUser": ["role": "viewer"],
    "api.access.grantRole": ["role": "viewer"], "api.notices.mark": ["status": "read"],
  ]

  @Test func `every operation answers as the document says, to owners and to nobody`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await Caller(stage, as: stage.owner)
      let nobody = try await Caller(stage)
      try await stage.enable("welcome", false)
      let routes = stage.table.routes.filter {
        $0.attributes[RouteIsAPI.self] && $0.name != "api.document" && $0.name != "api.data.export"
      }
      #expect(routes.count > 25)
      for route in routes {
        let path = String(try await RouteSamples(stage: stage).address(of: route).dropFirst("/api/v1".count))
        let refused = try await nobody.call(route.method, path, Self.bodies[route.name])
        #expect(refused.status == .unauthorized, "\(route.name)")
        let page = try await owner.call(route.method, path, Self.bodies[route.name])
        #expect(
          (200..<300).contains(page.status.code) || route.name == "api.settings.revert"
            || route.name == "api.settings.change", "\(route.name): \(page.text)")
        #expect(page.fields["RateLimit-Remaining"] != nil, "\(route.name)")
        if Self.bodies[route.name] != nil {
          // What does not fit is refused with the place where it does not.
          let wrong = try await owner.call(route.method, path, ["nonsense": [1, 2]])
          #expect(wrong.status.code == 422, "\(route.name): \(wrong.text)")
          #expect(try wrong.json()["error"]?["details"]?.array?.first?["pointer"]?.string == "/nonsense")
          #expect(try await owner.call(route.method, path, isSent: Array("{".utf8)).status.code == 400)
          let typed = try await owner.call(
            route.method, path, fields: ["Content-Type": "text/plain"], isSent: [])
          #expect(typed.status.code == 415)
        }
      }
    }
  }

  @Test func `a token opens its server, as far as it was made for, and nothing else`() async throws {
    try await DashboardStage.run { stage in
      for role in AccessRole.allCases {
        let (text, _) = try await stage.house.apiTokens.create(
          "program", of: stage.owner, in: stage.tenant, access: role, expiresAt: nil, at: stage.time.now)
        // The person has signed in at some time.
        _ = try await stage.browser(as: stage.owner)
        let program = try await Caller(stage, token: text.exposedText)
        let me = try await program.call(.get, "/me").json()
        #expect(me["token"]?["role"]?.string == role.name)
        #expect(me["csrf_token"]?.isNull == true)
        let guilds = try await program.call(.get, "/guilds").json()
        #expect(guilds["items"]?.array?.compactMap { $0["id"]?.string } == ["\(stage.guild)"])
        #expect(try await program.call(.get, "/guilds/\(stage.otherGuild)").status == .notFound)
        for route in stage.table.routes
        where route.attributes[RouteIsAPI.self] && route.name != "api.data.export" {
          guard case .guild(let needed) = route.attributes[RouteAccessKey.self], needed > role else {
            continue
          }
          let path = String(
            try await RouteSamples(stage: stage).address(of: route).dropFirst("/api/v1".count))
          #expect(try await program.call(route.method, path).status == .forbidden, "\(route.name)")
        }
      }
      let stranger = try await Caller(stage, token: "gh_nonsense")
      #expect(try await stranger.call(.get, "/me").status == .unauthorized)
    }
  }

  @Test(arguments: Engine.allCases)
  func `settings are replaced, changed, guarded by revision, put back, and all of it is on record`(
    on engine: Engine
  ) async throws {
    try await DashboardStage.run(on: engine) { stage in
      let owner = try await Caller(stage, as: stage.owner)
      let path = owner.guild("/plugins/moderation/settings")
      let first = try await owner.call(.get, path).json()
      let changed = try await owner.call(
        .patch, path, ["path": "reportChannel", "value": .string("\(stage.channel)")])
      #expect(try changed.json()["settings"]?["reportChannel"]?.string == "\(stage.channel)")
      let revision = try #require(try changed.json()["revision"]?.int64)
      let late = try await owner.call(
        .put, path, ["settings": first["settings"] ?? .null, "revision": .integer(revision - 1)])
      #expect(late.status == .conflict)
      let bad = try await owner.call(.put, path, ["settings": ["reportChannel": true]])
      #expect(try bad.json()["error"]?["details"]?.array?.first?["pointer"]?.string == "reportChannel")
      #expect(
        try await owner.call(
          .put, path, ["settings": first["settings"] ?? .null, "revision": .integer(revision)]
        ).status == .ok)
      let history = try await owner.call(.get, owner.guild("/plugins/moderation/history")).json()
      #expect(history["items"]?.array?.count == 2)
      let back = try await owner.call(
        .post, owner.guild("/plugins/moderation/revert"), ["revision": .integer(revision)])
      #expect(try back.json()["settings"]?["reportChannel"]?.string == "\(stage.channel)")
      let entries = try await AuditLog(stage.store).entries()
      #expect(entries.count == 3)
      #expect(entries.allSatisfy { $0.actor == .user(stage.owner) && $0.address == "203.0.113.7" })
    }
  }

  @Test func `settings go out as a document and come in as one, all of it or nothing`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await Caller(stage, as: stage.owner)
      let manager = try await Caller(stage, as: stage.manager)
      try await stage.enable("welcome", false)
      let document = try await owner.call(.get, owner.guild("/settings")).json()
      #expect(document["plugins"]?.array?.contains { $0["plugin"]?.string == "welcome" } == true)
      try await stage.enable("welcome")
      #expect(
        try await owner.call(
          .patch, owner.guild("/plugins/core/settings"), ["path": "prefix", "value": "?"]
        ).status == .ok)
      let path = manager.guild("/settings/import")
      let look = try await manager.call(.post, path, ["document": document, "is_dry_run": true]).json()
      #expect(look["is_applied"]?.bool == false)
      let parts = try #require(look["plugins"]?.array)
      #expect(Set(parts.compactMap { $0["plugin"]?.string }) == ["core", "welcome"])
      #expect(parts.first { $0["plugin"]?.string == "welcome" }?["is_on"]?.bool == false)
      let change = parts.first { $0["plugin"]?.string == "core" }?["changes"]?.array?.first
      #expect(change?["path"]?.string == "prefix" && change?["before"]?.string == "?")
      #expect(try await stage.house.configurations.current(stage.tenant).isEnabled("welcome"))
      let done = try await manager.call(.post, path, ["document": document]).json()
      #expect(done["is_applied"]?.bool == true && done["plugins"] == look["plugins"])
      #expect(try await !stage.house.configurations.current(stage.tenant).isEnabled("welcome"))
      #expect(try await owner.call(.get, owner.guild("/settings")).json() == document)
      #expect(try await AuditLog(stage.store).entries().first?.actor == .user(stage.manager))
      let bad = try await manager.call(
        .post, path,
        ["document": ["plugins": [["plugin": "core", "settings": ["prefix": "!"]], ["plugin": "none"]]]])
      #expect(bad.status.code == 422)
      #expect(try bad.json()["error"]?["details"]?.array?.first?["pointer"]?.string == "/document")
      #expect(try await owner.call(.get, owner.guild("/settings")).json() == document)
      #expect(
        try await owner.call(.get, owner.guild("/settings?plugin=core")).json()["plugin"]?.string == "core")
      #expect(try await owner.call(.get, owner.guild("/settings?plugin=none")).status == .notFound)
    }
  }

  @Test func `a call that is sent twice with its key is done once`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await Caller(stage, as: stage.owner)
      let key: HTTPFields = ["Idempotency-Key": "a"]
      let on = owner.guild("/plugins/welcome/enable")
      #expect(try await owner.call(.post, on, fields: key).status == .noContent)
      try await stage.enable("welcome", false)
      let again = try await owner.call(.post, on, fields: key)
      #expect(again.status == .noContent && again.fields["Idempotent-Replayed"] == "true")
      let configuration = try await stage.house.configurations.current(stage.tenant)
      #expect(!configuration.isEnabled("welcome"))
      let other = try await owner.call(.post, owner.guild("/plugins/welcome/disable"), fields: key)
      #expect(other.status == .conflict)
      await stage.advance(by: .seconds(86_401))
      let later = try await Caller(stage, as: stage.owner)
      #expect(try await later.call(.post, on, fields: key).fields["Idempotent-Replayed"] == nil)
    }
  }

  @Test func `long lists come in parts that follow each other without gap or overlap`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await Caller(stage, as: stage.owner)
      for index in 0..<7 { try await stage.enable("welcome", index % 2 == 0) }
      var (numbers, cursor): ([Int64], Int64?) = ([], nil)
      repeat {
        let part = try await owner.call(
          .get, owner.guild("/audit?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""))
        ).json()
        numbers += part["items"]?.array?.compactMap { $0["number"]?.int64 } ?? []
        cursor = part["next"]?.int64
      } while cursor != nil && numbers.count < 50
      #expect(numbers == numbers.sorted(by: >) && Set(numbers).count == numbers.count && numbers.count >= 7)
      #expect(try await owner.call(.get, owner.guild("/audit?limit=0")).status.code == 422)
      #expect(try await owner.call(.get, owner.guild("/audit?cursor=x")).status.code == 422)
    }
  }

  @Test func `the page lists every operation, and the export is a document of everything`() async throws {
    try await DashboardStage.run { stage in
      let visitor = try await stage.browser()
      let page = try await visitor.get("/api")
      #expect(page.status == .ok && !page.text.contains("⟦"))
      for route in stage.table.routes where route.attributes[RouteIsAPI.self] && route.name != "api.document"
      {
        #expect(page.text.contains("\(route.method.rawValue) \(route.pattern)"), "\(route.name)")
      }
      let document = try await visitor.get("/api/v1/openapi.json")
      #expect(!document.text.contains("⟦"))
      let owner = try await stage.browser(as: stage.owner)
      let export = try await owner.answer(.get, "/api/v1/guilds/\(stage.guild)/data")
      guard case .stream = export.body else {
        throw StageFailure(description: "not written while it is sent")
      }
      #expect(try await visitor.get("/api/v1/nothing").json()["error"]?["code"]?.string == "notFound")
    }
  }
}
