// A person's own pages: preferences, sessions, tokens, and leaving.

import Resources
import PlatformSite
import EventLoop
import Assembly
import DiscordCore
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAccounts
import PlatformTenancy
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccountTests {
  @Test func `preferences hold on every page and in every browser`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      let page = try await browser.get("/account")
      #expect(page.text.contains("olive") && page.text.contains("Europe/Berlin"))
      let saved = try await browser.post(
        "/account/preferences",
        [("language", ""), ("theme", "dark"), ("zone", "Europe/Berlin"), ("sidebar", "on")])
      #expect(saved.location == "/account")
      let other = try await stage.browser(as: stage.owner)
      for page in [try await browser.get("/servers"), try await other.get("/servers")] {
        #expect(page.text.contains("data-theme=\"dark\""))
        #expect(page.text.contains("data-sidebar=\"collapsed\""))
        #expect(page.text.contains("data-zone=\"Europe/Berlin\""))
      }
      for wrong in [("zone", "../../etc/passwd"), ("language", "tlh"), ("theme", "pink")] {
        #expect(try await browser.postJSON("/account/preferences", [wrong]).status.code == 422)
      }
    }
  }

  @Test func `theme and navigation can be chosen without scripts and without an account`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      _ = try await browser.get("/")
      let answer = try await browser.post("/preferences", [("theme", "dark"), ("next", "/")])
      #expect(answer.location == "/")
      #expect(try await browser.get("/").text.contains("data-theme=\"dark\""))
      _ = try await browser.post("/preferences", [("sidebar", "collapsed"), ("next", "https://evil.test")])
      let page = try await browser.get("/")
      #expect(page.text.contains("data-sidebar=\"collapsed\"") && page.text.contains("data-theme=\"dark\""))
      _ = try await browser.post("/preferences", [("theme", "auto")])
      #expect(try await !browser.get("/").text.contains("data-theme=\"dark\""))
      #expect(try await browser.post("/preferences", [("theme", "pink")]).status == .badRequest)
    }
  }

  @Test func `who signed up before the policies changed is told until they took note`() async throws {
    try await DashboardStage.run { stage in
      let pages = LegalPages(
        store: stage.house.storage.platform, catalog: StringCatalog(language: "en", sentences: [:]))
      let browser = try await stage.browser(as: stage.owner)
      #expect(try await !browser.get("/account").text.contains("/preferences/policies"))
      await stage.advance(by: .seconds(61))
      _ = try await pages.publish(.privacy, markdown: "# Privacy\n\nNew.", by: nil, at: stage.time.now)
      await stage.advance(by: .seconds(61))
      #expect(try await browser.get("/account").text.contains("/preferences/policies"))
      let noted = try await browser.post("/preferences/policies", [("next", "/account")])
      #expect(noted.location == "/account")
      #expect(try await !browser.get("/account").text.contains("/preferences/policies"))
      // Who comes later agrees to what holds then.
      let later = try await stage.browser(as: stage.manager)
      #expect(try await !later.get("/account").text.contains("/preferences/policies"))
    }
  }

  @Test func `sessions are listed, and ended one by one or all others at once`() async throws {
    try await DashboardStage.run { stage in
      let here = try await stage.browser(as: stage.owner)
      let there = try await stage.browser(as: stage.owner)
      let everywhere = try await stage.browser(as: stage.owner)
      let stranger = try await stage.browser(as: stage.manager)
      let page = try await here.get("/account")
      #expect(page.text.contains("This one"))
      let entries = try await stage.house.sessions.list(stage.owner)
      #expect(entries.count == 3)
      let id = try #require(there.cookies["session"]?.split(separator: ".").first)
      _ = try await stranger.get("/account")
      #expect(
        try await stranger.postJSON("/account/sessions/end", [("session", String(id))]).status.code == 422)
      _ = try await here.post("/account/sessions/end", [("session", String(id))])
      #expect(try await there.get("/account").location?.hasPrefix("/login") == true)
      let old = here.cookies["session"]
      _ = try await here.post("/account/sessions/end-others")
      #expect(here.cookies["session"] != old)
      #expect(try await here.get("/account").status == .ok)
      #expect(try await everywhere.get("/account").location?.hasPrefix("/login") == true)
      // A copy of the old cookie is out as well.
      everywhere.setCookie("session", old)
      #expect(try await everywhere.get("/account").location?.hasPrefix("/login") == true)
      #expect(try await stranger.get("/account").status == .ok)
    }
  }

  @Test func `a token is shown once, does what its owner may at most, and ends when revoked`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.manager)
      let form = try await browser.get("/account/tokens")
      #expect(form.text.contains("The Test") && !form.text.contains("Elsewhere"))
      func fields(_ server: GuildID, _ access: String, _ name: String = "<i>robot</i>") -> [(String, String)]
      {
        [("name", name), ("server", "\(server)"), ("access", access), ("days", "30")]
      }
      let made = try await browser.post("/account/tokens", fields(stage.guild, "manager"))
      #expect(made.status == .ok && made.text.contains("&lt;i&gt;robot&lt;/i&gt;"))
      let start = try #require(made.text.firstRange(of: "gh_"))
      let text = String(made.text[start.lowerBound...].prefix { $0 != "<" })
      let token = try #require(try await stage.house.apiTokens.token(for: text, at: stage.time.now))
      #expect(token.access == .manager && token.guild == stage.tenant && token.user == stage.manager)
      #expect(try await !browser.get("/account/tokens").text.contains("gh_"))
      for refused in [
        fields(stage.guild, "owner"), fields(stage.otherGuild, "viewer"), fields(stage.guild, "viewer", ""),
      ] {
        #expect(try await browser.postJSON("/account/tokens", refused).status.code == 422)
      }
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/account/tokens")
      #expect(
        try await owner.postJSON("/account/tokens/revoke", [("token", token.id)]).status.code == 422)
      _ = try await browser.post("/account/tokens/revoke", [("token", token.id)])
      #expect(try await stage.house.apiTokens.token(for: text, at: stage.time.now) == nil)
    }
  }

  @Test func `a person takes their data along`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      _ = try await browser.get("/account")
      // Streamed, so that it may be of any size; what is in it is the export's own to prove.
      #expect(try await browser.post("/account/data").fields["Content-Disposition"] != nil)
      for _ in 0..<2 { _ = try? await browser.post("/account/data") }
      #expect(try await browser.post("/account/data").status.code == 429)
      #expect(try await stage.browser().post("/account/data").status == .unauthorized)
    }
  }

  @Test func `an account is deleted when its name is typed, with everything in servers if asked for`()
    async throws
  {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.member)
      for user in [stage.member, stage.manager] {
        _ = try await AccessStore(stage.store).grant(
          AccessGrant(.user(user), .viewer), by: stage.owner, at: stage.time.now)
      }
      _ = try await browser.get("/account/delete")
      let refused = try await browser.post("/account/delete", [("name", "olive")])
      #expect(refused.status.code == 422)
      #expect(try await stage.house.sessions.list(stage.member).count == 1)
      _ = try await browser.get("/account/delete")
      let gone = try await browser.post("/account/delete", [("name", "mel"), ("everywhere", "on")])
      #expect(gone.location == "/")
      #expect(browser.cookies["session"] == nil)
      #expect(try await stage.house.sessions.list(stage.member).isEmpty)
      #expect(try await AccessStore(stage.store).grants().map(\.subject) == [.user(stage.manager)])
      // Without that wish, what servers hold stays.
      let manager = try await stage.browser(as: stage.manager)
      _ = try await manager.get("/account/delete")
      _ = try await manager.post("/account/delete", [("name", "mara")])
      #expect(try await stage.house.sessions.list(stage.manager).isEmpty)
      #expect(try await AccessStore(stage.store).grants().count == 1)
    }
  }
}
