// The accounts of people who sign in, on the desk: how many, and what has ended swept away.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccounts
import Resources

/// `/operator/accounts`.
enum OperatorAccounts {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/accounts", name: "operator.accounts") { visit in try await page(visit) }
    routes.operators(.post, "/operator/accounts/sweep", name: "operator.accounts.sweep") { visit in
      let sessions = try await visit.house.sessions.sweep(at: visit.now)
      let signIns = try await visit.house.signIns.purge(at: visit.now)
      try await visit.onRecord("sessions.sweep", after: .integer(Int64(sessions)))
      return try visit.visit.done(
        "desk.accounts.swept", ["sessions": "\(sessions)", "signIns": "\(signIns)"],
        next: "/operator/accounts")
    }
  }

  private static func page(_ visit: AccountVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    let accounts = try await visit.house.accounts.count()
    let signIns = try await visit.house.signIns.count()
    let operators = visit.house.site.operators.sorted()
    return try visit.deskPage(
      strings["nav.operator.accounts"], "operator.accounts", lead: strings["desk.accounts.lead"]
    ) { html in
      html.element(.div, .class("stats")) { html in
        html.add(
          StatTile(strings["desk.accounts"], value: Figures.grouped(Int64(accounts)), icon: .users))
        html.add(
          StatTile(
            strings["desk.accounts.signIns"], value: Figures.grouped(Int64(signIns)), icon: .key))
      }
      html.add(
        Card(strings["desk.accounts.sweep"], subtitle: strings["desk.accounts.sweep.help"]) { html in
          html.act(
            visit.visit.post("/operator/accounts/sweep"),
            Button(strings["desk.accounts.sweep.do"], icon: .trash, act: .submit()))
        })
      html.add(
        Card(strings["desk.operators"], subtitle: strings["desk.operators.help"]) { html in
          html.element(.ul, .class("plain-list")) { html in
            for one in operators {
              html.element(.li, .class("row")) { html in
                html.element(.code, text: "\(one)")
                if one == visit.user { html.add(Badge(strings["desk.operators.you"], .info)) }
              }
            }
          }
        })
    }
  }
}
