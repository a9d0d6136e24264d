// The legal pages, as the operator writes and publishes them.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformSite
import PlatformText
import Resources

/// `/operator/legal`.
enum OperatorLegal {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/legal", name: "operator.legal") { visit in try await list(visit) }
    routes.operators(.get, "/operator/legal/{page}", .text, name: "operator.legal.page") { visit, page in
      let kind = try kind(page)
      let current = try await visit.house.legal.current(kind, language: visit.strings.language)
      return try await editor(visit, kind, text: current.markdown)
    }
    routes.operators(.post, "/operator/legal/{page}", .text, name: "operator.legal.publish") { visit, page in
      try await publish(visit, try kind(page))
    }
  }

  private static func kind(_ name: String) throws -> LegalPageKind {
    guard let kind = LegalPageKind(rawValue: name) else { throw HTTPProblem.notFound }
    return kind
  }

  private static func list(_ visit: AccountVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    var pages: [LegalPage] = []
    for kind in LegalPageKind.allCases { pages.append(try await visit.house.legal.current(kind)) }
    let rows = pages.map { page in
      HTML.Table.Row([
        { html in
          html.element(
            .a, .href(SafeURL(segments: ["operator", "legal", page.kind.rawValue])),
            text: visit.visit.words(page.kind.title, of: .site))
        },
        { html in
          if page.version.isDraft {
            html.add(Badge(strings["desk.legal.draft"], .warning))
          } else {
            html.text("\(page.version.version)")
          }
        },
        { html in
          if let at = page.version.publishedAt { html.add(TimeText(at)) } else { html.text("–") }
        },
      ])
    }
    return try visit.deskPage(
      strings["nav.operator.legal"], "operator.legal", lead: strings["desk.legal.lead"]
    ) { html in
      html.add(
        HTML.Table(
          strings["nav.operator.legal"],
          columns: [
            .init(strings["desk.legal.page"]), .init(strings["desk.legal.version"]),
            .init(strings["desk.legal.published"]),
          ], rows: rows))
    }
  }

  private static func publish(_ visit: AccountVisit, _ kind: LegalPageKind) async throws -> HTTPResponse {
    // Browsers send line ends as CR LF.
    let text = (visit.form["text"] ?? "").replacing("\r\n", with: "\n")
    guard visit.visit.field("act") == "publish" else {
      return try await editor(visit, kind, text: text, isPreview: true)
    }
    do {
      let before = try await visit.house.legal.current(kind).version.version
      let page = try await visit.house.legal.publish(kind, markdown: text, by: visit.user, at: visit.now)
      try await visit.onRecord(
        "legal.publish", kind.rawValue, before: .integer(before), after: .integer(page.version.version))
      return try visit.visit.done(
        "desk.legal.published", ["version": "\(page.version.version)"],
        next: SafeURL(segments: ["operator", "legal", kind.rawValue]))
    } catch let refusal as LegalPageRefusal {
      let sentence = visit.strings[dynamic: "desk.legal.refused.\(refusal)"]
      if visit.wantsJSON { return try visit.visit.refusal(sentence) }
      return try await editor(visit, kind, text: text, refusal: sentence)
    }
  }

  private static func editor(
    _ visit: AccountVisit, _ kind: LegalPageKind, text: String, isPreview: Bool = false,
    refusal: String? = nil
  ) async throws -> HTTPResponse {
    let strings = visit.strings
    let history = try await visit.house.legal.history(kind)
    return try visit.deskPage(
      visit.visit.words(kind.title, of: .site), "operator.legal",
      trail: [(strings["nav.operator.legal"], "/operator/legal")],
      status: refusal == nil ? .ok : HTTPStatus(422),
      actions: { html in
        html.add(Button(strings["desk.legal.see"], icon: .eye, act: .follow(LegalRoutes.url(kind))))
      },
      { html in
        if history.isEmpty { html.add(Notice(.warning, strings["desk.legal.isDraft"])) }
        html.form(
          visit.visit.post(SafeURL(segments: ["operator", "legal", kind.rawValue])), .class("stack")
        ) { html in
          html.add(
            TextArea(
              Field(
                "text", label: strings["desk.legal.text"], help: strings["desk.legal.text.help"],
                error: refusal, isRequired: true), value: text, maximum: LegalPages.limit, rows: 22))
          html.element(.div, .class("row")) { html in
            html.add(
              Button(
                strings["desk.legal.preview"], icon: .eye, act: .submit(name: "act", value: "preview")))
            html.add(
              Button(
                strings["desk.legal.publish"], kind: .primary, act: .submit(name: "act", value: "publish")))
          }
        }
        if isPreview {
          html.add(Card(strings["desk.legal.preview"]) { html in html.prose(text) })
        }
        versions(history, kind, visit, &html)
      })
  }

  private static func versions(
    _ history: [LegalPageVersion], _ kind: LegalPageKind, _ visit: AccountVisit, _ html: inout HTMLWriter
  ) {
    guard !history.isEmpty else { return }
    html.add(
      Card(visit.strings["desk.legal.versions"]) { html in
        html.element(.ul, .class("plain-list")) { html in
          for version in history {
            html.element(.li, .class("row")) { html in
              html.element(
                .a, .href(LegalRoutes.url(kind, version: version.version)),
                text: visit.strings("legal.version", ["version": "\(version.version)"]))
              if let at = version.publishedAt { html.add(TimeText(at)) }
            }
          }
        }
      })
  }
}
