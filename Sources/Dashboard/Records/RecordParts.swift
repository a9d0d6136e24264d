// Parts that the pages of records share: instants, keyset paging.

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
