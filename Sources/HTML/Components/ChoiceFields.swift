// Fields to choose in: select, checkbox, switch, radio group.

/// A list to choose one value from; from about six choices on.
package struct SelectInput: HTMLComponent {
  private let field: Field
  private let choices: [Choice]
  private let selected: String?

  package init(_ field: Field, choices: [Choice], selected: String? = nil) {
    self.field = field
    self.choices = choices
    self.selected = selected
  }

  package func render(into html: inout HTMLWriter) {
    field.render(into: &html) { html in
      html.element(.span, .class("select")) { html in
        html.element(.select, attributes: field.controlAttributes() + [.class("input")]) { html in
          for choice in choices {
            html.element(
              .option, .value(choice.value), .selected(choice.value == selected),
              .disabled(choice.isDisabled), text: choice.label)
          }
        }
        html.add(Icon.chevronDown)
      }
    }
  }
}

/// One thing to agree to or to include. Sends `on` when ticked.
package struct Checkbox: HTMLComponent {
  private let field: Field
  private let isOn: Bool

  package init(_ field: Field, isOn: Bool) {
    self.field = field
    self.isOn = isOn
  }

  package func render(into html: inout HTMLWriter) {
    renderToggle(field, isOn: isOn, kind: "checkbox", into: &html)
  }
}

/// Something that is on or off, at once or with the form. Sends `on` when on.
package struct Switch: HTMLComponent {
  private let field: Field
  private let isOn: Bool

  package init(_ field: Field, isOn: Bool) {
    self.field = field
    self.isOn = isOn
  }

  package func render(into html: inout HTMLWriter) {
    renderToggle(field, isOn: isOn, kind: "switch", into: &html)
  }
}

private func renderToggle(_ field: Field, isOn: Bool, kind: String, into html: inout HTMLWriter) {
  html.element(.div, .class("toggle" + (field.error == nil ? "" : " has-error"))) { html in
    let role: [HTMLAttribute] = kind == "switch" ? [.role("switch")] : []
    html.void(
      .input,
      attributes: field.controlAttributes() + role + [.class(kind), .type("checkbox"), .checked(isOn)])
    html.element(.div, .class("toggle-text")) { html in
      html.element(.label, .class("label"), .for(field.id)) { html in field.labelText(&html) }
      field.notes(&html)
    }
  }
}

/// A few choices, all to be seen, of which one holds.
package struct RadioGroup: HTMLComponent {
  private let field: Field
  private let choices: [Choice]
  private let selected: String?

  package init(_ field: Field, choices: [Choice], selected: String? = nil) {
    self.field = field
    self.choices = choices
    self.selected = selected
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .fieldset, .class("field radio-group" + (field.error == nil ? "" : " has-error")), .id(field.id),
      .disabled(field.isDisabled), .ariaDescribedBy(field.describedBy)
    ) { html in
      html.element(.legend, .class("label")) { html in field.labelText(&html) }
      html.element(.div, .class("radios")) { html in
        for (index, choice) in choices.enumerated() {
          radio(choice, id: field.id.part(index), into: &html)
        }
      }
      field.notes(&html)
    }
  }

  private func radio(_ choice: Choice, id: ElementID, into html: inout HTMLWriter) {
    let help = id.part("help")
    html.element(.div, .class("toggle")) { html in
      html.void(
        .input, .class("radio"), .type("radio"), .id(id), .name(field.name), .value(choice.value),
        .checked(choice.value == selected), .required(field.isRequired), .disabled(choice.isDisabled),
        .ariaDescribedBy(choice.help == nil ? [] : [help]))
      html.element(.div, .class("toggle-text")) { html in
        html.element(.label, .class("label"), .for(id), text: choice.label)
        if let text = choice.help { html.element(.p, .class("help"), .id(help), text: text) }
      }
    }
  }
}
