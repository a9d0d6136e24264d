// The navigation at the side of a page: groups of places, the switcher of servers above them.

/// A group of places in the navigation.
package struct NavigationGroup: Sendable {
  /// A place to go.
  package struct Item: Sendable {
    /// What the link reads.
    package let title: String
    package let link: SafeURL
    /// All that is left of the place while the navigation is collapsed.
    package let icon: Icon?
    /// A count or another short note at the end.
    package let note: String?
    /// How the note stands: neutral ones are plain, the others a badge.
    package let tone: Tone
    /// The letter that goes there after `g`; one of its own for each place of a page.
    package let shortcut: Character?
    package let isCurrent: Bool

    package init(
      _ title: String, link: SafeURL, icon: Icon? = nil, note: String? = nil, tone: Tone = .neutral,
      shortcut: Character? = nil, isCurrent: Bool = false
    ) {
      self.title = title
      self.link = link
      self.icon = icon
      self.note = note
      self.tone = tone
      self.shortcut = shortcut
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

/// The server a page is about, at the top of the navigation; leads to where another one is picked.
package struct ServerSwitcher: HTMLComponent, Sendable {
  private let name: String
  private let detail: String?
  private let picture: SafeURL?
  private let link: SafeURL

  /// `detail`: a few words below the name, such as the reader's role there.
  /// `link`: the page where a server is picked.
  package init(name: String, detail: String? = nil, picture: SafeURL? = nil, link: SafeURL) {
    self.name = name
    self.detail = detail
    self.picture = picture
    self.link = link
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.a, .class("switcher"), .href(link), .title(html.strings[.switchServer])) { html in
      html.add(Avatar(name: name, picture: picture))
      html.element(.span, .class("switcher-text")) { html in
        html.element(.span, .class("visually-hidden"), text: html.strings[.switchServer] + ": ")
        html.element(.bdi, .class("switcher-name"), text: name)
        if let detail { html.element(.span, .class("switcher-detail"), text: detail) }
      }
      html.add(Icon.sort)
    }
  }
}

/// What stands at the side of a page, and on a phone in a drawer that its button opens without a script.
struct Sidebar: HTMLComponent {
  let site: PageShell.Site
  let switcher: ServerSwitcher?
  let groups: [NavigationGroup]
  let isCollapsed: Bool

  func render(into html: inout HTMLWriter) {
    html.element(.aside, .class("sidebar"), .id("navigation"), .popover) { html in
      head(&html)
      if let switcher { html.add(switcher) }
      html.element(.nav, .class("nav"), .ariaLabel(html.strings[.mainNavigation])) { html in
        for group in groups {
          if let title = group.title {
            html.element(.p, .class("nav-title")) { html in html.element(.span, text: title) }
          }
          html.element(.ul, .class("nav-list")) { html in
            for item in group.items { html.element(.li) { html in place(item, into: &html) } }
          }
        }
      }
    }
  }

  private func head(_ html: inout HTMLWriter) {
    html.element(.div, .class("sidebar-head")) { html in
      html.element(.a, .class("brand"), .href(site.home)) { html in
        html.add(BrandMark())
        html.element(.span, text: site.name)
      }
      html.element(
        .button, .class("button button-quiet button-icon sidebar-close"), .type("button"),
        .popoverTarget("navigation"), .ariaLabel(html.strings[.closeNavigation])
      ) { html in html.add(Icon.close) }
      // Hidden until the script that gives it its meaning has run.
      html.element(
        .button, .class("button button-quiet button-icon button-small sidebar-toggle"), .type("button"),
        .hidden(), .data("sidebar-toggle"), .ariaPressed(isCollapsed),
        .ariaLabel(html.strings[.collapseNavigation]), .title(html.strings[.collapseNavigation])
      ) { html in html.add(Icon.sidebar) }
    }
  }

  private func place(_ item: NavigationGroup.Item, into html: inout HTMLWriter) {
    html.element(
      .a, .class("nav-link"), .href(item.link), .ariaCurrent(item.isCurrent ? "page" : nil),
      .data("shortcut", item.shortcut.map { String($0) })
    ) { html in
      if let icon = item.icon { html.add(icon) }
      html.element(.span, .class("nav-text"), text: item.title)
      if let note = item.note {
        let tone = item.tone == .neutral ? "" : " badge tone-\(item.tone.rawValue)"
        html.element(.span, .class("nav-note" + tone), text: note)
      }
    }
  }
}
