// What all form fields share: label, help, error, and the wires between them and the control.

/// The words and state around a control.
package struct Field: Sendable {
  package let id: ElementID
  /// The name the value is sent under.
  package let name: String
  package let label: String
  /// One sentence that helps to choose, not one that repeats the label.
  package var help: String?
  /// What is wrong and how to put it right; nil when nothing is.
  package var error: String?
  package var isRequired: Bool
  package var isDisabled: Bool

  /// `id`: made from the name when nil; needed when two forms of a page have a field of the same name.
  package init(
    _ name: String, label: String, id: ElementID? = nil, help: String? = nil, error: String? = nil,
    isRequired: Bool = false, isDisabled: Bool = false
  ) {
    self.id = id ?? ElementID("field-" + name)
    self.name = name
    self.label = label
    self.help = help
    self.error = error
    self.isRequired = isRequired
    self.isDisabled = isDisabled
  }

  /// What explains the control: the help and the error, as far as there are any.
  package var describedBy: [ElementID] {
    (help == nil ? [] : [id.part("help")]) + (error == nil ? [] : [id.part("error")])
  }

  /// What every control of a field carries; `more` describes it too, such as a counter.
  package func controlAttributes(describedBy more: [ElementID] = []) -> [HTMLAttribute] {
    [
      .id(id), .name(name), .required(isRequired), .disabled(isDisabled), .ariaInvalid(error != nil),
      .ariaDescribedBy(describedBy + more),
    ]
  }

  /// Writes the label, the control, help and error below one another.
  package func render(into html: inout HTMLWriter, control: HTMLContent) {
    html.element(.div, .class(error == nil ? "field" : "field has-error")) { html in
      html.element(.label, .class("label"), .for(id)) { html in labelText(&html) }
      control(&html)
      notes(&html)
    }
  }

  /// Writes the label, and that a value is needed.
  package func labelText(_ html: inout HTMLWriter) {
    html.text(label)
    if isRequired {
      html.text(" ")
      html.element(.span, .class("required"), text: html.strings[.required])
    }
  }

  /// The help and the error, each with the id the control refers to.
  package func notes(_ html: inout HTMLWriter) {
    if let help { html.element(.p, .class("help"), .id(id.part("help")), text: help) }
    if let error {
      html.element(.p, .class("field-error"), .id(id.part("error"))) { html in
        html.add(Icon.error)
        html.element(.span) { html in
          html.element(.span, .class("visually-hidden"), text: html.strings[.error] + " ")
          html.text(error)
        }
      }
    }
  }
}

/// A choice of a select or a radio group.
package struct Choice: Sendable {
  package let value: String
  package let label: String
  package let help: String?
  package let isDisabled: Bool

  package init(_ value: String, label: String, help: String? = nil, isDisabled: Bool = false) {
    self.value = value
    self.label = label
    self.help = help
    self.isDisabled = isDisabled
  }
}
