// The page `/api`: how to call it, and every operation.

import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import Resources

/// The API for people.
struct APIPage {
  let visit: Visit
  let operations: [APIOperation]

  func answer() throws -> HTTPResponse {
    let strings = visit.strings
    let groups = Dictionary(grouping: operations) { String($0.id.prefix { $0 != "." }) }
    var order: [String] = []
    for operation in operations {
      let group = String(operation.id.prefix { $0 != "." })
      if !order.contains(group) { order.append(group) }
    }
    let head = PageHead(strings["api.title"], section: "docs", lead: strings["api.about"])
    return try visit.page(head) { html in
      html.element(.div, .class("stack")) { html in
        html.add(
          Card(strings["api.calling"]) { html in html.element(.div, .class("stack"), content: calling) })
        html.element(.h2, text: strings["api.calls"])
        for group in order {
          html.add(
            Table(
              strings[dynamic: "api.group.\(group)"],
              columns: [.init(strings["api.call"]), .init(strings["api.what"]), .init(strings["api.who"])],
              rows: (groups[group] ?? []).map { row($0) }))
        }
      }
    }
  }

  private func calling(_ html: inout HTMLWriter) {
    let strings = visit.strings
    html.element(.p, text: strings["api.auth.token"])
    html.add(
      CodeBlock(
        "api-example", label: strings["api.example"],
        code: "curl -H 'Authorization: Bearer gh_…' \(visit.house.site.origin)/api/v1/me"))
    for key in ["api.auth.session", "api.limits", "api.repeats", "api.refused"] {
      html.element(.p, text: strings[dynamic: key])
    }
    html.element(.p) { html in
      html.element(.a, .href("/api/v1/openapi.json"), text: strings["api.document"])
    }
  }

  private func row(_ operation: APIOperation) -> Table.Row {
    let strings = visit.strings
    let who =
      switch operation.work {
      case .account: strings["api.who.account"]
      case .guild(let role, _): strings[dynamic: "role.\(role.name)"]
      }
    return Table.Row([
      { html in
        html.element(.code, text: "\(operation.method.rawValue) /api/v1\(operation.address)")
      },
      { html in
        html.element(.strong, text: strings[dynamic: "api.op.\(operation.id)"])
        html.element(.p, text: strings[dynamic: "api.op.\(operation.id).help"])
      },
      { html in html.element(.span, .class("brief"), text: who) },
    ])
  }
}
