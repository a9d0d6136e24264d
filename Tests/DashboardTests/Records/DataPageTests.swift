// Data rights on the dashboard: who may, what is typed, what is gone.

import Assembly
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct DataPageTests {
  @Test func `the page tells what is held, and offers what the role allows`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner).get("/g/\(stage.guild)/data")
      #expect(owner.text.contains("audit_entry") && owner.text.contains("Erase everything"))
      #expect(!owner.text.contains("⟦"))
      let manager = try await stage.browser(as: stage.manager).get("/g/\(stage.guild)/data")
      #expect(manager.text.contains("/data/member/export") && !manager.text.contains("/data/erase"))
    }
  }

  @Test func `exports are entered in the log, and are the owner's for the whole server`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let base = "/g/\(stage.guild)/data"
      _ = try await manager.get(base)
      #expect(try await manager.post(base + "/export").status == .forbidden)
      let member = try await manager.post(base + "/member/export", [("user", "\(stage.member)")])
      #expect(member.fields["Content-Disposition"]?.contains("member-\(stage.member)-of-") == true)
      var filter = AuditFilter()
      filter.action = "data.export"
      #expect(try await AuditLog(stage.store).entries(filter).map(\.target) == ["\(stage.member)"])
      // The first is not read yet: one at a time.
      let second = try await manager.postJSON(base + "/member/export", [("user", "\(stage.member)")])
      #expect(second.status == HTTPStatus(422))
    }
  }

  @Test func `a person is erased by the owner who typed the id twice`() async throws {
    try await DashboardStage.run { stage in
      stage.house.dispatcher.why.note(
        .init(
          at: stage.time.now, plugin: "core", cause: "e", subject: .init(member: stage.member),
          outcome: .acted, key: "x"), in: stage.guild)
      let browser = try await stage.browser(as: stage.owner)
      let base = "/g/\(stage.guild)/data"
      _ = try await browser.get(base)
      let unsure = try await browser.postJSON(
        base + "/member/erase", [("user", "\(stage.member)"), ("confirm", "yes")])
      #expect(unsure.status == HTTPStatus(422))
      #expect(
        try await !stage.house.dispatcher.why.records(about: stage.member.rawValue, in: stage.guild).isEmpty)
      let page = try await browser.post(
        base + "/member/erase", [("user", "\(stage.member)"), ("confirm", "\(stage.member)")])
      #expect(page.status == .ok && page.text.contains("why_record"))
      #expect(
        try await stage.house.dispatcher.why.records(about: stage.member.rawValue, in: stage.guild).isEmpty)
      var filter = AuditFilter()
      filter.action = "data.erase"
      #expect(try await AuditLog(stage.store).entries(filter).map(\.target) == ["\(stage.member)"])
    }
  }

  @Test func `a server is erased by the owner who typed its name`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("automod")
      let browser = try await stage.browser(as: stage.owner)
      let base = "/g/\(stage.guild)/data"
      _ = try await browser.get(base)
      #expect(
        try await browser.postJSON(base + "/erase", [("confirm", "the test")]).status == HTTPStatus(422))
      let page = try await browser.post(base + "/erase", [("confirm", "The Test")])
      #expect(page.status == .ok && page.text.contains("no copy of it can be read"))
      let current = try await stage.house.configurations.current(stage.tenant)
      #expect(!current.isEnabled("automod"))
    }
  }
}
