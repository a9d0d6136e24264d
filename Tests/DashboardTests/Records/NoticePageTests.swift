// The notices of a guild on the dashboard.

import Assembly
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformNotices
import PlatformTenancy
import PlatformText
import Testing

@Suite(.timeLimit(.minutes(10))) struct NoticePageTests {
  @Test func `notices are shown, read, dismissed, and read all at once`() async throws {
    try await DashboardStage.run { stage in
      for key in ["a", "b", "c"] {
        stage.house.notices.report(
          NoticeDraft(.problem, from: "core", key: key, Sentence("command.failed")), to: .guild(stage.tenant))
      }
      await stage.house.notices.write(all: true)
      let browser = try await stage.browser(as: stage.manager)
      let base = "/g/\(stage.guild)/notices"
      let page = try await browser.get(base)
      #expect(page.text.contains("3 unread") && page.text.contains("Problem") && !page.text.contains("⟦"))
      _ = try await browser.post(base + "/mark", [("number", "1"), ("status", "dismissed")])
      _ = try await browser.post(base + "/mark", [("number", "2"), ("status", "read")])
      #expect(try await stage.house.notices.unreadCount(.guild(stage.tenant)) == 1)
      #expect(try await stage.house.notices.list(.guild(stage.tenant)).map(\.number) == [3, 2])
      let all = try await browser.postJSON(base + "/read", [("upTo", "3")])
      #expect(try all.json()["message"]?.string == "Marked as read: 1.")
      #expect(try await stage.house.notices.unreadCount(.guild(stage.tenant)) == 0)
      #expect(try await browser.get(base + "?all=1").text.contains("Bring back"))
      #expect(
        try await browser.post(base + "/mark", [("number", "99"), ("status", "read")]).status == .notFound)
    }
  }

  @Test func `a viewer reads notices and marks none`() async throws {
    try await DashboardStage.run { stage in
      _ = try await AccessStore(stage.store).grant(
        AccessGrant(.user(stage.member), .viewer), by: stage.owner, at: stage.time.now)
      let browser = try await stage.browser(as: stage.member)
      let base = "/g/\(stage.guild)/notices"
      #expect(try await browser.get(base).status == .ok)
      #expect(try await browser.post(base + "/read").status == .forbidden)
    }
  }
}
