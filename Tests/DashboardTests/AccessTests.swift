// Who may see what: computed by the bot's own view, at the moment of the request.

import EventLoop
import PlatformAccess
import HTTPServer
import HTTPTypes
import JSON
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccessTests {
  @Test func `roles follow what the bot sees, not what was so at the sign-in`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      #expect(try await manager.get("/g/\(stage.guild)").status == .ok)
      try await stage.act(
        .patch, "/guilds/\(stage.guild)/members/\(stage.manager)", ["roles": []], as: stage.owner)
      try await stage.eventually("the demotion is felt") {
        try await manager.get("/g/\(stage.guild)").status == .notFound
      }
    }
  }

  @Test func `whoever has no role in a server is told that there is nothing`() async throws {
    try await DashboardStage.run { stage in
      for user in [stage.member, stage.otherOwner, stage.operatorUser] {
        let browser = try await stage.browser(as: user)
        #expect(try await browser.get("/g/\(stage.guild)").status == .notFound)
      }
    }
  }

  @Test func `whoever's rights change gets a new cookie, and what is open stays usable`() async throws {
    try await DashboardStage.run { stage in
      let cookie = "session"
      let member = try await stage.browser(as: stage.member)
      let first = member.cookies[cookie]
      #expect(try await member.get("/g/\(stage.guild)").status == .notFound)
      #expect(member.cookies[cookie] == first)
      // None before, so this is a change.
      try await stage.allow(stage.member, .manager)
      #expect(try await member.get("/g/\(stage.guild)/plugins").status == .ok)
      let second = member.cookies[cookie]
      #expect(second != first)
      #expect(try await member.get("/g/\(stage.guild)/plugins").status == .ok)
      #expect(member.cookies[cookie] == second)
      let form = member.csrfToken
      try await stage.allow(stage.member, .owner)
      // Sent by a page from before.
      let switched = try await member.post(
        "/g/\(stage.guild)/plugins/welcome/switch", [("on", "on")], csrf: form)
      #expect(switched.status.code == 303)
      let third = member.cookies[cookie]
      #expect(third != second)
      // A request that was under way with the old one is handed the same.
      member.setCookie(cookie, second)
      #expect(try await member.get("/g/\(stage.guild)/plugins").status == .ok)
      #expect(member.cookies[cookie] == third)
      // A right that is lost is a change, on the page that says so.
      try await stage.allow(stage.member, .viewer)
      #expect(try await member.post("/g/\(stage.guild)/plugins/welcome/switch").status == .forbidden)
      #expect(member.cookies[cookie] != third)
      // A thief's copy.
      stage.time.advance(by: .seconds(60))
      for old in [first, second, third] {
        member.setCookie(cookie, old)
        #expect(try await member.get("/account").location?.hasPrefix("/login") == true)
      }
    }
  }
}
