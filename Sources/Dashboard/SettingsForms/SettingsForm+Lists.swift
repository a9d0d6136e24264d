// Lists: ticked, picked, typed one a line, or in rows that can be moved.

import HTML
import JSON
import PlatformSettings
import Resources

extension SettingsForm {
  func list(
    _ element: SettingsKind, _ counts: ClosedRange<Int>, isSet: Bool, _ value: JSONValue,
    _ place: SettingsPlace, isTitled: Bool, _ html: inout HTMLWriter
  ) {
    let values = value.array ?? []
    var field = wires(place)
    if !isTitled { field.help = nil }
    hidden(SettingsFormName.list, place.path, &html)
    switch SettingsListLayout(of: element, isSet: isSet, values: values) {
    case .checks:
      if case .choice(let names) = element { checks(field, names, place, values, &html) }
    case .picker: picker(field, element, place, values, &html)
    case .lines: lines(field, values, &html)
    case .rows: rows(element, counts, values, place, isTitled: isTitled, &html)
    }
  }

  private func lines(_ field: Field, _ values: [JSONValue], _ html: inout HTMLWriter) {
    let text = typed[field.name] ?? values.compactMap(\.string).joined(separator: "\n")
    let note = field.id.part("note")
    field.render(into: &html) { html in
      html.element(
        .textarea,
        attributes: field.controlAttributes(describedBy: [note]) + [
          .class("input settings-lines"), .rows(min(max(3, values.count + 1), 12)), .spellcheck(false),
        ]
      ) { html in html.text(text) }
      html.element(.p, .class("help"), .id(note), text: words.page["settingsForm.lines"])
    }
  }

  private func rows(
    _ element: SettingsKind, _ counts: ClosedRange<Int>, _ values: [JSONValue], _ place: SettingsPlace,
    isTitled: Bool, _ html: inout HTMLWriter
  ) {
    let shown = values.prefix(Self.maximumRows)
    let depth = place.path.utf8.count(where: { $0 == UInt8(ascii: "[") })
    let placeholder = SettingsFormName.placeholder(depth: depth)
    html.element(
      .div, .class("settings-list"), .id(anchor(place.path)), .role("group"),
      .ariaLabel(words.label(place.key)), .data("list", place.path), .data("list-placeholder", placeholder),
      .data("list-minimum", String(counts.lowerBound)), .data("list-maximum", String(counts.upperBound))
    ) { html in
      if isTitled {
        html.element(.p, .class("label"), text: words.label(place.key))
        if let help = words.help(place.key) { html.element(.p, .class("help"), text: help) }
      }
      ownProblems(of: place, &html)
      html.element(.div, .class("settings-rows"), .data("list-rows")) { html in
        for (index, value) in shown.enumerated() {
          row(element, value, place.element(String(index)), number: index + 1, in: shown.count, &html)
        }
      }
      if values.count > shown.count {
        hidden(SettingsFormName.rest, "\(values.count - shown.count) \(place.path)", &html)
        html.element(
          .p, .class("help"),
          text: words.page(
            "settingsForm.rest", ["shown": String(shown.count), "count": String(values.count)]))
      } else if !isReadOnly {
        if values.isEmpty { html.element(.p, .class("help"), text: words.page["settingsForm.noRows"]) }
        adding(element, place, placeholder, isFull: values.count >= counts.upperBound, &html)
      }
    }
  }

  private func adding(
    _ element: SettingsKind, _ place: SettingsPlace, _ placeholder: String, isFull: Bool,
    _ html: inout HTMLWriter
  ) {
    html.element(.div) { html in
      html.add(
        Button(
          words.page["settingsForm.add"], icon: .plus,
          act: .submit(name: SettingsFormName.add, value: place.path)
        ).small().disabled(isFull))
    }
    html.element(.template, .data("list-template")) { html in
      row(element, element.blank, place.element(placeholder), number: nil, in: 0, &html)
    }
  }

  /// One element with its buttons. `number`: nil in templates.
  private func row(
    _ element: SettingsKind, _ value: JSONValue, _ place: SettingsPlace, number: Int?, in count: Int,
    _ html: inout HTMLWriter
  ) {
    let title =
      words.page("settingsForm.row", ["number": number.map { String($0) } ?? ""])
      .trimmingSpaces
    html.element(
      .div, .class("settings-row"), .role("group"), .ariaLabel("\(words.label(place.key)) \(title)"),
      .data("list-row")
    ) { html in
      hidden(SettingsFormName.row, place.path, &html)
      if case .record(let fields) = element {
        let isOpen = number == nil || count == 1 || value == element.blank || hasProblem(within: place.path)
        html.element(.details, .class("settings-row-body"), .open(isOpen)) { html in
          html.element(.summary, .class("settings-summary")) { html in
            html.element(.span, .class("settings-summary-text")) { html in
              html.element(
                .span, .class("label"), text: number == nil ? words.page["settingsForm.new"] : title)
              let text = summary(fields, value, place)
              if !text.isEmpty { html.element(.span, .class("help settings-row-summary"), text: text) }
            }
            html.add(Icon.chevronDown)
          }
          html.element(.div, .class("settings-fields"), .id(anchor(place.path))) { html in
            group(fields, value, place, &html)
          }
        }
      } else {
        control(element, value, place, isTitled: false, &html)
      }
      if !isReadOnly { buttons(place, title, &html) }
    }
  }

  /// What a closed row shows: the values that say most.
  private func summary(
    _ fields: [SettingsFieldDescription], _ value: JSONValue, _ place: SettingsPlace
  ) -> String {
    var parts: [String] = []
    for field in fields where parts.count < 3 {
      guard let inner = value[field.name], !inner.isNull, inner != "", inner != [] else { continue }
      switch field.kind.wrapped {
      case .toggle, .record, .color: continue
      default:
        parts.append(
          words.value(inner, field.kind, key: place.field(field.name).key, choices: choices))
      }
    }
    return parts.joined(separator: " · ")
  }

  private func buttons(_ place: SettingsPlace, _ title: String, _ html: inout HTMLWriter) {
    let page = words.page
    let acts: [(Icon, String, String)] = [
      (.arrowUp, page["settingsForm.up"], SettingsFormName.up),
      (.arrowDown, page["settingsForm.down"], SettingsFormName.down),
      (.trash, page["settingsForm.remove"], SettingsFormName.remove),
    ]
    html.element(.div, .class("settings-row-buttons")) { html in
      for (icon, label, name) in acts {
        html.add(
          Button.icon(icon, label: "\(label): \(title)", act: .submit(name: name, value: place.path)).small())
      }
    }
  }
}

extension String {
  /// Without the spaces that a missing value leaves at the end.
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
