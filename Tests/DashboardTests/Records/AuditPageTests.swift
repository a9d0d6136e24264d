// The audit log's page: who sees it, what it shows, what the filters leave, what an export has.

import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAudit
import PlatformTenancy
import Synchronization
import Testing

@testable import Dashboard

@Suite(.timeLimit(.minutes(10))) struct AuditPageTests {
  @Test func `a viewer reads who changed what, in words, with before and after`() async throws {
    try await DashboardStage.run { stage in
      try await stage.enable("automod")
      try await AuditLog(stage.store).append(
        AuditEntry(
          at: stage.time.now, actor: .user(stage.manager), action: "settings.change", target: "welcome",
          address: "203.0.113.9", before: ["text": "<b>old</b>"], after: ["text": "new"]))
      let page = try await stage.browser(as: stage.manager).get("/g/\(stage.guild)/audit")
      #expect(page.status == .ok)
      for part in ["mara", "changed settings of", "switched AutoMod on", "203.0.113.9", ">new<"] {
        #expect(page.text.contains(part), "\(part)")
      }
      #expect(page.text.contains("&lt;b&gt;old") && !page.text.contains("<b>old"))
      #expect(!page.text.contains("⟦"))
    }
  }

  @Test func `filters leave what fits, and pages follow by number`() async throws {
    try await DashboardStage.run { stage in
      let log = AuditLog(stage.store)
      for index in 1...60 {
        try await log.append(
          AuditEntry(
            at: stage.time.now, actor: index == 7 ? .operator : .user(stage.owner), action: "test.deed",
            target: "thing-\(index)"))
      }
      let browser = try await stage.browser(as: stage.owner)
      let base = "/g/\(stage.guild)/audit"
      let first = try await browser.get(base)
      #expect(first.text.contains("thing-60") && !first.text.contains("thing-10<"))
      let older = try await browser.get(base + "?before=11")
      #expect(older.text.contains("thing-10<") && !older.text.contains("thing-11<"))
      let operators = try await browser.get(base + "?actor=operator")
      #expect(operators.text.contains("thing-7<") && !operators.text.contains("thing-8<"))
      let none = try await browser.get(base + "?actor=nobody")
      #expect(none.text.contains("Nothing of that kind"))
      let past = try await browser.get(base + "?until=2001-01-01")
      #expect(past.text.contains("Nothing of that kind"))
    }
  }

  @Test func `an export has every entry, is entered itself, and is a manager's`() async throws {
    try await DashboardStage.run { stage in
      let log = AuditLog(stage.store)
      for index in 1...230 {
        try await log.append(
          AuditEntry(
            at: stage.time.now, actor: .user(stage.owner), action: "test.deed", target: "=\(index),\"x\""))
      }
      let manager = try await stage.browser(as: stage.manager)
      _ = try await manager.get("/g/\(stage.guild)/audit")
      let answer = try await manager.post(
        "/g/\(stage.guild)/audit/export", [("format", "csv"), ("action", "test.")])
      #expect(answer.status == .ok)
      #expect(answer.fields["Content-Disposition"]?.contains("attachment; filename=\"audit-") == true)
      var filter = AuditFilter()
      filter.action = "audit.export"
      let exports = try await log.entries(filter)
      #expect(exports.map(\.actor) == [.user(stage.manager)])
      #expect(exports.first?.after["format"]?.string == "csv")
      filter.action = "test."
      filter.limit = 100
      var text = ""
      try await AuditExport.csv(log, filter) { text += String(decoding: $0, as: UTF8.self) }
      #expect(text.split(separator: "\r\n").count == 231)
      // No spreadsheet takes it for a formula.
      #expect(text.contains("\"'=230,\"\"x\"\"\""))
      var bytes: [UInt8] = []
      try await AuditExport.json(log, filter) { bytes += $0 }
      #expect(try JSONValue(parsing: bytes).array?.count == 230)
      let stranger = try await stage.browser(as: stage.member)
      _ = try await stranger.get("/servers")
      #expect(
        try await stranger.post("/g/\(stage.guild)/audit/export", [("format", "csv")]).status == .notFound)
    }
  }
}
