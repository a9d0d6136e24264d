// What is shown of an account.

import DiscordCore
import EventLoop
import HTML
import HTTPServer
import PlatformAccounts
import Resources

/// The page `/account`.
struct AccountPage {
  private let visit: AccountVisit
  private let sessions: [SessionEntry]

  init(_ visit: AccountVisit) async throws {
    self.visit = visit
    // Those that ended by themselves wait to be swept; there are fifty at most.
    sessions = try await visit.house.sessions.list(visit.user).filter { session in
      visit.now < session.lastSeenAt + Sessions.idleLimit
        && visit.now < session.createdAt + Sessions.absoluteLimit
    }
  }

  private var strings: StringCatalog { visit.strings }

  func show() throws -> HTTPResponse {
    try visit.visit.page(
      PageHead(strings["account.title"], section: "account", lead: strings["account.lead"])
    ) { html in
      html.element(.div, .class("stack")) { html in
        profile(&html)
        html.element(.div, .class("grid")) { html in
          preferences(&html)
          tokens(&html)
        }
        sessionTable(&html)
        data(&html)
      }
    }
  }

  private func profile(_ html: inout HTMLWriter) {
    let account = visit.account
    html.add(
      Card(strings["account.profile"], subtitle: strings["account.profile.help"]) { html in
        html.element(.div, .class("row")) { html in
          html.add(Avatar(name: account.name, picture: account.picture, size: .large))
          html.element(.div) { html in
            html.element(.p) { html in
              html.element(.strong) { html in html.isolated(account.name) }
            }
            html.element(.p, .class("muted")) { html in
              html.isolated("@\(account.profile.username)")
              html.text(" · ")
              html.text(account.user.description)
            }
            html.element(.p, .class("muted")) { html in
              html.text(strings["account.since"] + " ")
              html.add(TimeText(account.firstSignInAt, .date))
            }
          }
        }
      })
  }

  // MARK: Preferences

  private func preferences(_ html: inout HTMLWriter) {
    let preferences = visit.account.preferences
    html.add(
      Card(strings["account.preferences"]) { html in
        html.form(visit.visit.post("/account/preferences"), .class("form")) { html in
          html.add(
            SelectInput(
              Field("language", label: strings["account.language"]),
              choices: [Choice("", label: strings["account.byBrowser"])]
                + Reader.languages.map { Choice($0, label: strings[dynamic: "language.\($0)"]) },
              selected: preferences.language ?? ""))
          html.add(
            RadioGroup(
              Field("theme", label: strings["account.theme"]),
              choices: AccountPreferences.Theme.allCases.map {
                Choice($0.rawValue, label: strings[dynamic: "account.theme.\($0.rawValue)"])
              }, selected: preferences.theme.rawValue))
          html.add(
            Picker(
              Field("zone", label: strings["account.zone"], help: strings["account.zone.help"]),
              groups: [
                .init(
                  nil,
                  [.init("", label: strings["account.byBrowser"])]
                    + TimeZones.all.map { .init($0, label: $0.replacing("_", with: " ")) })
              ], selected: [preferences.timeZone ?? ""]))
          html.add(
            Checkbox(
              Field("sidebar", label: strings["account.sidebar"]), isOn: preferences.isSidebarHidden))
          html.element(.div, .class("actions")) { html in
            html.add(Button(strings["account.save"], kind: .primary, act: .submit()))
          }
        }
      })
  }

  private func tokens(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["tokens.title"], subtitle: strings["tokens.short"]) { html in
        html.element(.p, .class("row")) { html in
          html.add(Button(strings["tokens.manage"], icon: .key, act: .follow("/account/tokens")))
        }
      })
  }

  // MARK: Sessions

  private func sessionTable(_ html: inout HTMLWriter) {
    html.add(
      Table(
        strings["account.sessions"],
        columns: [
          .init(strings["account.session.browser"]), .init(strings["account.session.address"]),
          .init(strings["account.session.begun"]), .init(strings["account.session.seen"]),
        ],
        rows: sessions.map { session in
          .init(
            [
              { html in
                html.isolated(session.agent.isEmpty ? strings["account.session.unknown"] : session.agent)
                if session.id == visit.session?.id {
                  html.text(" ")
                  html.add(Badge(strings["account.session.this"], .success))
                }
              },
              { html in html.text(session.address ?? "–") },
              { html in html.add(TimeText(session.createdAt)) },
              { html in html.add(TimeText(session.lastSeenAt, .relative)) },
            ],
            actions: { html in
              guard session.id != visit.session?.id else { return }
              html.form(visit.visit.post("/account/sessions/end", ("session", session.id))) { html in
                html.add(Button(strings["account.session.end"], act: .submit()).small())
              }
            })
        }))
    html.form(visit.visit.post("/account/sessions/end-others")) { html in
      html.element(.div, .class("row")) { html in
        html.add(Button(strings["account.sessions.end"], icon: .signOut, act: .submit()))
        html.element(.span, .class("muted"), text: strings["account.sessions.end.help"])
      }
    }
  }

  // MARK: Data

  private func data(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["account.data"], subtitle: strings["account.data.help"]) { html in
        html.element(.div, .class("row")) { html in
          html.form(visit.visit.post("/account/data")) { html in
            html.add(Button(strings["account.data.download"], icon: .download, act: .submit()))
          }
          html.add(
            Button(strings["account.delete"], kind: .danger, icon: .trash, act: .follow("/account/delete")))
        }
      })
  }
}
