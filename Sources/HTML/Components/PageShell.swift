// The frame of every page: head, skip link, navigation, header, main part, footer, place for toasts.

/// A theme a reader has chosen; nil wherever one is asked for means: as the system is set.
package enum Theme: String, Sendable {
  case light, dark
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

  /// What a page of the application has around it, beyond what every page has.
  package struct Frame {
    /// The server the page is about, above the navigation.
    package var switcher: ServerSwitcher?
    /// Whether the reader keeps the navigation narrow, from the cookie `sidebar`.
    package var isSidebarCollapsed = false
    /// The way to the notices.
    package var bell: NoticeBell?
    /// Who is signed in. The theme is then chosen in its menu.
    package var account: AccountMenu?
    /// Strips above the content: `CookieBanner`, `ViewerBanner`, `Banner`.
    package var banners: HTMLContent?
    /// What the request before this page did: `Toast`.
    package var toasts: HTMLContent?
    /// Getting anywhere by keyboard.
    package var palette: CommandPalette?
    /// Modules that only this page needs, such as the one that draws charts.
    package var scripts: [SafeURL] = []
    /// Further style sheets of this page.
    package var styles: [SafeURL] = []
    /// The IANA name of the zone that instants are shown in; nil for the browser's own.
    package var zone: String?

    package init() {}
  }

  private let site: Site
  private let title: String
  private let language: String
  private let direction: TextDirection
  private let theme: Theme?
  private let navigation: [NavigationGroup]
  private let frame: Frame
  private let breadcrumb: Breadcrumb?
  private let headerActions: HTMLContent?
  private let footer: HTMLContent?
  private let content: HTMLContent

  /// `title`: names the page in the browser's tab, before the site's name.
  /// `language`: a BCP 47 tag.
  package init(
    _ site: Site, title: String, language: String, direction: TextDirection = .leftToRight,
    theme: Theme? = nil, navigation: [NavigationGroup], frame: Frame = Frame(),
    breadcrumb: Breadcrumb? = nil, headerActions: HTMLContent? = nil, footer: HTMLContent? = nil,
    content: @escaping HTMLContent
  ) {
    self.site = site
    self.title = title
    self.language = language
    self.direction = direction
    self.theme = theme
    self.navigation = navigation
    self.frame = frame
    self.breadcrumb = breadcrumb
    self.headerActions = headerActions
    self.footer = footer
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    html.doctype()
    html.element(
      .html, .lang(language), .dir(direction), .data("theme", theme?.rawValue),
      .data("sidebar", frame.isSidebarCollapsed ? "collapsed" : nil), .data("zone", frame.zone)
    ) { html in
      html.element(.head) { html in head(&html) }
      html.element(.body) { html in
        html.element(.a, .class("skip-link"), .href("#content"), text: html.strings[.skipToContent])
        html.element(.div, .class("shell")) { html in
          html.add(
            Sidebar(
              site: site, switcher: frame.switcher, groups: navigation,
              isCollapsed: frame.isSidebarCollapsed))
          html.element(.div, .class("page")) { html in
            header(&html)
            if let banners = frame.banners {
              html.element(
                .aside, .class("banners"), .ariaLabel(html.strings[.notices]), content: banners)
            }
            html.element(.main, .id("content"), .class("content"), .tabIndex(-1), content: content)
            if let footer { html.element(.footer, .class("page-foot"), content: footer) }
          }
        }
        if let palette = frame.palette {
          html.add(palette)
          html.add(ShortcutsDialog(groups: navigation))
        }
        html.element(
          .div, .class("toasts"), .id("toasts"), .role("region"), .ariaLive("polite"),
          .ariaLabel(html.strings[.notifications]), .data("dismiss-label", html.strings[.dismiss])
        ) { html in frame.toasts?(&html) }
      }
    }
  }

  private func head(_ html: inout HTMLWriter) {
    html.void(.meta, .charset("utf-8"))
    html.void(.meta, .name("viewport"), .content("width=device-width, initial-scale=1"))
    html.void(.meta, .name("color-scheme"), .content("light dark"))
    html.element(.title, text: "\(title) · \(site.name)")
    html.void(.link, .rel("icon"), .type("image/svg+xml"), .href(site.favicon))
    for style in [site.styleSheet] + frame.styles { html.void(.link, .rel("stylesheet"), .href(style)) }
    html.moduleScript(site.script)
    for script in frame.scripts { html.moduleScript(script) }
  }

  private func header(_ html: inout HTMLWriter) {
    html.element(.header, .class("page-head")) { html in
      html.element(
        .button, .class("button button-quiet button-icon menu-button"), .type("button"),
        .popoverTarget("navigation"), .ariaLabel(html.strings[.openNavigation])
      ) { html in html.add(Icon.menu) }
      if let breadcrumb { html.add(breadcrumb) }
      html.element(.div, .class("page-head-actions")) { html in
        if frame.palette != nil { html.add(CommandPalette.Opener()) }
        headerActions?(&html)
        if let bell = frame.bell { html.add(bell) }
        if let account = frame.account {
          html.add(account)
        } else {
          html.add(ThemeButton(theme: theme))
        }
      }
    }
  }
}
