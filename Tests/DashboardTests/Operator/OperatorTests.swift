// The operator's desk: who may come, what it does, and that nothing of what servers have in them is on it.

import Assembly
import DiscordCore
import EventLoop
import HTTPTypes
import JSON
import ModerationPlugin
import PlatformAudit
import PlatformBots
import PlatformConfiguration
import PlatformNotices
import PlatformSite
import PlatformTenancy
import PlatformText
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct OperatorTests {
  private static let paths = [
    "/operator", "/operator/bots", "/operator/guilds", "/operator/notices", "/operator/incidents",
    "/operator/legal", "/operator/legal/terms", "/operator/accounts", "/operator/log", "/operator/metrics",
    "/operator/audit",
  ]

  private func actions(_ stage: DashboardStage) async throws -> [String] {
    try await OperatorAudit(stage.house.storage.platform).entries().map(\.action)
  }

  @Test func `the desk is the operators', and nobody else sees that there is one`() async throws {
    try await DashboardStage.run { stage in
      let paths = Self.paths + ["/operator/guilds/\(stage.guild)"]
      let (visitor, owner) = (try await stage.browser(), try await stage.browser(as: stage.owner))
      let desk = try await stage.browser(as: stage.operatorUser)
      for path in paths {
        #expect(try await visitor.get(path).location?.hasPrefix("/login") == true, "\(path)")
        #expect(try await owner.get(path).status == .notFound, "\(path)")
        let page = try await desk.get(path)
        #expect(page.status == .ok, "\(path)")
        #expect(!page.text.contains("⟦"), "\(path)")
      }
      let bot = try #require(try await stage.house.registry.registrations().first).bot
      for path in [
        "/operator/bots/\(bot)/stop", "/operator/guilds/\(stage.guild)/erase", "/operator/incidents",
      ] {
        _ = try await owner.get("/")
        #expect(try await owner.post(path, [("confirm", "\(stage.guild)")]).status == .notFound)
      }
      #expect(try await actions(stage).isEmpty)
      #expect(try await desk.post("/operator/bots/\(bot)/stop", csrf: "no").status == HTTPStatus(403))
    }
  }

  @Test func `nothing that a server set or recorded is on the desk`() async throws {
    try await DashboardStage.run { stage in
      let secret = "XK-of-the-server-only"
      let origin = ChangeOrigin(.user(stage.owner), at: stage.time.now)
      try await stage.enable(Moderation.id)
      _ = try await stage.house.configurations.setEnabled(
        true, plugin: "welcome", in: stage.tenant, by: origin)
      try await AuditLog(stage.store).append(
        AuditEntry(at: stage.time.now, actor: .user(stage.owner), action: secret, target: secret))
      stage.house.notices.report(
        NoticeDraft(.problem, from: "core", key: secret, Sentence(secret)), to: .guild(stage.tenant))
      await stage.house.notices.write(all: true)
      let desk = try await stage.browser(as: stage.operatorUser)
      for path in Self.paths + ["/operator/guilds/\(stage.guild)"] {
        #expect(try await desk.get(path).text.contains(secret) == false, "\(path)")
      }
      // And being an operator opens no door of the server's.
      #expect(try await desk.get("/g/\(stage.guild)").status == .notFound)
    }
  }

  @Test func `bots are stopped, started and started anew, on record`() async throws {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      let registry = stage.house.registry
      let bot = try #require(try await registry.registrations().first).bot
      let page = try await desk.get("/operator/bots")
      #expect(page.text.contains("Shard 1 of 1"))
      for (wish, wanted) in [("stop", BotRegistration.Wanted.stopped), ("start", .running)] {
        let answer = try await desk.post("/operator/bots/\(bot)/\(wish)")
        #expect(answer.location == "/operator/bots")
        #expect(try await registry.registration(of: bot)?.wanted == wanted)
      }
      let before = try #require(try await registry.registration(of: bot)).restarts
      _ = try await desk.post("/operator/bots/\(bot)/restart")
      #expect(try await registry.registration(of: bot)?.restarts == before + 1)
      #expect(try await desk.post("/operator/bots/\(bot)/dance").status == .notFound)
      #expect(try await desk.post("/operator/bots/12345/stop").status == .notFound)
      #expect(try await actions(stage) == ["bot.restart", "bot.start", "bot.stop"])
      let audit = try await desk.get("/operator/audit?q=bot")
      #expect(audit.text.contains("bot.restart") && audit.text.contains("203.0.113.7"))
      #expect(try await desk.get("/operator/audit?q=legal").text.contains("bot.restart") == false)
    }
  }

  @Test func `a token that Discord refuses is not taken, and the page says why without it`() async throws {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      _ = try await desk.get("/operator/bots")
      let token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789AB"
      for pasted in ["", "nonsense", token] {
        let answer = try await desk.post("/operator/shared-bot", [("token", pasted)])
        #expect(answer.status == HTTPStatus(422), "\(pasted)")
        #expect(!answer.text.contains("⟦") && !answer.text.contains(token))
      }
      #expect(try await actions(stage).isEmpty)
    }
  }

  @Test func `servers are found by name, id and owner, and erased only after their id was typed`()
    async throws
  {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      for query in ["", "?q=the%20te", "?q=\(stage.guild)", "?q=\(stage.owner)", "?phase=joined"] {
        let page = try await desk.get("/operator/guilds\(query)")
        #expect(page.text.contains("/operator/guilds/\(stage.guild)"), "\(query)")
      }
      #expect(
        try await !desk.get("/operator/guilds?q=elsew").text.contains("/operator/guilds/\(stage.guild)"))
      #expect(try await desk.get("/operator/guilds/999").status == .notFound)
      let path = "/operator/guilds/\(stage.guild)"
      try await AuditLog(stage.store).append(
        AuditEntry(at: stage.time.now, actor: .user(stage.owner), action: "before", target: ""))
      // A stream, which this browser does not read.
      _ = try? await desk.post("\(path)/export")
      #expect(try await AuditLog(stage.store).entries().first?.action == "data.export")
      _ = try await desk.get(path)
      let refused = try await desk.postJSON("\(path)/erase", [("confirm", "yes")])
      #expect(refused.status == HTTPStatus(422))
      #expect(try await AuditLog(stage.store).entries().count == 2)
      let erased = try await desk.post("\(path)/erase", [("confirm", "\(stage.guild)")])
      #expect(erased.location == "/operator/guilds")
      #expect(try await AuditLog(stage.store).entries().isEmpty)
      #expect(try await actions(stage) == ["guild.erase", "guild.export"])
    }
  }

  @Test func `incidents and maintenance are published, carried on and ended`() async throws {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      _ = try await desk.get("/operator/incidents")
      let refused = try await desk.post("/operator/incidents", [("title", ""), ("text", "what I wrote")])
      #expect(refused.status == HTTPStatus(422) && refused.text.contains("what I wrote"))
      _ = try await desk.post(
        "/operator/incidents",
        [
          ("kind", "incident"), ("title", "Slow"), ("text", "We look."), ("impact", "major"),
          ("part-bot", "on"),
        ])
      let book = stage.house.statusBoard.incidents
      let opened = try #require(try await book.unresolved().first)
      #expect(opened.title == "Slow" && opened.impact == .major && opened.components == [.bot])
      #expect(opened.openedBy == stage.operatorUser)
      let path = "/operator/incidents/\(opened.number)"
      _ = try await desk.post(path, [("status", "resolved"), ("text", "Over."), ("impact", "minor")])
      #expect(try await book.incident(opened.number)?.isResolved == true)
      #expect(
        try await desk.postJSON(path, [("status", "resolved"), ("text", "x")]).status == HTTPStatus(422))
      #expect(
        try await desk.post("/operator/incidents/77", [("status", "resolved"), ("text", "x")]).status
          == .notFound)
      let window = [("kind", "maintenance"), ("title", "Work"), ("text", "Soon.")]
      let backwards = window + [("starts", "2030-01-02T10:00"), ("ends", "2030-01-02T09:00")]
      #expect(try await desk.postJSON("/operator/incidents", backwards).status == HTTPStatus(422))
      _ = try await desk.post(
        "/operator/incidents", window + [("starts", "2030-01-02T10:00"), ("ends", "2030-01-02T11:00")])
      #expect(try await book.unresolved().first?.status == .scheduled)
      #expect(try await actions(stage) == ["maintenance.announce", "incident.resolve", "incident.open"])
    }
  }

  @Test func `legal pages are previewed and published; the draft is not`() async throws {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      let legal = LegalPages(store: stage.house.storage.platform, catalog: try LegalPages.catalog())
      let path = "/operator/legal/privacy"
      _ = try await desk.get(path)
      let draft = try await desk.post(path, [("act", "publish"), ("text", legal.draft(.privacy).markdown)])
      #expect(draft.status == HTTPStatus(422))
      let preview = try await desk.post(path, [("act", "preview"), ("text", "## Why\n\n<i>x</i> **y**")])
      #expect(preview.status == .ok && preview.text.contains("&lt;i&gt;x&lt;/i&gt; <strong>y</strong>"))
      #expect(try await legal.current(.privacy).version.isDraft)
      _ = try await desk.post(path, [("act", "publish"), ("text", "# Privacy\r\n\r\nLittle.")])
      #expect(try await legal.current(.privacy).markdown == "# Privacy\n\nLittle.")
      #expect(try await legal.current(.privacy).version.publishedBy == stage.operatorUser)
      #expect(try await actions(stage) == ["legal.publish"])
    }
  }

  @Test func `notices are read and dismissed, ended sessions swept`() async throws {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      stage.house.notices.report(
        NoticeDraft(.warning, from: "core", key: "k", Sentence("command.about")), to: .operators)
      await stage.house.notices.write(all: true)
      let page = try await desk.get("/operator/notices")
      #expect(page.text.contains("What this bot is"))
      let number = try #require(try await stage.house.notices.list(.operators).first).number
      _ = try await desk.post("/operator/notices/read", [("number", "\(number)")])
      #expect(try await stage.house.notices.unreadCount(.operators) == 0)
      _ = try await desk.post("/operator/notices/\(number)/dismiss")
      #expect(try await stage.house.notices.list(.operators).isEmpty)
      #expect(try await desk.post("/operator/notices/99/dismiss").status == .notFound)
      let swept = try await desk.post("/operator/accounts/sweep")
      #expect(swept.location == "/operator/accounts")
      #expect(try await actions(stage) == ["sessions.sweep"])
    }
  }

  @Test func `metrics of the last hour are drawn, and the overview has the figures of now`() async throws {
    try await DashboardStage.run { stage in
      let desk = try await stage.browser(as: stage.operatorUser)
      #expect(try await desk.get("/operator/metrics").text.contains("No figures yet"))
      try await stage.eventually("there are samples") {
        stage.time.advance(by: .seconds(20))
        return try await desk.get("/operator/metrics").text.contains("data-chart=\"line\"")
      }
      let page = try await desk.get("/operator/metrics")
      #expect(page.text.contains("charts.") && !page.text.contains("⟦"))
      let overview = try await desk.get("/operator")
      #expect(overview.text.contains("SQLite, embedded"))
      #expect(overview.text.contains("gateway, worker, scheduler, web"))
    }
  }
}
