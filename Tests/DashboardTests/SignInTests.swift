// Signing in and out, as a browser does it, against the simulated Discord.

import HTTPServer
import HTTPTypes
import Testing

@Suite(.timeLimit(.minutes(10))) struct SignInTests {
  @Test func `a person signs in through Discord's page and comes back to where they wanted to go`()
    async throws
  {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      let refused = try await browser.get("/g/\(stage.guild)?tab=1")
      #expect(refused.location == "/login?next=%2Fg%2F\(stage.guild)%3Ftab%3D1")
      let back = try await browser.signIn(as: stage.owner, next: "/g/\(stage.guild)?tab=1")
      #expect(back.location == "/g/\(stage.guild)?tab=1")
      let cookie = try #require(back.fields.fields.first { $0.value.hasPrefix("session=") }?.value)
      #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
      let page = try await browser.follow(back)
      #expect(page.status == .ok)
      #expect(page.text.contains("olive"))
    }
  }

  @Test func `what Discord sends back counts once, in the same browser, and for this attempt`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      let begun = try await browser.get("/login")
      let back = try await browser.consent(at: try #require(begun.location), as: stage.owner)
      let path = String(back.dropFirst(DashboardStage.origin.count))
      // Slipped into another browser, it signs nobody in.
      let other = try await stage.browser()
      _ = try await other.get("/login")
      #expect(try await other.get(path).status == .badRequest)
      #expect(other.cookies["session"] == nil)
      #expect(try await browser.get(path).status == .seeOther)
      #expect(browser.cookies["session"] != nil)
      #expect(try await browser.get(path).status == .badRequest)
    }
  }

  @Test(arguments: ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
  func `nobody is sent elsewhere after signing in`(_ next: String) async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      let back = try await browser.signIn(as: stage.owner, next: next)
      #expect(back.location == "/servers")
    }
  }

  @Test func `signing out ends the session at the server`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      let stolen = browser.cookies["session"]
      _ = try await browser.get("/servers")
      #expect(try await browser.post("/logout").status == .seeOther)
      #expect(browser.cookies["session"] == nil)
      browser.setCookie("session", stolen)
      #expect(try await browser.get("/servers").location?.hasPrefix("/login") == true)
    }
  }

  @Test func `a form without the page's token, or from another site, is refused`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      _ = try await browser.get("/servers")
      #expect(try await browser.post("/logout", csrf: "x").status == .forbidden)
      #expect(try await browser.post("/logout", fields: ["Origin": "https://evil.test"]).status == .forbidden)
      #expect(
        try await browser.post("/logout", fields: ["Sec-Fetch-Site": "cross-site"]).status == .forbidden)
      #expect(try await browser.get("/servers").status == .ok)
    }
  }

  @Test func `every answer carries the header fields and the request's id`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      for path in ["/", "/login", "/nowhere", "/g/1"] {
        let page = try await browser.get(path)
        #expect(page.fields["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(page.fields["Content-Security-Policy"]?.contains("unsafe-inline") == false)
        #expect(page.fields["X-Request-Id"]?.utf8.count == 16)
      }
    }
  }
}
