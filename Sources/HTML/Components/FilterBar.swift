// Narrowing a list: a form that asks for the same page with other parameters.

/// Search, selects and dates above a list. Sent with GET, so that a filtered list has an address of its own.
package struct FilterBar: HTMLComponent {
  /// A way to narrow.
  package enum Control: Sendable {
    case search(String, label: String, value: String)
    /// The first choice stands for all.
    case select(String, label: String, choices: [Choice], selected: String?)
    /// A day, `2026-11-21`, or empty.
    case date(String, label: String, value: String)
  }

  private let id: ElementID
  private let action: SafeURL
  private let controls: [Control]
  private let clear: SafeURL?

  /// `id`: the fields' ids are made from it and their names.
  /// `clear`: the address without filters; nil when none is set.
  package init(_ id: ElementID, action: SafeURL, controls: [Control], clear: SafeURL? = nil) {
    self.id = id
    self.action = action
    self.controls = controls
    self.clear = clear
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .form, .class("filters"), .id(id), .method(.get), .action(action), .role("search"),
      .ariaLabel(html.strings[.filter])
    ) { html in
      for (index, control) in controls.enumerated() { write(control, id: id.part(index), into: &html) }
      html.element(.div, .class("actions")) { html in
        html.add(Button(html.strings[.filter], icon: .filter, act: .submit()))
        if let clear { html.add(Button(html.strings[.clearFilters], kind: .quiet, act: .follow(clear))) }
      }
    }
  }

  private func write(_ control: Control, id: ElementID, into html: inout HTMLWriter) {
    switch control {
    case .search(let name, let label, let value):
      html.add(TextInput(Field(name, label: label, id: id), .search, value: value))
    case .select(let name, let label, let choices, let selected):
      html.add(SelectInput(Field(name, label: label, id: id), choices: choices, selected: selected))
    case .date(let name, let label, let value):
      html.add(TextInput(Field(name, label: label, id: id), .date, value: value))
    }
  }
}
