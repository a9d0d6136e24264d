// Settings of plugins: saving, refusing, two people at once, presets, history, previews.

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

@Suite(.timeLimit(.minutes(10))) struct PluginSettingsTests {
  private func core(_ stage: DashboardStage) async throws -> CoreSettings {
    try await stage.house.configurations.current(stage.tenant).settings(CoreSettings.self, of: CorePlugin.id)
  }

  private static func form(_ revision: String, _ fields: (String, String)...) -> [(String, String)] {
    [(".record", ""), ("revision", revision)] + fields
  }

  @Test func `what was typed is stored; what does not fit is shown where it stands, as it was typed`()
    async throws
  {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/plugins/core"
      let page = try await manager.get(path)
      #expect(page.text.contains("name=\"zone\"") && page.text.contains("#general"))
      #expect(page.value("revision") == "0")
      let wrong = try await manager.post(
        path, Self.form("0", ("prefix", "!"), ("zone", "Nowhere<b>/At all")))
      #expect(wrong.status.code == 422)
      #expect(
        wrong.text.contains("There is no such time zone") && wrong.text.contains("Nowhere&lt;b&gt;/At all"))
      #expect(try await core(stage).prefix == ".")
      let saved = try await manager.post(path, Self.form("0", ("prefix", "!"), ("zone", "Europe/Berlin")))
      #expect(saved.location == path)
      #expect(try await manager.follow(saved).text.contains("are saved."))
      let now = try await core(stage)
      #expect(now.prefix == "!" && now.zone == "Europe/Berlin")
    }
  }

  @Test func `two people save at once: nothing is lost, and nothing is overwritten unseen`() async throws {
    try await DashboardStage.run { stage in
      let (owner, manager) = (
        try await stage.browser(as: stage.owner), try await stage.browser(as: stage.manager)
      )
      let path = "/g/\(stage.guild)/plugins/core"
      let seen = try #require(try await manager.get(path).value("revision"))
      _ = try await owner.get(path)
      _ = try await owner.post(path, Self.form(seen, ("prefix", "?"), ("zone", "Europe/Paris")))
      let conflict = try await manager.post(path, Self.form(seen, ("prefix", "!"), ("language", "de")))
      #expect(conflict.status.code == 409)
      #expect(
        conflict.text.contains("Somebody else saved meanwhile") && conflict.text.contains("Europe/Paris"))
      #expect(conflict.text.contains("value=\"!\"") && conflict.text.contains("value=\"Europe/Paris\""))
      #expect(try await core(stage).prefix == "?")
      let revision = try #require(conflict.value("revision"))
      let again = try await manager.post(
        path, Self.form(revision, ("prefix", "!"), ("language", "de"), ("zone", "Europe/Paris")))
      #expect(again.location == path)
      let now = try await core(stage)
      #expect(now.prefix == "!" && now.language == .german && now.zone == "Europe/Paris")
    }
  }

  @Test func `a preset is shown with what it changes, and applied once`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/plugins/automod"
      #expect(try await manager.get(path).text.contains("\(path)/presets/strict"))
      let page = try await manager.get("\(path)/presets/strict")
      #expect(
        page.status == .ok && page.text.contains("Apply Strict") && page.text.contains("settings-changes"))
      let stale = try #require(page.value("revision"))
      let applied = try await manager.post("\(path)/presets/strict", [("revision", stale)])
      #expect(try await manager.follow(applied).text.contains("has the preset Strict now"))
      let document = try await stage.house.configurations.current(stage.tenant).anySettings(of: "automod")?
        .document
      #expect(document?["spam"]?["messages"]?.int64 == 5)
      let late = try await manager.post("\(path)/presets/lenient", [("revision", stale)])
      #expect(try await manager.follow(late).text.contains("Somebody changed the settings meanwhile"))
      #expect(try await manager.get("\(path)/presets/strict").text.contains("like this already"))
      #expect(try await manager.get("\(path)/presets/none").status == .notFound)
    }
  }

  @Test func `the history tells who and what, in pages, and leads back`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/plugins/core"
      for number in 0..<23 {
        try await stage.house.configurations.update(
          CoreSettings.self, plugin: CorePlugin.id, in: stage.tenant,
          by: ChangeOrigin(number == 22 ? .operator : .user(stage.manager), at: stage.time.now)
        ) { $0.prefix = "p\(number)" }
      }
      let page = try await manager.get("\(path)/history")
      #expect(page.text.contains("The operator") && page.text.contains("mara") && page.text.contains("p22"))
      #expect(page.text.contains("before=4\"") && !page.text.contains(">p0<"))
      let older = try await manager.get("\(path)/history?before=4")
      #expect(older.text.contains("p0") && !older.text.contains("p22"))
      let back = try await manager.post("\(path)/revert", [("revision", "1")])
      #expect(try await manager.follow(back).text.contains("as they were at revision 1"))
      #expect(try await core(stage).prefix == "p0")
      let gone = try await manager.post("\(path)/revert", [("revision", "999")])
      #expect(try await manager.follow(gone).text.contains("not kept any more"))
      try await stage.enable("welcome")
      let on = try await manager.get("/g/\(stage.guild)/plugins/welcome/history")
      #expect(on.text.contains("Switched on"))
    }
  }

  @Test func `a preview shows what is not saved, and nothing in it is markup`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/plugins/welcome"
      _ = try await manager.get(path)
      let fields = [
        (".record", ""), (".record", "join"), ("revision", "0"), ("join.isOn", "on"), ("join.hasCard", "on"),
        (".list", "join.texts"), (".row", "join.texts[0]"),
        ("join.texts[0]", "<script>alert(1)</script> dear"),
        ("join.texts", "<script>alert(1)</script> dear"),
      ]
      let part = try await manager.post("\(path)/preview?part=1", fields)
      #expect(part.status == .ok && part.text.hasPrefix("<div class=\"preview-content\">"))
      #expect(!part.text.contains("<script>"))
      let picture = try #require(
        part.text.split(separator: "src=\"").dropFirst().first?.split(separator: "\"").first)
      let address = picture.replacing("&amp;", with: "&")
      #expect(address.hasPrefix("/g/\(stage.guild)/welcome/card?") && address.contains("draft="))
      let whole = try await manager.post("\(path)/preview", fields)
      #expect(whole.status == .ok && whole.text.contains("data-draft=\"unsaved\""))
      #expect(try await stage.house.configurations.current(stage.tenant).revision(of: "welcome") == 0)
      #expect(try await manager.post("/g/\(stage.guild)/plugins/moderation/preview").status == .notFound)
    }
  }
}
