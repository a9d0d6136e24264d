// The bot page: how the bot is, and a bot of one's own.

import PlatformTenancy
import EventLoop
import Assembly
import DiscordCore
import HTTPServer
import HTTPTypes
import PlatformAudit
import PlatformBots
import Simulator
import SimulatorWorld
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct BotPageTests {
  @Test func `the page tells how the shared bot is, and what it may`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let page = try await manager.get("/g/\(stage.guild)/bot")
      #expect(page.status == .ok)
      for text in ["Online", "Guildhall", "Shared:", "1 of 1", "A bot of your own", "administrator"] {
        #expect(page.text.contains(text), "\(text)")
      }
      #expect(!page.text.contains("name=\"token\""))
      let owner = try await stage.browser(as: stage.owner)
      #expect(try await owner.get("/g/\(stage.guild)/bot").text.contains("name=\"token\""))
    }
  }

  @Test func `a wrong token is refused with a sentence and never shown`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(stage.guild)/bot")
      for (token, sentence) in [
        ("", "Paste the"), ("12345678901234567", "This is an id"), ("a<b>c", "not a bot"),
      ] {
        let page = try await owner.post("/g/\(stage.guild)/bot/token", [("token", token)])
        #expect(page.status.code == 422)
        #expect(page.text.contains(sentence))
        #expect(!page.text.contains("a&lt;b&gt;c"))
      }
      let script = try await owner.postJSON("/g/\(stage.guild)/bot/token", [("token", "x")])
      #expect(script.status.code == 422 && script.text.contains("not a bot"))
      #expect(try await stage.house.registry.ownBot(of: stage.tenant) == nil)
    }
  }

  @Test func `an own bot takes over, is rotated, stopped, started, and given up again`() async throws {
    try await DashboardStage.run { stage in
      let (guild, user) = (stage.guild, stage.owner)
      let bot = try await stage.simulator.withWorld { world in
        let application = world.makeApplication("Own & proud", owner: user)
        try world.join(application.botID, guild, permissions: .administrator, addedBy: user)
        return (id: application.botID, application: application.id, token: application.botToken)
      }
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(guild)/bot")
      let taken = try await owner.post("/g/\(guild)/bot/token", [("token", " \(bot.token)\n")])
      #expect(taken.status == .ok && taken.text.contains("Own &amp; proud is this server&#39;s own bot now"))
      #expect(!taken.text.contains(bot.token))
      try await stage.eventually("it took over") { stage.house.serving.server(of: stage.tenant) == bot.id }
      try await stage.eventually("the page says so") {
        let page = try await owner.get("/g/\(guild)/bot")
        return page.status == .ok && page.text.contains("Serves this server")
      }
      let other = try await owner.post("/g/\(guild)/bot/rotate", [("token", "MTIz.x.y")])
      #expect(other.status.code == 422)
      #expect(try await owner.postJSON("/g/\(guild)/bot/rotate", [("token", bot.token)]).status == .ok)
      _ = try await owner.post("/g/\(guild)/bot/stop")
      let stopped = try await stage.house.registry.registration(of: bot.id)
      #expect(stopped?.wanted == .stopped)
      // The shared bot stands in.
      try await stage.eventually("the shared bot stands in") {
        stage.house.serving.server(of: stage.tenant) != bot.id
      }
      _ = try await owner.get("/g/\(guild)/bot")
      _ = try await owner.post("/g/\(guild)/bot/restart")
      #expect(try await stage.house.registry.registration(of: bot.id)?.wanted == .running)
      _ = try await owner.post("/g/\(guild)/bot/unassign")
      #expect(try await stage.house.registry.registration(of: bot.id) == nil)
      let entries = try await AuditLog(stage.store).entries()
      #expect(
        entries.map(\.action) == [
          "bot.unassign", "bot.restart", "bot.stop", "bot.rotate", "bot.register",
        ])
      #expect(entries.allSatisfy { $0.actor == .user(user) && $0.address == "203.0.113.7" })
    }
  }

  @Test func `a bot that serves other servers too is not stopped from one of them`() async throws {
    try await DashboardStage.run { stage in
      let (guild, otherGuild, user) = (stage.guild, stage.otherGuild, stage.owner)
      let bot = try await stage.simulator.withWorld { world in
        let application = world.makeApplication("Two", owner: user)
        for place in [guild, otherGuild] {
          try world.join(application.botID, place, permissions: .administrator, addedBy: user)
        }
        return (id: application.botID, token: application.botToken)
      }
      let owner = try await stage.browser(as: stage.owner)
      _ = try await owner.get("/g/\(guild)/bot")
      #expect(try await owner.postJSON("/g/\(guild)/bot/token", [("token", bot.token)]).status == .ok)
      let otto = try await stage.browser(as: stage.otherOwner)
      _ = try await otto.get("/g/\(otherGuild)/bot")
      let path = "/g/\(otherGuild)/bot/token"
      #expect(try await otto.postJSON(path, [("token", bot.token)]).status.code == 422)
      #expect(try await otto.postJSON(path, [("token", bot.token), ("also", "on")]).status == .ok)
      #expect(try await owner.postJSON("/g/\(guild)/bot/stop").status.code == 422)
      _ = try await owner.postJSON("/g/\(guild)/bot/unassign")
      #expect(try await stage.house.registry.ownBot(of: stage.tenant) == nil)
      #expect(try await stage.house.registry.registration(of: bot.id)?.guilds.map(\.guild) == [otherGuild])
    }
  }
}
