// The legal pages that the operator publishes, in their versions.

import HTML
import HTTPServer
import HTTPTypes
import PlatformSite
import PlatformText
import Resources

/// `/legal/terms`, `/legal/privacy`, `/legal/subprocessors`, `/legal/imprint`, and their earlier versions.
enum LegalRoutes {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.everyone(.get, "/legal/{page}", .text, name: "legal") { visit, name in
      guard let kind = LegalPageKind(rawValue: name) else { throw HTTPProblem.notFound }
      let legal = visit.house.legal
      if let wanted = try visit.query("version") {
        guard let version = Int64(wanted), let page = try await legal.page(kind, version: version) else {
          throw HTTPProblem.notFound
        }
        return try show(visit, page, isCurrent: try await legal.current(kind).version == page.version)
      }
      return try show(
        visit, try await legal.current(kind, language: visit.strings.language), isCurrent: true)
    }
  }

  /// Where a page is.
  static func url(_ kind: LegalPageKind, version: Int64? = nil) -> SafeURL {
    SafeURL(
      segments: ["legal", kind.rawValue], query: version.map { [(name: "version", value: "\($0)")] } ?? [])
  }

  private static func show(_ visit: Visit, _ page: LegalPage, isCurrent: Bool) throws -> HTTPResponse {
    let strings = visit.strings
    var head = PageHead(visit.words(page.kind.title, of: .site), section: "legal")
    head.trail = [(strings["nav.home"], "/")]
    return try visit.page(head) { html in
      html.element(.div, .class("stack legal")) { html in
        if !isCurrent {
          html.add(
            Banner(.info, strings["legal.old"], link: (strings["legal.current"], url(page.kind))))
        }
        if let published = page.version.publishedAt {
          html.element(.p, .class("muted")) { html in
            html.text(strings("legal.version", ["version": "\(page.version.version)"]) + " ")
            html.add(TimeText(published, .date))
            if isCurrent, page.version.version > 1 {
              html.text(" · ")
              html.element(
                .a, .href(url(page.kind, version: page.version.version - 1)), text: strings["legal.before"])
            }
          }
        }
        html.prose(Prose(page.markdown).withoutTitle)
        html.element(.nav, .class("row"), .ariaLabel(strings["legal.others"])) { html in
          for kind in LegalPageKind.allCases where kind != page.kind {
            html.element(.a, .href(url(kind)), text: visit.words(kind.title, of: .site))
          }
        }
      }
    }
  }
}

extension Prose {
  /// Without its first-level headings: the page has its own.
  var withoutTitle: Prose {
    Prose(
      blocks: blocks.filter { block in
        if case .heading(1, _) = block { false } else { true }
      })
  }
}
