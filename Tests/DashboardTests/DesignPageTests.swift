// The page /design as it is sent: whole, wired, small, and safe.

import Dashboard
import HTML
import HTTPServer
import HTTPTypes
import Resources
import Testing

@Suite struct `The design page` {
  let pages: DashboardPages
  let html: String
  let page: PageScanner

  init() throws {
    pages = DashboardPages(try dashboard.get())
    html = String(decoding: pages.design(theme: nil).content, as: UTF8.self)
    page = PageScanner(html)
  }

  @Test func `gives each id once`() {
    let ids = page.tags.compactMap { $0["id"] }
    #expect(ids.count > 60)
    #expect(Dictionary(grouping: ids) { $0 }.filter { $1.count > 1 }.keys.sorted() == [])
  }

  @Test(arguments: [
    "for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "commandfor",
    "data-counter", "data-reveal", "data-copy",
  ]) func `refers only to what is there`(_ attribute: String) {
    let ids = Set(page.tags.compactMap { $0["id"] })
    let references = page.tags.compactMap { $0[attribute] }.flatMap {
      $0.split(separator: " ").map(String.init)
    }
    #expect(!references.isEmpty)
    #expect(references.filter { !ids.contains($0) } == [])
  }

  @Test func `links within itself lead somewhere`() {
    let ids = Set(page.tags.compactMap { $0["id"] })
    let fragments = page.tags.compactMap { $0["href"] }.filter { $0.hasPrefix("#") }.map {
      String($0.dropFirst())
    }
    #expect(fragments.count > 8)
    #expect(fragments.filter { !ids.contains($0) } == [])
  }

  @Test func `labels every control`() {
    let labelled = Set(page.tags.filter { $0.name == "label" }.compactMap { $0["for"] })
    let controls = page.tags.filter {
      ["input", "select", "textarea", "progress"].contains($0.name) && $0["type"] != "hidden"
    }
    #expect(controls.count > 25)
    for control in controls {
      #expect(control["id"].map(labelled.contains) == true || control["aria-label"] != nil, "\(control)")
    }
    let forms = Set(["input", "select", "textarea", "progress"])
    let controlIDs = Set(page.tags.filter { forms.contains($0.name) }.compactMap { $0["id"] })
    #expect(labelled.subtracting(controlIDs) == [])
  }

  @Test func `has nothing inline`() {
    for tag in page.tags {
      for attribute in tag.attributes {
        #expect(attribute.name != "style" && !attribute.name.hasPrefix("on"), "\(tag)")
        if ["href", "src", "action"].contains(attribute.name) {
          #expect(
            attribute.value.hasPrefix("/") || attribute.value == "https://example.com"
              || attribute.value.hasPrefix("#") || attribute.value.hasPrefix("?")
          )
        }
      }
    }
    let scripts = page.tags.filter { $0.name == "script" }
    #expect(scripts.map { $0.attributes.map(\.name) } == [["type", "src"], ["type", "src"]])
    #expect(!page.tags.contains { ["style", "iframe", "object", "base"].contains($0.name) })
  }

  @Test func `has every word of the components in its catalog`() {
    let keys = pages.resources.english.keys
    #expect(ComponentStrings.Key.allCases.filter { !keys.contains("component.\($0.rawValue)") } == [])
  }

  @Test(arguments: [(nil, nil), ("sidebar=collapsed", "collapsed"), ("sidebar=\"><script>", nil)])
  func `keeps the navigation as the cookie says`(_ cookies: String?, _ expected: String?) async throws {
    let page = PageScanner(
      String(decoding: try await pages.answer("/design", cookies: cookies).content, as: UTF8.self))
    #expect(page.tags.first { $0.name == "html" }?["data-sidebar"] == expected)
  }

  @Test func `shows every sentence of its catalog and misses none`() {
    #expect(!html.contains("⟦"))
    let catalog = pages.resources.english
    #expect(catalog.keys.count > 150)
  }

  @Test(
    arguments: [
      (nil, nil), ("theme=dark", Theme.dark), ("a=b; theme=light; c=d", .light), ("theme=blue", nil),
      ("xtheme=dark", nil), ("theme", nil), ("theme=\"><script>", nil), (";;; =", nil),
    ] as [(String?, Theme?)]) func `takes the theme from the cookie`(_ cookies: String?, _ theme: Theme?)
    async throws
  {
    let page = PageScanner(
      String(decoding: try await pages.answer("/design", cookies: cookies).content, as: UTF8.self))
    #expect(page.tags.first { $0.name == "html" }?["data-theme"] == theme?.rawValue)
  }

  @Test func `everything is sent with the strict header fields`() async throws {
    for path in ["/design", pages.resources.files.url("app.js"), "/assets/x", "/nothing"] {
      let answer = try await pages.answer(path)
      let policy = try #require(answer.fields["Content-Security-Policy"])
      #expect(policy.hasPrefix("default-src 'none'; "))
      #expect(
        !policy.contains("unsafe") && !policy.contains("http") && !policy.contains("data:")
          && !policy.contains("*"))
      #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
      #expect(answer.fields["X-Content-Type-Options"] == "nosniff")
      #expect(answer.fields["Referrer-Policy"] == "same-origin")
      #expect(answer.fields["Cross-Origin-Opener-Policy"] == "same-origin")
      #expect(answer.fields["Permissions-Policy"] != nil)
      #expect(answer.fields.firstUnsendable == nil)
    }
  }
}

extension HTTPResponse {
  /// The body of an answer that is in memory.
  var content: [UInt8] {
    guard case .bytes(let bytes) = body else { return [] }
    return Array(bytes)
  }
}

extension DashboardPages {
  /// What the routes answer to a `GET`; problems as the server would send them.
  func answer(_ path: String, cookies: String? = nil, accepting coding: String? = nil) async throws
    -> HTTPResponse
  {
    var router = Router()
    addRoutes(to: &router)
    let table = try router.closed()
    var fields: HTTPFields = ["Host": "localhost"]
    if let cookies { fields["Cookie"] = cookies }
    if let coding { fields["Accept-Encoding"] = coding }
    return try await table.respond(to: HTTPRequest(target: path, fields: fields))
  }
}

@Suite struct `Assets` {
  let pages: DashboardPages

  init() throws {
    pages = DashboardPages(try dashboard.get())
  }

  @Test func `are found by their fingerprinted names and kept for ever`() async throws {
    for (name, bytes) in pages.resources.contents {
      let answer = try await pages.answer(pages.resources.files.url(name))
      #expect(answer.status == .ok)
      let isWhole = answer.content == bytes
      #expect(isWhole)
      #expect(answer.fields["Cache-Control"] == "public, max-age=31536000, immutable")
    }
  }

  @Test func `are small on the wire`() async throws {
    var size = 0
    for name in ["app.css", "app.js"] {
      let answer = try await pages.answer(pages.resources.files.url(name), accepting: "gzip")
      #expect(answer.fields["Content-Encoding"] == "gzip")
      size += answer.content.count
    }
    #expect(size < 45 * 1024)
  }

  @Test func `say which package is missing without the chart library`() {
    let problem = #expect(throws: ResourceError.self) {
      try DashboardResources.load(chartLibrary: "/nowhere")
    }
    #expect(problem?.description.contains("/nowhere/chart.min.js") == true)
    #expect(problem?.description.contains("libjs-chart.js") == true)
  }

  @Test func `bring charts only where there are some`() {
    #expect(pages.resources.contents["app.js"]?.count ?? 0 < 60 * 1024)
    #expect(pages.resources.contents["charts.js"]?.count ?? 0 > 100 * 1024)
  }

  @Test func `ask nothing of other sites`() {
    for name in ["app.css", "app.js"] {
      let text = String(decoding: pages.resources.contents[name] ?? [], as: UTF8.self)
      #expect(!text.isEmpty)
      for forbidden in [
        "http:", "//cdn", "@import", "url(", "innerHTML", "eval(", "insertAdjacentHTML", "document.write",
      ] {
        #expect(!text.contains(forbidden), "\(name): \(forbidden)")
      }
    }
  }
}

@Suite struct `The string catalog` {
  let catalog = StringCatalog(
    language: "en", sentences: ["a": "Hello {name}, {name} of {count} {other}", "b": "{", "c": "}{"])

  @Test func `replaces placeholders once`() {
    #expect(catalog("a", ["name": "{count}", "count": "3"]) == "Hello {count}, {count} of 3 {other}")
    #expect(catalog("b", ["x": "y"]) == "{")
    #expect(catalog("c", ["x": "y"]) == "}{")
  }

  @Test func `shows a key it does not have`() {
    #expect(catalog["nothing"] == "⟦nothing⟧")
  }
}
