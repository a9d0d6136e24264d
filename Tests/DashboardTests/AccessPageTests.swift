// The access page: what owners give and take there, and that it counts at once.

import DiscordBot
import PlatformDispatch
import PlatformConfiguration
import EventLoop
import Assembly
import DiscordCore
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAudit
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct AccessPageTests {
  @Test func `a friend who is given viewer access sees everything and cannot write`() async throws {
    try await DashboardStage.run { stage in
      let friend = try await stage.browser(as: stage.member)
      #expect(try await friend.get("/g/\(stage.guild)").status == .notFound)
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(stage.guild)/access")
      let given = try await owner.post(
        "/g/\(stage.guild)/access/grant", [("person", "\(stage.member)"), ("access", "viewer")])
      #expect(given.location == "/g/\(stage.guild)/access")
      for path in ["", "/setup", "/bot", "/access"] {
        let page = try await friend.get("/g/\(stage.guild)\(path)")
        #expect(page.status == .ok, "\(path)")
        #expect(page.text.contains("You see this as a viewer"))
      }
      let forms: [(String, [(String, String)])] = [
        ("/setup", [("preset", "quiet")]),
        ("/access/grant", [("person", "\(stage.member)"), ("access", "owner")]),
        ("/access/revoke", [("subject", "user:\(stage.member)")]), ("/bot/token", [("token", "x")]),
        ("/bot/rotate", [("token", "x")]), ("/bot/restart", []), ("/bot/stop", []), ("/bot/unassign", []),
      ]
      for (path, form) in forms {
        #expect(try await friend.post("/g/\(stage.guild)\(path)", form).status == .forbidden, "\(path)")
      }
      #expect(try await AccessStore(stage.store).grants() == [AccessGrant(.user(stage.member), .viewer)])
      _ = try await owner.post("/g/\(stage.guild)/access/revoke", [("subject", "user:\(stage.member)")])
      #expect(try await friend.get("/g/\(stage.guild)").status == .notFound)
      let actions = try await AuditLog(stage.store).entries().map(\.action)
      #expect(actions == ["core.access.revoke", "core.access.grant"])
    }
  }

  @Test func `a manager sees who has access, and gives none`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let page = try await manager.get("/g/\(stage.guild)/access")
      #expect(page.text.contains("Managers") && page.text.contains("olive"))
      #expect(!page.text.contains("/access/grant"))
      let refused = try await manager.post(
        "/g/\(stage.guild)/access/grant", [("person", "\(stage.manager)"), ("access", "owner")])
      #expect(refused.status == .forbidden)
    }
  }

  @Test func `a person is found by name, and asked for when several are called so`() async throws {
    try await DashboardStage.run { stage in
      let melanie = try await stage.newcomer("melanie")
      let bot = try #require(stage.house.dispatcher.bots.bot(serving: stage.guild))
      try await stage.eventually("the bot saw her") {
        bot.cache.member(melanie, in: stage.guild).member != nil
      }
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(stage.guild)/access")
      let path = "/g/\(stage.guild)/access/grant"
      let choice = try await owner.post(path, [("person", "mela"), ("access", "manager")])
      // Only one has that in their name: she is offered, not taken.
      #expect(choice.status == .ok && choice.text.contains("user:\(melanie)"))
      #expect(try await AccessStore(stage.store).grants().isEmpty)
      _ = try await owner.post(path, [("person", "@Melanie"), ("access", "manager")])
      #expect(try await AccessStore(stage.store).grants() == [AccessGrant(.user(melanie), .manager)])
      for (field, value) in [("person", "nobody of that name"), ("role", "\(stage.guild)"), ("role", "7")] {
        #expect(try await owner.postJSON(path, [(field, value), ("access", "viewer")]).status.code == 422)
      }
      #expect(try await owner.postJSON(path, [("person", "mel"), ("access", "king")]).status.code == 422)
    }
  }

  @Test func `a role opens the server to whoever has it, and a hostile name breaks nothing`() async throws {
    try await DashboardStage.run { stage in
      let role = try #require(
        try await stage.act(
          .post, "/guilds/\(stage.guild)/roles",
          ["name": "<script>alert(1)</script>\u{202E}", "permissions": 0],
          as: stage.owner)?["id"]?.string)
      try await stage.act(
        .put, "/guilds/\(stage.guild)/members/\(stage.member)/roles/\(role)", as: stage.owner)
      let bot = try #require(stage.house.dispatcher.bots.bot(serving: stage.guild))
      try await stage.eventually("the bot knows the role") {
        RoleID(role).flatMap { bot.cache.role($0, in: stage.guild) } != nil
      }
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(stage.guild)/access")
      _ = try await owner.post("/g/\(stage.guild)/access/grant", [("role", role), ("access", "manager")])
      let page = try await owner.get("/g/\(stage.guild)/access")
      #expect(!page.text.contains("<script>alert"))
      #expect(page.text.contains("<bdi>&lt;script&gt;"))
      let member = try await stage.browser(as: stage.member)
      try await stage.eventually("the role counts") {
        try await member.get("/g/\(stage.guild)").status == .ok
      }
    }
  }

  @Test func `nobody gives up their own access as an owner without saying so`() async throws {
    try await DashboardStage.run { stage in
      _ = try await AccessStore(stage.store).grant(
        AccessGrant(.user(stage.member), .owner), by: stage.owner, at: stage.time.now)
      let browser = try await stage.browser(as: stage.member)
      _ = try await browser.get("/g/\(stage.guild)/access")
      let form = [("subject", "user:\(stage.member)")]
      let asked = try await browser.post("/g/\(stage.guild)/access/revoke", form)
      #expect(asked.status.code == 422 && asked.text.contains("name=\"sure\""))
      let lowered = try await browser.post(
        "/g/\(stage.guild)/access/grant", form + [("access", "viewer")])
      #expect(lowered.status.code == 422)
      #expect(try await AccessStore(stage.store).grants().count == 1)
      _ = try await browser.post("/g/\(stage.guild)/access/revoke", form + [("sure", "on")])
      #expect(try await AccessStore(stage.store).grants().isEmpty)
      #expect(try await browser.get("/g/\(stage.guild)/access").status == .notFound)
    }
  }

  @Test func `a bot that is not told of members asks Discord before something is changed`() async throws {
    try await DashboardStage.run(intents: []) { stage in
      let manager = try await stage.browser(as: stage.manager)
      #expect(try await manager.get("/g/\(stage.guild)/setup").status == .ok)
      try await stage.act(
        .patch, "/guilds/\(stage.guild)/members/\(stage.manager)", ["roles": []], as: stage.owner)
      // What the bot saw is old; a change is judged by what Discord says now.
      let answer = try await manager.post("/g/\(stage.guild)/setup", [("preset", "quiet")])
      #expect(answer.status == .notFound)
      #expect(try await stage.house.configurations.current(stage.tenant).revision == 0)
    }
  }
}
