// The pages that plugins bring: roles, switches, forms, pictures, and failures that break nothing.

import Assembly
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformCommands
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import PlatformTenancy
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct OwnPageTests {
  @Test func `a page of a plugin that is off says so, with the switch`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/automod/rules"
      let off = try await manager.get(path)
      #expect(
        off.status == .ok && off.text.contains("is off") && off.text.contains("/plugins/automod/switch"))
      let on = try await manager.post(
        "/g/\(stage.guild)/plugins/automod/switch", [("on", "on"), ("next", path)])
      #expect(try await manager.follow(on).text.contains("<table"))
      #expect(try await manager.get("/g/\(stage.guild)/automod/nothing").status == .notFound)
      #expect(try await manager.get("/g/\(stage.guild)/nothing/rules").status == .notFound)
    }
  }

  @Test func `the test box answers to a form of its own page and to no other`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("automod")
      try await stage.allow(stage.member)
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/automod/test"
      #expect(try await manager.get(path).text.contains("name=\"text\""))
      let answer = try await manager.post(path, [("text", "</textarea><b>free nitro</b> discord.gg/abcdef")])
      #expect(answer.status == .ok && answer.text.contains("What the rules say"))
      #expect(!answer.text.contains("<b>free nitro") && answer.text.contains("matches"))
      #expect(try await manager.post(path, [("text", "x")], csrf: "wrong").status == .forbidden)
      let foreign = try await manager.post(path, [("text", "x")], fields: ["Origin": "https://evil.test"])
      #expect(foreign.status == .forbidden)
      let viewer = try await stage.browser(as: stage.member)
      #expect(try await viewer.get(path).status == .forbidden)
      #expect(try await viewer.post(path, [("text", "x")]).status == .forbidden)
      #expect(try await viewer.get("/g/\(stage.guild)/automod/rules").status == .ok)
      try await stage.enable("automod", false)
      #expect(try await manager.postJSON(path, [("text", "x")]).status.code == 422)
    }
  }

  @Test func `the simulation reads a channel and tells what would have been`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("automod")
      try await stage.act(
        .post, "/channels/\(stage.channel)/messages", ["content": "hello"], as: stage.member)
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/automod/simulation"
      #expect(try await manager.get(path).text.contains("general"))
      let report = try await manager.post(path, [("channel", "\(stage.channel)"), ("hours", "24")])
      #expect(report.status == .ok && report.text.contains("Of 1 messages"))
      let nowhere = try await manager.post(path, [("channel", "1"), ("hours", "24")])
      #expect(nowhere.location == path)
      #expect(try await manager.follow(nowhere).text.contains("This channel is not there"))
    }
  }

  @Test func `a page that fails is a sentence`() async throws {
    try await DashboardStage.run { stage in
      let dispatcher = stage.house.dispatcher
      let core = try #require(try await dispatcher.context(of: "welcome", in: stage.guild, cause: "t"))
      let request = PageRequest(user: stage.owner, role: .owner)
      let failing = PluginPage(plugin: "welcome", id: "x", role: .viewer) { _, _ in
        throw StageFailure(description: "broken")
      }
      await #expect(throws: PageFailure.failed) { try await dispatcher.render(failing, core, request) }
      let hanging = PluginPage(plugin: "welcome", id: "y", role: .viewer) { core, _ in
        try await core.host.time.sleep(for: .seconds(3_600))
        return PageContent { _ in }
      }
      async let late = failure { _ = try await dispatcher.render(hanging, core, request) }
      for _ in 0..<50 {
        await stage.advance(by: .seconds(1))
        try await ContinuousClock().sleep(for: .milliseconds(5))
      }
      let thrown = await late
      #expect(thrown as? PageFailure == .tooSlow)
    }
  }
}

/// What a call throws.
private func failure(_ body: () async throws -> Void) async -> (any Error)? {
  do { try await body() } catch { return error }
  return nil
}
