// Tables: sortable heads, row actions, and one card per row on a phone.

/// A table of records. On a narrow screen each row becomes a small card with the column's title beside each value;
/// the roles are written out because the changed display would otherwise hide the table from screen readers.
package struct Table: HTMLComponent {
  /// The order a column is in.
  package enum Order: Sendable {
    case ascending, descending
  }

  /// A column.
  package struct Column: Sendable {
    package let title: String
    /// Numbers are set flush right with digits of one width.
    package let isNumeric: Bool
    /// Where the head leads to sort by this column; nil when it cannot be sorted by.
    package let sortLink: SafeURL?
    package let order: Order?

    package init(_ title: String, isNumeric: Bool = false, sortLink: SafeURL? = nil, order: Order? = nil) {
      self.title = title
      self.isNumeric = isNumeric
      self.sortLink = sortLink
      self.order = order
    }
  }

  /// A record. The first cell is the row's head: it names the record.
  package struct Row {
    package let cells: [HTMLContent]
    package let actions: HTMLContent?

    package init(_ cells: [HTMLContent], actions: HTMLContent? = nil) {
      self.cells = cells
      self.actions = actions
    }
  }

  private let caption: String
  private let columns: [Column]
  private let rows: [Row]
  private let empty: EmptyState?

  /// `caption`: what the table lists; seen and read out.
  /// `empty`: stands in place of the table when there is no row.
  package init(_ caption: String, columns: [Column], rows: [Row], empty: EmptyState? = nil) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.empty = empty
  }

  package func render(into html: inout HTMLWriter) {
    if rows.isEmpty, let empty {
      html.add(empty)
      return
    }
    html.element(.div, .class("table-frame")) { html in
      html.element(.table, .class("table"), .role("table")) { html in
        html.element(.caption, text: caption)
        head(&html)
        html.element(.tbody, .role("rowgroup")) { html in
          for row in rows { body(row, into: &html) }
        }
      }
    }
  }

  private var hasActions: Bool { rows.contains { $0.actions != nil } }

  private func head(_ html: inout HTMLWriter) {
    html.element(.thead, .role("rowgroup")) { html in
      html.element(.tr, .role("row")) { html in
        for column in columns { head(column, into: &html) }
        if hasActions {
          html.element(.th, .role("columnheader"), .scope("col"), .class("actions")) { html in
            html.element(.span, .class("visually-hidden"), text: html.strings[.actions])
          }
        }
      }
    }
  }

  private func head(_ column: Column, into html: inout HTMLWriter) {
    let (ariaOrder, icon): (StaticString?, Icon) =
      switch column.order {
      case .ascending: ("ascending", .arrowUp)
      case .descending: ("descending", .arrowDown)
      case nil: (nil, .sort)
      }
    html.element(
      .th, .role("columnheader"), .scope("col"), .class("numeric").when(column.isNumeric),
      .ariaSort(ariaOrder)
    ) { html in
      guard let link = column.sortLink else { return html.text(column.title) }
      html.element(.a, .class("sort"), .href(link)) { html in
        html.element(.span, text: column.title)
        html.add(icon)
      }
    }
  }

  private func body(_ row: Row, into html: inout HTMLWriter) {
    html.element(.tr, .role("row")) { html in
      for (index, (column, cell)) in zip(columns, row.cells).enumerated() {
        if index == 0 {
          html.element(.th, .role("rowheader"), .scope("row"), content: cell)
        } else {
          html.element(
            .td, .role("cell"), .class("numeric").when(column.isNumeric), .data("label", column.title)
          ) { html in
            html.element(.div, .class("value"), content: cell)
          }
        }
      }
      if hasActions {
        html.element(.td, .role("cell"), .class("actions")) { html in row.actions?(&html) }
      }
    }
  }
}
