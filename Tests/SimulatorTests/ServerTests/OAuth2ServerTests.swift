// Tests of OAuth2 as a website and a person's browser go through it.

import DiscordCore
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct OAuth2ServerTests {
  private let back = "http://127.0.0.1:9/back"

  private func register(_ stage: Stage) async {
    let back = back
    await stage.simulator.withWorld { $0.applications[stage.bot]?.redirectURIs = [back] }
  }

  private func form(_ fields: [(String, String)], to path: String, on stage: Stage) async throws
    -> HTTPClient.Response
  {
    var request = HTTPClient.Request("http://\(stage.simulator.authority)\(path)", method: .post)
    request.version = .http1
    request.fields["Content-Type"] = "application/x-www-form-urlencoded"
    request.body = .text(
      fields.map {
        "\($0.0)=\($0.1.replacing("%", with: "%25").replacing("&", with: "%26").replacing("=", with: "%3D"))"
      }
      .joined(separator: "&"))
    return try await stage.http.send(request)
  }

  @Test func `a login ends in tokens that know their scopes`() async throws {
    try await Stage.with { stage async throws in
      await register(stage)
      let query = "client_id=\(stage.bot)&response_type=code&redirect_uri=\(back)&scope=identify&state=s1"
      let page = try await stage.get("/oauth2/authorize?\(query)")
      // Clients are sent from the API's address on to the page.
      let alias = try await stage.get("/api/v10/oauth2/authorize?\(query)")
      #expect(alias.status == page.status)
      #expect(page.status == .ok)
      #expect(page.text.contains("Test Bot"))
      let decision = try await form(
        [
          ("client_id", stage.bot.description), ("response_type", "code"), ("redirect_uri", back),
          ("scope", "identify"),
          ("state", "s1"), ("user_id", stage.anna.description), ("action", "allow"),
        ], to: "/oauth2/authorize", on: stage)
      let location = try #require(decision.fields["Location"])
      #expect(location.hasPrefix(back + "?code="))
      #expect(location.hasSuffix("&state=s1"))
      let code = String(location.dropFirst((back + "?code=").count).prefix { $0 != "&" })
      let secret = await stage.simulator.withWorld { $0.applications[stage.bot]?.clientSecret ?? "" }
      let exchange = [
        ("client_id", stage.bot.description), ("client_secret", secret), ("grant_type", "authorization_code"),
        ("code", code), ("redirect_uri", back),
      ]
      let tokens = try JSONValue(
        parsing: try await form(exchange, to: "/api/v10/oauth2/token", on: stage).body)
      let bearer = "Bearer \(tokens["access_token"]?.string ?? "")"
      #expect(try await stage.call(.get, "/users/@me", as: bearer).json["username"] == "anna")
      #expect(
        try await stage.call(.get, "/users/@me/guilds", as: bearer).json["code"] == 50001, "not asked for")
      #expect(try await stage.call(.get, "/oauth2/@me", as: bearer).json["scopes"] == ["identify"])
      let again = try await form(exchange, to: "/api/v10/oauth2/token", on: stage)
      #expect(try JSONValue(parsing: again.body)["error"] == "invalid_grant")
      let wrong = try await form(
        [("client_id", stage.bot.description), ("client_secret", "no")], to: "/api/v10/oauth2/token",
        on: stage)
      #expect(wrong.status == .unauthorized)
      await stage.simulator.advance(by: .seconds(604_801))
      #expect(try await stage.call(.get, "/users/@me", as: bearer).status == 401)
    }
  }

  @Test(arguments: [
    "client_id=1&response_type=code&scope=identify", "scope=everything",
    "redirect_uri=http://127.0.0.1:9/back/",
    "response_type=magic", "code_challenge=x&code_challenge_method=plain",
  ])
  func `what does not fit is said on a page and sent nowhere`(change: String) async throws {
    try await Stage.with { stage async throws in
      await register(stage)
      // The first field of a name counts.
      let query = "\(change)&client_id=\(stage.bot)&response_type=code&redirect_uri=\(back)&scope=identify"
      let page = try await stage.get("/oauth2/authorize?\(query)")
      #expect(page.status == .badRequest)
      #expect(page.fields["Location"] == nil)
    }
  }

  @Test func `names on the page cannot be markup`() async throws {
    try await Stage.with { stage async throws in
      await register(stage)
      await stage.simulator.withWorld { $0.applications[stage.bot]?.name = "<script>alert(1)</script>" }
      let page = try await stage.get(
        "/oauth2/authorize?client_id=\(stage.bot)&response_type=code&redirect_uri=\(back)&scope=identify&state=%22%3E%3Cimg%3E"
      )
      #expect(!page.text.contains("<script>alert"))
      #expect(!page.text.contains("\"><img>"))
    }
  }

  @Test func `a bot comes into a guild with its role, by whoever may add it`() async throws {
    try await Stage.with { stage async throws in
      let other = await stage.simulator.withWorld { $0.makeApplication("Other", owner: stage.anna).id }
      func add(by user: UserID) async throws -> HTTPClient.Response {
        try await form(
          [
            ("client_id", other.description),
            ("scope", "bot applications.commands".replacing(" ", with: "+")),
            ("permissions", "8192"), ("user_id", user.description), ("guild_id", stage.guild.description),
            ("action", "allow"),
          ], to: "/oauth2/authorize", on: stage)
      }
      let token = await stage.simulator.withWorld { $0.applications[other]?.botToken ?? "" }
      let bot = try await stage.session(token: token)
      let owner = try await stage.session(token: stage.person(stage.owner))
      #expect(try await add(by: stage.ben).status == .badRequest)
      #expect(try await add(by: stage.owner).status == .ok)
      _ = try await bot.event("GUILD_CREATE")
      let joined = try await owner.event("GUILD_MEMBER_ADD")
      #expect(joined["user"]?["id"]?.snowflake == other.rawValue)
      let role = try await owner.event("GUILD_ROLE_CREATE")["role"]
      #expect((role?["managed"], role?["permissions"], role?["name"]) == (true, "8192", "Other"))
      _ = try await owner.event("GUILD_AUDIT_LOG_ENTRY_CREATE") { $0["action_type"] == 28 }
    }
  }
}
