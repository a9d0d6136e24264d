// Narrowing a list: a form that asks for the same page with other parameters.

/// Fields above a list. Sent with GET, so that a filtered list has an address of its own; works without scripts.
package struct FilterBar: HTMLComponent {
  private let action: SafeURL
  private let label: String
  private let apply: String
  private let clear: (title: String, link: SafeURL)?
  private let folds: Bool
  private let fields: HTMLContent

  /// - Parameters:
  ///   - label: what the form is for, for who does not see it.
  ///   - action: the page it asks for.
  ///   - apply: what its button says.
  ///   - clear: where the list is without filters, and what the link there says; nil while there are none.
  ///   - folds: whether, on a phone, the fields are folded away while there are no filters: the list is what people come
  ///     for.
  ///   - fields: each in its own `.field`.
  package init(
    _ label: String, action: SafeURL, apply: String, clear: (title: String, link: SafeURL)? = nil,
    folds: Bool = false, fields: @escaping HTMLContent
  ) {
    (self.label, self.action, self.apply, self.clear) = (label, action, apply, clear)
    (self.folds, self.fields) = (folds, fields)
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .form, .class("filters"), .method(.get), .action(action), .role("search"), .ariaLabel(label)
    ) { html in
      guard folds else { return write(&html) }
      html.element(.details, .class("filters-fold"), .open(clear != nil)) { html in
        html.element(.summary) { html in
          html.add(Icon.filter)
          html.text(html.strings[.filter])
        }
        html.element(.div, .class("filters-body")) { html in write(&html) }
      }
    }
  }

  private func write(_ html: inout HTMLWriter) {
    html.element(.div, .class("filter-fields"), content: fields)
    html.element(.div, .class("row")) { html in
      html.add(Button(apply, icon: .search, act: .submit()))
      if let clear { html.add(Button(clear.title, kind: .quiet, act: .follow(clear.link))) }
    }
  }
}
