// The frame of every page: head, skip link, navigation, header, main part, footer, place for toasts.

/// A theme a reader has chosen; nil wherever one is asked for means: as the system is set.
package enum Theme: String, Sendable {
  case light, dark
}

/// A group of places in the navigation.
package struct NavigationGroup: Sendable {
  /// A place to go.
  package struct Item: Sendable {
    /// What the link reads.
    package let title: String
    package let link: SafeURL
    package let icon: Icon?
    /// A count or another short note at the end.
    package let note: String?
    package let isCurrent: Bool

    package init(
      _ title: String, link: SafeURL, icon: Icon? = nil, note: String? = nil, isCurrent: Bool = false
    ) {
      self.title = title
      self.link = link
      self.icon = icon
      self.note = note
      self.isCurrent = isCurrent
    }
  }

  /// The heading above the places; nil for a group without one.
  package let title: String?
  package let items: [Item]

  package init(_ title: String? = nil, items: [Item]) {
    self.title = title
    self.items = items
  }
}

/// A whole page. On a phone the navigation is a popover that its button opens without a script; on a wide screen it
/// stands beside the page.
package struct PageShell: HTMLComponent {
  /// What the pages of one site have in common.
  package struct Site: Sendable {
    package let name: String
    package let home: SafeURL
    package let styleSheet: SafeURL
    package let script: SafeURL
    package let favicon: SafeURL

    package init(name: String, home: SafeURL, styleSheet: SafeURL, script: SafeURL, favicon: SafeURL) {
      self.name = name
      self.home = home
      self.styleSheet = styleSheet
      self.script = script
      self.favicon = favicon
    }
  }

  private let site: Site
  private let title: String
  private let language: String
  private let direction: TextDirection
  private let theme: Theme?
  private let navigation: [NavigationGroup]
  private let breadcrumb: Breadcrumb?
  private let headerActions: HTMLContent?
  private let footer: HTMLContent?
  private let content: HTMLContent

  /// `title`: names the page in the browser's tab, before the site's name.
  /// `language`: a BCP 47 tag.
  package init(
    _ site: Site, title: String, language: String, direction: TextDirection = .leftToRight,
    theme: Theme? = nil, navigation: [NavigationGroup], breadcrumb: Breadcrumb? = nil,
    headerActions: HTMLContent? = nil, footer: HTMLContent? = nil, content: @escaping HTMLContent
  ) {
    self.site = site
    self.title = title
    self.language = language
    self.direction = direction
    self.theme = theme
    self.navigation = navigation
    self.breadcrumb = breadcrumb
    self.headerActions = headerActions
    self.footer = footer
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    html.doctype()
    html.element(.html, .lang(language), .dir(direction), .data("theme", theme?.rawValue)) { html in
      html.element(.head) { html in head(&html) }
      html.element(.body) { html in
        html.element(.a, .class("skip-link"), .href("#content"), text: html.strings.skipToContent)
        html.element(.div, .class("shell")) { html in
          sidebar(&html)
          html.element(.div, .class("page")) { html in
            header(&html)
            html.element(.main, .id("content"), .class("content"), .tabIndex(-1), content: content)
            if let footer { html.element(.footer, .class("page-foot"), content: footer) }
          }
        }
        html.element(
          .div, .class("toasts"), .id("toasts"), .role("region"), .ariaLive("polite"),
          .ariaLabel(html.strings.notifications), .data("dismiss-label", html.strings.dismiss))
      }
    }
  }

  private func head(_ html: inout HTMLWriter) {
    html.void(.meta, .charset("utf-8"))
    html.void(.meta, .name("viewport"), .content("width=device-width, initial-scale=1"))
    html.void(.meta, .name("color-scheme"), .content("light dark"))
    html.element(.title, text: "\(title) · \(site.name)")
    html.void(.link, .rel("icon"), .type("image/svg+xml"), .href(site.favicon))
    html.void(.link, .rel("stylesheet"), .href(site.styleSheet))
    html.moduleScript(site.script)
  }

  private func sidebar(_ html: inout HTMLWriter) {
    html.element(.aside, .class("sidebar"), .id("navigation"), .popover) { html in
      html.element(.div, .class("sidebar-head")) { html in
        html.element(.a, .class("brand"), .href(site.home)) { html in
          html.add(BrandMark())
          html.element(.span, text: site.name)
        }
        html.element(
          .button, .class("button button-quiet button-icon sidebar-close"), .type("button"),
          .popoverTarget("navigation"), .ariaLabel(html.strings.closeNavigation)
        ) { html in html.add(Icon.close) }
      }
      html.element(.nav, .ariaLabel(html.strings.mainNavigation)) { html in
        for group in navigation {
          if let title = group.title { html.element(.p, .class("nav-title"), text: title) }
          html.element(.ul, .class("nav-list")) { html in
            for item in group.items { html.element(.li) { html in place(item, into: &html) } }
          }
        }
      }
    }
  }

  private func place(_ item: NavigationGroup.Item, into html: inout HTMLWriter) {
    html.element(.a, .class("nav-link"), .href(item.link), .ariaCurrent(item.isCurrent ? "page" : nil)) {
      html in
      if let icon = item.icon { html.add(icon) }
      html.element(.span, .class("nav-text"), text: item.title)
      if let note = item.note { html.element(.span, .class("nav-note"), text: note) }
    }
  }

  private func header(_ html: inout HTMLWriter) {
    html.element(.header, .class("page-head")) { html in
      html.element(
        .button, .class("button button-quiet button-icon menu-button"), .type("button"),
        .popoverTarget("navigation"), .ariaLabel(html.strings.openNavigation)
      ) { html in html.add(Icon.menu) }
      if let breadcrumb { html.add(breadcrumb) }
      html.element(.div, .class("page-head-actions")) { html in
        headerActions?(&html)
        // Hidden until the script that gives it its meaning has run.
        html.element(
          .button, .class("button button-quiet button-icon theme-button"), .type("button"), .hidden(),
          .data("theme-toggle"), .ariaPressed(theme == .dark), .ariaLabel(html.strings.darkTheme),
          .title(html.strings.darkTheme)
        ) { html in
          html.add(Icon.sun)
          html.add(Icon.moon)
        }
      }
    }
  }
}
