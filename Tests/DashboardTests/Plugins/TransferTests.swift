// Export and import: the same bytes again, a difference first, all or nothing.

import Assembly
import DiscordCore
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

@Suite(.timeLimit(.minutes(10))) struct TransferTests {
  private func set(_ prefix: String, _ stage: DashboardStage) async throws {
    try await stage.house.configurations.update(
      CoreSettings.self, plugin: CorePlugin.id, in: stage.tenant,
      by: ChangeOrigin(.user(stage.owner), at: stage.time.now)
    ) { $0.prefix = prefix }
  }

  @Test func `what was exported is imported again, and exported as the same bytes`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/transfer"
      try await set("!", stage)
      try await stage.enable("welcome")
      let first = try await manager.get("\(path)/export")
      #expect(first.fields["Content-Disposition"]?.contains("attachment") == true)
      #expect(try await manager.get("\(path)/export").text == first.text)
      try await set("?", stage)
      try await stage.enable("welcome", false)
      _ = try await manager.get(path)
      let look = try await manager.post("\(path)/preview", [("document", first.text)])
      #expect(
        look.status == .ok && look.text.contains("Switched on") && look.text.contains("Apply all of it"))
      #expect(try await manager.get("\(path)/export").text != first.text)
      let revisions = try #require(look.value("revisions"))
      let done = try await manager.post(
        "\(path)/import", [("document", first.text), ("revisions", revisions)])
      #expect(try await manager.follow(done).text.contains("2 plugins changed"))
      #expect(try await manager.get("\(path)/export").text == first.text)
      let nothing = try await manager.post("\(path)/preview", [("document", first.text)])
      #expect(nothing.text.contains("Nothing would change"))
      let one = try await manager.get("\(path)/export?plugin=core")
      #expect(try one.json()["plugin"]?.string == "core")
      #expect(try await manager.get("\(path)/export?plugin=nothing").status == .notFound)
    }
  }

  @Test func `a document of which one part does not fit changes nothing`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/transfer"
      _ = try await manager.get(path)
      let good: JSONValue = ["plugin": "core", "version": 1, "settings": ["prefix": "!"]]
      let bad: JSONValue = [
        "plugin": "welcome", "version": 1, "settings": ["join": ["isOn": "<b>maybe</b>"]],
      ]
      let documents: [JSONValue] = [
        ["plugins": [good, bad]], ["plugins": [good, good]], ["plugins": [good, ["plugin": "<b>none</b>"]]],
        ["plugins": []], ["plugins": [1]], [], "text", ["plugin": "core", "version": 99, "settings": [:]],
      ]
      for document in documents {
        let text = String(decoding: try document.encoded(), as: UTF8.self)
        let page = try await manager.post("\(path)/preview", [("document", text)])
        #expect(page.status.code == 422, "\(text)")
        #expect(!page.text.contains("<b>none") && !page.text.contains("<b>maybe"))
        #expect(
          try await manager.post("\(path)/import", [("document", text), ("revisions", "")]).status.code == 422
        )
      }
      let deep = String(repeating: "[", count: 100_000)
      for text in ["", "{", deep, "</textarea><script>"] {
        #expect(try await manager.post("\(path)/preview", [("document", text)]).status.code == 422)
      }
      #expect(try await stage.house.configurations.current(stage.tenant).revision == 0)
    }
  }

  @Test func `what changed since the look is not overwritten`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/transfer"
      _ = try await manager.get(path)
      let text = #"{"plugin":"core","version":1,"settings":{"prefix":"!"}}"#
      let look = try await manager.post("\(path)/preview", [("document", text)])
      let revisions = try #require(look.value("revisions"))
      try await set("?", stage)
      let late = try await manager.post("\(path)/import", [("document", text), ("revisions", revisions)])
      #expect(late.status.code == 409 && late.text.contains("Something changed since you looked"))
      try await stage.allow(stage.member)
      let viewer = try await stage.browser(as: stage.member)
      #expect(try await !viewer.get(path).text.contains("name=\"document\""))
      #expect(try await viewer.post("\(path)/preview", [("document", text)]).status == .forbidden)
      #expect(try await viewer.get("\(path)/export").status == .ok)
    }
  }
}
