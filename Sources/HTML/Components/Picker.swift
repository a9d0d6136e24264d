// Picking one or several from many: channels, roles, members.

/// A select that a script turns into a field to type in, with a list that narrows; one with up to eight choices, or
/// without scripts, stays as it is.
package struct Picker: HTMLComponent {
  /// A thing to pick.
  package struct Option: Sendable {
    /// What is drawn before the words.
    package enum Mark: Sendable {
      case none
      case textChannel, voiceChannel, category, person
      /// A spot in the role's colour; nil for a role without one.
      case role(HexColor?)
    }

    package let value: String
    /// What the reader sees and searches.
    package let label: String
    /// What is drawn before the label.
    package let mark: Mark
    /// A few muted words behind the label, such as why it cannot be picked.
    package let hint: String?
    package let isDisabled: Bool

    package init(
      _ value: String, label: String, mark: Mark = .none, hint: String? = nil, isDisabled: Bool = false
    ) {
      self.value = value
      self.label = label
      self.mark = mark
      self.hint = hint
      self.isDisabled = isDisabled
    }
  }

  /// Options under a heading; nil for those without one.
  package struct Group: Sendable {
    package let title: String?
    package let options: [Option]

    package init(_ title: String? = nil, _ options: [Option]) {
      self.title = title
      self.options = options
    }
  }

  private let field: Field
  private let groups: [Group]
  private let selected: Set<String>
  private let isMultiple: Bool

  /// `selected`: values; of a picker for one, at most one.
  /// `isMultiple`: several may be picked; each is sent under the field's name.
  package init(_ field: Field, groups: [Group], selected: Set<String> = [], isMultiple: Bool = false) {
    self.field = field
    self.groups = groups
    self.selected = selected
    self.isMultiple = isMultiple
  }

  package func render(into html: inout HTMLWriter) {
    field.render(into: &html) { html in
      html.element(.span, .class(isMultiple ? "select-many" : "select")) { html in
        html.element(
          .select,
          attributes: field.controlAttributes() + [
            .class("input"), .multiple(isMultiple), .data("picker"),
            .data("hint", html.strings[.pickerHint]), .data("none", html.strings[.pickerNone]),
            .data("count", html.strings[.pickerCount]), .data("remove", html.strings[.pickerRemove]),
          ]
        ) { html in
          for group in groups {
            if let title = group.title {
              html.element(.optgroup, .label(title)) { html in options(group, into: &html) }
            } else {
              options(group, into: &html)
            }
          }
        }
        if !isMultiple { html.add(Icon.chevronDown) }
      }
    }
  }

  private func options(_ group: Group, into html: inout HTMLWriter) {
    for option in group.options {
      let (mark, color) = Self.data(of: option.mark)
      html.element(
        .option, .value(option.value), .selected(selected.contains(option.value)),
        .disabled(option.isDisabled), .data("mark", mark), .data("color", color), .data("hint", option.hint),
        text: option.label)
    }
  }

  private static func data(of mark: Option.Mark) -> (String?, String?) {
    switch mark {
    case .none: (nil, nil)
    case .textChannel: ("text", nil)
    case .voiceChannel: ("voice", nil)
    case .category: ("category", nil)
    case .person: ("person", nil)
    case .role(let color): ("role", color?.description)
    }
  }
}
