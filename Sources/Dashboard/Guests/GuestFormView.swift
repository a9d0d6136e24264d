// A plugin's form, with the fields of the design system.

import HTML
import JSON
import PlatformAccess
import Resources
import SandboxArtifacts

/// The fields of a form with their values.
struct GuestFormView {
  private let context: GuestContext
  private let widget: GuestWidget
  private let form: GuestWidget.Form
  private let values: [String: JSONValue]

  init(
    _ context: GuestContext, _ widget: GuestWidget, _ form: GuestWidget.Form, _ values: [String: JSONValue]
  ) {
    (self.context, self.widget, self.form, self.values) = (context, widget, form, values)
  }

  func write(_ html: inout HTMLWriter) {
    guard !form.fields.isEmpty else { return context.empty(&html) }
    let isAllowed = form.saveMethod != nil && context.role >= widget.actingRole ?? .manager
    guard isAllowed, let target = context.target(widget) else {
      html.element(.div, .class("form")) { html in fields(isDisabled: true, &html) }
      html.element(.p, .class("help"), text: context.strings["guest.notAllowed"])
      return
    }
    html.form(target, .class("form"), .autocomplete("off")) { html in
      fields(isDisabled: false, &html)
      html.element(.div, .class("row")) { html in
        html.add(Button(html.strings[.save], kind: .primary, act: .submit()))
      }
    }
  }

  private func fields(isDisabled: Bool, _ html: inout HTMLWriter) {
    for (index, field) in form.fields.enumerated() {
      let control = Field(
        GuestFormSubmission.prefix + field.key, label: field.label,
        id: ElementID("guest-\(widget.id)").part(index), help: field.help,
        error: context.mistakes[field.key].map { context.strings[dynamic: "guest.mistake.\($0.rawValue)"] },
        // A toggle that must be on would be no choice; browsers would insist on it.
        isRequired: field.isRequired && field.kind != .toggle, isDisabled: isDisabled)
      write(field, control, &html)
    }
  }

  private func write(_ field: GuestWidget.Field, _ control: Field, _ html: inout HTMLWriter) {
    let value = GuestValue(values[field.key])
    switch field.kind {
    case .text:
      html.add(
        TextInput(control, .text(maximum: limit(field)), value: value.text, placeholder: field.placeholder))
    case .textarea:
      html.add(
        TextArea(control, value: value.text ?? "", maximum: limit(field), placeholder: field.placeholder))
    case .number, .range: number(field, control, value, &html)
    case .toggle:
      let isOn = values[field.key]?.bool ?? (value.number.map { $0 != 0 } ?? (value.text == "true"))
      html.add(Switch(control, isOn: isOn))
    case .color: html.add(TextInput(control, .color, value: value.text.flatMap { HexColor($0)?.description }))
    case .date: html.add(TextInput(control, .date, value: value.text.map { String($0.prefix(10)) }))
    case .select:
      let none = field.isRequired ? [] : [Choice("", label: context.strings["guest.none"])]
      html.add(
        SelectInput(
          control, choices: none + field.options.map { Choice($0.value, label: $0.label) },
          selected: value.text))
    case .multiSelect:
      picker(
        control, field.options.map { Picker.Option($0.value, label: $0.label) }, selected(field), true, &html)
    case .channel: picker(control, none(field) + context.channels, selected(field), false, &html)
    case .role: picker(control, none(field) + context.roles, selected(field), false, &html)
    }
  }

  /// Numbers may have parts, which the field for whole numbers does not take.
  private func number(
    _ field: GuestWidget.Field, _ control: Field, _ value: GuestValue, _ html: inout HTMLWriter
  ) {
    let isRange = field.kind == .range && field.minimum != nil && field.maximum != nil
    let written = { (number: Double?) in number.flatMap { GuestValue.number($0).text } }
    control.render(into: &html) { html in
      html.void(
        .input,
        attributes: control.controlAttributes() + [
          .class(isRange ? "range" : "input input-short"), isRange ? .type("range") : .type("number"),
          .minimum(written(field.minimum)), .maximum(written(field.maximum)),
          .step(field.step.flatMap { $0 > 0 ? GuestValue.number($0).text : nil } ?? "any"),
          .value(value.number.flatMap { GuestValue.number($0).text }), .placeholder(field.placeholder),
        ])
    }
  }

  private func picker(
    _ control: Field, _ options: [Picker.Option], _ selected: Set<String>, _ isMultiple: Bool,
    _ html: inout HTMLWriter
  ) {
    // What was chosen and is gone must not be lost by saving something else.
    let known = Set(options.map(\.value))
    let gone = selected.subtracting(known).sorted().prefix(50).map {
      Picker.Option($0, label: $0, hint: context.strings["guest.gone"])
    }
    html.add(
      Picker(control, groups: [Picker.Group(nil, options + gone)], selected: selected, isMultiple: isMultiple)
    )
  }

  private func none(_ field: GuestWidget.Field) -> [Picker.Option] {
    field.isRequired ? [] : [Picker.Option("", label: context.strings["guest.none"])]
  }

  private func selected(_ field: GuestWidget.Field) -> Set<String> {
    let value = values[field.key]
    if let items = value?.array { return Set(items.prefix(200).compactMap { GuestValue($0).text }) }
    return Set([GuestValue(value).text].compactMap { $0 })
  }

  /// A text's `max` is its length.
  private func limit(_ field: GuestWidget.Field) -> Int? {
    let maximum = field.maximum ?? Double(GuestFormSubmission.maximumLength)
    return maximum >= 1 ? Int(min(maximum, Double(GuestFormSubmission.maximumLength))) : nil
  }
}
