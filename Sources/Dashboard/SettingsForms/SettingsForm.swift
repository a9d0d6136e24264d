// The form of a plugin's settings, made of the descriptions of its fields alone.

package import HTML
package import JSON
package import PlatformSettings
import Resources

/// The fields of a settings form. The `form` element around it, its address, its token and its buttons are the page's.
///
/// Works without a script: conditions are words then, lists change by buttons that send the form.
package struct SettingsForm: HTMLComponent {
  /// What is shown, and what it can be.
  package let fields: [SettingsFieldDescription]
  /// The values, as `SettingsRecord.document` or `SettingsFormReader` make them.
  package let document: JSONValue
  /// Shown at their fields, and above all.
  package let problems: [SettingsProblem]
  /// What was typed, by path, where it must be shown again as it was.
  package let typed: [String: String]
  package let words: SettingsWords
  package let choices: GuildChoices
  /// For viewers: everything is shown, nothing can be changed.
  package let isReadOnly: Bool

  /// So many rows of a list of groups are shown; further ones stay as they are.
  package static let maximumRows = 100

  package init(
    fields: [SettingsFieldDescription], document: JSONValue, problems: [SettingsProblem] = [],
    typed: [String: String] = [:], words: SettingsWords, choices: GuildChoices, isReadOnly: Bool = false
  ) {
    (self.fields, self.document, self.problems, self.typed) = (fields, document, problems, typed)
    (self.words, self.choices, self.isReadOnly) = (words, choices, isReadOnly)
  }

  package func render(into html: inout HTMLWriter) {
    problemList(&html)
    // Disables all that is inside.
    html.element(
      .fieldset, .class("settings"), .data("settings"), .disabled(isReadOnly),
      .ariaLabel(words.page["settingsForm.label"])
    ) { html in
      if !isReadOnly {
        // Enter in a field presses the first button of a form: it shall save, and not move a row.
        html.element(
          .button, .class("visually-hidden"), .type("submit"), .tabIndex(-1), .ariaHidden(),
          text: words.page["settingsForm.save"])
      }
      hidden(SettingsFormName.record, "", &html)
      sections(&html)
    }
  }

  /// Fields that follow one another stand on a card together, every group on one of its own.
  private func sections(_ html: inout HTMLWriter) {
    let isLong = fields.filter(\.isSection).count > 3
    var index = 0
    while index < fields.count {
      let field = fields[index]
      let place = SettingsPlace().field(field.name)
      if field.isSection {
        section(field, place, isOpen: !isLong || hasProblem(within: place.path), &html)
        index += 1
        continue
      }
      let end = fields[index...].firstIndex(where: \.isSection) ?? fields.count
      let group = fields[index..<end]
      index = end
      html.element(.section, .class("card settings-section")) { html in
        html.element(.div, .class("card-body settings-fields")) { html in
          for field in group {
            self.field(field, SettingsPlace().field(field.name), within: document, &html)
          }
        }
      }
    }
  }

  private func section(
    _ field: SettingsFieldDescription, _ place: SettingsPlace, isOpen: Bool, _ html: inout HTMLWriter
  ) {
    let value = document[field.name] ?? field.initial
    // A list has an id of its own, inside.
    let id = field.kind.isRecord ? anchor(place.path) : nil
    html.element(
      .details,
      attributes: [.class("card settings-section"), .id(id), .open(isOpen)] + condition(field, place)
    ) { html in
      html.element(.summary, .class("settings-summary")) { html in
        html.element(.span, .class("settings-summary-text")) { html in
          html.element(.span, .class("settings-title"), text: words.label(place.key))
          if let help = words.help(place.key) { html.element(.span, .class("help"), text: help) }
        }
        state(of: value, &html)
        html.add(Icon.chevronDown)
      }
      html.element(.div, .class("card-body settings-fields")) { html in
        conditionNote(field, place, &html)
        if case .record(let fields) = field.kind {
          group(fields, value, place, &html)
        } else {
          control(field.kind, value, place, isTitled: false, &html)
        }
      }
    }
  }

  /// On or off, for groups that can be; how many, for lists.
  private func state(of value: JSONValue, _ html: inout HTMLWriter) {
    if let isOn = value["isOn"]?.bool {
      html.add(
        Badge(
          words.page[dynamic: isOn ? "settingsForm.on" : "settingsForm.off"], isOn ? .success : .neutral))
    } else if let array = value.array {
      html.add(Badge(String(array.count), .neutral))
    }
  }

  /// The fields of a record, with the mark that they are in the form.
  func group(
    _ fields: [SettingsFieldDescription], _ value: JSONValue, _ place: SettingsPlace,
    _ html: inout HTMLWriter
  ) {
    hidden(SettingsFormName.record, place.path, &html)
    ownProblems(of: place, &html)
    for field in fields { self.field(field, place.field(field.name), within: value, &html) }
  }

  /// One field of a record, with its condition around it.
  private func field(
    _ field: SettingsFieldDescription, _ place: SettingsPlace, within record: JSONValue,
    _ html: inout HTMLWriter
  ) {
    let value = record[field.name] ?? field.initial
    let attributes = condition(field, place)
    guard !attributes.isEmpty else { return control(field.kind, value, place, &html) }
    html.element(.div, attributes: [.class("settings-condition")] + attributes) { html in
      conditionNote(field, place, &html)
      control(field.kind, value, place, &html)
    }
  }

  func hidden(_ name: String, _ value: String, _ html: inout HTMLWriter) {
    html.void(.input, .type("hidden"), .name(name), .value(value))
  }
}

// MARK: - Conditions

extension SettingsForm {
  /// For the script: the control that decides, and the value it must have.
  private func condition(_ field: SettingsFieldDescription, _ place: SettingsPlace) -> [HTMLAttribute] {
    guard let condition = field.condition else { return [] }
    return [
      .data("when-field", sibling(condition.field, of: place)), .data("when-value", condition.value),
    ]
  }

  private func sibling(_ name: String, of place: SettingsPlace) -> String {
    String(place.path.dropLast(place.name.count)) + name
  }

  /// For readers without a script: "Applies when Form is Embed."
  private func conditionNote(
    _ field: SettingsFieldDescription, _ place: SettingsPlace, _ html: inout HTMLWriter
  ) {
    guard let condition = field.condition else { return }
    let key = String(place.key.dropLast(place.name.count)) + condition.field
    let value =
      switch condition.value {
      case "true": words.page["settingsForm.on"]
      case "false": words.page["settingsForm.off"]
      default: words.choice(condition.value, of: key)
      }
    html.element(
      .p, .class("help settings-when"),
      text: words.page("settingsForm.when", ["field": words.label(key), "value": value]))
  }
}

extension SettingsKind {
  fileprivate var isRecord: Bool { if case .record = self { true } else { false } }
}

extension SettingsFieldDescription {
  /// Whether it stands on a card of its own.
  fileprivate var isSection: Bool {
    switch kind {
    case .record: true
    case .list(let element, _, _): element.isRecord
    default: false
    }
  }
}
