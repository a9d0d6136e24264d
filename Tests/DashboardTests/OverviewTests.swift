// The overview of a server, and its first steps.

import PlatformSettings
import JSON
import DiscordBot
import PlatformDispatch
import PlatformBots
import EventLoop
import Assembly
import DiscordCore
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformNotices
import PlatformPlugins
import PlatformText
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct OverviewTests {
  @Test func `a server that nobody set up is set up by one press`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner)
      #expect(try await owner.get("/g/\(stage.guild)").text.contains("/g/\(stage.guild)/setup"))
      let wizard = try await owner.get("/g/\(stage.guild)/setup")
      #expect(wizard.text.contains("Ban Members") && wizard.text.contains("Gaming"))
      let done = try await owner.post("/g/\(stage.guild)/setup", [("preset", "gaming")])
      #expect(done.location == "/g/\(stage.guild)")
      let configuration = try await stage.house.configurations.current(stage.tenant)
      #expect(
        configuration.enabledPlugins.filter { $0 != "core" } == ["automod", "moderation", "roles", "welcome"])
      let document = try #require(configuration.anySettings(of: "automod")?.document)
      #expect(document["spam"]?["messages"]?.int64 == 10)
      let overview = try await owner.follow(done)
      #expect(overview.text.contains("Gaming: 4 plugins are on"))
      #expect(!overview.text.contains("This server is not set up yet"))
      let entries = try await AuditLog(stage.store).entries()
      #expect(entries.first?.action == "setup.apply" && entries.first?.address == "203.0.113.7")
    }
  }

  @Test(arguments: ["community", "gaming", "support", "quiet"])
  func `every kind of server has settings that fit`(_ preset: String) async throws {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(stage.guild)/setup")
      #expect(try await owner.postJSON("/g/\(stage.guild)/setup", [("preset", preset)]).status == .ok)
      #expect(try await stage.house.configurations.current(stage.tenant).isEnabled("automod"))
    }
  }

  @Test func `what somebody set by hand stays when a kind of server is chosen`() async throws {
    try await DashboardStage.run { stage in
      let origin = ChangeOrigin(.user(stage.owner), at: stage.time.now)
      try await stage.house.configurations.set(
        "spam.messages", typed: "6", plugin: "automod", in: stage.tenant, by: origin)
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(stage.guild)/setup")
      _ = try await owner.post("/g/\(stage.guild)/setup", [("preset", "gaming")])
      let document = try await stage.house.configurations.current(stage.tenant).anySettings(of: "automod")?
        .document
      #expect(document?["spam"]?["messages"]?.int64 == 6)
    }
  }

  @Test func `a viewer sees the overview and switches nothing`() async throws {
    try await DashboardStage.run { stage in
      _ = try await AccessStore(stage.store).grant(
        AccessGrant(.user(stage.member), .viewer), by: stage.owner, at: stage.time.now)
      let viewer = try await stage.browser(as: stage.member)
      let page = try await viewer.get("/g/\(stage.guild)")
      #expect(page.status == .ok)
      #expect(!page.text.contains("/switch"))
      #expect(try await viewer.post("/g/\(stage.guild)/setup", [("preset", "quiet")]).status == .forbidden)
      #expect(
        try await stage.house.configurations.current(stage.tenant).enabledPlugins.contains("automod") == false
      )
      let owner = try await stage.browser(as: stage.owner)
      #expect(
        try await owner.get("/g/\(stage.guild)").text.contains("/g/\(stage.guild)/plugins/automod/switch"))
    }
  }

  @Test func `missing permissions, notices and an offline bot need attention`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("moderation")
      let owner = try await stage.browser(as: stage.owner)
      #expect(try await owner.get("/g/\(stage.guild)").text.contains("Nothing needs attention"))
      let bot = try #require(stage.house.dispatcher.bots.bot(serving: stage.guild))
      let role = try #require(bot.cache.roles(in: stage.guild).first { $0.isManaged })
      try await stage.act(
        .patch, "/guilds/\(stage.guild)/roles/\(role.id)", ["permissions": 1024], as: stage.owner)
      stage.house.notices.report(
        NoticeDraft(.problem, from: "core", key: "k", Sentence("core.<b>unknown")), to: .guild(stage.tenant))
      try await stage.eventually("both are told of") {
        let page = try await owner.get("/g/\(stage.guild)")
        return page.text.contains("The bot lacks:") && page.text.contains("Ban Members")
          && page.text.contains("Reported 1 times")
      }
      let page = try await owner.get("/g/\(stage.guild)")
      #expect(!page.text.contains("<b>unknown"))
      let servers = try await owner.get("/servers")
      #expect(servers.text.contains("permissions missing") && servers.text.contains("1 unread"))
      try await stage.house.registry.setWanted(.stopped, for: bot.id)
      try await stage.eventually("the bot is said to be offline") {
        try await owner.get("/servers").text.contains("The bot is offline")
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `what plugins did is drawn by the hour and by the day`(_ engine: Engine) async throws {
    try await DashboardStage.run(on: engine) { stage in
      let owner = try await stage.browser(as: stage.owner)
      #expect(try await owner.get("/g/\(stage.guild)").text.contains("Nothing yet. As soon as plugins act"))
      func note(_ outcome: WhyRecord.Outcome, _ plugin: String) {
        stage.house.dispatcher.why.note(
          WhyRecord(
            at: stage.time.now, plugin: plugin, cause: "test", subject: WhySubject(), outcome: outcome,
            key: "why.test", parameters: [:]), in: stage.guild)
      }
      for _ in 0..<3 { note(.acted, "automod") }
      note(.noMatch, "automod")
      await stage.house.dispatcher.why.flush()
      note(.acted, "automod")
      note(.acted, "welcome")
      await stage.house.dispatcher.why.flush()
      let now = stage.time.now
      let deeds = try await stage.house.dispatcher.why.deeds(
        since: Timestamp(milliseconds: now.milliseconds - now.milliseconds % 86_400_000), hours: 24,
        in: stage.guild)
      #expect(deeds.map(\.plugin) == ["automod", "welcome"] && deeds.map(\.count) == [4, 1])
      let page = try await owner.get("/g/\(stage.guild)").text
      // The highest column, and its parts: four and one of five.
      #expect(page.contains("<span class=\"chart-most\">5</span>"))
      #expect(page.contains("height=\"80\"") && page.contains("height=\"20\""))
      stage.time.advance(by: .seconds(2 * 86_400))
      let later = try await owner.get("/g/\(stage.guild)").text
      #expect(later.contains("<span class=\"chart-most\">0</span>"))
      #expect(later.contains("<span class=\"chart-most\">5</span>"))
    }
  }
}
