// The bar above a page: breadcrumb, search, notices, account.

/// Where a form is posted, and the hidden fields that go with it, such as the CSRF token.
package struct PostTarget: Sendable {
  package let action: SafeURL
  /// Names and values, in order.
  package let hidden: [(name: String, value: String)]

  package init(_ action: SafeURL, hidden: [(name: String, value: String)] = []) {
    self.action = action
    self.hidden = hidden
  }
}

extension HTMLWriter {
  /// Writes a form that posts to the target, the hidden fields first.
  package mutating func form(
    _ target: PostTarget, _ attributes: HTMLAttribute..., content: (inout HTMLWriter) -> Void
  ) {
    element(.form, attributes: [.method(.post), .action(target.action)] + attributes) { html in
      for field in target.hidden {
        html.void(.input, .type("hidden"), .name(field.name), .value(field.value))
      }
      content(&html)
    }
  }
}

/// Who is signed in, at the end of the bar: opens a menu with links, the theme, and signing out.
package struct AccountMenu: HTMLComponent, Sendable {
  private let name: String
  private let detail: String?
  private let picture: SafeURL?
  private let links: [NavigationGroup.Item]
  private let signOut: PostTarget

  /// `detail`: a few words below the name.
  /// `signOut`: posted by the last entry.
  package init(
    name: String, detail: String? = nil, picture: SafeURL? = nil, links: [NavigationGroup.Item],
    signOut: PostTarget
  ) {
    self.name = name
    self.detail = detail
    self.picture = picture
    self.links = links
    self.signOut = signOut
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .button, .class("button button-quiet button-icon account"), .type("button"),
      .popoverTarget("account-menu"), .ariaLabel("\(html.strings[.account]): \(name)"), .title(name)
    ) { html in html.add(Avatar(name: name, picture: picture)) }
    html.element(.div, .class("menu"), .id("account-menu"), .popover) { html in
      html.element(.div, .class("menu-head")) { html in
        html.element(.bdi, text: name)
        if let detail { html.element(.span, .class("muted"), text: detail) }
      }
      html.element(.ul, .class("menu-list")) { html in
        for link in links {
          html.element(.li) { html in
            html.element(
              .a, .class("menu-entry"), .href(link.link), .ariaCurrent(link.isCurrent ? "page" : nil)
            ) { html in entry(link.icon, link.title, into: &html) }
          }
        }
        html.element(.li) { html in html.add(ThemeButton(theme: nil, isInMenu: true)) }
      }
      html.form(signOut, .class("menu-foot")) { html in
        html.element(.button, .class("menu-entry"), .type("submit")) { html in
          entry(.signOut, html.strings[.signOut], into: &html)
        }
      }
    }
  }

  private func entry(_ icon: Icon?, _ title: String, into html: inout HTMLWriter) {
    if let icon { html.add(icon) }
    html.element(.span, text: title)
  }
}

/// Switches between the themes. Hidden until the script that gives it its meaning has run.
struct ThemeButton: HTMLComponent {
  let theme: Theme?
  var isInMenu = false

  func render(into html: inout HTMLWriter) {
    let attributes: [HTMLAttribute] = [
      .type("button"), .hidden(), .data("theme-toggle"), .ariaPressed(theme == .dark),
    ]
    let word = html.strings[.darkTheme]
    if isInMenu {
      html.element(.button, attributes: [.class("menu-entry theme-button")] + attributes) { html in
        icons(&html)
        html.element(.span, text: word)
        html.element(.span, .class("menu-mark"), .ariaHidden()) { html in html.add(Icon.check) }
      }
    } else {
      let classes = "button button-quiet button-icon theme-button"
      html.element(.button, attributes: [.class(classes), .ariaLabel(word), .title(word)] + attributes) {
        html in icons(&html)
      }
    }
  }

  private func icons(_ html: inout HTMLWriter) {
    html.add(Icon.sun)
    html.add(Icon.moon)
  }
}

/// The way to the notices, with how many are unread.
package struct NoticeBell: HTMLComponent, Sendable {
  private let link: SafeURL
  private let unread: Int

  /// `unread`: more than 99 are shown as `99+`.
  package init(_ link: SafeURL, unread: Int) {
    self.link = link
    self.unread = unread
  }

  package func render(into html: inout HTMLWriter) {
    let label =
      unread > 0 ? html.strings(.unreadNotices, "count", String(unread)) : html.strings[.notices]
    html.element(
      .a, .class("button button-quiet button-icon bell"), .href(link), .ariaLabel(label), .title(label)
    ) { html in
      html.add(Icon.bell)
      if unread > 0 {
        html.element(
          .span, .class("bell-count"), .ariaHidden(), text: unread > 99 ? "99+" : String(unread))
      }
    }
  }
}
