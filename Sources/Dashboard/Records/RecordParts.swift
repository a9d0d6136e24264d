// Parts that the pages of records share: instants, filters, keyset paging.

import EventLoop
import HTML
import PlatformText
import Resources

extension Timestamp {
  /// Midnight in UTC of a day as a browser's date field sends it, `2026-11-21`; nil for anything else.
  init?(day text: String) {
    guard text.utf8.count == 10 else { return nil }
    self.init(iso8601: "\(text)T00:00:00Z")
  }

  /// Midnight in UTC of its day.
  var startOfDay: Timestamp {
    Timestamp(milliseconds: milliseconds.dividedDown(by: 86_400_000) * 86_400_000)
  }
}

/// Fields above a list, which ask for the page again. Works without scripts.
struct FilterForm: HTMLComponent {
  let action: SafeURL
  let label: String
  let apply: String
  /// Where the list is without filters, and what the link there says; nil while there are none.
  let clear: (title: String, link: SafeURL)?
  let fields: HTMLContent

  func render(into html: inout HTMLWriter) {
    html.element(
      .form, .class("filters"), .method(.get), .action(action), .role("search"), .ariaLabel(label)
    ) { html in
      html.element(.div, .class("filter-fields"), content: fields)
      html.element(.div, .class("row")) { html in
        html.add(Button(apply, icon: .search, act: .submit()))
        if let clear { html.add(Button(clear.title, kind: .quiet, act: .follow(clear.link))) }
      }
    }
  }
}

/// A field for a day.
struct DayInput: HTMLComponent {
  let name: String
  let label: String
  let value: String?

  func render(into html: inout HTMLWriter) {
    let id = ElementID("filter-\(name)")
    html.element(.div, .class("field")) { html in
      html.element(.label, .class("label"), .for(id), text: label)
      html.void(.input, .class("input"), .type("date"), .id(id), .name(name), .value(value))
    }
  }
}

/// The way on in a list without numbered pages: back to the newest, on to older ones.
struct KeysetLinks: HTMLComponent {
  /// nil on the first page.
  let newest: SafeURL?
  /// nil on the last page.
  let older: SafeURL?
  let strings: StringCatalog

  func render(into html: inout HTMLWriter) {
    guard newest != nil || older != nil else { return }
    html.element(.nav, .class("row keyset"), .ariaLabel(html.strings[.pagination])) { html in
      if let newest {
        html.add(Button(strings["records.newest"], icon: .chevronLeft, act: .follow(newest)).small())
      }
      if let older { html.add(Button(strings["records.older"], act: .follow(older)).small()) }
    }
  }
}
