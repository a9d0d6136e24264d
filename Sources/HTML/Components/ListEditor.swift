// Rows in a form that are added, removed and put in order.

/// A list of rows of fields. Names of the fields begin with the row's path, `rules[0]`, and stay consecutive. Without
/// scripts the buttons send the form with `list-add` or `list-remove`, and the server changes the list.
package struct ListEditor: HTMLComponent {
  private let path: String
  private let label: String
  private let count: Int
  private let maximum: Int
  private let addLabel: String
  private let empty: String?
  private let row: (String, inout HTMLWriter) -> Void

  /// `path`: what names in the list begin with, such as `rules`.
  /// `maximum`: how many rows there may be; the server checks it as well.
  /// `empty`: stands in place of the rows when there is none.
  /// `row`: writes the fields of a row, their names beginning with the path it is given: that of a row there is,
  ///   or `rules[#]` for the one a new row is copied from, which is to be written without values.
  package init(
    _ path: String, label: String, count: Int, maximum: Int, addLabel: String, empty: String? = nil,
    row: @escaping (String, inout HTMLWriter) -> Void
  ) {
    self.path = path
    self.label = label
    self.count = count
    self.maximum = maximum
    self.addLabel = addLabel
    self.empty = empty
    self.row = row
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .fieldset, .class("list"), .data("list", path), .data("maximum", String(maximum)),
      .data("row-added", html.strings[.rowAdded]), .data("row-removed", html.strings[.rowRemoved]),
      .data("row-moved", html.strings[.rowMoved])
    ) { html in
      html.element(.legend, .class("label"), text: label)
      html.element(.ol, .class("list-rows"), .data("list-rows")) { html in
        for index in 0..<count { write("\(path)[\(index)]", into: &html) }
      }
      if let empty { html.element(.p, .class("list-empty muted"), text: empty) }
      html.add(
        Button(addLabel, icon: .plus, act: .submit(name: "list-add", value: path)).small()
          .disabled(count >= maximum).with(.data("list-add"), .formNoValidate()))
      html.element(.template, .data("list-template")) { html in write("\(path)[#]", into: &html) }
    }
  }

  private func write(_ rowPath: String, into html: inout HTMLWriter) {
    html.element(.li, .class("list-row"), .data("list-row")) { html in
      html.element(.div, .class("list-fields")) { html in row(rowPath, &html) }
      html.element(.div, .class("list-acts")) { html in
        html.add(
          Button.icon(
            .arrowUp, label: html.strings[.moveUp], act: .script([.hidden(), .data("list-move", "-1")])
          ).small())
        html.add(
          Button.icon(
            .arrowDown, label: html.strings[.moveDown], act: .script([.hidden(), .data("list-move", "1")])
          ).small())
        html.add(
          Button.icon(
            .trash, label: html.strings[.removeRow], act: .submit(name: "list-remove", value: rowPath)
          ).small().with(.data("list-remove"), .formNoValidate()))
      }
    }
  }
}
