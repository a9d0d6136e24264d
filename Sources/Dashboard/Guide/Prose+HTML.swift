// How such a text looks on a page.

import HTML

extension HTMLWriter {
  /// A text with its marks. Headings begin at the second level, below the page's own.
  mutating func prose(_ text: String) { prose(Prose(text)) }

  /// The same of a text that was read already.
  mutating func prose(_ prose: Prose) {
    element(.div, .class("prose")) { html in
      for block in prose.blocks { html.write(block) }
    }
  }

  private mutating func write(_ block: Prose.Block) {
    switch block {
    case .heading(let level, let text):
      element(level <= 2 ? .h2 : level == 3 ? .h3 : .h4, .id(Prose.id(text))) { $0.line(text) }
    case .paragraph(let text): element(.p) { $0.line(text) }
    case .quote(let text): element(.blockquote) { $0.line(text) }
    case .list(let items, let isOrdered):
      element(isOrdered ? .ol : .ul) { html in
        for item in items { html.element(.li) { $0.line(item) } }
      }
    case .code(let text): element(.pre, .tabIndex(0)) { $0.element(.code, text: text) }
    case .table(let head, let rows):
      element(.div, .class("table-frame"), .tabIndex(0)) { html in
        html.element(.table, .class("table")) { html in
          html.element(.thead) { html in html.row(head, .th) }
          html.element(.tbody) { html in for cells in rows { html.row(cells, .td) } }
        }
      }
    }
  }

  private mutating func row(_ cells: [String], _ cell: Element) {
    element(.tr) { html in for text in cells { html.element(cell) { $0.line(text) } } }
  }

  /// A line's stretches; a line end is a line end.
  mutating func line(_ text: String) {
    for (index, part) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { void(.br) }
      for span in ProseSpan.read(String(part)) {
        switch span {
        case .text(let text): self.text(text)
        case .code(let text): element(.code, text: text)
        case .strong(let text): element(.strong, text: text)
        case .emphasis(let text): element(.em, text: text)
        case .link(let text, let url): element(.a, .href(url), text: text)
        }
      }
    }
  }
}
