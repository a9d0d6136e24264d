// The control of each kind of setting.

import DiscordCore
import HTML
import JSON
import PlatformSettings
import PlatformText
import Resources

extension SettingsForm {
  /// The control of one setting. `isTitled`: whether label and help are written with it.
  func control(
    _ kind: SettingsKind, _ value: JSONValue, _ place: SettingsPlace, isTitled: Bool = true,
    isOptional: Bool = false, _ html: inout HTMLWriter
  ) {
    let field = wires(place)
    switch kind {
    case .toggle:
      if isOptional {
        let isOn = value.bool.map { $0 ? "true" : "false" }
        let page = words.page
        let options = [
          Choice("", label: page["settingsForm.notSet"]), Choice("true", label: page["settingsForm.on"]),
          Choice("false", label: page["settingsForm.off"]),
        ]
        html.add(SelectInput(field, choices: options, selected: isOn ?? ""))
      } else {
        html.add(Switch(field, isOn: value.bool ?? false))
      }
    case .integer(let bounds):
      line(field, value.int64.map { String($0) }, ["input-short"], mode: "numeric", &html) { html in
        range("\(bounds.lowerBound)", "\(bounds.upperBound)", field, &html)
      }
    case .number(let bounds):
      line(
        field, value.double.map(SettingsWords.text(of:)), ["input-short"], mode: "decimal", &html
      ) { html in
        range(
          SettingsWords.text(of: bounds.lowerBound), SettingsWords.text(of: bounds.upperBound), field, &html)
      }
    case .duration(let bounds): duration(field, value, bounds, &html)
    case .text(let rules): text(field, value, rules, &html)
    case .color: color(field, value, isOptional: isOptional, &html)
    case .choice(let names): choice(field, place, names, value, isOptional: isOptional, &html)
    case .reference(let reference): self.reference(field, reference, value, isOptional: isOptional, &html)
    case .optional(let kind): optional(kind, value, place, &html)
    case .list(let element, let counts, let isSet):
      list(element, counts, isSet: isSet, value, place, isTitled: isTitled, &html)
    case .record(let fields): record(fields, value, place, isTitled: isTitled, &html)
    }
  }

  /// Label, help and error of a place. The control of a row has the row's number, and its help stands above the list.
  func wires(_ place: SettingsPlace) -> Field {
    var label = words.label(place.key)
    var help = words.help(place.key)
    if place.path.last == "]" {
      let digits = place.path.dropLast().reversed().prefix { $0.isNumber }
      if let number = Int(String(digits.reversed())) { label += " \(number + 1)" }
      help = nil
    }
    return Field(
      place.path, label: label, id: anchor(place.path), help: help, error: error(at: place.path))
  }

  /// What was typed, or else the value as it stands.
  private func shown(_ field: Field, _ value: String?) -> String { typed[field.name] ?? value ?? "" }

  /// A line to type in, with a note below.
  private func line(
    _ field: Field, _ value: String?, _ classes: [String], mode: StaticString,
    _ html: inout HTMLWriter, note: (inout HTMLWriter) -> Void
  ) {
    field.render(into: &html) { html in
      html.void(
        .input,
        attributes: field.controlAttributes(describedBy: [field.id.part("note")]) + [
          .class((["input"] + classes).joined(separator: " ")), .type("text"), .inputMode(mode),
          .autocomplete("off"), .value(shown(field, value)),
        ])
    }
    note(&html)
  }

  private func range(_ lowest: String, _ highest: String, _ field: Field, _ html: inout HTMLWriter) {
    html.element(
      .p, .class("visually-hidden"), .id(field.id.part("note")),
      text: words.page("settingsForm.range", ["lowest": lowest, "highest": highest]))
  }

  private func duration(
    _ field: Field, _ value: JSONValue, _ bounds: ClosedRange<Duration>, _ html: inout HTMLWriter
  ) {
    let note = field.id.part("note")
    let seconds = value.int64
    field.render(into: &html) { html in
      html.element(.div, .class("settings-duration")) { html in
        html.void(
          .input,
          attributes: field.controlAttributes(describedBy: [note]) + [
            .class("input input-short"), .type("text"), .autocomplete("off"),
            .placeholder(words.page["settingsForm.duration.placeholder"]),
            .value(shown(field, seconds.map { HumanDuration.format(.seconds($0)) })),
            .data("duration-hint", note.rawValue),
          ])
        html.element(.span, attributes: [.class("help"), .id(note)] + durationUnits) { html in
          html.text(seconds.map { words.duration($0) } ?? "")
        }
      }
      html.element(
        .p, .class("visually-hidden"),
        text: words.page(
          "settingsForm.range",
          [
            "lowest": words.duration(bounds.lowerBound.components.seconds),
            "highest": words.duration(bounds.upperBound.components.seconds),
          ]))
    }
  }

  /// The words the script says a span in, as `one|other`.
  private var durationUnits: [HTMLAttribute] {
    func both(_ unit: String) -> String {
      "\(words.page[dynamic: "settingsForm.\(unit).one"])|\(words.page[dynamic: "settingsForm.\(unit).other"])"
    }
    return [
      .data("week", both("week")), .data("day", both("day")), .data("hour", both("hour")),
      .data("minute", both("minute")), .data("second", both("second")),
    ]
  }

  private func color(_ field: Field, _ value: JSONValue, isOptional: Bool, _ html: inout HTMLWriter) {
    let text = shown(field, value.string)
    field.render(into: &html) { html in
      html.element(.div, .class("input-group")) { html in
        // Without a name, so that only the text is sent; the script joins the two.
        html.void(
          .input, .class("input input-color"), .type("color"), .hidden(),
          .data("color-of", field.id.rawValue), .ariaLabel(field.label),
          .value(SettingsColor(text)?.text ?? "#000000"))
        html.void(
          .input,
          attributes: field.controlAttributes() + [
            .class("input input-short mono"), .type("text"), .autocomplete("off"), .spellcheck(false),
            .placeholder(isOptional ? words.page["settingsForm.notSet"] : "#rrggbb"), .value(text),
          ])
      }
    }
  }

  private func optional(
    _ kind: SettingsKind, _ value: JSONValue, _ place: SettingsPlace, _ html: inout HTMLWriter
  ) {
    if kind.isNoneWhenEmpty { return control(kind, value, place, isOptional: true, &html) }
    let name = SettingsFormName.isSet(place.path)
    let isOn = !value.isNull
    hidden(SettingsFormName.optional, place.path, &html)
    html.add(
      Switch(
        Field(
          name, label: words.label(place.key), id: ElementID("field-\(name)"), help: words.help(place.key)),
        isOn: isOn))
    html.element(
      .div, .class("settings-condition settings-untitled"), .data("when-field", name),
      .data("when-value", "true")
    ) { html in
      control(kind, isOn ? value : kind.blank, place, isTitled: false, &html)
    }
  }

  private func record(
    _ fields: [SettingsFieldDescription], _ value: JSONValue, _ place: SettingsPlace, isTitled: Bool,
    _ html: inout HTMLWriter
  ) {
    if !isTitled {
      html.element(.div, .class("settings-fields"), .id(anchor(place.path))) { html in
        group(fields, value, place, &html)
      }
      return
    }
    html.element(
      .details, .class("settings-group"), .id(anchor(place.path)), .open(hasProblem(within: place.path))
    ) { html in
      html.element(.summary, .class("settings-summary")) { html in
        html.element(.span, .class("settings-summary-text")) { html in
          html.element(.span, .class("label"), text: words.label(place.key))
          if let help = words.help(place.key) { html.element(.span, .class("help"), text: help) }
        }
        html.add(Icon.chevronDown)
      }
      html.element(.div, .class("settings-fields")) { html in group(fields, value, place, &html) }
    }
  }
}
