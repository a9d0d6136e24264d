// The status page: from real reports and incidents, for everybody, and without a store.

import Assembly
import EventLoop
import Foundation
import FoundationXML
import HTTPTypes
import JSON
import PlatformSite
import Storage
import Testing

@Suite(.timeLimit(.minutes(10))) struct StatusTests {
  private static let hostile = "<script>alert(1)</script> \u{202E}gnp & \"quotes\""

  @Test func `everybody sees how the parts are, as the probe found them`() async throws {
    try await DashboardStage.run { stage in
      let board = stage.house.statusBoard
      try await stage.eventually("the probe has looked") {
        await board.components(at: stage.time.now).filter { $0.state == .operational }.count >= 3
      }
      let page = try await stage.browser().get("/status")
      #expect(page.status == .ok)
      for name in ["Database", "Internal messages", "Dashboard and API", "Bots", "Discord"] {
        #expect(page.text.contains(name))
      }
      #expect(!page.text.contains("⟦"))
      let document = try await stage.browser().get("/status.json").json()
      let components = document["components"]?.array ?? []
      #expect(components.count == StatusComponent.allCases.count)
      let storage = components.first { $0["id"]?.string == "storage" }
      #expect(storage?["state"]?.string == "operational")
      #expect(document["current"]?.bool == true)
    }
  }

  @Test func `incidents are on the page, in the document and in a well-formed feed, whatever their words`()
    async throws
  {
    try await DashboardStage.run { stage in
      let book = stage.house.statusBoard.incidents
      let number = try await book.open(
        IncidentDraft(Self.hostile, text: "We *look* into it. \(Self.hostile)\u{7}", components: [.bot]),
        by: nil, at: stage.time.now)
      try await book.update(
        number, text: "Found.", status: .identified, by: nil, at: stage.time.now + .seconds(1))
      let browser = try await stage.browser()
      let page = try await browser.get("/status")
      #expect(page.text.contains("&lt;script&gt;alert(1)"))
      #expect(!page.text.contains("<script>alert"))
      #expect(page.text.contains("<em>look</em>"))
      let document = try await browser.get("/status.json").json()
      #expect(document["incidents"]?.array?.first?["title"]?.string == Self.hostile)
      #expect(document["incidents"]?.array?.first?["updates"]?.array?.count == 2)
      let feed = try await browser.get("/status.atom")
      #expect(feed.fields["Content-Type"]?.hasPrefix("application/atom+xml") == true)
      let reader = FeedReader()
      let parser = XMLParser(data: Data(feed.text.utf8))
      parser.delegate = reader
      #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
      #expect(reader.ids.count == 3 && Set(reader.ids).count == 3)
      #expect(reader.ids.contains("\(DashboardStage.origin)/status#incident-\(number)-2"))
      #expect(reader.titles.contains("Cause found: \(Self.hostile)"))
      #expect(reader.elements.isSuperset(of: ["feed", "updated", "author", "entry", "link", "content"]))
    }
  }

  @Test func `when the store fails, the status is there from memory, for people with a session too`()
    async throws
  {
    try await DashboardStage.run { stage in
      try await stage.house.statusBoard.incidents.open(
        IncidentDraft("Known before", text: "It was."), by: nil, at: stage.time.now)
      let browser = try await stage.browser(as: stage.owner)
      #expect(try await browser.get("/status").text.contains("Known before"))
      let visitor = try await stage.browser()
      await stage.house.storage.close()
      stage.time.advance(by: .seconds(400))
      for browser in [browser, visitor] {
        let page = try await browser.get("/status")
        #expect(page.status == .ok)
        #expect(page.text.contains("The database does not answer"))
        #expect(page.text.contains("Known before"))
        let document = try await browser.get("/status.json").json()
        #expect(document["current"]?.bool == false)
        // Down, where this process saw it itself; unknown before it has looked again.
        let storage = document["components"]?.array?.first { $0["id"]?.string == "storage" }
        #expect(["down", "unknown"].contains(storage?["state"]?.string))
      }
    }
  }
}

/// Takes out of a feed what tests look at.
private final class FeedReader: NSObject, XMLParserDelegate {
  var elements: Set<String> = []
  var ids: [String] = []
  var titles: [String] = []
  private var text = ""

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    elements.insert(element)
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if element == "id" { ids.append(text) }
    if element == "title" { titles.append(text) }
  }
}
