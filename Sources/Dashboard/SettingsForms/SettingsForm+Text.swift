// Texts: one line or several, a counter, and variables to insert.

import HTML
import JSON
import PlatformSettings
import Resources

extension SettingsForm {
  func text(_ field: Field, _ value: JSONValue, _ rules: SettingsTextRules, _ html: inout HTMLWriter) {
    let text = typed[field.name] ?? value.string ?? ""
    let counter = field.id.part("counter")
    let isCounted = rules.isMultiline || rules.lengths.upperBound >= 100
    // A browser takes the line ends out of a one-line field; what has some keeps them in a large one.
    let isLarge = rules.isMultiline || text.unicodeScalars.contains { $0 == "\n" || $0 == "\r" }
    let attributes =
      field.controlAttributes(describedBy: isCounted ? [counter] : []) + [
        .class("input"), .data("limit", String(rules.lengths.upperBound)),
        .data("count-in", isCounted ? counter.rawValue : nil),
      ]
    field.render(into: &html) { html in
      if isLarge {
        html.element(.textarea, attributes: attributes + [.rows(rows(for: text))]) { html in html.text(text) }
      } else {
        html.void(.input, attributes: attributes + [.type("text"), .autocomplete("off"), .value(text)])
      }
      if isCounted {
        html.element(
          .p, .class("counter"), .id(counter),
          text: "\(text.unicodeScalars.count) / \(rules.lengths.upperBound)")
      }
      if let variables = rules.variables { self.variables(variables, for: field, &html) }
    }
  }

  private func rows(for text: String) -> Int { min(max(3, text.utf8.count(where: { $0 == 10 }) + 2), 16) }

  /// Buttons that insert a variable where the caret is; without a script they are the list of what can be written.
  private func variables(_ names: [String], for field: Field, _ html: inout HTMLWriter) {
    html.element(.p, .class("settings-variables")) { html in
      html.element(.span, .class("help"), text: words.page["settingsForm.variables"])
      for name in names {
        html.text(" ")
        html.element(
          .button, .class("settings-variable"), .type("button"), .data("insert-into", field.id.rawValue),
          text: "{\(name)}")
      }
    }
  }
}
