// Commands on the dashboard: the list, rules, switches, and Discord's own list.

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

@Suite(.timeLimit(.minutes(10))) struct CommandPageTests {
  private func rule(_ command: String, _ stage: DashboardStage) async throws -> CommandRule? {
    try await stage.house.configurations.current(stage.tenant)
      .settings(CoreSettings.self, of: CorePlugin.id).commands.first { $0.command == command }
  }

  @Test func `every command is listed with what it does, and found by a word of it`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let page = try await manager.get("/g/\(stage.guild)/commands")
      for command in stage.house.catalog.units.flatMap(\.commands) {
        #expect(page.text.contains(">\(command.declaration.name)</code>"), "\(command.declaration.name)")
      }
      let found = try await manager.get("/g/\(stage.guild)/commands?q=prefix")
      #expect(found.text.contains(">prefix</code>") && !found.text.contains(">ban</code>"))
      let one = try await manager.get("/g/\(stage.guild)/commands/prefix")
      #expect(one.text.contains(".prefix [prefix]") && one.text.contains(".prefix !"))
      #expect(try await manager.get("/g/\(stage.guild)/commands/nothing").status == .notFound)
    }
  }

  @Test func `a rule is edited, kept apart from others', and refused when somebody was faster`() async throws
  {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let path = "/g/\(stage.guild)/commands/ping"
      let before = try #require(try await manager.get(path).value("before")).replacing("&quot;", with: "\"")
        .replacing("&#34;", with: "\"")
      let form = [
        (".record", ""), ("before", before), ("isOn", "on"), ("deniedUsers", "\(stage.member)"),
        (".list", "deniedUsers"), ("coolDown", "10m"),
      ]
      let saved = try await manager.post(path, form)
      #expect(saved.location == path, "\(saved.text.suffix(2_000))")
      let now = try #require(try await rule("ping", stage))
      #expect(now.isOn && now.coolDown == .seconds(600))
      let late = try await manager.post(path, form)
      #expect(late.status.code == 409 && late.text.contains("Somebody else changed this rule"))
      let wrong = try await manager.post(path, [(".record", ""), ("before", before), ("coolDown", "soon")])
      #expect(wrong.status.code == 422 && wrong.text.contains("soon"))
    }
  }

  @Test func `commands are switched off and on, but not those that switch back`() async throws {
    try await DashboardStage.run { stage in
      let manager = try await stage.browser(as: stage.manager)
      let list = "/g/\(stage.guild)/commands"
      _ = try await manager.get(list)
      #expect(try await manager.postJSON("\(list)/ping/switch").status == .ok)
      #expect(try await rule("ping", stage)?.isOn == false)
      #expect(try await manager.postJSON("\(list)/ping/switch", [("on", "on")]).status == .ok)
      #expect(try await rule("ping", stage) == nil)
      #expect(try await manager.postJSON("\(list)/help/switch").status.code == 422)
      let spaced = try await manager.postJSON("\(list)/access%20list/switch")
      #expect(spaced.status == .ok)
      #expect(try await rule("access list", stage)?.isOn == false)
    }
  }

  @Test func `an owner has Discord's list set right and sees what changed; a manager may not`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner)
      let list = "/g/\(stage.guild)/commands"
      #expect(try await owner.get(list).text.contains("/commands/sync"))
      let done = try await owner.post("\(list)/sync")
      #expect(done.status == .ok && done.text.contains("Commands are in order"))
      let manager = try await stage.browser(as: stage.manager)
      #expect(try await !manager.get(list).text.contains("/commands/sync"))
      #expect(try await manager.post("\(list)/sync").status == .forbidden)
    }
  }
}
