// What strangers wrote, through every page: it is shown, and is nothing but text.

import PlatformAudit
import PlatformPlugins
import PlatformConfiguration
import PlatformNotices
import PlatformSite
import PlatformText
import TestKit
import Assembly
import Dashboard
import DiscordBot
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import ModerationPlugin
import PlatformDispatch
import Simulator
import SimulatorWorld
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct HostileTextTests {
  @Test func `there are two hundred of them`() { #expect(HostileTexts.all.count == 200) }

  @Test func `the check finds what is not made by the writer`() {
    let page = "<!doctype html><html><body><p title=\"a &amp; b\">x</p><br></body></html>"
    #expect(PageCheck(page).faults == [])
    for wrong in [
      "<b>", "</b>", "<img src=x>", "a & b", "<p onclick=\"x\"></p>", "<a href=\"javascript:x\"></a>", "<",
      "<p title=\"a\"b></p>",
    ] {
      let inside = page.replacing("x</p>", with: "x\(wrong)</p>")
      #expect(PageCheck(inside).faults != [], "\(wrong)")
    }
  }

  @Test func `names and reasons are text on every page`() async throws {
    try await DashboardStage.run { stage in
      let owner = try await stage.browser(as: stage.owner)
      let desk = try await stage.browser(as: stage.operatorUser)
      let samples = RouteSamples(stage: stage)
      var paths: [(name: String, path: String, browser: Browser)] = []
      for route in stage.table.routes where route.method == .get && !route.attributes[RouteIsAPI.self] {
        guard
          !["login", "login.callback", "assets", "design.live", "guild.live", "operator.log.stream"].contains(
            route.name)
        else { continue }
        let reader = route.attributes[RouteAccessKey.self] == .operators ? desk : owner
        paths.append((route.name, try await samples.address(of: route), reader))
      }
      for unit in stage.house.catalog.units where !unit.isAlwaysOn {
        for page in ["", "/history"] {
          paths.append(("plugin \(unit.id)", "/g/\(stage.guild)/plugins/\(unit.id)\(page)", owner))
        }
      }
      var (seen, taken): (Set<String>, Int) = ([], 0)
      let texts = HostileTexts.all
      for start in stride(from: 0, to: texts.count, by: 5) {
        let batch = Array(texts[start..<start + 5])
        try await call(stage, by: batch, number: start)
        taken += try await set(stage, to: batch, number: start)
        try await publish(desk, stage, batch)
        for (name, path, reader) in paths {
          let page = try await reader.get(path)
          guard page.fields["Content-Type"]?.hasPrefix("text/html") == true else { continue }
          let faults = PageCheck(page.text).faults
          #expect(faults == [], "\(name) with \(batch)")
          for text in batch where text.contains(where: { "<>\"".contains($0) }) && text.count > 3 {
            #expect(!page.text.contains(text), "\(name) has “\(text.prefix(80))” as it is")
          }
          if page.text.contains("&lt;script&gt;") { seen.insert(name) }
        }
      }
      // Otherwise nothing of this was looked at.
      #expect(seen.isSuperset(of: ["guild.overview", "operator.guilds", "operator.incidents", "status"]))
      #expect(seen.contains { $0.hasPrefix("plugin ") } && taken >= texts.count / 5)
    }
  }

  /// Puts the texts wherever a plugin's settings take text. Returns how many plugins took them: some texts are no
  /// pattern or template, and are refused.
  private func set(_ stage: DashboardStage, to texts: [String], number: Int) async throws -> Int {
    var taken = 0
    for unit in stage.house.catalog.units {
      var random = RandomSettings(
        generator: SplitMix(state: UInt64(number)), choices: FormStage.choices, texts: texts)
      do {
        try await stage.house.configurations.replace(
          random.document(unit.settingsFields), plugin: unit.id, in: stage.tenant,
          by: ChangeOrigin(.user(stage.owner), at: stage.time.now))
        taken += 1
      } catch ConfigurationError.invalid {}
    }
    return taken
  }

  /// Puts them into what operators write and are told.
  private func publish(_ desk: Browser, _ stage: DashboardStage, _ texts: [String]) async throws {
    let title = String(String.UnicodeScalarView(("a" + texts[0]).unicodeScalars.prefix(200)))
    let incident = try await stage.house.statusBoard.incidents.open(
      IncidentDraft(title, text: texts[1]), by: nil, at: stage.time.now)
    for audience in [NoticeAudience.operators, .guild(stage.tenant)] {
      stage.house.notices.report(
        NoticeDraft(.warning, from: texts[3], key: texts[2], Sentence(texts[4], ["text": texts[2]])),
        to: audience)
    }
    _ = await stage.house.notices.write(all: true)
    _ = try await desk.get("/operator/legal/privacy")
    let published = try await desk.post(
      "/operator/legal/privacy", [("text", "# \(texts[0])\n\n\(texts[1])"), ("act", "publish")])
    #expect(published.status.code == 303, "\(texts)")
    #expect(incident > 0)
  }

  /// Puts the texts where people can: the server's name, a channel's, a role's, a nickname, and the reason of a case.
  private func call(_ stage: DashboardStage, by texts: [String], number: Int) async throws {
    let guild = "/guilds/\(stage.guild)"
    let name = String(("ab" + texts[0]).unicodeScalars.prefix(90).map(Character.init))
    try await stage.act(.patch, guild, ["name": .string(name)], as: stage.owner)
    await stage.simulator.withWorld { world in
      world.channels[stage.channel]?.name = String(texts[1].prefix(100))
    }
    let bot = try #require(stage.house.dispatcher.bots.bot(serving: stage.guild))
    let role = try #require(bot.cache.roles(in: stage.guild).first { $0.id.rawValue != stage.guild.rawValue })
    try await stage.act(
      .patch, "\(guild)/roles/\(role.id)", ["name": .string(String(texts[2].prefix(90)))], as: stage.owner)
    try await stage.act(
      .patch, "\(guild)/members/\(stage.member)", ["nick": .string(String(texts[3].prefix(30)))],
      as: stage.owner)
    _ = try await CaseStore(stage.store).record(
      CaseDraft(
        .warn, of: stage.member, by: .person(stage.owner), because: texts[4], effectKey: "hostile \(number)",
        at: stage.time.now))
    try await stage.eventually("the bot knows the name") {
      bot.cache.guild(stage.guild)?.name.prefix(20) == name.prefix(20)
    }
  }
}
