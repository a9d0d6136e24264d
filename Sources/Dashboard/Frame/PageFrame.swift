// The frame around every page: navigation by who looks and where, what happened before, account and language.

import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAccounts
import Resources

/// What a page is called and where it stands.
struct PageHead: Sendable {
  var title: String
  /// One sentence below the title.
  var lead: String?
  /// The navigation entry it belongs to, such as `plugins`.
  var section: String
  /// Pages above it.
  var trail: [(title: String, link: SafeURL)] = []
  var status = HTTPStatus.ok
  /// Modules that this page needs besides, such as the one that draws charts.
  var scripts: [SafeURL] = []
  /// Further style sheets of this page.
  var styles: [SafeURL] = []

  init(_ title: String, section: String, lead: String? = nil) {
    (self.title, self.section, self.lead) = (title, section, lead)
  }
}

extension Visit {
  /// A page in the frame; `actions` stand beside the title.
  ///
  /// - Throws: `HTTPServerError` for a cookie that cannot be set.
  func page(
    _ head: PageHead, actions: HTMLContent? = nil, _ content: @escaping HTMLContent
  ) throws -> HTTPResponse {
    let bytes = HTMLWriter.bytes(strings: strings.componentStrings) { html in
      html.add(shell(head, actions, content))
    }
    var response = HTTPResponse(status: head.status, contentType: "text/html; charset=utf-8", bytes: bytes)
    response.fields["Cache-Control"] = "private, no-store"
    if let newBrowser { try response.set(cookie(Gate.browserCookie(house.site), newBrowser, lasts: nil)) }
    if flash != nil { try response.set(cookie(Flash.cookie, "", lasts: .zero)) }
    return response
  }

  /// A page whose parts stand below each other with room between them.
  ///
  /// - Throws: as `page`.
  func stackedPage(
    _ head: PageHead, actions: HTMLContent? = nil, _ content: @escaping HTMLContent
  ) throws -> HTTPResponse {
    try page(head, actions: actions) { html in
      html.element(.div, .class("stack"), content: content)
    }
  }

  /// Where a form sends to, with the token that says a page of ours sent it.
  func post(_ action: SafeURL, _ hidden: (name: String, value: String)...) -> PostTarget {
    PostTarget(action, hidden: [(Gate.csrfField, csrfToken)] + hidden)
  }

  private func shell(_ head: PageHead, _ actions: HTMLContent?, _ content: @escaping HTMLContent) -> PageShell
  {
    PageShell(
      resources.site, title: head.title, language: strings.language, theme: reader.theme,
      navigation: Navigation(self, section: head.section).groups,
      frame: frame(head), breadcrumb: head.trail.isEmpty ? nil : Breadcrumb(head.trail, current: head.title),
      headerActions: signedIn == nil ? { html in signInButton(&html) } : nil,
      footer: { html in foot(&html) },
      content: { html in
        if let flash {
          let sentence = strings(dynamic: "flash.\(flash.key)", flash.values)
          html.add(Notice(flash.tone, sentence, isDismissible: true))
        }
        html.add(PageHeading(head.title, description: head.lead, actions: actions))
        content(&html)
      })
  }

  private func frame(_ head: PageHead) -> PageShell.Frame {
    var frame = PageShell.Frame()
    frame.scripts = head.scripts
    frame.styles = head.styles
    frame.palette = CommandPalette(
      source: SafeURL(
        segments: ["palette.json"],
        query: place.map { [(name: "guild", value: "\($0.guild)")] } ?? []))
    if let place {
      frame.switcher = ServerSwitcher(
        name: place.name, detail: strings[dynamic: "role.\(place.role.name)"], picture: place.picture,
        link: "/servers")
      frame.bell = NoticeBell(.guild(place.guild, "notices"), unread: place.unreadNotices)
    }
    frame.isSidebarCollapsed = reader.isSidebarCollapsed
    frame.zone = reader.zone
    if let account = signedIn?.account {
      frame.account = AccountMenu(
        name: account.name, detail: "@\(account.profile.username)", picture: account.picture,
        links: [
          .init(strings["nav.servers"], link: "/servers", icon: .server),
          .init(strings["nav.account"], link: "/account", icon: .person),
        ], signOut: post("/logout"))
    }
    frame.banners = { html in banners(&html) }
    return frame
  }

  private func banners(_ html: inout HTMLWriter) {
    if let place, place.role == .viewer { html.add(ViewerBanner()) }
    if hasPolicyNews {
      html.add(
        Banner(.info, strings["policies.changed"], link: (strings["nav.privacy"], "/legal/privacy")) { html in
          html.form(post("/preferences/policies", ("next", path))) { html in
            html.add(Button(strings["policies.noted"], act: .submit()).small())
          }
        })
    }
    if !hasCookieChoice {
      html.add(
        CookieBanner(
          strings["cookies.text"], policy: (strings["nav.privacy"], "/legal/privacy"),
          answer: post("/preferences/cookies", ("next", path)), accept: strings["cookies.accept"],
          decline: strings["cookies.decline"]))
    }
  }

  /// The page's own address, path and query.
  var path: String { String(decoding: request.head.target.prefix(1_000), as: UTF8.self) }

  private func signInButton(_ html: inout HTMLWriter) {
    html.add(Button(strings["nav.signIn"], act: .follow("/login")).small())
  }

  private func foot(_ html: inout HTMLWriter) {
    let links: [(title: String, link: SafeURL)] = [
      (strings["nav.status"], "/status"), (strings["nav.docs"], "/docs"),
      (strings["nav.terms"], "/legal/terms"), (strings["nav.privacy"], "/legal/privacy"),
      (strings["nav.imprint"], "/legal/imprint"),
    ]
    html.element(.nav, .class("foot-links"), .ariaLabel(strings["nav.foot"])) { html in
      for entry in links { html.element(.a, .href(entry.link), text: entry.title) }
    }
  }
}
