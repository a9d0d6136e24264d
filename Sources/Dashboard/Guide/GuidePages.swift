// The documentation for owners of servers, for everybody to read.

import HTML
import HTTPServer
import HTTPTypes
import JSON
import Resources
import Storage

/// `/docs`, its pages, and the search.
struct GuidePages: Sendable {
  private let libraries: [String: GuideLibrary]

  init(gate: Gate) { libraries = Self.libraries(gate) }

  /// By language.
  static func libraries(_ gate: Gate) -> [String: GuideLibrary] {
    let house = gate.house
    return Dictionary(
      uniqueKeysWithValues: Reader.languages.map { language in
        (
          language,
          GuideLibrary(
            gate.resources.guide, house.catalog, house.storage.schema,
            words: gate.resources.catalog(language))
        )
      })
  }

  func addRoutes(to routes: inout DashboardRoutes) {
    let pages = self
    routes.everyone(.get, "/docs", name: "docs") { visit in try pages.front(visit) }
    routes.everyone(.get, "/docs/search", name: "docs.search") { visit in try pages.search(visit) }
    routes.everyone(.get, "/docs/{page}", .text, name: "docs.page") { visit, page in
      try pages.article(visit, [page])
    }
    routes.everyone(.get, "/docs/plugins/{plugin}", .text, name: "docs.plugin") { visit, plugin in
      try pages.article(visit, ["plugins", plugin])
    }
  }

  private func library(_ visit: Visit) throws -> GuideLibrary {
    guard let library = libraries[visit.strings.language] ?? libraries["en"] else {
      throw HTTPProblem.notFound
    }
    return library
  }

  // MARK: Pages

  private func front(_ visit: Visit) throws -> HTTPResponse {
    let library = try library(visit)
    let strings = visit.strings
    return try visit.page(PageHead(strings["docs.title"], section: "docs", lead: strings["docs.lead"])) {
      html in
      html.element(.div, .class("stack")) { html in
        searchForm(visit, "", &html)
        for group in GuideArticle.Group.allCases {
          html.element(.h2, text: strings[dynamic: "docs.group.\(group.rawValue)"])
          html.element(.div, .class("guide-cards")) { html in
            for article in library.articles where article.group == group {
              html.element(.a, .class("guide-card"), .href(SafeURL(segments: article.segments))) { html in
                html.element(.strong, text: article.title)
                html.element(.span, .class("muted"), text: article.summary)
              }
            }
          }
        }
      }
    }
  }

  private func article(_ visit: Visit, _ path: [String]) throws -> HTTPResponse {
    let library = try library(visit)
    guard let article = library.article(path) else { throw HTTPProblem.notFound }
    let strings = visit.strings
    var head = PageHead(article.title, section: "docs", lead: article.summary)
    head.trail = [(strings["docs.title"], "/docs")]
    return try visit.page(head) { html in
      html.element(.div, .class("guide")) { html in
        html.element(.article) { html in
          contents(article, strings, &html)
          html.prose(article.prose)
        }
        html.element(.aside, .ariaLabel(strings["docs.title"])) { html in
          searchForm(visit, "", &html)
          html.element(.nav, .class("guide-list"), .ariaLabel(strings["docs.title"])) { html in
            for group in GuideArticle.Group.allCases {
              html.element(.p, .class("nav-title"), text: strings[dynamic: "docs.group.\(group.rawValue)"])
              for one in library.articles where one.group == group {
                html.element(
                  .a, .href(SafeURL(segments: one.segments)),
                  .ariaCurrent(one.path == article.path ? "page" : nil), text: one.title)
              }
            }
          }
        }
      }
    }
  }

  private func contents(_ article: GuideArticle, _ strings: StringCatalog, _ html: inout HTMLWriter) {
    let sections = article.prose.sections
    guard sections.count > 2 else { return }
    html.element(.nav, .class("guide-contents"), .ariaLabel(strings["docs.onThisPage"])) { html in
      for section in sections {
        html.element(.a, .class("chip"), .href(Prose.id(section).link), text: section)
      }
    }
  }

  // MARK: Search

  private func searchForm(_ visit: Visit, _ text: String, _ html: inout HTMLWriter) {
    let strings = visit.strings
    html.element(.div, .class("guide-search"), .data("search", "/docs/search")) { html in
      html.element(
        .form, .class("search"), .method(.get), .action("/docs/search"), .role("search"),
        .ariaLabel(strings["docs.search"])
      ) { html in
        html.element(.label, .class("visually-hidden"), .for("docs-search"), text: strings["docs.search"])
        html.add(Icon.search)
        html.void(
          .input, .class("input"), .type("search"), .id("docs-search"), .name("q"), .value(text),
          .maximumLength(100), .placeholder(strings["docs.search"]), .autocomplete("off"))
      }
      html.element(
        .div, .class("guide-hits"), .data("search-hits"), .data("none", strings["docs.search.none"]),
        .data("count", strings["docs.search.count"]), .hidden())
    }
  }

  private func search(_ visit: Visit) throws -> HTTPResponse {
    let text = try visit.query("q") ?? ""
    let hits = try library(visit).search(text)
    let strings = visit.strings
    if visit.wantsJSON {
      return try visit.json(
        .array(
          hits.map { hit in
            [
              "title": .string(hit.article.title),
              "url": .string(SafeURL(segments: hit.article.segments).description),
              "group": .string(strings[dynamic: "docs.group.\(hit.article.group.rawValue)"]),
              "excerpt": .string(hit.excerpt),
            ]
          }))
    }
    var head = PageHead(strings["docs.search"], section: "docs")
    head.trail = [(strings["docs.title"], "/docs")]
    return try visit.page(head) { html in
      html.element(.div, .class("stack")) { html in
        searchForm(visit, text, &html)
        if hits.isEmpty {
          html.add(EmptyState(strings["docs.search.none"], strings["docs.search.help"]))
        }
        html.element(.ul, .class("guide-results")) { html in
          for hit in hits {
            html.element(.li) { html in
              html.element(.a, .href(SafeURL(segments: hit.article.segments)), text: hit.article.title)
              html.element(.p, .class("muted"), text: hit.excerpt)
            }
          }
        }
      }
    }
  }
}
