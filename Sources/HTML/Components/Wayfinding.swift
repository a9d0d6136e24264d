// Finding one's way: breadcrumb, pagination, toolbar with search.

/// The way from the start to this page.
package struct Breadcrumb: HTMLComponent, Sendable {
  private let steps: [(title: String, link: SafeURL)]
  private let current: String

  package init(_ steps: [(title: String, link: SafeURL)], current: String) {
    self.steps = steps
    self.current = current
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.nav, .class("breadcrumb"), .ariaLabel(html.strings[.breadcrumb])) { html in
      html.element(.ol) { html in
        for step in steps {
          html.element(.li) { html in
            html.element(.a, .href(step.link), text: step.title)
            html.add(Icon.chevronRight)
          }
        }
        html.element(.li) { html in html.element(.span, .ariaCurrent("page"), text: current) }
      }
    }
  }
}

/// The pages of a long list.
package struct Pagination: HTMLComponent {
  private let current: Int
  private let count: Int
  private let link: (Int) -> SafeURL

  /// `current`: counted from 1; brought within 1 and `count`.
  /// `link`: the address of a page.
  package init(current: Int, of count: Int, link: @escaping (Int) -> SafeURL) {
    self.count = max(count, 1)
    self.current = min(max(current, 1), self.count)
    self.link = link
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.nav, .class("pagination"), .ariaLabel(html.strings[.pagination])) { html in
      step(to: current - 1, label: html.strings[.previousPage], icon: .chevronLeft, into: &html)
      html.element(.ol) { html in
        for page in shownPages {
          html.element(.li) { html in
            if let page {
              html.element(
                .a, .class("page-link"), .href(link(page)), .ariaCurrent(page == current ? "page" : nil),
                text: String(page))
            } else {
              html.element(.span, .class("gap"), .ariaHidden(), text: "…")
            }
          }
        }
      }
      step(to: current + 1, label: html.strings[.nextPage], icon: .chevronRight, into: &html)
    }
  }

  /// First, last, and the neighbours of the current page; nil where some are left out.
  private var shownPages: [Int?] {
    let shown = Set([1, count, current - 1, current, current + 1]).filter { (1...count).contains($0) }
      .sorted()
    var result: [Int?] = []
    var last = 0
    for page in shown {
      if page == last + 2 { result.append(last + 1) } else if page > last + 2 { result.append(nil) }
      result.append(page)
      last = page
    }
    return result
  }

  private func step(to page: Int, label: String, icon: Icon, into html: inout HTMLWriter) {
    let isPossible = (1...count).contains(page)
    html.add(
      Button.icon(icon, label: label, kind: .secondary, act: .follow(link(min(max(page, 1), count))))
        .small().disabled(!isPossible))
  }
}

/// A row above a list: search on one side, filters and acts on the other. The search works without scripts.
package struct Toolbar: HTMLComponent {
  private let id: ElementID
  private let action: SafeURL
  private let searchLabel: String
  private let query: String
  private let actions: HTMLContent?

  /// `action`: the address that is asked, with the text as the parameter `q`.
  /// `searchLabel`: read out, and shown while the field is empty.
  package init(
    _ id: ElementID, action: SafeURL, searchLabel: String, query: String = "", actions: HTMLContent? = nil
  ) {
    self.id = id
    self.action = action
    self.searchLabel = searchLabel
    self.query = query
    self.actions = actions
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.div, .class("toolbar")) { html in
      html.element(
        .form, .class("search"), .method(.get), .action(action), .role("search"), .ariaLabel(searchLabel)
      ) { html in
        html.element(.label, .class("visually-hidden"), .for(id), text: searchLabel)
        html.add(Icon.search)
        html.void(
          .input, .class("input"), .type("search"), .id(id), .name("q"), .value(query),
          .placeholder(searchLabel))
      }
      if let actions { html.element(.div, .class("actions"), content: actions) }
    }
  }
}
