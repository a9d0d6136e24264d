// The front door, and the choices anybody may make: theme, language, cookies.

import HTML
import HTTPServer
import HTTPTypes
import PlatformAccounts
import Resources

/// What a visitor sees first.
enum HomePages {
  /// How long choices are remembered by the browser.
  private static let year = Duration.seconds(365 * 86_400)

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.everyone(.get, "/", name: "home") { visit in try home(visit) }
    routes.everyone(.post, "/preferences/cookies", name: "preferences.cookies") { visit in
      let choice = visit.field("choice") == "accept" ? "accepted" : "declined"
      var response = try visit.done("cookies.\(choice)", next: back(visit))
      try response.set(visit.cookie("cookies", choice, lasts: year))
      return response
    }
    routes.everyone(.post, "/preferences", name: "preferences") { visit in try await setLook(visit) }
    routes.account(.post, "/preferences/policies", name: "preferences.policies") { visit in
      try await visit.house.accounts.notePolicies(of: visit.user, at: visit.now)
      return .redirect(to: back(visit.visit).description)
    }
    routes.everyone(.post, "/preferences/language", name: "preferences.language") { visit in
      guard let language = visit.field("language"), Reader.languages.contains(language) else {
        throw HTTPProblem.badRequest("There is no such language.")
      }
      if let account = visit.signedIn?.account {
        var preferences = account.preferences
        preferences.language = language
        try await visit.house.accounts.setPreferences(preferences, of: account.user)
      }
      var response = HTTPResponse.redirect(to: back(visit).description)
      try response.set(visit.cookie("language", language, lasts: year))
      return response
    }
  }

  /// Theme and sidebar, for whoever has no scripts; what the form leaves out stays.
  private static func setLook(_ visit: Visit) async throws -> HTTPResponse {
    var preferences = visit.signedIn?.account.preferences ?? AccountPreferences()
    preferences.theme =
      visit.reader.theme.flatMap { AccountPreferences.Theme(rawValue: $0.rawValue) } ?? preferences.theme
    preferences.isSidebarHidden = visit.reader.isSidebarCollapsed
    if let name = visit.field("theme") {
      guard let theme = AccountPreferences.Theme(rawValue: name) else {
        throw HTTPProblem.badRequest("There is no such theme.")
      }
      preferences.theme = theme
    }
    if let sidebar = visit.field("sidebar") { preferences.isSidebarHidden = sidebar == "collapsed" }
    if let account = visit.signedIn?.account {
      try await visit.house.accounts.setPreferences(preferences, of: account.user)
    }
    var response = HTTPResponse.redirect(to: back(visit).description)
    try visit.setLook(preferences, in: &response)
    return response
  }

  /// The page the form stood on, when it says so and is one of ours.
  static func back(_ visit: Visit) -> SafeURL {
    visit.field("next").flatMap { SafeURL($0) }.flatMap { $0.isLocal ? $0 : nil } ?? "/"
  }

  private static func home(_ visit: Visit) throws -> HTTPResponse {
    let strings = visit.strings
    return try visit.page(
      PageHead(strings["home.title"], section: "home", lead: strings["home.lead"])
    ) { html in
      html.element(.div, .class("home")) { html in
        html.element(.div, .class("row")) { html in
          // Whoever is not signed in yet comes by the sign-in.
          html.add(
            Button(strings["home.add"], kind: .primary, icon: .plus, act: .follow("/servers")))
          html.add(
            visit.signedIn == nil
              ? Button(strings["home.start"], act: .follow("/login"))
              : Button(strings["nav.servers"], act: .follow("/servers")))
          html.element(.a, .href("/docs/start"), text: strings["home.how"])
        }
        picture("chat", visit, &html, isFirst: true)
        html.element(.div, .class("grid")) { html in
          for topic in ["protect", "welcome", "understand", "own"] {
            html.add(
              Card(strings[dynamic: "home.\(topic)"]) { html in
                html.element(.p, text: strings[dynamic: "home.\(topic).text"])
              })
          }
        }
        for name in HomePicture.all.dropFirst().map(\.name) {
          html.element(.section, .class("home-show")) { html in
            html.element(.div, .class("stack")) { html in
              html.element(.h2, text: strings[dynamic: "home.show.\(name)"])
              html.element(.p, text: strings[dynamic: "home.show.\(name).text"])
            }
            picture(name, visit, &html)
          }
        }
        html.element(.section, .class("home-end")) { html in
          html.element(.h2, text: strings["home.ready"])
          html.element(.p, text: strings["home.ready.text"])
          html.element(.div, .class("row")) { html in
            html.add(Button(strings["home.add"], kind: .primary, icon: .plus, act: .follow("/servers")))
            html.add(Button(strings["docs.title"], icon: .book, act: .follow("/docs")))
            html.add(Button(strings["nav.status"], icon: .chart, act: .follow("/status")))
          }
        }
      }
    }
  }

  /// A picture in both themes; the browser fetches the one that is seen.
  private static func picture(
    _ name: String, _ visit: Visit, _ html: inout HTMLWriter, isFirst: Bool = false
  ) {
    guard let picture = HomePicture.all.first(where: { $0.name == name }) else { return }
    let alternative = visit.strings[dynamic: "home.show.\(name).alt"]
    html.element(.figure, .class(isFirst ? "home-picture home-picture-first" : "home-picture")) { html in
      for theme in HomePicture.themes {
        html.void(
          .img, .class("only-\(theme)"), .src(visit.resources.url(picture.file(theme))),
          .alt(alternative), .width(picture.width), .height(picture.height), .lazyLoading)
      }
    }
  }
}

/// A picture of the program at work, in `Assets/pictures`.
struct HomePicture: Sendable {
  let name: String
  /// Pixels.
  let width: Int
  let height: Int

  static let themes = ["light", "dark"]

  static let all = [
    HomePicture(name: "chat", width: 1_200, height: 750),
    HomePicture(name: "guide", width: 1_200, height: 750),
    HomePicture(name: "status", width: 1_200, height: 750),
  ]

  /// The file's plain name.
  func file(_ theme: String) -> String { "\(name)-\(theme).webp" }
}
