// Fields that hold one written value: text, numbers, times, colours, secrets, long text.

/// A field of one line.
package struct TextInput: HTMLComponent {
  /// What may be written.
  package enum Kind: Sendable {
    /// `maximum` in UTF-16 code units, as browsers count; the server counts as Discord does.
    case text(maximum: Int? = nil)
    case email
    case address
    case search
    /// A whole number within the bounds.
    case number(ClosedRange<Int>)
    /// `#rrggbb`.
    case color
    /// A local date and time, `2026-11-21T20:00`, each bound in that form.
    case dateTime(minimum: String? = nil, maximum: String? = nil)
    /// A day, `2026-11-21`.
    case date
    case password
  }

  private let field: Field
  private let kind: Kind
  private let value: String?
  private let placeholder: String?
  private let autocomplete: StaticString?

  package init(
    _ field: Field, _ kind: Kind = .text(), value: String? = nil, placeholder: String? = nil,
    autocomplete: StaticString? = nil
  ) {
    self.field = field
    self.kind = kind
    self.value = value
    self.placeholder = placeholder
    self.autocomplete = autocomplete
  }

  package func render(into html: inout HTMLWriter) {
    field.render(into: &html) { html in
      html.void(
        .input,
        attributes: field.controlAttributes() + kindAttributes + [
          .value(value), .placeholder(placeholder), .autocomplete(autocomplete),
        ])
    }
  }

  private var kindAttributes: [HTMLAttribute] {
    switch kind {
    case .text(let maximum): [.class("input"), .type("text"), .maximumLength(maximum)]
    case .email: [.class("input"), .type("email")]
    case .address: [.class("input"), .type("url")]
    case .search: [.class("input"), .type("search")]
    case .number(let bounds):
      [
        .class("input input-short"), .type("number"), .inputMode("numeric"), .step("1"),
        .minimum(String(bounds.lowerBound)), .maximum(String(bounds.upperBound)),
      ]
    case .color: [.class("input input-color"), .type("color")]
    case .dateTime(let minimum, let maximum):
      [.class("input input-medium"), .type("datetime-local"), .minimum(minimum), .maximum(maximum)]
    case .date: [.class("input input-short"), .type("date")]
    case .password: [.class("input"), .type("password")]
    }
  }
}

/// A field for a token or another secret. What is stored never comes back to the page: the field is empty, and says
/// whether something is stored.
package struct SecretInput: HTMLComponent {
  private let field: Field
  private let isSet: Bool

  package init(_ field: Field, isSet: Bool) {
    self.field = field
    self.isSet = isSet
  }

  package func render(into html: inout HTMLWriter) {
    let stored = field.id.part("stored")
    field.render(into: &html) { html in
      html.element(.div, .class("input-group")) { html in
        html.void(
          .input,
          attributes: field.controlAttributes(describedBy: isSet ? [stored] : []) + [
            .class("input mono"), .type("password"), .autocomplete("off"), .spellcheck(false),
          ])
        html.element(
          .button, .class("button button-secondary"), .type("button"), .hidden(),
          .data("reveal", field.id.rawValue), .data("hide-label", html.strings[.hideSecret]),
          .ariaPressed(false), text: html.strings[.showSecret])
      }
      if isSet {
        html.element(.p, .class("help help-stored"), .id(stored)) { html in
          html.add(Icon.check)
          html.element(.span, text: html.strings[.secretIsSet])
        }
      }
    }
  }
}

/// A field of several lines, with a counter when there is a limit.
package struct TextArea: HTMLComponent {
  private let field: Field
  private let value: String
  private let maximum: Int?
  private let rows: Int
  private let placeholder: String?

  /// `maximum`: in UTF-16 code units, as browsers count.
  package init(
    _ field: Field, value: String = "", maximum: Int? = nil, rows: Int = 4, placeholder: String? = nil
  ) {
    self.field = field
    self.value = value
    self.maximum = maximum
    self.rows = rows
    self.placeholder = placeholder
  }

  package func render(into html: inout HTMLWriter) {
    let counter = field.id.part("counter")
    field.render(into: &html) { html in
      html.element(
        .textarea,
        attributes: field.controlAttributes(describedBy: maximum == nil ? [] : [counter]) + [
          .class("input"), .rows(rows), .maximumLength(maximum), .placeholder(placeholder),
          .data("counter", maximum == nil ? nil : counter.rawValue),
        ]
      ) { html in html.text(value) }
      if let maximum {
        html.element(.p, .class("counter"), .id(counter), text: "\(value.utf16.count) / \(maximum)")
      }
    }
  }
}
