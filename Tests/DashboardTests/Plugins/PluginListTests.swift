// The list of plugins: what it shows, who may switch, and what a switch does.

import Assembly
import DiscordCore
import DiscordTestKit
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAudit
import PlatformCommands
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import PlatformTenancy
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct PluginListTests {
  @Test func `every plugin is there with what it is for and what it needs, and the search narrows`()
    async throws
  {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner)
      let page = try await owner.get("/g/\(stage.guild)/plugins")
      #expect(page.status == .ok)
      for unit in stage.house.catalog.units {
        #expect(page.text.contains("/g/\(stage.guild)/plugins/\(unit.id)\""), "\(unit.id)")
      }
      #expect(page.text.contains("manage roles") && page.text.contains("The bot has it"))
      let found = try await owner.get("/g/\(stage.guild)/plugins?q=purge")
      #expect(found.text.contains("/plugins/moderation\"") && !found.text.contains("/plugins/welcome\""))
      let hostile = try await owner.get("/g/\(stage.guild)/plugins?q=%3Cimg%20src%3Dx%3E")
      #expect(!hostile.text.contains("<img src=x>") && hostile.text.contains("No plugin found"))
    }
  }

  @Test func `a manager switches at once, with and without a script, and it is on record`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let list = "/g/\(stage.guild)/plugins"
      _ = try await manager.get(list)
      let on = try await manager.post("\(list)/welcome/switch", [("on", "on"), ("next", "\(list)?q=wel")])
      #expect(on.location == "\(list)?q=wel")
      #expect(try await manager.follow(on).text.contains("Welcome is on."))
      #expect(try await stage.house.configurations.current(stage.tenant).isEnabled("welcome"))
      let off = try await manager.postJSON("\(list)/welcome/switch")
      #expect(off.status == .ok)
      #expect(try off.json()["message"]?.string == "Welcome is off.")
      #expect(try await !stage.house.configurations.current(stage.tenant).isEnabled("welcome"))
      let core = try await manager.postJSON("\(list)/core/switch")
      #expect(core.status.code == 422)
      let entries = try await AuditLog(stage.store).entries(AuditFilter())
      #expect(
        entries.contains { $0.action == "plugin.enable" && $0.target == "welcome" && $0.address != nil })
      // Nobody is led off the site.
      let away = try await manager.post(
        "\(list)/welcome/switch", [("on", "on"), ("next", "https://evil.test/")])
      #expect(away.location == list)
    }
  }

  @Test func `a viewer looks and changes nothing; others see nothing; a foreign form is refused`()
    async throws
  {
    try await DashboardStage.run { stage in
      try await stage.allow(stage.member)
      let viewer = try await stage.browser(as: stage.member)
      let list = "/g/\(stage.guild)/plugins"
      let page = try await viewer.get(list)
      #expect(page.status == .ok && !page.text.contains("/switch\""))
      for path in [
        "\(list)/welcome/switch", "\(list)/welcome", "\(list)/welcome/revert", "\(list)/welcome/preview",
      ] {
        #expect(try await viewer.post(path).status == .forbidden, "\(path)")
      }
      #expect(try await viewer.get("\(list)/welcome").text.contains("disabled"))
      let stranger = try await stage.browser(as: stage.otherOwner)
      #expect(try await stranger.get(list).status == .notFound)
      let manager = try await stage.browser(as: stage.manager)
      _ = try await manager.get(list)
      #expect(
        try await manager.post("\(list)/welcome/switch", [("on", "on")], csrf: "x").status == .forbidden)
      #expect(try await !stage.house.configurations.current(stage.tenant).isEnabled("welcome"))
    }
  }
}
