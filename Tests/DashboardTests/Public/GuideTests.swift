// The documentation, its search, the legal pages and the palette.

import Assembly
import DiscordCore
import EventLoop
import Foundation
import HTTPTypes
import JSON
import PlatformCommands
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import PlatformSite
import Resources
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct GuideTests {
  @Test func `every page of the documentation is there, with all its sentences and links`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      let front = try await browser.get("/docs")
      #expect(front.status == .ok)
      let links = Set(Self.links(front.text).filter { $0.hasPrefix("/docs/") })
      #expect(links.count >= 14)
      for link in links.sorted() {
        let page = try await browser.get(link)
        #expect(page.status == .ok, "\(link)")
        #expect(!page.text.contains("⟦"), "\(link)")
        for inner in Self.links(page.text) where inner.hasPrefix("/docs/") {
          let path = inner.prefix { $0 != "#" }
          #expect(links.contains(String(path)), "\(link) leads to \(inner)")
        }
      }
      #expect(try await browser.get("/docs/nothing").status == .notFound)
    }
  }

  @Test func `plugins are documented by what they declare`() async throws {
    try await DashboardStage.run { stage in
      let page = try await stage.browser().get("/docs/plugins/moderation")
      let unit = try #require(stage.house.catalog["moderation"])
      let words = stage.house.catalog.strings(of: "moderation", language: "en")
      for command in unit.commands {
        #expect(page.text.contains(">\(command.declaration.name)<"), "\(command.declaration.name)")
      }
      for field in unit.settingsFields {
        #expect(words.sentence("settings.\(field.name)") != nil, "\(field.name)")
      }
    }
  }

  @Test func `the search finds pages by title and by words, best first, and says nothing for nothing`()
    async throws
  {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      let hits = try await browser.get("/docs/search?q=OWN%20bot", fields: ["Accept": "application/json"])
      #expect(try hits.json().array?.first?["url"]?.string == "/docs/own-bot")
      let page = try await browser.get("/docs/search?q=ban")
      #expect(page.text.contains("/docs/plugins/moderation"))
      for text in ["", "%20%20", "zzzqqq", "%3Cscript%3E", String(repeating: "a", count: 5_000)] {
        let answer = try await browser.get(
          "/docs/search?q=\(text)", fields: ["Accept": "application/json"])
        let found = try answer.json().array ?? []
        #expect(answer.status == .ok && found.count <= 20)
      }
      #expect(
        try await browser.get("/docs/search?q=%3Cscript%3Ealert").text.contains("<script>alert") == false)
    }
  }

  @Test func `legal pages show the version that holds, and earlier ones on request`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser()
      #expect(try await browser.get("/legal/terms").text.contains("Draft."))
      let legal = LegalPages(store: stage.house.storage.platform, catalog: try LegalPages.catalog())
      for text in ["# Terms\n\nBe *kind*.", "# Terms\n\nBe kinder. <b>x</b>"] {
        try await legal.publish(.terms, markdown: text, by: nil, at: stage.time.now)
      }
      let now = try await browser.get("/legal/terms")
      #expect(now.text.contains("Be kinder. &lt;b&gt;"))
      #expect(now.text.contains("Version 2"))
      let before = try await browser.get("/legal/terms?version=1")
      #expect(before.text.contains("Be <em>kind</em>") && before.text.contains("earlier version"))
      for path in ["/legal/terms?version=3", "/legal/terms?version=x", "/legal/nothing"] {
        #expect(try await browser.get(path).status == .notFound, "\(path)")
      }
    }
  }

  @Test func `the palette has what the visitor may see, and no server of others`() async throws {
    try await DashboardStage.run { stage in
      func entries(_ user: UserID?, _ path: String) async throws -> [String] {
        let answer = try await stage.browser(as: user).get(path, fields: ["Accept": "application/json"])
        return (try answer.json().array ?? []).compactMap { $0["url"]?.string }
      }
      let path = "/palette.json?guild=\(stage.guild)"
      let visitor = try await entries(nil, path)
      #expect(visitor.contains("/docs/start"))
      #expect(!visitor.contains { $0.hasPrefix("/g/") || $0.hasPrefix("/operator") || $0 == "/servers" })
      let owner = try await entries(stage.owner, path)
      #expect(owner.contains("/g/\(stage.guild)/plugins/moderation"))
      #expect(owner.contains("/g/\(stage.guild)/commands/ban"))
      #expect(!owner.contains { $0.hasPrefix("/operator") })
      #expect(try await entries(stage.otherOwner, path).contains { $0.hasPrefix("/g/") } == false)
      #expect(try await entries(stage.member, path).contains { $0.hasPrefix("/g/") } == false)
      let desk = try await entries(stage.operatorUser, path)
      #expect(desk.contains("/operator/guilds") && !desk.contains { $0.hasPrefix("/g/") })
    }
  }

  /// Addresses that a page links to.
  static func links(_ text: String) -> [String] {
    text.components(separatedBy: "href=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
  }
}
