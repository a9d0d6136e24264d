// Leaving: what goes with an account, and the question whether it is meant.

import HTML
import HTTPServer
import HTTPTypes
import PlatformAccounts
import Resources

/// The page `/account/delete`.
struct DeletionPage {
  private let visit: AccountVisit

  init(_ visit: AccountVisit) { self.visit = visit }

  func show(error: String? = nil) throws -> HTTPResponse {
    let strings = visit.strings
    var head = PageHead(strings["delete.title"], section: "account", lead: strings["delete.lead"])
    head.trail = [(strings["account.title"], "/account")]
    if error != nil { head.status = HTTPStatus(422) }
    let name = visit.account.profile.username
    return try visit.visit.page(head) { html in
      html.add(
        Card(strings["delete.what"]) { html in
          html.element(.div, .class("stack")) { html in
            html.element(.ul, .class("steps")) { html in
              for part in ["account", "sessions", "tokens"] {
                html.element(.li, text: strings[dynamic: "delete.what.\(part)"])
              }
            }
            html.element(.p, text: strings["delete.servers"])
            html.form(visit.visit.post("/account/delete"), .class("form")) { html in
              html.add(
                Checkbox(
                  Field(
                    "everywhere", label: strings["delete.everywhere"], help: strings["delete.everywhere.help"]
                  ),
                  isOn: false))
              html.add(
                TextInput(
                  Field(
                    "name", label: strings("delete.confirm", ["name": name]), error: error, isRequired: true),
                  .text(maximum: 64), autocomplete: "off"))
              html.element(.div, .class("actions")) { html in
                html.add(Button(strings["delete.act"], kind: .danger, act: .submit()))
                html.add(Button(strings["delete.keep"], act: .follow("/account")))
              }
            }
          }
        })
    }
  }
}
